"""Word tables: rows, merged cells and what lies within cells."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.parser.docx.styles import Styles
from services.parser.docx.text import boxes, text_of
from services.parser.grid import Grid
from services.parser.office_xml import Element, attribute, child, children, local, number, under
from services.parser.reading import Limits
from services.parser.slivers import without_slivers
from shared.schemas.document import Table

_WRAPPERS: Final = frozenset(("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"))
_WIDEST: Final = 1000
_PLAIN: Final = 2
"""Cells with text of their own at most, for each that holds a table, in a table that arranges others."""


@dataclass(frozen=True)
class TableCell:
    """A cell as Word lists it; `goes_on` says that it belongs to the one above."""

    element: Element
    column: int
    span: int
    goes_on: bool


@dataclass(frozen=True)
class TableRow:
    """A row's cells; the grid columns before the first are left blank."""

    cells: list[TableCell]


def rows_of(table: Element) -> Iterator[TableRow]:
    """The rows that are shown; those deleted under tracked changes are not."""
    for row in _through(table, "tr"):
        properties = children(child(row, "trPr"))
        if "del" not in properties:
            yield TableRow(list(_cells(row, number(properties.get("gridBefore")) or 0)))


def _cells(row: Element, column: int) -> Iterator[TableCell]:
    column = min(column, _WIDEST)
    for cell in _through(row, "tc"):
        properties = children(child(cell, "tcPr"))
        if "cellDel" in properties:
            continue
        span = min(number(properties.get("gridSpan")) or 1, _WIDEST)
        merge, across = properties.get("vMerge"), properties.get("hMerge")
        goes_on = merge is not None and attribute(merge, "val") in (None, "continue")
        if across is None or attribute(across, "val") == "restart":
            yield TableCell(cell, column, span, goes_on)
        column += span


def arranges(rows: Sequence[TableRow], styles: Styles) -> bool:
    """Whether a table only arranges others: all its rows have one cell, or tables fill its cells."""
    if all(len(row.cells) < 2 for row in rows):
        return True
    cells = [cell.element for row in rows for cell in row.cells]
    inner = [cell for cell in cells if any(_has_data(each) for each in _through(cell, "tbl"))]
    if not inner:
        return False
    plain = sum(cell not in inner and any(text_of(each, styles) for each in under(cell, "p")) for cell in cells)
    return plain <= _PLAIN * len(inner)


def _has_data(table: Element) -> bool:
    return sum(len(row.cells) > 1 for row in rows_of(table)) > 1


def table_of(rows: Sequence[TableRow], styles: Styles, limits: Limits) -> Table | None:
    """The table of `rows` on its grid; None when it has no cells. Raises TooLarge."""
    grid = Grid(len(rows), limits)
    starts = [{cell.column: cell for cell in row.cells} for row in rows]
    for row_number, row in enumerate(rows):
        columns = sorted(starts[row_number])
        for cell in row.cells:
            if cell.goes_on and row_number and cell.column in starts[row_number - 1]:
                continue
            end = row_number + 1
            while end < len(rows) and (below := starts[end].get(cell.column)) is not None and below.goes_on:
                end += 1
            after = bisect_right(columns, cell.column)
            span = columns[after] - cell.column if after < len(columns) else cell.span
            grid.put(row_number, cell_text(cell.element, styles), (end - row_number, span), column=cell.column)
    whole = grid.table()
    return without_slivers(whole) if whole else None


def cell_text(cell: Element, styles: Styles) -> str:
    """The lines of a cell; of tables within it a line a row, the cells apart by a blank."""
    lines: list[str] = []
    for name, block in _unwrapped(cell):
        if name == "tbl":
            rows = ([_flat(each, styles) for each in _through(row, "tc")] for row in _through(block, "tr"))
            lines.extend(" ".join(filter(None, row)) for row in rows)
        elif name == "p":
            lines.append(styles.marker(block) + text_of(block, styles))
            lines.extend(_flat(box, styles) for box in boxes(block))
    return "\n".join(line for line in lines if line)


def _flat(element: Element, styles: Styles) -> str:
    lines = (styles.marker(each) + text_of(each, styles).replace("\n", " ") for each in under(element, "p"))
    return " ".join(filter(None, lines))


def _through(element: Element, name: str) -> Iterator[Element]:
    """The children with that name, those in content controls and tracked insertions too."""
    return (each for own, each in _unwrapped(element) if own == name)


def _unwrapped(element: Element) -> Iterator[tuple[str, Element]]:
    """The children with their names, those in content controls and tracked insertions in place of these."""
    stack = list(reversed(element))
    while stack:
        each = stack.pop()
        name = local(each)
        if name in _WRAPPERS:
            stack.extend(reversed(each))
        else:
            yield name, each
