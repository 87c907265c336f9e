"""Tables of web pages: which hold data and which only arrange the page, and their grids."""

from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborNode

from services.parser.grid import Grid
from services.parser.html.content import children, holds_table
from services.parser.html.lines import cell_text
from services.parser.reading import Limits
from services.parser.slivers import without_slivers
from shared.schemas.document import Table

_GROUPS: Final = frozenset(("tbody", "thead", "tfoot"))
_WIDEST: Final = 1000
"""Columns a cell may span, as browsers have it."""


def is_layout(table: LexborNode) -> bool:
    """Whether `table` only arranges the page: all its rows have one cell, or other tables fill its cells."""
    rows = list(rows_of(table))
    widest = max((len(cells) for cells in rows), default=0)
    if widest < 2 or table.attributes.get("role") == "presentation":
        return True
    if not holds_table(table):
        return False
    plain = sum(not holds_table(cell) and bool(cell.text().strip()) for cells in rows for cell in cells)
    return plain <= 2 * len(rows)


def rows_of(table: LexborNode) -> Iterator[list[LexborNode]]:
    """The cells of each of the table's own rows."""
    for row in _rows(table):
        yield [cell for cell in children(row) if cell.tag in ("td", "th")]


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    for child in children(table):
        if child.tag == "tr":
            yield child
        elif child.tag in _GROUPS:
            yield from (row for row in children(child) if row.tag == "tr")


def table_of(table: LexborNode, limits: Limits) -> Table | None:
    """The data of `table`; None when it has no cells. Raises TooLarge."""
    rows = list(rows_of(table))
    grid = Grid(len(rows), limits)
    for number, cells in enumerate(rows):
        column = 0
        for cell in cells:
            spans = (_span(cell, "rowspan", len(rows) - number), _span(cell, "colspan", 1))
            column = grid.put(number, cell_text(cell), spans, column=column)
    whole = grid.table()
    return without_slivers(whole) if whole else None


def _span(cell: LexborNode, name: str, for_zero: int) -> int:
    """The span a cell states: 1 for nonsense, `for_zero` for 0."""
    digits = (cell.attributes.get(name) or "").strip()[:8]
    if not digits.isdecimal():
        return 1
    return min(int(digits), _WIDEST if name == "colspan" else for_zero) or for_zero
