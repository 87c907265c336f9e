"""Tables that rule their rows but not all columns: cells whose texts stand in columns that no line parts."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.parser.layout.lines import TextLine, bands
from services.parser.layout.rules import edges_between
from services.parser.layout.tables import Frame, Span
from services.parser.wording import is_number

_FEWEST: Final = 2
"""Lines under each other at least that show that the columns go on through their cells."""
_LINES: Final = 3
"""Lines of figures at least that show columns where no line at all parts them."""
_STICKS_OUT: Final = 2.0
"""Points by which a text may reach over its column's border."""

Lines = Mapping[int, Sequence[TextLine]]
"""The lines of each cell, with the texts that stand apart in them."""


def with_open_columns(grid: Frame, lines: Lines) -> Frame:
    """`grid`, its cells parted whose texts stand in columns of figures; the very same where there is none."""
    if not any(line.texts for each in lines.values() for line in each):
        return grid
    whole = _with_edges(
        grid, [edge for column in range(len(grid.columns) - 1) for edge in _edges(grid, lines, column)]
    )
    parted = _parted(whole, lines)
    if parted:
        return whole.with_spans(list(_spans(whole, parted)))
    return grid


def _texts(line: TextLine) -> Sequence[TextLine]:
    return line.texts or (line,)


def _edges(grid: Frame, lines: Lines, column: int) -> list[float]:
    """Where the texts of a grid's column stand in columns of their own, under each other."""
    own = [cell for cell, (_, first, _, columns) in enumerate(grid.spans) if (first, columns) == (column, 1)]
    rows = [
        band for cell in own for band in bands([text for line in lines.get(cell, ()) for text in _texts(line)])
    ]
    figures = [row for row in rows if any(is_number(text.text) for text in row)]
    several = sum(sum(is_number(text.text) for text in row) > 1 for row in figures)
    return edges_between(figures) if several >= _LINES and several > len(figures) / 2 else []


def _with_edges(grid: Frame, edges: Sequence[float]) -> Frame:
    """`grid` with further borders between columns that no cell ends at."""
    if not edges:
        return grid
    columns = sorted([*grid.columns, *edges])
    place = {n: bisect_left(columns, x) for n, x in enumerate(grid.columns)}
    spans = [
        (row, place[column], rows, place[column + width] - place[column])
        for row, column, rows, width in grid.spans
    ]
    return Frame(tuple(columns), grid.rows, (), ()).with_spans(spans)


def _parted(grid: Frame, lines: Lines) -> set[int]:
    """The cells over several columns that are to have one in each."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for cell, (_, column, _, columns) in enumerate(grid.spans):
        if columns > 1 and lines.get(cell):
            groups[column, columns].append(cell)
    return {
        cell
        for cells in groups.values()
        if sum(_is_row(grid, line) for cell in cells for line in lines[cell]) >= _FEWEST
        for cell in cells
        if _is_in_columns(grid, cell, lines[cell])
    }


def _is_row(grid: Frame, line: TextLine) -> bool:
    """Whether the texts of a line each keep to a column, to several together, and one is a bare number."""
    columns = {column_of(grid, text) for text in line.texts}
    return None not in columns and len(columns) > 1 and any(is_number(text.text) for text in line.texts)


def _is_in_columns(grid: Frame, cell: int, lines: Sequence[TextLine]) -> bool:
    """Whether each text of a cell keeps to a column: to several, or all to its first."""
    columns = {column_of(grid, text) for line in lines for text in _texts(line)}
    return None not in columns and (len(columns) > 1 or columns == {grid.spans[cell][1]})


def column_of(grid: Frame, text: TextLine) -> int | None:
    """The column that the text keeps to; None where it reaches over a border."""
    column = bisect_right(grid.columns, text.box.middle[0]) - 1
    if not 0 <= column < len(grid.columns) - 1:
        return None
    left, right = grid.columns[column] - _STICKS_OUT, grid.columns[column + 1] + _STICKS_OUT
    return column if left <= text.box.left and text.box.right <= right else None


def _spans(grid: Frame, parted: set[int]) -> Iterator[Span]:
    for cell, (row, column, rows, columns) in enumerate(grid.spans):
        if cell in parted:
            yield from ((row, each, rows, 1) for each in range(column, column + columns))
        else:
            yield row, column, rows, columns
