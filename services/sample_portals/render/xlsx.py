"""Excel: a sheet a table, the texts before it in rows of their own above it, merged cells."""

import io
import zipfile
from html import escape
from typing import Final

from services.sample_portals.content import Content, Grid, placed

EPOCH: Final = (2020, 1, 1, 0, 0, 0)
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
Rows = list[list[str]]


def render(content: list[Content]) -> bytes:
    """An .xlsx file; the same content gives the same bytes."""
    sheets = _sheets(content)
    numbers = range(1, len(sheets) + 1)
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
            for number in numbers
        )
        + "</Types>",
        "_rels/.rels": _relationships({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(f'<sheet name="表{number}" sheetId="{number}" r:id="rId{number}"/>' for number in numbers)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relationships(
            {f"rId{number}": ("worksheet", f"worksheets/sheet{number}.xml") for number in numbers}
        ),
    }
    members |= {f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in zip(numbers, sheets, strict=True)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            data = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _relationships(targets: dict[str, tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _sheets(content: list[Content]) -> list[str]:
    """Texts go with the table below them; those after the last table make a sheet of their own."""
    sheets: list[str] = []
    texts: list[str] = []
    for block in content:
        if isinstance(block, Grid):
            sheets.append(_sheet([*texts, *block.caption], block))
            texts = []
        else:
            texts.append(block.text)
    return sheets + ([_sheet(texts, None)] if texts or not sheets else [])


def _sheet(texts: list[str], grid: Grid | None) -> str:
    rows: Rows = [[text] for text in texts]
    merged = []
    for at, places in enumerate(placed(grid.rows, grid.columns) if grid else [], start=len(texts) + 1):
        rows.append([cell.text if cell else "" for cell in places])
        for column, cell in enumerate(places):
            if cell and (cell.rows > 1 or cell.columns > 1):
                end = f"{_letters(column + cell.columns - 1)}{at + cell.rows - 1}"
                merged.append(f'<mergeCell ref="{_letters(column)}{at}:{end}"/>')
    body = "".join(f'<row r="{at}">{_cells(row, at)}</row>' for at, row in enumerate(rows, start=1))
    spans = f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData>{spans}</worksheet>'


def _cells(row: list[str], at: int) -> str:
    return "".join(
        f'<c r="{_letters(column)}{at}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
        for column, text in enumerate(row)
        if text
    )


def _letters(column: int) -> str:
    """0 → A, 26 → AA."""
    quotient, rest = divmod(column, 26)
    return (_letters(quotient - 1) if quotient else "") + chr(ord("A") + rest)
