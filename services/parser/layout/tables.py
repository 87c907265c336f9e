"""Borders → tables: which borders hang together, the grid they make, and the cells with their spans."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from services.parser.layout.drawing import Drawing, Line
from services.parser.layout.edges import borders
from services.parser.layout.geometry import Box
from services.parser.reading import Limits
from shared.errors import TooLarge

_TOUCH: Final = 3.5
"""Points by which two borders may miss each other and still meet."""
_OPEN: Final = 6.0
"""Points by which a border sticks out to show that a side has no border of its own."""
_NARROW: Final = 4.0
"""Points: nothing narrower or lower holds text."""

Span = tuple[int, int, int, int]
"""Row and column of a cell, and how many rows and columns it spans."""


@dataclass(frozen=True)
class Frame:
    """A grid of cells on the page: `columns` and `rows` are the places of its borders, in points."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    cells: tuple[tuple[int, ...], ...]
    """Number of the cell at each grid place, row by row."""
    spans: tuple[Span, ...]
    """Where each cell lies."""

    @property
    def box(self) -> Box:
        """The whole grid's rectangle."""
        return Box(self.columns[0], self.rows[0], self.columns[-1], self.rows[-1])

    def with_rows(self, bottoms: Sequence[float]) -> "Frame":
        """The grid with further rows under it that end at `bottoms`, a cell in every column."""
        first, width = len(self.rows) - 1, len(self.columns) - 1
        added = [(first + row, column, 1, 1) for row in range(len(bottoms)) for column in range(width)]
        whole = replace(self, rows=(*self.rows, *bottoms))
        return whole.with_spans([*self.spans, *added])

    def with_spans(self, spans: Sequence[Span]) -> "Frame":
        """The same grid of other cells, which together cover it."""
        cells = [[0] * (len(self.columns) - 1) for _ in self.rows[1:]]
        for number, (row, column, rows, columns) in enumerate(spans):
            for line in cells[row : row + rows]:
                line[column : column + columns] = [number] * columns
        return replace(self, cells=tuple(map(tuple, cells)), spans=tuple(spans))

    def cell_at(self, x: float, y: float) -> int:
        """The cell that holds the point, or the nearest one for a point outside."""
        column = min(max(bisect_right(self.columns, x) - 1, 0), len(self.columns) - 2)
        row = min(max(bisect_right(self.rows, y) - 1, 0), len(self.rows) - 2)
        return self.cells[row][column]


def frames(drawing: Drawing, limits: Limits) -> list[Frame]:
    """Every grid of at least two cells on the page, top to bottom. Raises TooLarge."""
    ruled = _grids(drawing.horizontal, drawing.vertical, limits)
    panels = [panel for panel in drawing.panels if not any(grid.box.holds(*panel.middle) for grid in ruled)]
    coloured = _grids(
        [Line(y, panel.left, panel.right) for panel in panels for y in (panel.top, panel.bottom)],
        [Line(x, panel.top, panel.bottom) for panel in panels for x in (panel.left, panel.right)],
        limits,
    )
    ruled += [grid for grid in coloured if len(grid.columns) > 2 and len(grid.rows) > 2]
    return sorted(ruled, key=lambda frame: (frame.rows[0], frame.columns[0]))


def _grids(horizontal: Sequence[Line], vertical: Sequence[Line], limits: Limits) -> list[Frame]:
    return [
        frame
        for across, down in _connected(borders(horizontal), borders(vertical), limits)
        if (frame := _frame(across, down, limits)) and len(frame.spans) > 1
    ]


def _connected(
    horizontal: Sequence[Line], vertical: Sequence[Line], limits: Limits
) -> list[tuple[list[Line], list[Line]]]:
    """The groups of borders that meet each other, as (horizontal, vertical)."""
    horizontal = sorted(horizontal)
    heights = [line.at for line in horizontal]
    parents = list(range(len(horizontal) + len(vertical)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    meetings = 0
    for number, line in enumerate(vertical, len(horizontal)):
        first = bisect_left(heights, line.start - _TOUCH)
        last = bisect_right(heights, line.end + _TOUCH)
        meetings += last - first
        if meetings > limits.cells:
            raise TooLarge(f"A page's lines meet more than {limits.cells} times.")
        for other in range(first, last):
            if horizontal[other].start - _TOUCH <= line.at <= horizontal[other].end + _TOUCH:
                parents[root(number)] = root(other)
    groups: dict[int, tuple[list[Line], list[Line]]] = defaultdict(lambda: ([], []))
    for number, line in enumerate([*horizontal, *vertical]):
        groups[root(number)][number >= len(horizontal)].append(line)
    return [group for group in groups.values() if group[0] and group[1]]


@dataclass
class _Walls:
    """Between which neighbouring places of a grid a border lies."""

    above: list[bytearray]
    """above[row][column]: a border between the place and the one above it."""
    before: list[bytearray]
    """before[row][column]: a border between the place and the one to its left."""


def _frame(across: Sequence[Line], down: Sequence[Line], limits: Limits) -> Frame | None:
    columns = _Places.of(down, across)
    rows = _Places.of(across, down)
    if len(columns.at) < 2 or len(rows.at) < 2:
        return None
    if len(columns.at) * len(rows.at) > limits.cells:
        raise TooLarge(f"A table has more than {limits.cells} places.")
    return _Filling(columns.at, rows.at, _walls(across, down, columns, rows)).frame()


@dataclass(frozen=True)
class _Places:
    """Where a grid's borders of one direction lie, and the number of each border drawn."""

    at: list[float]
    numbers: dict[float, int]

    @classmethod
    def of(cls, lines: Sequence[Line], crossing: Sequence[Line]) -> "_Places":
        """The places of `lines`, and of a side that only the ends of the `crossing` borders show.

        What is too narrow for text is the gap of a double border.
        """
        drawn = sorted({line.at for line in lines})
        first = min(line.start for line in crossing)
        last = max(line.end for line in crossing)
        at = [first] if first < drawn[0] - _OPEN else []
        numbers = {}
        for place in drawn:
            if not at or place - at[-1] >= _NARROW:
                at.append(place)
            numbers[place] = len(at) - 1
        if last > at[-1] + _OPEN:
            at.append(last)
        return cls(at, numbers)


def _walls(across: Sequence[Line], down: Sequence[Line], columns: _Places, rows: _Places) -> _Walls:
    width, height = len(columns.at) - 1, len(rows.at) - 1
    above = [bytearray(width) for _ in range(height)]
    before = [bytearray(width) for _ in range(height)]
    for line in across:
        row = rows.numbers[line.at]
        if row < height:
            first, last = _covered(columns.at, line)
            above[row][first:last] = b"\x01" * (last - first)
    for line in down:
        column = columns.numbers[line.at]
        if column < width:
            first, last = _covered(rows.at, line)
            for row in range(first, last):
                before[row][column] = 1
    return _Walls(above, before)


def _covered(places: list[float], line: Line) -> tuple[int, int]:
    """The run of intervals between `places` whose middle `line` passes, as first and after-last index."""
    first = max(bisect_left(places, line.start) - 1, 0)
    while first < len(places) - 1 and (places[first] + places[first + 1]) / 2 < line.start:
        first += 1
    last = min(bisect_right(places, line.end), len(places) - 1)
    while last > first and (places[last - 1] + places[last]) / 2 > line.end:
        last -= 1
    return first, last


@dataclass
class _Filling:
    """Fills the grid with the largest cells that no border crosses."""

    columns: list[float]
    rows: list[float]
    walls: _Walls
    cells: list[list[int]] = field(init=False)
    spans: list[Span] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cells = [[-1] * (len(self.columns) - 1) for _ in self.rows[1:]]

    def frame(self) -> Frame:
        """The grid with its cells."""
        for row, line in enumerate(self.cells):
            for column, cell in enumerate(line):
                if cell < 0:
                    self._put(row, column)
        return Frame(tuple(self.columns), tuple(self.rows), tuple(map(tuple, self.cells)), tuple(self.spans))

    def _put(self, row: int, column: int) -> None:
        before, cells = self.walls.before[row], self.cells[row]
        right = column + 1
        while right < len(cells) and cells[right] < 0 and not before[right]:
            right += 1
        bottom = row + 1
        while bottom < len(self.cells) and self._goes_down(bottom, column, right):
            bottom += 1
        number = len(self.spans)
        for line in self.cells[row:bottom]:
            line[column:right] = [number] * (right - column)
        self.spans.append((row, column, bottom - row, right - column))

    def _goes_down(self, row: int, left: int, right: int) -> bool:
        return (
            not any(self.walls.above[row][left:right])
            and not any(self.walls.before[row][left + 1 : right])
            and all(cell < 0 for cell in self.cells[row][left:right])
        )
