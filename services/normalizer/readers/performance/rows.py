"""Rows of a table as filled cells in column order, and what each column of an indicator table holds."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.normalizer.language.money import is_blank
from services.normalizer.language.text import joined, name
from services.normalizer.readers.performance.vocabulary import key, words
from services.normalizer.tables.grid import Grid
from shared.schemas.document import Cell, Table

LEVELS = ("level1", "level2", "level3")
WIDEST = 1000
"""More columns than a table has."""

_PLACE = re.compile(r"指标\d{1,2}[:：]")
"""The number a blank form gives the places for third-level indicators."""


@dataclass(frozen=True)
class Row:
    """A table row: the filled cells that begin in it, and those of rows above that reach down into it."""

    block: int
    index: int
    cells: tuple[Cell, ...]
    over: tuple[Cell, ...]

    @property
    def page(self) -> int | None:
        """The page it begins on; null where the format has no pages."""
        return next((cell.page for cell in self.cells if cell.page), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The cells as header or label words."""
        return tuple(key(cell.text) for cell in self.cells)


def rows_of(block: int, table: Table) -> Iterator[Row]:
    """The rows of `table` in which any text begins."""
    grid = Grid(table)
    for index in grid.rows():
        cells = tuple(grid.filled(index))
        if cells:
            covering = (grid.at(index, column) for column in range(grid.column_count))
            over = dict.fromkeys(cell for cell in covering if cell and cell.row < index and cell.text.strip())
            yield Row(block, index, cells, tuple(over))


@dataclass(frozen=True)
class Column:
    """The grid columns from `start` to before `end`, and what stands in them."""

    start: int
    end: int
    kind: str
    word: str = ""


@dataclass(frozen=True)
class Header:
    """What the columns of an indicator table hold: level1 … basis, and in a table of many projects theirs too."""

    columns: tuple[Column, ...]
    level1: str | None = None

    def texts(self, row: Row) -> dict[str, str]:
        """The row's texts by kind, on one line but for goals; cells under one header joined, blanks absent."""
        texts: dict[str, str] = {}
        for cell in row.cells:
            kind = self.kind_at(cell.column)
            text = _clean(cell.text, kind)
            if kind and not is_blank(text):
                texts[kind] = texts.get(kind, "") + text
        return texts

    def kind_at(self, place: int) -> str | None:
        """What stands in grid column `place`; null where no header says."""
        return next((column.kind for column in self.columns if column.start <= place < column.end), None)

    def covers(self, row: Row, kind: str) -> bool:
        """Whether a cell of a row above reaches into the `kind` columns of `row`."""
        return any(self.kind_at(cell.column) == kind for cell in row.over)

    @property
    def many_projects(self) -> bool:
        return any(column.kind == "project" for column in self.columns)


def _clean(text: str, kind: str | None) -> str:
    if kind == "goals":
        return text.strip()
    return _PLACE.sub("", name(text)) if kind in LEVELS else joined(text)


def read_header(row: Row, below: Row | None) -> Header | None:
    """The header of an indicator table that `row` is, or null.

    Cells of a header row above that reach down belong to it; `below` may split its value column in three.
    """
    if not any(words().columns.get(word) in LEVELS for word in row.keys):
        return None
    columns = sorted(map(_column, (*row.over, *row.cells)), key=lambda column: column.start)
    kinds = {column.kind for column in columns}
    if not kinds & {"level1", "level2"} or len(kinds & {*LEVELS, "value", "description"}) < 3:
        return None
    columns, level1 = _slipped(_placed(_widened(columns)))
    if below is not None and is_split(below):
        columns = _split_value(columns, below)
    return Header(tuple(_last_of_each(columns)), level1)


def is_header_words(row: Row) -> bool:
    """Whether `row` holds nothing but header words, as the upper row of a header printed again does."""
    return len(row.cells) > 1 and all(word in words().columns for word in row.keys)


def is_split(row: Row) -> bool:
    """Whether `row` is a second header row: 符号, 值, 单位 and nothing else."""
    return bool(row.cells) and all(word in words().value_columns for word in row.keys)


def _column(cell: Cell) -> Column:
    word = key(cell.text)
    return Column(cell.column, cell.column + cell.column_span, words().columns.get(word, ""), word)


def _widened(columns: list[Column]) -> list[Column]:
    """Each column reaches to the next header cell: the format may not say what a header cell spans."""
    ends = [*(column.start for column in columns[1:]), max(columns[-1].end, WIDEST)]
    return [replace(column, end=end) for column, end in zip(columns, ends, strict=True)]


def _placed(columns: list[Column]) -> list[Column]:
    """Settle words whose place decides: 单位 left of the levels spends, 绩效指标 right of them is level 3."""
    level3 = any(column.kind == "level3" for column in columns)
    first = min(column.start for column in columns if column.kind in LEVELS)
    placed = []
    for column in columns:
        kind = column.kind
        if kind == "unit" and column.start < first:
            kind = "unit_name"
        elif kind == "indicators":
            kind = "" if level3 or column.start < first else "level3"
        placed.append(replace(column, kind=kind))
    return placed


def _slipped(columns: list[Column]) -> tuple[list[Column], str | None]:
    """A header printed one cell too far right has a level's name in its first cell; that column is level 1."""
    first = columns[0]
    if first.word not in words().level1_names:
        return columns, None
    rest = [column for column in columns[1:] if column.kind != "level1"]
    end = min((column.start for column in rest), default=first.end)
    return [Column(first.start, end, "level1", first.word), *rest], first.word


def _split_value(columns: list[Column], below: Row) -> list[Column]:
    """Put 符号, 值, 单位 of the row below in place of the value column, moving what stands right of it."""
    place = next((i for i, column in enumerate(columns) if column.kind == "value"), None)
    if place is None:
        return columns
    value, right = columns[place], columns[place + 1 :]
    parts = [
        Column(cell.column, cell.column + cell.column_span, words().value_columns[word], word)
        for cell, word in zip(below.cells, below.keys, strict=True)
    ]
    shift = max(0, parts[-1].end - right[0].start) if right else 0
    moved = [replace(column, start=column.start + shift, end=column.end + shift) for column in right]
    if parts[0].start != value.start:
        return [*columns[: place + 1], *moved]
    return [*columns[:place], *parts, *moved]


def _last_of_each(columns: Sequence[Column]) -> list[Column]:
    """Of two columns of one kind keep the right one: a plan for several years stands left of the year's."""
    last = {column.kind: column for column in columns if column.kind}
    return [column for column in columns if last.get(column.kind) is column]
