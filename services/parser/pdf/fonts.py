"""A stand-in for fonts that a PDF names and does not hold, the same on every machine.

PDFium measures a text without its font by a font of the machine's. Where none has the characters, as on a machine
without Chinese fonts, it leaves out each text of one character: one that wraps to a cell's next line, or every
one of a file that sets them one by one. So each character gets a box of its font's height.
"""

import ctypes
import struct
from collections.abc import Mapping
from functools import cache
from itertools import accumulate
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

_CHARSETS: Final = {
    pdfium.FXFONT_GB2312_CHARSET,
    pdfium.FXFONT_CHINESEBIG5_CHARSET,
    pdfium.FXFONT_SHIFTJIS_CHARSET,
    pdfium.FXFONT_HANGEUL_CHARSET,
    pdfium.FXFONT_SYMBOL_CHARSET,  # how a font is asked for whose characters only the file tells
}
_OWN: Final = {b"Symbol", b"ZapfDingbats"}
"""What PDFium has itself, as it has the fonts of Latin text."""
_EM: Final = 1000
_WIDTHS: Final = (250, _EM)
"""Of a narrow and a wide character."""
_ADVANCES: Final = (_EM, *_WIDTHS)
"""Of each glyph, the empty one first."""
_CORNERS: Final = 4
_ON_OUTLINE: Final = b"\x01"
_VERSION: Final = 0x00010000
"""Of the file and its tables: 1.0, a number of 16.16 bits."""
_HEAD_MAGIC: Final = 0x5F0F3CF5
_LONG_OFFSETS: Final = 1
_ASCENT: Final = 880
_DESCENT: Final = -120
_NARROW: Final = (range(0x21, 0x2E80),)
_WIDE: Final = (range(0x2E80, 0xD800), range(0xE000, 0xFFFE), range(0x20000, 0x32000))
"""Ideographs and what is set among them."""


@cache
def set_up() -> None:
    """Have PDFium take the stand-in, in this process; before it opens its first document."""
    _Fonts().setup()


class _Fonts(pypdfium2.PdfSysfontBase):  # type: ignore[misc]  # has no stubs
    """What PDFium asks of a machine's fonts; a font is a handle, of which there is one."""

    def MapFont(self, *asked: Any) -> int:  # noqa: N802 - PDFium's name, as those below
        _, _, _, charset, _, face, _ = asked
        return int(charset in _CHARSETS and ctypes.cast(face, ctypes.c_char_p).value not in _OWN)

    def GetFont(self, *_asked: Any) -> int:  # noqa: N802
        return 0

    def GetFontData(self, *asked: Any) -> int:  # noqa: N802
        _, _, table, buffer, size = asked
        if table:  # a part of the file; 0 is the whole
            return 0
        data = _stand_in()
        if buffer and size >= len(data):
            ctypes.memmove(buffer, data, len(data))
        return len(data)

    def GetFaceName(self, *_asked: Any) -> int:  # noqa: N802
        return 0

    def GetFontCharset(self, *_asked: Any) -> int:  # noqa: N802
        return int(pdfium.FXFONT_GB2312_CHARSET)

    def DeleteFont(self, *_asked: Any) -> None: ...  # noqa: N802


@cache
def _stand_in() -> bytes:
    """A TrueType file of an empty glyph and two boxes, of which each character has one (OpenType 1.9, 4 and 5)."""
    groups = [
        struct.pack(">III", codes.start, codes.stop - 1, glyph)
        for glyph, drawn in enumerate((_NARROW, _WIDE), 1)
        for codes in drawn
    ]
    boxes = [_box(width) for width in _WIDTHS]
    offsets = accumulate(map(len, boxes), initial=0)
    return _file(
        {
            # one subtable for Windows and all of Unicode, of the form in which many characters have one glyph
            b"cmap": struct.pack(">HHHHIHHIII", 0, 1, 3, 10, 12, 13, 0, 16 + 12 * len(groups), 0, len(groups))
            + b"".join(groups),
            b"glyf": b"".join(boxes),
            b"head": struct.pack(
                ">IIIIHH16xhhhhHHhhh",
                *(_VERSION, 0, 0, _HEAD_MAGIC, 0, _EM, 0, _DESCENT, _EM, _ASCENT, 0, 1, 2, _LONG_OFFSETS, 0),
            ),
            b"hhea": struct.pack(
                ">IhhhHhhhhhh10xH", _VERSION, _ASCENT, _DESCENT, 0, _EM, 0, 0, _EM, 1, 0, 0, len(_ADVANCES)
            ),
            b"hmtx": b"".join(struct.pack(">Hh", advance, 0) for advance in _ADVANCES),
            b"loca": struct.pack(f">{len(_ADVANCES) + 1}I", 0, *offsets),
            b"maxp": struct.pack(">IHHH22x", _VERSION, len(_ADVANCES), _CORNERS, 1),
        }
    )


def _box(width: int) -> bytes:
    """A glyph of one outline: each corner on it, as a step from the one before."""
    head = struct.pack(">hhhhhHH", 1, 0, _DESCENT, width, _ASCENT, _CORNERS - 1, 0)
    steps = struct.pack(">8h", 0, 0, width, 0, _DESCENT, _ASCENT - _DESCENT, 0, _DESCENT - _ASCENT)
    return head + _ON_OUTLINE * _CORNERS + steps + bytes(2)


def _file(tables: Mapping[bytes, bytes]) -> bytes:
    """A font of `tables`; without checksums, which the engine does not ask for."""
    head = struct.pack(">IHHHH", _VERSION, len(tables), 0, 0, 0)
    at = len(head) + 16 * len(tables)
    body = b""
    for name, table in tables.items():
        head += struct.pack(">4sIII", name, 0, at + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return head + body
