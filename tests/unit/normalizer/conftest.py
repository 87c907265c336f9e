"""Documents written down as lines and rows, and what the readers make of them."""

from collections.abc import Callable, Sequence

import pytest

from services.normalizer import unread
from services.normalizer.layout import Layout, layout_of
from services.normalizer.recorder import ReaderResult, Recorder
from shared.schemas.document import Block, Cell, Document, Origin, Paragraph, SourceFile, Table
from shared.schemas.records import RecordBase

Rows = Sequence[Sequence[str]]
Written = Sequence[str | Rows]
Reader = Callable[[Layout, Recorder], ReaderResult]
LEFT, UP = "<", "^"
"""In a row: the cell to the left, or above, reaches over this place."""


def _table(rows: Rows, file: int, index: int) -> Table:
    width = max(map(len, rows))
    grid = [[*row, *[""] * (width - len(row))] for row in rows]
    cells = []
    for number, row in enumerate(grid):
        for column, text in enumerate(row):
            if text in {LEFT, UP}:
                continue
            right = column + 1
            while right < width and row[right] == LEFT:
                right += 1
            down = number + 1
            while down < len(grid) and grid[down][column] == UP:
                down += 1
            cells.append(
                Cell(row=number, column=column, row_span=down - number, column_span=right - column, text=text)
            )
    return Table(file=file, index=index, row_count=len(grid), column_count=width, cells=tuple(cells))


def _document(*files: Written, origin: Origin | None = None) -> Document:
    blocks: list[Block] = []
    for file, written in enumerate(files):
        index = 0
        for each in written:
            if isinstance(each, str):
                blocks.append(Paragraph(file=file, text=each))
            else:
                blocks.append(_table(each, file, index))
                index += 1
    sources = tuple(
        SourceFile(sha256=str(file) * 64, name=f"{file}.pdf", format="pdf") for file in range(len(files))
    )
    return Document(
        disclosure_id="d1",
        revision_id="v1",
        origin=origin or Origin(),
        files=sources,
        blocks=tuple(blocks),
        version="1",
    )


@pytest.fixture(scope="session")
def document() -> Callable[..., Document]:
    """A document of files, each a list of lines (texts) and tables (rows)."""
    return _document


@pytest.fixture(scope="session")
def read() -> Callable[[Reader, Written], list[RecordBase]]:
    """What a reader makes of lines and tables."""

    def run(reader: Reader, written: Written) -> list[RecordBase]:
        made = _document(written)
        recorder = Recorder(made)
        result = reader(layout_of(made), recorder)
        return [*result.records, *unread.findings(result.left, recorder)]

    return run
