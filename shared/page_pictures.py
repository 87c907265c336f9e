"""A page of a PDF file as a picture, a place on it marked."""

import struct
import zlib
from typing import Final, NamedTuple

import pypdfium2

from shared.errors import Corrupt, Unsupported
from shared.schemas.document import PageBox

_SCALE: Final = 110 / 72
"""Pixels of a point: 110 dpi, at which an A4 page is as wide as a window."""
_MOST_PIXELS: Final = 4_000_000
"""Pixels of a picture at most: larger pages are shown smaller."""
_FRAME: Final = (208, 32, 32)
"""Colour of the mark: red, green, blue."""
_THICK: Final = 2
"""Pixels of the mark's frame."""


class PagePicture(NamedTuple):
    """A page as a PNG file, and its size in points."""

    data: bytes
    width: float
    height: float


def page_picture(data: bytes, number: int, box: PageBox | None = None) -> PagePicture:
    """Page `number` (1-based) of a PDF file as a viewer shows it, with a frame around `box`.

    Raises Corrupt for a file or page that can't be drawn, and Unsupported for a page that the file lacks.
    """
    try:
        with pypdfium2.PdfDocument(data) as document:
            if not 1 <= number <= len(document):
                raise Unsupported(f"The file has no page {number}.")
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(_SCALE, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
            bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False, draw_annots=True)
            if box is not None:
                _mark(bitmap, [round(side * scale) for side in box])
            return PagePicture(_png(bitmap), width, height)
    except pypdfium2.PdfiumError as error:
        raise Corrupt("The page cannot be drawn.") from error


def _mark(bitmap: pypdfium2.PdfBitmap, box: list[int]) -> None:
    left, top, right, bottom = box
    left, top, right, bottom = left - _THICK, top - _THICK, right + _THICK, bottom + _THICK
    for sides in (
        (left, top, right - left, _THICK),
        (left, bottom - _THICK, right - left, _THICK),
        (left, top, _THICK, bottom - top),
        (right - _THICK, top, _THICK, bottom - top),
    ):
        bitmap.fill_rect((*_FRAME, 255), *sides)


def _png(bitmap: pypdfium2.PdfBitmap) -> bytes:
    """The bitmap, of three or four bytes a pixel, as a PNG file (ISO/IEC 15948)."""
    width, height, stride, size = bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels
    pixels = bytes(bitmap.buffer)
    rows = bytearray()
    for row in range(height):
        line = pixels[row * stride : row * stride + width * size]
        if size == 4:
            line = b"".join(line[at : at + 3] for at in range(0, len(line), 4))
        rows += b"\0" + line
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if size >= 3 else 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )
