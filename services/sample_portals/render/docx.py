"""Word: styled headings, merged cells; the same content gives the same bytes."""

import io
import zipfile
from typing import Final

from docx import Document
from docx.document import Document as DocumentType

from services.sample_portals.content import Content, Grid, Heading, placed

EPOCH: Final = (2020, 1, 1, 0, 0, 0)


def render(content: list[Content]) -> bytes:
    """A .docx file."""
    document = Document()
    for block in content:
        if isinstance(block, Grid):
            _table(document, block)
        elif isinstance(block, Heading):
            document.add_heading(block.text, level=block.level)
        else:
            document.add_paragraph(block.text)
    saved = io.BytesIO()
    document.save(saved)
    return _timeless(saved.getvalue())


def _table(document: DocumentType, grid: Grid) -> None:
    for caption in grid.caption:
        document.add_paragraph(caption)
    table = document.add_table(rows=len(grid.rows), cols=grid.columns, style="Table Grid")
    cells = [list(row.cells) for row in table.rows]
    for at, places in enumerate(placed(grid.rows, grid.columns)):
        for column, cell in enumerate(places):
            if cell is None:
                continue
            target = cells[at][column]
            if cell.rows > 1 or cell.columns > 1:
                target = target.merge(cells[at + cell.rows - 1][column + cell.columns - 1])
            target.text = cell.text


def _timeless(data: bytes) -> bytes:
    """The archive with its members' times set to a fixed one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, EPOCH), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
