"""A page's characters: each with its em box on the upright page."""

import ctypes
import math
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # has no stubs

from services.parser.pdf.geometry import Box, Turn
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


class Glyph(NamedTuple):
    """A character as drawn; `turn` counts the quarter turns (clockwise) by which its line would stand upright."""

    text: str
    box: Box
    turn: int
    element: int = 0
    """Address of the element of the page that it belongs to."""


@dataclass(frozen=True)
class Characters:
    """A page's characters in the order drawn."""

    upright: list[Glyph]
    oblique: list[Glyph]
    """Set aslant: watermarks."""
    unmapped: int
    """Characters whose font does not say what they are; they stand as U+FFFD."""
    turn: Turn
    width: float
    height: float
    """The upright page's size, points."""


class _Drawn(NamedTuple):
    text: str
    sides: tuple[float, float, float, float]
    quarters: int | None
    """None when aslant."""
    element: int


def characters(page: pdfium.FPDF_PAGE, text: pdfium.FPDF_TEXTPAGE, limits: Limits) -> Characters:
    """The characters of `page`, turned so that most of them stand upright.

    A page without text is turned as the page itself says. Raises TooLarge.
    """
    drawn, unmapped = _drawn(text, limits)
    counts = Counter(each.quarters for each in drawn if each.quarters is not None)
    quarters = counts.most_common(1)[0][0] if counts else pdfium.FPDFPage_GetRotation(page) % 4
    bounds = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, bounds)
    turn = Turn.of_page(quarters or 0, bounds.left, bounds.bottom, bounds.right, bounds.top)
    upright, oblique = [], []
    for each in drawn:
        box = turn.box(*each.sides)
        if each.quarters is None:
            oblique.append(Glyph(each.text, box, 0, each.element))
        else:
            upright.append(Glyph(each.text, box, (each.quarters - turn.quarters) % 4, each.element))
    page_box = turn.box(bounds.left, bounds.bottom, bounds.right, bounds.top)
    return Characters(upright, oblique, unmapped, turn, page_box.right, page_box.bottom)


def _drawn(text: pdfium.FPDF_TEXTPAGE, limits: Limits) -> tuple[list[_Drawn], int]:
    count = pdfium.FPDFText_CountChars(text)
    if count > limits.elements:
        raise TooLarge(f"A page has more than {limits.elements} characters.")
    drawn: list[_Drawn] = []
    unmapped = high = 0
    boxes = _Boxes(text)
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code in _MADE_UP and pdfium.FPDFText_IsGenerated(text, index) == 1:
            continue
        if 0xD800 <= code < 0xE000:
            if code < 0xDC00:
                high = code
                continue
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0
        high = 0
        if code != _SPACE and pdfium.FPDFText_HasUnicodeMapError(text, index) == 1:
            code = 0
        character = _symbol(text, index, code) if code in PRIVATE else _character(code)
        unmapped += character == UNKNOWN
        box = boxes.of(index) if character else None
        if box:
            drawn.append(_Drawn(character, *box, boxes.element))
    return drawn, unmapped


class _Boxes:
    """Finds characters' boxes: along the line as wide as the font says, across it as high as the em."""

    def __init__(self, text: pdfium.FPDF_TEXTPAGE) -> None:
        self._text = text
        self._loose, self._matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self.element = 0
        self._quarters: int | None = 0
        self._size = 0.0

    def of(self, index: int) -> tuple[tuple[float, float, float, float], int | None] | None:
        """Left, bottom, right and top in page space, and the quarters; None for a character without a place."""
        loose, x, y = self._loose, self._x, self._y
        if not pdfium.FPDFText_GetLooseCharBox(self._text, index, loose):
            return None
        self._take_object(index)
        left, bottom, right, top = loose.left, loose.bottom, loose.right, loose.top
        if not math.isfinite(left + bottom + right + top):
            return None
        above, below = _ABOVE * self._size, _BELOW * self._size
        if 0 < above < math.inf and pdfium.FPDFText_GetCharOrigin(self._text, index, x, y):
            if self._quarters == 0:
                bottom, top = y.value - below, y.value + above
            elif self._quarters == 2:
                bottom, top = y.value - above, y.value + below
            elif self._quarters == 1:
                left, right = x.value - above, x.value + below
            elif self._quarters == 3:
                left, right = x.value - below, x.value + above
        return (left, bottom, right, top), self._quarters

    def _take_object(self, index: int) -> None:
        """Look up what the characters of one text object share: how it is turned, and the height of its em."""
        found = pdfium.FPDFText_GetTextObject(self._text, index)
        address = ctypes.addressof(found.contents) if found else 0
        if address and address == self.element:
            return
        self.element = address
        matrix = self._matrix
        pdfium.FPDFText_GetMatrix(self._text, index, matrix)
        size = pdfium.FPDFText_GetFontSize(self._text, index)
        if matrix.b == matrix.c == 0 and matrix.a > 0:
            self._quarters, self._size = 0, abs(size * matrix.d)
        else:
            self._quarters = _quarters(pdfium.FPDFText_GetCharAngle(self._text, index))
            self._size = size * math.hypot(matrix.c, matrix.d)


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
