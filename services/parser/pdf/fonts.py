"""A stand-in for fonts that a PDF names and does not hold, the same on every machine.

PDFium measures a text without its font by a font of the machine's. Where none has the characters, as on a machine
without Chinese fonts, it leaves out each text of one character: one that wraps to a cell's next line, or every
one of a file that sets them one by one. So each character gets a box of its font's height.
"""

import ctypes
import io
from functools import cache
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

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
_WIDTHS: Final = {"narrow": 250, "wide": _EM}
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
    """A TrueType file of two glyphs, of which each character has one."""
    characters = CmapSubtable.newSubtable(13)  # many characters, one glyph
    characters.platformID, characters.platEncID = 3, 10  # Windows, all of Unicode
    characters.language = characters.reserved = 0
    characters.cmap = {
        code: name for name, drawn in (("narrow", _NARROW), ("wide", _WIDE)) for codes in drawn for code in codes
    }
    builder = FontBuilder(_EM)
    builder.setupGlyphOrder([".notdef", *_WIDTHS])
    builder.font["cmap"] = newTable("cmap")
    builder.font["cmap"].tableVersion, builder.font["cmap"].tables = 0, [characters]
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph()} | {name: _box(_WIDTHS[name]) for name in _WIDTHS})
    builder.setupHorizontalMetrics({".notdef": (_EM, 0)} | {name: (_WIDTHS[name], 0) for name in _WIDTHS})
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
    builder.setupNameTable({"familyName": "Stand-in", "styleName": "Regular"})
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def _box(width: int) -> Any:
    pen = TTGlyphPen(None)
    pen.moveTo((0, _DESCENT))
    for corner in ((0, _ASCENT), (width, _ASCENT), (width, _DESCENT)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
