"""Rows of a table as filled cells in column order, and what each column of an indicator table holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from services.normalizer.grid import Grid
from services.normalizer.money import is_blank
from services.normalizer.readers.performance.vocabulary import key, words
from services.normalizer.wording import joined
from shared.schemas.document import Cell, Table

LEVELS = ("level1", "level2", "level3")
WIDEST = 1000
"""More columns than a table has."""


@dataclass(frozen=True)
class Row:
    """A table row: its filled cells, and the columns a filled cell of a row above reaches down to."""

    block: int
    index: int
    cells: tuple[Cell, ...]
    covered: frozenset[int]

    @property
    def page(self) -> int | None:
        return next((cell.page for cell in self.cells if cell.page), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The cells as header or label words."""
        return tuple(key(cell.text) for cell in self.cells)


def rows_of(block: int, table: Table) -> Iterator[Row]:
    """The rows of `table` that hold any text."""
    grid = Grid(table)
    for index in grid.rows():
        cells = tuple(grid.filled(index))
        if cells:
            places = ((column, grid.at(index, column)) for column in range(grid.column_count))
            covered = frozenset(
                column for column, cell in places if cell and cell.row < index and cell.text.strip()
            )
            yield Row(block, index, cells, covered)


@dataclass(frozen=True)
class Column:
    start: int
    end: int
    kind: str
    name: str = ""


@dataclass(frozen=True)
class Header:
    """What the columns of an indicator table hold: level1 … basis, and in a table of many projects theirs too."""

    columns: tuple[Column, ...]
    level1: str | None = field(default=None)

    def texts(self, row: Row) -> dict[str, str]:
        """The row's cleaned texts by kind; cells under one header stand joined, a blank kind is absent."""
        texts: dict[str, str] = {}
        for cell in row.cells:
            kind = self.kind_at(cell.column)
            text = joined(cell.text)
            if kind and not is_blank(text):
                texts[kind] = texts.get(kind, "") + text
        return texts

    def kind_at(self, place: int) -> str | None:
        """What stands in grid column `place`; null where no header says."""
        return next((column.kind for column in self.columns if column.start <= place < column.end), None)

    def covers(self, row: Row, kind: str) -> bool:
        """Whether a cell of a row above reaches into the `kind` columns of `row`."""
        return any(self.kind_at(place) == kind for place in row.covered)

    @property
    def many_projects(self) -> bool:
        return any(column.kind == "project" for column in self.columns)


def read_header(row: Row, below: Row | None) -> Header | None:
    """The header of an indicator table that `row` is, or null; `below` may split its value column in three."""
    known = words().columns
    columns = [
        Column(cell.column, cell.column + cell.column_span, known.get(name, ""), name)
        for cell, name in zip(row.cells, row.keys, strict=True)
    ]
    kinds = [column.kind for column in columns]
    if "level1" not in kinds and "level2" not in kinds:
        return None
    if sum(kind in (*LEVELS, "value", "description") for kind in kinds) < 3:
        return None
    columns, level1 = _slipped(_widened(columns))
    if below is not None and is_split(below):
        columns = _split_value(columns, below)
    return Header(tuple(_last_of_each(columns)), level1)


def is_split(row: Row) -> bool:
    """Whether `row` is a second header row: 符号, 值, 单位 and nothing else."""
    return bool(row.cells) and all(name in words().value_columns for name in row.keys)


def _widened(columns: list[Column]) -> list[Column]:
    """Each column reaches to the next header cell: the format may not say what a header cell spans."""
    ends = [*(column.start for column in columns[1:]), max(columns[-1].end, WIDEST)]
    return [Column(c.start, end, c.kind, c.name) for c, end in zip(columns, ends, strict=True)]


def _slipped(columns: list[Column]) -> tuple[list[Column], str | None]:
    """A header printed one cell too far right has a level's name in its first cell; that column is level 1."""
    first = columns[0]
    if first.name not in words().level1_names:
        return columns, None
    rest = [column for column in columns[1:] if column.kind != "level1"]
    end = min((column.start for column in rest), default=first.end)
    return [Column(first.start, end, "level1", first.name), *rest], first.name


def _split_value(columns: list[Column], below: Row) -> list[Column]:
    """Put 符号, 值, 单位 of the row below in place of the value column, moving what stands right of it."""
    place = next((i for i, column in enumerate(columns) if column.kind == "value"), None)
    if place is None:
        return columns
    value, right = columns[place], columns[place + 1 :]
    parts = [
        Column(cell.column, cell.column + cell.column_span, words().value_columns[name], name)
        for cell, name in zip(below.cells, below.keys, strict=True)
    ]
    shift = max(0, parts[-1].end - right[0].start) if right else 0
    moved = [Column(c.start + shift, c.end + shift, c.kind, c.name) for c in right]
    if parts[0].start != value.start:
        return [*columns[: place + 1], *moved]
    return [*columns[:place], *parts, *moved]


def _last_of_each(columns: Sequence[Column]) -> list[Column]:
    """Of two columns of one kind keep the right one: a plan for several years stands left of the year's."""
    last = {column.kind: column for column in columns if column.kind}
    return [column for column in columns if last.get(column.kind) is column]
