"""Which of a page's characters it shows: none that are invisible, white on white, or painted over."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from services.parser.layout.drawing import Drawing
from services.parser.layout.geometry import Box
from services.parser.layout.glyphs import Glyph

_SCANNED: Final = 0.1
"""Share of a page's characters that are shown at most where the hidden ones are what a scan was recognised as."""

_GLIMPSE: Final = 0.2
"""Share of its width by which a character is still seen."""

_LAST: Final = 1 << 62
"""When a character was drawn whose element is not known: nothing covers it."""


ClipOf = Callable[[int], Box | None]
"""An element's address → the rectangle to which its clips cut it; None without any."""


def seen(glyphs: Sequence[Glyph], drawn: Drawing) -> list[Glyph]:
    """The characters of `glyphs` that the page shows.

    Where it shows hardly any, the invisible ones say what a picture shows, and count.
    """
    if not drawn.invisible and not drawn.white and not drawn.covers and not drawn.colours:
        return list(glyphs)
    shown = list(glyphs)
    if drawn.invisible:
        shown = [glyph for glyph in glyphs if glyph.element not in drawn.invisible]
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
