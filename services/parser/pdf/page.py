"""One page of a PDF → its characters and its drawing, for the layout."""

import ctypes
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw as pdfium

from services.parser.layout.drawing import around
from services.parser.layout.geometry import Box, Turn
from services.parser.layout.page import PageContents
from services.parser.layout.seen import on_page, seen
from services.parser.pdf import engine
from services.parser.pdf.drawing import drawing
from services.parser.pdf.glyphs import characters
from services.parser.reading import Limits

if TYPE_CHECKING:
    from services.parser.ocr.networks import Pixels


def page_contents(page: pdfium.FPDF_PAGE, text: pdfium.FPDF_TEXTPAGE, limits: Limits) -> PageContents:
    """What `page` shows; texts that are painted over are taken off it. Raises TooLarge.

    The engine leaves out a character that is drawn twice on one place. So the texts painted over go first, or the
    new ones over them would lack what they have in common.
    """
    found = characters(page, text, limits)
    drawn = drawing(page, found.turn, limits)
    shown = seen(on_page(found), drawn)
    hidden = len(found.upright) - len(shown)
    gone = {glyph.element for glyph in found.upright} - {glyph.element for glyph in shown} if hidden else set()
    if gone and drawn.covers:
        _take_off(page, gone)
        again = pdfium.FPDFText_LoadPage(page)
        try:
            found = characters(page, again, limits)
        finally:
            pdfium.FPDFText_ClosePage(again)
        shown = seen(on_page(found), drawn)
    turned = (found.turn.quarters - pdfium.FPDFPage_GetRotation(page)) % 4
    return PageContents(found, shown, drawn, hidden, lambda element: _clip(element, found.turn), turned)


def picture(page: pypdfium2.PdfPage, turned: int, scale: float) -> "Pixels":
    """The page in grey as it is shown, turned by so many quarters clockwise, `scale` pixels a point.

    Of the three colours the red one is taken: in it a red seal is as light as the paper.
    """
    bitmap = page.render(scale=scale, rotation=90 * turned, prefer_bgrx=False, rev_byteorder=False)
    pixels: Pixels = bitmap.to_numpy()[:, :, 2].copy()
    bitmap.close()
    return pixels


def _take_off(page: pdfium.FPDF_PAGE, gone: AbstractSet[int]) -> None:
    """Take the elements at these addresses off the page."""
    for index in range(pdfium.FPDFPage_CountObjects(page) - 1, -1, -1):
        element = pdfium.FPDFPage_GetObject(page, index)
        if ctypes.addressof(element.contents) in gone:
            pdfium.FPDFPage_RemoveObject(page, element)
            pdfium.FPDFPageObj_Destroy(element)


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
            own = around(corners)
            box = own if box is None else box.common(own)
    return box
