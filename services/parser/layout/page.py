"""One page → its tables and paragraphs in reading order."""

import itertools
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from services.parser.grid import Grid, OnPage
from services.parser.layout.cells import by_cell
from services.parser.layout.columns import Columned, parted
from services.parser.layout.drawing import Drawing
from services.parser.layout.geometry import Box
from services.parser.layout.glyphs import Characters, Glyph
from services.parser.layout.level_rows import CellLines, are_names, level_rows
from services.parser.layout.lines import TextLine, beside, cell_lines, goes_on, lines_of, text_of
from services.parser.layout.open_columns import with_open_columns
from services.parser.layout.open_rows import with_open_rows
from services.parser.layout.paragraphs import Margins, margins, paragraphs, setting
from services.parser.layout.rules import ruled_rows
from services.parser.layout.seen import ClipOf, clipped, seen
from services.parser.layout.tables import Frame, Span, frames
from services.parser.reading import Limits, Setting, paragraph
from services.parser.wording import is_number_at_edge, is_page_number
from shared.schemas.document import Block, PageBox, Paragraph, Table

_EDGE: Final = 0.12
"""Share of the page's height at its top and bottom in which a bare number is the page's."""
_MARGIN: Final = 2.0
"""Points by which a table's text may stick out of it."""


class Scan(Enum):
    """What became of pictures of text on a page."""

    NONE = auto()
    """There are none."""
    RECOGNISED = auto()
    NO_TEXT = auto()
    """Nothing that is text was recognised in them."""
    NOT_INSTALLED = auto()
    """They are not read: nothing that recognises text is installed."""
    TOO_MANY = auto()
    """They are not read: the file has more of them than are allowed."""


@dataclass(frozen=True)
class PageContents:
    """What an engine gives of one page."""

    characters: Characters
    shown: list[Glyph]
    """The upright ones of the characters that the page shows."""
    drawing: Drawing
    hidden: int
    """Upright characters that it does not show."""
    clip_of: ClipOf
    turned: int = 0
    """Quarter turns (clockwise) by which the layout turned the page as it is shown."""
    confidences: Mapping[int, float] = field(default_factory=dict)
    """Element of text that was recognised in a picture → how certain it is, 0 to 1."""
    scan: Scan = Scan.NONE


@dataclass
class PageReading:
    """What one page holds."""

    blocks: list[Block] = field(default_factory=list)
    edges: dict[int, tuple[float, ...]] = field(default_factory=dict)
    """Index into `blocks` of a table → x of its column borders."""
    settings: dict[int, Setting] = field(default_factory=dict)
    """Index into `blocks` of a paragraph → how it is set."""
    unmapped: int = 0
    hidden: int = 0
    """Characters, or elements with some, that the page does not show."""
    scan: Scan = Scan.NONE


def read_page(page: PageContents, number: int, limits: Limits) -> PageReading:
    """The blocks of page `number` (1-based). Raises TooLarge."""
    found, drawn, hidden = page.characters, page.drawing, page.hidden
    grids = _without_frames(frames(drawn, limits))
    guessed = frames(ruled_rows(drawn, [grid.box for grid in grids], page.shown, found.width), limits)
    grids = sorted([*grids, *guessed], key=lambda grid: (grid.rows[0], grid.columns[0]))
    inside, outside = _sorted_out(page.shown, grids)
    if (whole := with_open_rows(grids, outside)) != grids:
        guessed = [each for old, each in zip(grids, whole, strict=True) if old in guessed]
        grids = whole
        inside, outside = _sorted_out(page.shown, grids)
    for number_of_grid, grid in enumerate(grids):
        if gone := clipped(inside[number_of_grid], grid.columns, page.clip_of):
            inside[number_of_grid] = [each for n, each in enumerate(inside[number_of_grid]) if n not in gone]
            hidden += len(gone)
    sheet = _Sheet(number, _recognised(page), page.turned, (found.width, found.height))
    tables = [
        (grid.box, *_table(grid, glyphs, sheet, limits, is_guessed=grid in guessed))
        for grid, glyphs in zip(grids, inside, strict=True)
        if any(glyph.text != " " for glyph in glyphs)
    ]
    reading = PageReading(unmapped=found.unmapped, hidden=hidden, scan=page.scan)
    every = lines_of(outside)
    top, lines, bottom = _without_numbers(every, found.height)
    reading.blocks += [paragraph(line.text, number) for line in top]
    _Arranging(reading, margins(every, found.width), sheet, limits).take(tables, lines)
    reading.blocks += [paragraph(line.text, number) for line in bottom]
    if oblique := seen(found.oblique, drawn):
        reading.blocks.append(paragraph(text_of(oblique), number))
    return reading


def _recognised(page: PageContents) -> Sequence[tuple[Glyph, float]]:
    """The characters that were recognised in a picture, each with how certain it is."""
    certain = page.confidences
    return [(each, certain[each.element]) for each in page.shown if each.element in certain] if certain else ()


@dataclass(frozen=True)
class _Sheet:
    """The page that texts stand on, and its characters that were recognised, each with how certain it is."""

    number: int
    recognised: Sequence[tuple[Glyph, float]]
    turned: int
    size: tuple[float, float]

    def place(self, lines: Sequence[TextLine], cell: Box | None = None) -> OnPage:
        """Where a text of these lines stands: in its `cell`, else where they do."""
        box = cell or (_around(lines) if lines else None)
        return OnPage(self.number, self._as_shown(box) if box else None, self._confidence(lines))

    def paragraph(self, lines: Sequence[TextLine]) -> Paragraph:
        """The paragraph that `lines` make."""
        page, box, confidence = self.place(lines)
        return Paragraph(file=0, page=page, text=_joined(lines), box=box, confidence=confidence)

    def _as_shown(self, box: Box) -> PageBox:
        """A rectangle of the upright page, on the page as it is shown."""
        width, height = self.size
        for _ in range(self.turned):
            box = Box(box.top, width - box.right, box.bottom, width - box.left)
            width, height = height, width
        left, top, right, bottom = box
        return round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)

    def _confidence(self, lines: Sequence[TextLine]) -> float | None:
        boxes = [line.box for line in lines] if self.recognised else []
        return min(
            (
                confidence
                for glyph, confidence in self.recognised
                if any(box.holds(*glyph.box.middle) for box in boxes)
            ),
            default=None,
        )


def _around(lines: Sequence[TextLine]) -> Box:
    return Box(
        min(line.box.left for line in lines),
        min(line.box.top for line in lines),
        max(line.box.right for line in lines),
        max(line.box.bottom for line in lines),
    )


def _without_numbers(
    lines: Sequence[TextLine], height: float
) -> tuple[Sequence[TextLine], Sequence[TextLine], Sequence[TextLine]]:
    """The page's number at its top, its text, and the number at its bottom; a number stands alone."""
    first, last = 0, len(lines)
    if last and _is_number(lines[0], lines[1:2], lines[0].box.top < _EDGE * height):
        first = 1
    if last > first and _is_number(lines[-1], lines[-2:-1], lines[-1].box.bottom > (1 - _EDGE) * height):
        last -= 1
    return lines[:first], lines[first:last], lines[last:]


def _is_number(line: TextLine, next_to: Sequence[TextLine], at_edge: bool) -> bool:
    is_number = is_page_number(line.text) or (at_edge and is_number_at_edge(line.text))
    return is_number and not any(beside(line, other) for other in next_to)


def _without_frames(grids: Sequence[Frame]) -> list[Frame]:
    """`grids` less the boxes that only stand around other tables."""
    return [
        grid
        for grid in grids
        if len(grid.columns) > 2 or not any(grid.box.around(other.box) for other in grids if other is not grid)
    ]


def _sorted_out(glyphs: Sequence[Glyph], grids: Sequence[Frame]) -> tuple[list[list[Glyph]], list[Glyph]]:
    """The characters within each grid, and those in none; of grids within each other the smaller takes them.

    What goes on right behind a table's last character is a text that runs out of the table.
    """
    order = sorted(range(len(grids)), key=lambda number: grids[number].box.area)
    boxes = [(number, grids[number].box.grown(_MARGIN)) for number in order]
    inside: list[list[Glyph]] = [[] for _ in grids]
    outside: list[Glyph] = []
    last: tuple[Glyph, int] | None = None
    for glyph in glyphs:
        _, (left, top, right, bottom), _, _ = glyph
        x, y = (left + right) / 2, (top + bottom) / 2
        number = None
        for each, (start, above, end, below) in boxes:
            if start <= x <= end and above <= y <= below:
                number = each
                break
        if number is None and last and goes_on(last[0], glyph):
            number = last[1]
        if number is None:
            outside.append(glyph)
            last = None
        else:
            inside[number].append(glyph)
            last = (glyph, number)
    return inside, outside


def _lines(grid: Frame, glyphs: Sequence[Glyph]) -> dict[int, list[TextLine]]:
    """The lines of each cell that has any."""
    return {cell: cell_lines(each) for cell, each in by_cell(grid, glyphs).items()}


def _table(
    drawn: Frame, glyphs: Sequence[Glyph], sheet: _Sheet, limits: Limits, *, is_guessed: bool
) -> tuple[Table, tuple[float, ...]]:
    """The table, and the x of its column borders where they are drawn."""
    lines = _lines(drawn, glyphs)
    whole = drawn if is_guessed else with_open_columns(drawn, lines)
    grid, lines = _cut_at_rows(whole, lines if whole is drawn else _lines(whole, glyphs))
    parted = [level_rows(_within(grid, row, lines)) for row in range(len(grid.rows) - 1)]
    tops = list(itertools.accumulate(map(len, parted), initial=0))
    places = Grid(tops[-1], limits)
    for cell, (row, column, rows, columns) in enumerate(grid.spans):
        height = tops[row + rows] - tops[row]
        if rows > 1 or height == 1:
            own = lines.get(cell, ())
            box = Box(grid.columns[column], grid.rows[row], grid.columns[column + columns], grid.rows[row + rows])
            places.put(tops[row], _joined(own), (height, columns), sheet.place(own, box), column)
            continue
        for place, within in enumerate(parted[row], tops[row]):
            own = within.get(cell, ())
            places.put(place, _joined(own), (1, columns), sheet.place(own), column)
    table = places.table(sheet.number)
    assert table is not None  # a frame has cells
    if is_guessed or whole.columns != drawn.columns:
        return table, ()
    begun = sorted({column for _, column, _, _ in grid.spans})
    return table, (*(grid.columns[column] for column in begun), grid.columns[-1])


def _within(grid: Frame, row: int, lines: Mapping[int, list[TextLine]]) -> dict[int, CellLines]:
    """The cells that begin and end in the grid's `row` and have a text."""
    cells = {}
    for cell in dict.fromkeys(grid.cells[row]):
        _, column, rows, columns = grid.spans[cell]
        if rows == 1 and lines.get(cell):
            cells[cell] = CellLines(grid.columns[column], grid.columns[column + columns], lines[cell])
    return cells


def _cut_at_rows(grid: Frame, lines: Mapping[int, list[TextLine]]) -> tuple[Frame, dict[int, list[TextLine]]]:
    """`grid` and `lines` by its cells, where a cell beside several rows is cut that names the figures of one.

    So it is where the rule under the header leaves out the column of names.
    """
    spans: list[Span] = []
    texts: list[list[TextLine]] = []
    for cell, (row, column, rows, columns) in enumerate(grid.spans):
        own = lines.get(cell, [])
        pieces = [own]
        if rows > 1 and len(own) > 1:
            borders = grid.rows[row + 1 : row + rows]
            pieces = [
                [line for line in own if bisect_right(borders, line.box.middle[1]) == n] for n in range(rows)
            ]
            if not any(are_names(piece, _within(grid, row + n, lines).values()) for n, piece in enumerate(pieces)):
                pieces = [own]
        height = rows // len(pieces)
        spans += [(row + n, column, height, columns) for n in range(len(pieces))]
        texts += pieces
    return grid.with_spans(spans), dict(enumerate(texts))


def _joined(lines: Sequence[TextLine]) -> str:
    return "\n".join(line.text for line in lines)


@dataclass
class _Arranging:
    """Puts a page's tables and paragraphs in reading order, top to bottom."""

    reading: PageReading
    page: Margins
    sheet: _Sheet
    limits: Limits

    def take(self, tables: Sequence[tuple[Box, Table, tuple[float, ...]]], lines: Sequence[TextLine]) -> None:
        """Both in the order of the page; tables with the x of their column borders where they are drawn."""
        first = 0
        for box, table, edges in tables:
            last = first
            while last < len(lines) and lines[last].box.middle[1] < box.middle[1]:
                last += 1
            self._put(lines[first:last])
            first = last
            if edges:
                self.reading.edges[len(self.reading.blocks)] = edges
            self.reading.blocks.append(table)
        self._put(lines[first:])

    def _put(self, lines: Sequence[TextLine]) -> None:
        for part in parted(lines):
            if isinstance(part, Columned):
                self.reading.edges[len(self.reading.blocks)] = part.edges
                self.reading.blocks.append(_columned(part, self.sheet, self.limits))
                continue
            for each in paragraphs(part, self.page):
                self.reading.settings[len(self.reading.blocks)] = setting(each, self.page)
                self.reading.blocks.append(self.sheet.paragraph(each))


def _columned(source: Columned, sheet: _Sheet, limits: Limits) -> Table:
    """The table that texts in columns make up."""
    places = Grid(len(source.rows), limits)
    for row, texts in enumerate(source.rows):
        for text in texts:
            places.put(row, _joined(text.lines), (1, text.width), sheet.place(text.lines), text.column)
    table = places.table(sheet.number)
    assert table is not None  # every row has cells
    return table
