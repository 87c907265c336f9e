"""Cells with spans, row by row → a table on the smallest grid that holds them."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from services.parser.reading import Limits
from services.parser.wording import without_note_mark
from shared.errors import TooLarge
from shared.schemas.document import Cell, PageBox, Table


class OnPage(NamedTuple):
    """Where a cell stands, where its format has pages, and of text recognised in a picture how certain it is."""

    page: int | None = None
    box: PageBox | None = None
    confidence: float | None = None


_NO_PAGE: Final = OnPage()


@dataclass(slots=True)
class _Place:
    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    on_page: OnPage


@dataclass
class Grid:
    """Takes cells as a page or document lists them and finds their places.

    Columns that only wide cells cover and rows in which no cell begins are left out; places nothing covers get
    an empty cell.
    """

    row_count: int
    limits: Limits
    _places: list[_Place] = field(default_factory=list)
    _taken: list[set[int]] = field(init=False)
    _budget: int = field(init=False)

    def __post_init__(self) -> None:
        if self.row_count > self.limits.cells:
            raise TooLarge(f"A table has more than {self.limits.cells} rows.")
        self._taken = [set() for _ in range(self.row_count)]
        self._budget = self.limits.cells

    def put(
        self, row: int, text: str, spans: tuple[int, int] = (1, 1), on_page: OnPage = _NO_PAGE, column: int = 0
    ) -> int:
        """Place a cell in `row`, at `column` or the first free place after it; returns the column after it.

        `spans` are (rows, columns); both are cut to what is there and free. Raises TooLarge.
        """
        taken = self._taken[row]
        while column in taken:
            column += 1
        row_span = max(1, min(spans[0], self.row_count - row))
        column_span = 1
        while column_span < spans[1] and column + column_span not in taken:
            column_span += 1
            if column_span * row_span > self._budget:
                break
        self._budget -= row_span * column_span
        if self._budget < 0:
            raise TooLarge(f"A table has more than {self.limits.cells} places.")
        for number in range(row, row + row_span):
            self._taken[number].update(range(column, column + column_span))
        self._places.append(_Place(row, column, row_span, column_span, without_note_mark(text), on_page))
        return column + column_span

    def table(self, page: int | None = None) -> Table | None:
        """The table; None when it has no cell."""
        if not self._places:
            return None
        rows = sorted({place.row for place in self._places})
        columns = sorted({place.column for place in self._places})
        if len(rows) * len(columns) > self.limits.cells:
            raise TooLarge(f"A table has more than {self.limits.cells} places.")
        cells = [_cell(place, rows, columns) for place in self._places]
        return Table(
            file=0,
            index=0,
            page=page,
            row_count=len(rows),
            column_count=len(columns),
            cells=with_blanks(cells, len(rows), len(columns)),
        )


def _cell(place: _Place, rows: list[int], columns: list[int]) -> Cell:
    row, column = bisect_left(rows, place.row), bisect_left(columns, place.column)
    return Cell(
        row=row,
        column=column,
        row_span=bisect_left(rows, place.row + place.row_span) - row,
        column_span=bisect_left(columns, place.column + place.column_span) - column,
        text=place.text,
        page=place.on_page.page,
        box=place.on_page.box,
        confidence=place.on_page.confidence,
    )


def with_blanks(cells: Iterable[Cell], row_count: int, column_count: int) -> tuple[Cell, ...]:
    """`cells` in order of their places, with an empty cell for each place that none covers."""
    every = list(cells)
    covered = [bytearray(column_count) for _ in range(row_count)]
    for cell in every:
        for row in covered[cell.row : cell.row + cell.row_span]:
            row[cell.column : cell.column + cell.column_span] = b"\x01" * cell.column_span
    pages = {cell.row: cell.page for cell in every}
    for row_number, line in enumerate(covered):
        blanks = (column for column, taken in enumerate(line) if not taken)
        every += [Cell(row=row_number, column=column, page=pages.get(row_number)) for column in blanks]
    return tuple(sorted(every, key=lambda cell: (cell.row, cell.column)))
