"""A page's characters: each with its em box on the upright page."""

import ctypes
import math
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
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
_LONGEST_NAME: Final = 128
_ABOVE: Final = 0.86
_BELOW: Final = 0.14
"""How far a character's box reaches above and below its baseline, as shares of the font's size.

Chinese fonts share their em so. What a file says of a font's height is not asked: fonts differ, and some files state
it in other units, so that a comma would stand on a line of its own.
"""
_QUARTER: Final = math.pi / 2


class Glyph(NamedTuple):
    """A character as drawn; `turn` counts the quarter turns (clockwise) by which its line would stand upright."""

    text: str
    box: Box
    turn: int


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
        if each.quarters is None:
            oblique.append(Glyph(each.text, turn.box(*each.sides), 0))
        else:
            upright.append(Glyph(each.text, turn.box(*each.sides), (each.quarters - turn.quarters) % 4))
    page_box = turn.box(bounds.left, bounds.bottom, bounds.right, bounds.top)
    return Characters(upright, oblique, unmapped, turn, page_box.right, page_box.bottom)


@dataclass(frozen=True)
class _Style:
    """What the characters of one text object share."""

    size: float
    """Height of the em on the page, points."""
    quarters: int | None


def _drawn(text: pdfium.FPDF_TEXTPAGE, limits: Limits) -> tuple[list[_Drawn], int]:
    count = pdfium.FPDFText_CountChars(text)
    if count > limits.elements:
        raise TooLarge(f"A page has more than {limits.elements} characters.")
    drawn: list[_Drawn] = []
    unmapped = high = 0
    last: int | None = None
    style = _Style(0.0, 0)
    for index in range(count):
        owner = ctypes.cast(pdfium.FPDFText_GetTextObject(text, index), ctypes.c_void_p).value
        code = pdfium.FPDFText_GetUnicode(text, index)
        if owner is None or (code == _SPACE and pdfium.FPDFText_IsGenerated(text, index) == 1):
            continue  # made up by the engine: a line's end, or a blank for a gap
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0
        high = 0
        if code != _SPACE and pdfium.FPDFText_HasUnicodeMapError(text, index) == 1:
            code = 0
        character = _symbol(text, index, code) if code in PRIVATE else _character(code)
        unmapped += character == UNKNOWN
        if owner != last:
            last, style = owner, _style(text, index)
        sides = _sides(text, index, style) if character else None
        if sides:
            drawn.append(_Drawn(character, sides, style.quarters))
    return drawn, unmapped


def _style(text: pdfium.FPDF_TEXTPAGE, index: int) -> _Style:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, index, matrix)
    size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
    return _Style(size, _quarters(pdfium.FPDFText_GetCharAngle(text, index)))


def _sides(text: pdfium.FPDF_TEXTPAGE, index: int, style: _Style) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of the character's box in page space; None when it has no place.

    Along the line it is as wide as the font says, across it as high as the em.
    """
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    if not pdfium.FPDFText_GetLooseCharBox(text, index, box) or not math.isfinite(
        box.left + box.bottom + box.right + box.top
    ):
        return None
    left, bottom, right, top = box.left, box.bottom, box.right, box.top
    above, below = _ABOVE * style.size, _BELOW * style.size
    if not pdfium.FPDFText_GetCharOrigin(text, index, x, y) or not 0 < above < math.inf:
        return left, bottom, right, top
    if style.quarters in (0, 2):
        if style.quarters:
            above, below = below, above
        return left, y.value - below, right, y.value + above
    if style.quarters in (1, 3):
        if style.quarters == 1:
            above, below = below, above
        return x.value - below, bottom, x.value + above, top
    return left, bottom, right, top


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
