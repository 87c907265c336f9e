"""Which of a page's characters it shows: none that are invisible, white on white, or painted over."""

import ctypes
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

import pypdfium2.raw as pdfium

from services.parser.pdf import engine
from services.parser.pdf.geometry import Box, Turn
from services.parser.pdf.glyphs import Characters, Glyph, characters
from services.parser.pdf.rulings import Drawing
from services.parser.reading import Limits

_SCANNED: Final = 0.1
"""Share of a page's characters that are shown at most where the hidden ones are what a scan was recognised as."""

_GLIMPSE: Final = 0.2
"""Share of its width by which a character is still seen."""

_LAST: Final = 1 << 62
"""When a character was drawn whose element is not known: nothing covers it."""


def seen(glyphs: Sequence[Glyph], drawn: Drawing) -> list[Glyph]:
    """The characters of `glyphs` that the page shows.

    Where it shows hardly any, the invisible ones say what a picture shows, and count.
    """
    if not drawn.invisible and not drawn.white and not drawn.covers and not drawn.colours:
        return list(glyphs)
    shown = [glyph for glyph in glyphs if glyph.element not in drawn.invisible]
    if len(shown) <= _SCANNED * len(glyphs):
        shown = list(glyphs)
    if drawn.white:
        shown = [glyph for glyph in shown if not _is_white(glyph, drawn)]
    if drawn.colours:
        shown = [glyph for glyph in shown if not _is_sealed(glyph, drawn)]
    covered = _covered(shown, drawn)
    return [glyph for number, glyph in enumerate(shown) if number not in covered] if covered else shown


def without_hidden(page: pdfium.FPDF_PAGE, found: Characters, drawn: Drawing, limits: Limits) -> Characters:
    """The characters of `page` when the texts are gone from it that it does not show; `found` when there are none.

    The engine leaves out a character that is drawn twice on one place. So the texts painted over go first, or the
    new ones over them would lack what they have in common.
    """
    shown = seen(found.upright, drawn)
    gone = {glyph.element for glyph in found.upright} - {glyph.element for glyph in shown}
    if not gone or not drawn.covers:
        return replace(found, upright=shown)
    for index in range(pdfium.FPDFPage_CountObjects(page) - 1, -1, -1):
        element = pdfium.FPDFPage_GetObject(page, index)
        if ctypes.addressof(element.contents) in gone:
            pdfium.FPDFPage_RemoveObject(page, element)
            pdfium.FPDFPageObj_Destroy(element)
    again = pdfium.FPDFText_LoadPage(page)
    try:
        found = characters(page, again, limits)
    finally:
        pdfium.FPDFText_ClosePage(again)
    return replace(found, upright=seen(found.upright, drawn))


def clipped(glyphs: Sequence[Glyph], columns: Sequence[float], turn: Turn) -> set[int]:
    """The indexes of characters that their text's clip cuts off; asked of texts that run over one of `columns`."""
    gone: set[int] = set()
    for element, group in groupby(enumerate(glyphs), key=lambda each: each[1].element):
        (_, start), *others = group
        if (
            not element
            or not others
            or bisect_right(columns, start.box.left) == bisect_right(columns, others[-1][1].box.middle[0])
        ):
            continue
        clip = _clip(element, turn)
        if clip is not None and clip.holds(*start.box.middle):
            gone.update(number for number, glyph in others if _is_outside(glyph.box, clip))
    return gone


def _is_outside(box: Box, clip: Box) -> bool:
    """Whether hardly anything of a character is left within the clip."""
    common = box.common(clip)
    return common.right - common.left < _GLIMPSE * (box.right - box.left) or common.bottom <= common.top


def _clip(element: int, turn: Turn) -> Box | None:
    """The rectangle to which the element's clips cut it; None without any."""
    path = engine.clip(element)
    count = engine.count_clips(path) if path else 0
    x, y = ctypes.c_float(), ctypes.c_float()
    box: Box | None = None
    for number in range(max(count, 0)):
        corners = []
        for index in range(engine.count_clip_segments(path, number)):
            engine.point(engine.clip_segment(path, number, index), ctypes.addressof(x), ctypes.addressof(y))
            corners.append(turn.point(x.value, y.value))
        if corners:
            across, down = zip(*corners, strict=True)
            own = Box(min(across), min(down), max(across), max(down))
            box = own if box is None else box.common(own)
    return box


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
