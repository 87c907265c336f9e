"""What a workbook's sheet shows besides its cells: page heads, text boxes, charts, pictures."""

import io
import zipfile

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.worksheet.worksheet import Worksheet

from services.parser.reading import Limits, Reading
from services.parser.xlsx.beside import head_lines
from services.parser.xlsx.reader import read
from shared.schemas.document import Table

DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><xdr:twoCellAnchor><xdr:from>'
    "<xdr:col>0</xdr:col><xdr:row>{}</xdr:row></xdr:from><xdr:to><xdr:col>9</xdr:col><xdr:row>30</xdr:row></xdr:to>"
    "{}</xdr:twoCellAnchor></xdr:wsDr>"
)
BOX = (
    '<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" {}/></xdr:nvSpPr><xdr:txBody><a:p><a:r><a:t>单位：</a:t></a:r>'
    "<a:r><a:t>万元</a:t></a:r></a:p><a:p/><a:p><a:r><a:t>含上年结转</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
)
PICTURE = '<xdr:pic><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic>'


def sheet() -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    found = book.active
    assert isinstance(found, Worksheet)
    found.title = "表"
    for row in (["项目", "预算数"], ["基本支出", 486.45], ["项目支出", 800]):
        found.append(row)
    return book, found


def chart() -> BarChart:
    made = BarChart()
    made.title = "支出结构图"
    return made


def reading(book: openpyxl.Workbook, drawing: str | None = None) -> Reading:
    """The workbook as read; with another drawing than its chart's, which shows a damaged picture."""
    file, out = io.BytesIO(), io.BytesIO()
    book.save(file)
    others = {"xl/drawings/drawing1.xml": drawing.encode(), "xl/charts/chart1.xml": b"\x89PNG"} if drawing else {}
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, others.get(name) or old.read(name))
    return read(out.getvalue(), Limits())


def shown(found: Reading) -> list[str]:
    return ["—" if isinstance(block, Table) else block.text for block in found.blocks]


def drawn(row: int, inner: str) -> Reading:
    book, own = sheet()
    own.add_chart(chart())
    return reading(book, DRAWING.format(row, inner))


@pytest.mark.parametrize(
    ("row", "expected"),
    [(0, ["表", "单位：万元", "含上年结转", "—"]), (5, ["表", "—", "单位：万元", "含上年结转"])],
)
def test_text_boxes_are_read_where_they_stand(row: int, expected: list[str]) -> None:
    assert shown(drawn(row, BOX.format(""))) == expected


def test_a_hidden_box_is_not_read() -> None:
    assert shown(drawn(0, BOX.format('hidden="1"'))) == ["表", "—"]


def test_a_picture_as_large_as_a_table_is_told_when_it_cannot_be_read() -> None:
    (note,) = drawn(5, PICTURE).unread
    assert note.name == "chart1.xml"


def test_a_chart_says_what_is_written_on_it() -> None:
    book, own = sheet()
    own.add_chart(chart(), "D10")
    assert shown(reading(book)) == ["表", "—", "支出结构图"]


def test_the_head_of_the_pages_is_read_but_for_what_changes() -> None:
    book, own = sheet()
    assert own.oddHeader is not None
    own.oddHeader.center.text = "部门收支总表&B"
    own.oddHeader.right.text = "单位：万元"
    own.oddHeader.left.text = "第&P页"
    assert shown(reading(book)) == ["表", "部门收支总表", "单位：万元", "—"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("&C研究&&开发&K000000经费&R&10&D", ["研究＆开发经费"]),
        ("&L附件1_x000D_\n&B公开01表", ["附件1", "公开01表"]),
        ("&C- &P -", []),
        ("", []),
    ],
)
def test_the_codes_of_a_head(text: str, lines: list[str]) -> None:
    assert head_lines(text) == lines
