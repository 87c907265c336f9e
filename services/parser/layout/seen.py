"""Which of a page's characters it shows: none off it, invisible, white on white, struck out or painted over."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from services.parser.layout.drawing import Drawing, Line
from services.parser.layout.geometry import Box
from services.parser.layout.glyphs import Characters, Glyph

_SCANNED: Final = 0.1
"""Share of a page's characters that are shown at most where the hidden ones are what a scan was recognised as."""

_GLIMPSE: Final = 0.2
"""Share of its width by which a character is still seen."""

_TINY: Final = 0.001
"""Height of a character, as a share of its page's longer side, that nobody can see: less than a point on A4."""
_ROW: Final = 4.0
"""Points of height in which the characters are looked for that a line may strike out."""
_MIDDLE: Final = 0.2
"""How far from a character's middle a line runs at most that strikes it out, as a share of its height."""
_ENDS: Final = 0.35
"""How far from the first and last character it begins and ends at most, as a share of their height."""
_FILLED: Final = 0.7
"""Share of its length at least that the characters under it fill."""
_TOUCH: Final = 1.5
"""Points between two lines at most that meet."""
_LAST: Final = 1 << 62
"""When a character was drawn whose element is not known: nothing covers it."""


ClipOf = Callable[[int], Box | None]
"""An element's address → the rectangle to which its clips cut it; None without any."""


def on_page(found: Characters) -> list[Glyph]:
    """The upright characters that stand on the page, and are not too small to be seen."""
    width, height = 2 * found.width, 2 * found.height
    least = _TINY * max(found.width, found.height)
    return [
        glyph
        for glyph in found.upright
        if 0 <= (box := glyph.box).left + box.right <= width
        and 0 <= box.top + box.bottom <= height
        and box.bottom - box.top > least
    ]


def seen(glyphs: Sequence[Glyph], drawn: Drawing) -> list[Glyph]:
    """The characters of `glyphs` that the page shows.

    Where it shows hardly any, the invisible ones say what a picture shows, and count.
    """
    shown = list(glyphs)
    if struck := _struck(shown, drawn):
        shown = [glyph for number, glyph in enumerate(shown) if number not in struck]
    if not drawn.invisible and not drawn.white and not drawn.covers and not drawn.colours:
        return shown
    if drawn.invisible:
        shown = [glyph for glyph in shown if glyph.element not in drawn.invisible]
    if len(shown) <= _SCANNED * len(glyphs):
        shown = list(glyphs)
    if drawn.white:
        shown = [glyph for glyph in shown if not _is_white(glyph, drawn)]
    if drawn.colours:
        shown = [glyph for glyph in shown if not _is_sealed(glyph, drawn)]
    covered = _covered(shown, drawn)
    return [glyph for number, glyph in enumerate(shown) if number not in covered] if covered else shown


def clipped(glyphs: Sequence[Glyph], columns: Sequence[float], clip_of: ClipOf) -> set[int]:
    """The indexes of characters that their text's clip cuts off.

    It is asked of texts that run over one of `columns`; where it cuts one, of all that have the same clip.
    """
    texts = [list(group) for _, group in groupby(enumerate(glyphs), key=lambda each: each[1].element)]
    clips = {clip for text in texts if _runs_over(text, columns) and (clip := _cutting(text, clip_of)) is not None}
    if not clips:
        return set()
    return {
        number
        for text in texts
        if text[0][1].element and (clip := clip_of(text[0][1].element)) in clips
        for number, glyph in text
        if _is_outside(glyph.box, clip)
    }


def _runs_over(text: Sequence[tuple[int, Glyph]], columns: Sequence[float]) -> bool:
    first, last = text[0][1].box, text[-1][1].box
    return len(text) > 1 and bisect_right(columns, first.left) != bisect_right(columns, last.middle[0])


def _cutting(text: Sequence[tuple[int, Glyph]], clip_of: ClipOf) -> Box | None:
    """The clip of a text that begins within it and does not end there."""
    clip = clip_of(text[0][1].element) if text[0][1].element else None
    cuts = clip is not None and clip.holds(*text[0][1].box.middle) and _is_outside(text[-1][1].box, clip)
    return clip if cuts else None


def _is_outside(box: Box, clip: Box) -> bool:
    """Whether hardly anything of a character is left within the clip."""
    common = box.common(clip)
    return common.right - common.left < _GLIMPSE * (box.right - box.left) or common.bottom <= common.top


def _is_white(glyph: Glyph, drawn: Drawing) -> bool:
    """Whether the character is white, and nothing coloured or no picture lies behind it."""
    if glyph.element not in drawn.white:
        return False
    x, y = glyph.box.middle
    return not any(box.holds(x, y) for boxes in (drawn.panels, drawn.pictures) for box in boxes)


def _is_sealed(glyph: Glyph, drawn: Drawing) -> bool:
    """Whether the character is a seal's: drawn after its ring, in the same colour, within it."""
    colour = drawn.colours.get(glyph.element)
    return colour is not None and any(colour == own and box.holds(*glyph.box.middle) for own, box in drawn.rings)


def _struck(glyphs: Sequence[Glyph], drawn: Drawing) -> set[int]:
    """The indexes of characters through whose middle a line runs that begins and ends with them, no border."""
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for number, glyph in enumerate(glyphs):
        rows[int((glyph.box.top + glyph.box.bottom) / 2 / _ROW)].append(number)
    struck: set[int] = set()
    for line in drawn.horizontal:
        near = int(line.at / _ROW)
        numbers = (number for row in (near - 1, near, near + 1) for number in rows.get(row, ()))
        under = [number for number in numbers if _runs_through(line, glyphs[number].box)]
        boxes = [glyphs[number].box for number in under if glyphs[number].text.strip()]
        if len(boxes) < 2:  # a sign of its own, as a minus, is none
            continue
        reach = _ENDS * (boxes[0].bottom - boxes[0].top)
        begins = abs(min(box.left for box in boxes) - line.start) <= reach
        ends = abs(max(box.right for box in boxes) - line.end) <= reach
        full = sum(box.right - box.left for box in boxes) >= _FILLED * (line.end - line.start)
        if begins and ends and full and not _is_border(line, drawn):
            struck.update(under)
    return struck


def _is_border(line: Line, drawn: Drawing) -> bool:
    """Whether a line across begins or ends at one down, or goes on in another."""
    ends = (line.start, line.end)
    down = any(
        abs(other.at - end) <= _TOUCH and other.start - _TOUCH <= line.at <= other.end + _TOUCH
        for other in drawn.vertical
        for end in ends
    )
    return down or any(
        other is not line
        and abs(other.at - line.at) <= _TOUCH
        and (abs(other.end - line.start) <= _TOUCH or abs(other.start - line.end) <= _TOUCH)
        for other in drawn.horizontal
    )


def _runs_through(line: Line, box: Box) -> bool:
    x, y = box.middle
    return line.start <= x <= line.end and abs(y - line.at) <= _MIDDLE * (box.bottom - box.top)


def _covered(glyphs: Sequence[Glyph], drawn: Drawing) -> set[int]:
    """The indexes of characters over which a white area lies that was drawn later."""
    orders = [drawn.order.get(glyph.element, _LAST) for glyph in glyphs]
    first = min(orders, default=0)
    later = [cover for cover in drawn.covers if cover[0] > first]
    if not later:
        return set()
    places = sorted((glyph.box.middle[::-1], number) for number, glyph in enumerate(glyphs))
    heights = [y for (y, _), _ in places]
    return {
        number
        for drawn_at, box in later
        for (_, x), number in places[bisect_left(heights, box.top) : bisect_right(heights, box.bottom)]
        if box.left <= x <= box.right and orders[number] < drawn_at
    }
