"""Documents written down as rows, and the real disclosures read once."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from services.normalizer import unread
from services.normalizer.layout import layout_of
from services.normalizer.readers.performance.reader import read
from services.normalizer.recorder import ReaderResult, Recorder
from services.parser.stage import read_file
from shared.schemas.document import Block, Cell, Document, Paragraph, SourceFile, Table

Rows = Sequence[Sequence[str]]
Reader = Callable[[Sequence[str | Rows]], ReaderResult]

LEFT, UP = "<", "^"
"""In a row: the cell to the left, or above, reaches over this place."""


def table_of(rows: Rows) -> Table:
    """A table whose rows are written as texts, with LEFT and UP where a cell spans."""
    width = max(map(len, rows))
    grid = [[*row, *[""] * (width - len(row))] for row in rows]
    cells = []
    for number, row in enumerate(grid):
        for column, text in enumerate(row):
            if (text == LEFT and column) or (text == UP and number):
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
    return Table(file=0, index=0, row_count=len(grid), column_count=width, cells=tuple(cells))


def document_of(parts: Sequence[str | Rows]) -> Document:
    blocks: list[Block] = [
        Paragraph(file=0, text=part) if isinstance(part, str) else table_of(part) for part in parts
    ]
    return Document(
        disclosure_id="d",
        revision_id="r",
        files=(SourceFile(sha256="0" * 64, name="a.txt", format="text"),),
        blocks=tuple(blocks),
        version="0",
    )


def _read(document: Document) -> ReaderResult:
    """What the reader gives, the findings of what it left among the records."""
    recorder = Recorder(document)
    result = read(layout_of(document), recorder)
    return replace(result, records=(*result.records, *unread.findings(result.left, recorder)))


@pytest.fixture
def read_parts() -> Reader:
    """Reads a document of paragraphs (texts) and tables (rows)."""

    def run(parts: Sequence[str | Rows]) -> ReaderResult:
        return _read(document_of(parts))

    return run


@cache
def _read_seed(path: Path) -> ReaderResult:
    return _read(read_file(path))


@pytest.fixture
def read_seed(seeds: Path) -> Callable[[str], ReaderResult]:
    """Reads the seed whose file name begins with the given digits."""
    return lambda prefix: _read_seed(next(seeds.glob(f"{prefix}_*.txt")))


@pytest.fixture
def truth_sample(seeds: Path) -> Path:
    """The hand-checked records of one disclosure."""
    path = seeds.parent / "gold" / "guangyang-2021.jsonl"
    if not path.exists():
        reason = f"{path} is not there"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return path
