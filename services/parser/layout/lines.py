"""Characters → lines of text, by where they stand and never by the order in which they were drawn."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.parser.layout.geometry import Box, Turn
from services.parser.layout.glyphs import Glyph
from services.parser.wording import raised

_WORD_GAP: Final = 0.12
_NUMBER_GAP: Final = 0.22
"""Gap between two Latin words and between two numbers, as a share of the line's height."""
_PIECE_GAP: Final = 2.5
"""Gap that parts a line into pieces with nothing to do with each other, in characters."""
_COLUMN_GAP: Final = 0.9
"""Gap that parts the texts of two columns, in characters."""
_SAME_LINE: Final = 0.5
"""How far off a line's middle a character may stand, as a share of the lower of the two."""
_TOUCH: Final = 0.4
"""Gap within one text as it is drawn, as a share of the line's height."""
_SAME_BASE: Final = 0.2
"""How far two characters of one text as it is drawn differ in height, as a share of the line's."""
_LEVEL: Final = 0.04
"""The same of two texts that lie over each other."""
_OVERLAP: Final = 0.5
"""Ems by which two texts lie over each other that are no parts of one line."""
_DOUBLE: Final = 0.3
"""Share of its width by which a character is shifted that was drawn twice to look bold."""
_MARK_HEIGHT: Final = 0.8
"""Height of a note's mark at most, as a share of the text's that it is set behind."""
_RAISED: Final = 0.2
"""How far above the text a note's mark stands at least, as a share of the text's height."""
_FEWEST_DOWN: Final = 3
"""Characters that show that a text is written downwards."""
_BESIDE: Final = 0.1
"""Share of its height by which a line must overlap another one to stand beside it."""
_FIRST_WIDE: Final = "\u2e80"
"""From here on characters are as wide as high."""


@dataclass(frozen=True)
class TextLine:
    """A line's characters from left to right, less blanks at its ends."""

    text: str
    box: Box
    em: float
    """Width of a Chinese character, points."""
    texts: tuple["TextLine", ...] = ()
    """Those that gaps as wide as a character part; none where it has no such gap."""


def cell_lines(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """The lines of a cell's text; those that stand on their side come last, with their boxes turned upright."""
    return [line for turned in _turned(glyphs) for column in _columns_down(turned) for line in _lines(column)]


def _columns_down(glyphs: Sequence[Glyph]) -> list[Sequence[Glyph]]:
    """The columns, from right to left, of a text that is written downwards; any other text as it is."""
    texts = [glyph for glyph in glyphs if glyph.text != " "]
    if len(texts) < _FEWEST_DOWN or any(goes_on(one, two) for one, two in pairwise(texts)):
        return [glyphs]
    columns = [[texts[0]]]
    for one, two in pairwise(texts):
        em = one.box.bottom - one.box.top
        if (
            abs(one.box.middle[0] - two.box.middle[0]) <= _SAME_LINE * em
            and 0 < two.box.top - one.box.top <= 2 * em
        ):
            columns[-1].append(two)
        elif two.box.right <= one.box.left + _TOUCH * em and two.box.top < one.box.top:
            columns.append([two])
        else:
            return [glyphs]
    return [*columns] if len(columns) > 1 else [glyphs]


def text_of(glyphs: Sequence[Glyph]) -> str:
    """The text of a cell, a line break between its lines."""
    return "\n".join(line.text for line in cell_lines(glyphs))


def lines_of(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """The lines of running text, each parted where a wide gap shows two texts side by side."""
    return [line for turned in _turned(glyphs) for line in _lines(turned, _PIECE_GAP)]


def texts_of(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """The texts of a table's row, parted at every gap of a character's width."""
    upright = [glyph for glyph in glyphs if glyph.turn == 0]
    found: list[TextLine] = []
    for row in _rows(upright):
        em = _em(row)
        found += [TextLine(_text(piece), _around(piece), em) for piece in _runs(row, _COLUMN_GAP * em)]
    return found


def _turned(glyphs: Sequence[Glyph]) -> Iterator[Sequence[Glyph]]:
    """The upright characters, then those that stand on their side, turned upright."""
    if all(glyph.turn == 0 for glyph in glyphs):
        yield glyphs
        return
    groups: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        groups[glyph.turn].append(glyph)
    for quarters, group in sorted(groups.items()):
        turn = Turn(quarters)
        yield [glyph._replace(box=_stood_up(glyph.box, turn)) for glyph in group]


def _stood_up(box: Box, turn: Turn) -> Box:
    return turn.box(box.left, -box.bottom, box.right, -box.top)


def _lines(glyphs: Iterable[Glyph], gap: float = math.inf) -> Iterator[TextLine]:
    """The lines, parted at gaps of more than `gap` characters."""
    for row in _rows(glyphs):
        em = _em(row)
        for piece in _pieces(row, gap * em) if gap < math.inf else [row]:
            text = _text(piece)
            if text:
                yield TextLine(text, _around(piece), em, _texts(piece, em))


def _texts(row: Sequence[Glyph], em: float) -> tuple[TextLine, ...]:
    runs = _runs(row, _COLUMN_GAP * em)
    return tuple(TextLine(_text(run), _around(run), em) for run in runs) if len(runs) > 1 else ()


def goes_on(one: Glyph, two: Glyph) -> bool:
    """Whether `two` is drawn right behind `one`."""
    _, (_, _, end, base), turn, _ = one
    _, (left, top, _, bottom), own_turn, _ = two
    height = bottom - top
    return (
        turn == own_turn == 0 and abs(base - bottom) <= _SAME_BASE * height and abs(left - end) <= _TOUCH * height
    )


def runs_of(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """The texts as they are drawn, one after the other: the characters of each stand behind each other."""
    runs: list[list[Glyph]] = []
    last: Glyph | None = None
    for glyph in glyphs:
        if last and goes_on(last, glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
        last = glyph
    return runs


def _rows(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Characters by the line they stand on, top to bottom, each line from left to right; texts are never mixed."""
    runs = runs_of(glyphs)
    if len(runs) == 1:  # as in most cells
        yield runs[0]
        return
    row: list[list[Glyph]] = []
    middle = height = 0.0
    for run in sorted(runs, key=lambda each: each[0].box.top + each[0].box.bottom):
        box = run[0].box
        own, centre = box.bottom - box.top, box.middle[1]
        if row and abs(centre - middle) > _SAME_LINE * min(own, height):
            yield from _untangled(row)
            row = []
        if not row:
            middle, height = centre, own
        elif any(glyph.text != " " for glyph in run):
            count = sum(map(len, row))
            middle += (centre - middle) * len(run) / (count + len(run))
            height = max(height, own)
        row.append(run)
    if row:
        yield from _untangled(row)


def _untangled(row: Sequence[list[Glyph]]) -> Iterator[list[Glyph]]:
    """The lines that a row's texts make: those that lie over each other at other heights have their own."""
    if len(row) > 1 and _is_tangled(row):
        levels: list[list[list[Glyph]]] = []
        for run in row:  # from top to bottom
            height = run[0].box.bottom - run[0].box.top
            if levels and abs(levels[-1][0][0].box.bottom - run[0].box.bottom) <= _LEVEL * height:
                levels[-1].append(run)
            else:
                levels.append([run])
    else:
        levels = [list(row)]
    for level in levels:
        level.sort(key=lambda run: run[0].box.left)
        yield [glyph for number, run in enumerate(level) if not _is_again(run, level[:number]) for glyph in run]


def _is_again(run: Sequence[Glyph], before: Sequence[Sequence[Glyph]]) -> bool:
    """Whether the text is one of those `before` drawn again to look bold."""
    return any(
        _is_double(other[0], run[0]) and [each.text for each in other] == [each.text for each in run]
        for other in before[-4:]
    )


def _is_tangled(row: Sequence[Sequence[Glyph]]) -> bool:
    """Whether a text lies over another of another height."""
    order = sorted(row, key=lambda run: run[0].box.left)
    reach = order[0]
    for run in order[1:]:
        box, last = run[0].box, reach[-1].box
        height = box.bottom - box.top
        if abs(box.bottom - last.bottom) > _LEVEL * height and last.right - box.left > _OVERLAP * height:
            return True
        if run[-1].box.right > last.right:
            reach = run
    return False


def _em(row: Sequence[Glyph]) -> float:
    widths = sorted([right - left for text, (left, _, right, _), _, _ in row if text[0] >= _FIRST_WIDE])
    if widths:
        return max(widths[len(widths) // 2], 1.0)
    return max(1.0, *[bottom - top for _, (_, top, _, bottom), _, _ in row])


def _pieces(row: Sequence[Glyph], gap: float) -> Iterator[Sequence[Glyph]]:
    """The line's texts that stand apart; letter-spaced characters are one text."""
    pieces = _runs(row, gap)
    if 2 * sum(len(piece) == 1 and _is_wide(piece[0]) for piece in pieces) > len(pieces):
        yield row
        return
    starts = [piece[0].box.left for piece in pieces[1:]]
    first = 0
    for number, glyph in enumerate(row):
        if starts and glyph.box.left >= starts[0] and glyph.text != " ":
            yield row[first:number]
            first = number
            del starts[0]
    yield row[first:]


def _runs(row: Sequence[Glyph], gap: float) -> list[list[Glyph]]:
    """The visible characters, parted at gaps wider than `gap` points."""
    runs: list[list[Glyph]] = []
    end = 0.0
    for glyph in row:
        text, (left, _, right, _), _, _ = glyph
        if text == " ":
            continue
        if runs and left - end <= gap:
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
        end = right
    return runs


def _text(row: Sequence[Glyph]) -> str:
    text: list[str] = []
    last: Glyph | None = None
    for glyph in row:
        own = glyph.text
        if own == " ":
            if text and text[-1] != " ":
                text.append(" ")
            continue
        if last is not None:
            if own == last.text and _is_double(last, glyph):
                continue
            if glyph.box.bottom < last.box.bottom and _is_raised(last, glyph):
                text.append(raised(own, "".join(text[-1:])))
                continue
            if own[-1] < _FIRST_WIDE and text[-1] != " " and _is_gap(last, glyph):
                text.append(" ")
        text.append(own)
        last = glyph
    return "".join(text).strip()


def _is_double(one: Glyph, two: Glyph) -> bool:
    """Whether `two` is `one` drawn again."""
    shift = _DOUBLE * (two.box.right - two.box.left)
    return one.text == two.text and abs(one.box.left - two.box.left) < shift


def _is_raised(one: Glyph, two: Glyph) -> bool:
    """Whether `two` is the mark of a note behind `one`: clearly smaller, and above its baseline."""
    height = one.box.bottom - one.box.top
    return (
        two.box.bottom - two.box.top <= _MARK_HEIGHT * height
        and one.box.bottom - two.box.bottom >= _RAISED * height
    )


def _is_gap(one: Glyph, two: Glyph) -> bool:
    """Whether a blank belongs between two characters: never beside Chinese ones."""
    if _is_wide(one) or _is_wide(two):
        return False
    share = _NUMBER_GAP if one.text.isdecimal() and two.text.isdecimal() else _WORD_GAP
    return two.box.left - one.box.right > share * (two.box.bottom - two.box.top)


def _is_wide(glyph: Glyph) -> bool:
    return glyph.text[-1] >= _FIRST_WIDE


def _around(row: Sequence[Glyph]) -> Box:
    lefts, tops, rights, bottoms = zip(*[box for text, box, _, _ in row if text != " "], strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def bands(lines: Sequence[TextLine]) -> Iterator[list[TextLine]]:
    """Lines that stand beside each other, directly or through a third."""
    band: list[TextLine] = []
    for line in lines:
        if band and not any(beside(other, line) for other in band[-8:]):
            yield band
            band = []
        band.append(line)
    if band:
        yield band


def beside(one: TextLine, two: TextLine) -> bool:
    """Whether two lines stand beside each other."""
    overlap = min(one.box.bottom, two.box.bottom) - max(one.box.top, two.box.top)
    heights = (one.box.bottom - one.box.top, two.box.bottom - two.box.top)
    apart = one.box.right <= two.box.left or two.box.right <= one.box.left
    return apart and overlap > _BESIDE * min(heights)
