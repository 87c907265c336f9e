"""The parsed document that a perfect parser makes of the content: no file, no format."""

import hashlib

from services.sample_portals.content import Content, Grid, Heading, placed
from shared.schemas.document import Block, Cell, Document, Origin, Paragraph, SourceFile, Table


def document(content: list[Content], name: str, origin: Origin) -> Document:
    """`content` as the blocks of one file called `name`; its identity comes from what it says."""
    blocks: list[Block] = []
    tables = 0
    for block in content:
        if isinstance(block, Grid):
            blocks += [Paragraph(file=0, text=text) for text in block.caption]
            blocks.append(_table(block, tables))
            tables += 1
        else:
            level = block.level if isinstance(block, Heading) else None
            blocks.append(Paragraph(file=0, text=block.text, heading=level))
    digest = hashlib.sha256(repr(content).encode()).hexdigest()
    return Document(
        disclosure_id=f"d-{digest[:24]}",
        revision_id=f"r-{digest[:24]}",
        origin=origin,
        files=(SourceFile(sha256=digest, name=name, format="text"),),
        blocks=tuple(blocks),
        version="0",
    )


def _table(grid: Grid, index: int) -> Table:
    cells = [
        Cell(row=row, column=column, row_span=cell.rows, column_span=cell.columns, text=cell.text)
        for row, places in enumerate(placed(grid.rows, grid.columns))
        for column, cell in enumerate(places)
        if cell is not None
    ]
    return Table(file=0, index=index, row_count=len(grid.rows), column_count=grid.columns, cells=tuple(cells))
