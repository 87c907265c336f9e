"""A page's characters: each with its em box on the upright page."""

import ctypes
import math
import sys
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

import pypdfium2.raw as pdfium

from services.parser.layout.glyphs import Characters, Drawn, arranged
from services.parser.pdf import engine
from services.parser.pdf.radicals import RADICALS
from services.parser.reading import Limits
from services.parser.symbols import PRIVATE, UNKNOWN
from services.parser.symbols import character as symbol
from shared.errors import TooLarge

_OBLIQUE: Final = math.radians(10)
_HYPHENS: Final = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}
"""What the text layer puts for a hyphen at a line's end."""
_SPACE: Final = 0x20
_MADE_UP: Final = {_SPACE, 0x0A, 0x0D}
"""What the engine makes up: a blank for a gap, a line's end."""
_LONGEST_NAME: Final = 128
_ABOVE: Final = 0.86
_BELOW: Final = 0.14
"""How far a character's box reaches above and below its baseline, as shares of the font's size.

Chinese fonts share their em so. What a file says of a font's height is not asked: fonts differ, and some files
state it in other units, so that a comma would stand on a line of its own.
"""
_QUARTER: Final = math.pi / 2


def characters(page: pdfium.FPDF_PAGE, text: pdfium.FPDF_TEXTPAGE, limits: Limits) -> Characters:
    """The characters of `page`, turned so that most of them stand upright.

    A page without text is turned as the page itself says. Raises TooLarge.
    """
    drawn, unmapped = _drawn(text, limits)
    bounds = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, bounds)
    sides = bounds.left, bounds.bottom, bounds.right, bounds.top
    return arranged(drawn, unmapped, sides, pdfium.FPDFPage_GetRotation(page) % 4)


def _drawn(text: pdfium.FPDF_TEXTPAGE, limits: Limits) -> tuple[list[Drawn], int]:
    count = pdfium.FPDFText_CountChars(text)
    if count > limits.elements:
        raise TooLarge(f"A page has more than {limits.elements} characters.")
    drawn: list[Drawn] = []
    unmapped = high = 0
    handle, boxes = engine.address(text), _Boxes(text)
    for index, code in enumerate(_codes(text, count)):
        if code in _MADE_UP and engine.is_generated(handle, index) == 1:
            continue
        if 0xD800 <= code < 0xE000:
            if code < 0xDC00:
                high = code
                continue
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0
        high = 0
        if code != _SPACE and engine.has_no_unicode(handle, index) == 1:
            code = 0
        character = _symbol(text, index, code) if code in PRIVATE else _character(code)
        unmapped += character == UNKNOWN
        sides = boxes.sides(index) if character else None
        if sides:
            drawn.append((character, sides, boxes.quarters, boxes.element))
    return drawn, unmapped


def _codes(text: pdfium.FPDF_TEXTPAGE, count: int) -> Sequence[int]:
    """The UTF-16 code of each character: all at once where the engine's text has one for each."""
    codes = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(text, 0, count, codes) == count + 1:
        return codes[:count]
    return [pdfium.FPDFText_GetUnicode(text, index) for index in range(count)]


class _Boxes:
    """Finds characters' boxes: along the line as wide as the font says, across it as high as the em."""

    def __init__(self, text: pdfium.FPDF_TEXTPAGE) -> None:
        self.element = 0
        """Address of the text object that the last character belongs to."""
        self.quarters: int | None = 0
        """How its line is turned; None when aslant."""
        self._text = engine.address(text)
        # What the engine fills in (FS_RECTF: left, top, right, bottom; FS_MATRIX: a to f), read at one go.
        self._loose, self._matrix = (ctypes.c_float * 4)(), (ctypes.c_float * 6)()
        self._loose_at, self._matrix_at = ctypes.addressof(self._loose), ctypes.addressof(self._matrix)
        self._above = self._below = 0.0
        """How far the em reaches from the baseline."""
        self._before = self._behind = 0.0
        """Where the em begins and ends across the line, in page space."""

    def sides(self, index: int) -> tuple[float, float, float, float] | None:
        """Left, bottom, right and top in page space; None for a character without a place."""
        if not engine.loose_box(self._text, index, self._loose_at):
            return None
        element = engine.text_object(self._text, index) or 0
        if element != self.element or not element:
            self._take_object(index, element)
        left, top, right, bottom = self._loose[:]
        if not math.isfinite(left + bottom + right + top):
            return None
        if not 0 < self._above < math.inf or self.quarters is None:
            return left, bottom, right, top
        if self.quarters % 2:
            if not self._before <= (left + right) / 2 <= self._behind:
                self._take_place(self._origin(index)[0])
            return self._before, bottom, self._behind, top
        if not self._before <= (bottom + top) / 2 <= self._behind:
            self._take_place(self._origin(index)[1])
        return left, self._before, right, self._behind

    def _take_object(self, index: int, element: int) -> None:
        """Look up what the characters of one text object share: how it is turned, its em and where it stands."""
        self.element = element
        engine.matrix(self._text, index, self._matrix_at)
        a, b, c, d, e, f = self._matrix[:]
        size = engine.font_size(self._text, index)
        if b == c == 0 and a > 0:
            self.quarters, em = 0, abs(size * d)
        else:
            self.quarters = _quarters(engine.angle(self._text, index))
            em = size * math.hypot(c, d)
        self._above, self._below = _ABOVE * em, _BELOW * em
        self._take_place(e if (self.quarters or 0) % 2 else f)

    def _origin(self, index: int) -> tuple[float, float]:
        """Where the character stands; those of a text that is written downwards have no baseline in common."""
        x, y = ctypes.c_double(), ctypes.c_double()
        engine.origin(self._text, index, ctypes.addressof(x), ctypes.addressof(y))
        return x.value, y.value

    def _take_place(self, baseline: float) -> None:
        before, behind = (self._below, self._above) if self.quarters in (0, 3) else (self._above, self._below)
        self._before, self._behind = baseline - before, baseline + behind


@cache
def _character(code: int) -> str:
    """What the character is; empty for what is none."""
    if code in _HYPHENS:
        return _HYPHENS[code]
    if not 0 < code <= sys.maxunicode:
        return UNKNOWN
    character = chr(code)
    if character in RADICALS:
        return RADICALS[character]
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn") else character


def _symbol(text: pdfium.FPDF_TEXTPAGE, index: int, code: int) -> str:
    """What a code that only its font knows shows."""
    name = ctypes.create_string_buffer(_LONGEST_NAME)
    pdfium.FPDFText_GetFontInfo(text, index, name, _LONGEST_NAME, None)
    return symbol(code, name.value.decode("utf-8", "replace"))


def _quarters(angle: float) -> int | None:
    """How many quarters clockwise bring text upright that stands at `angle` (radians, clockwise)."""
    quarters = round(angle / _QUARTER) if math.isfinite(angle) else 0
    return None if abs(angle - quarters * _QUARTER) > _OBLIQUE else -quarters % 4
