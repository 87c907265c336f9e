"""Files of pictures (PNG, JPEG, TIFF, BMP, GIF) → blocks, each picture a page."""

from dataclasses import replace
from typing import Final

from services.parser.layout.drawing import Drawing
from services.parser.layout.geometry import Box, Turn
from services.parser.layout.glyphs import Characters
from services.parser.layout.page import PageContents, read_page
from services.parser.layout.pages import Pages
from services.parser.ocr.scans import Scans, is_installed
from services.parser.reading import Limits, Reading
from shared.errors import Corrupt, TooLarge, Unsupported

_A4: Final = 595.0 * 842.0
"""Square points of a page of A4: what a picture is taken to show, unless"""
_SCREEN: Final = 96 / 72
"""it had fewer pixels a point then than a screen has."""


def read(data: bytes, limits: Limits) -> Reading:
    """The tables and paragraphs that each picture shows.

    Raises Corrupt, TooLarge, and Unsupported where nothing that recognises text is installed.
    """
    if not is_installed():
        raise Unsupported("Characters in pictures are read with gongkai[ocr] only, which is not installed.")
    if limits.scans <= 0:
        raise TooLarge("The disclosure has more pictures than are recognised.")
    from services.parser.ocr.networks import Pixels, resized
    from services.parser.ocr.pictures import grey

    pictures = grey(data)
    if not pictures:
        raise Corrupt("The picture is damaged.")
    pages, scans = Pages("file", len(pictures), limits), Scans(limits.scans)
    for number, picture in enumerate(pictures, 1):
        height, width = picture.shape
        scale = max((width * height / _A4) ** 0.5, _SCREEN)
        page = _page(width / scale, height / scale)

        def draw(wanted: float, picture: Pixels = picture, scale: float = scale) -> Pixels:
            height, width = picture.shape
            return resized(picture, round(width / scale * wanted), round(height / scale * wanted))

        pages.add(number, read_page(scans.read(page, draw), number, limits))
    return replace(pages.reading(), scans=scans.taken)


def _page(width: float, height: float) -> PageContents:
    """A page of that size, points, that a picture covers."""
    drawing = Drawing(pictures=[Box(0.0, 0.0, width, height)])
    return PageContents(Characters([], [], 0, Turn(0), width, height), [], drawing, 0, lambda _: None)
