"""A page's characters: each with its loose box on the upright page."""

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


def _drawn(text: pdfium.FPDF_TEXTPAGE, limits: Limits) -> tuple[list[_Drawn], int]:
    count = pdfium.FPDFText_CountChars(text)
    if count > limits.elements:
        raise TooLarge(f"A page has more than {limits.elements} characters.")
    drawn: list[_Drawn] = []
    unmapped = 0
    box = pdfium.FS_RECTF()
    reference = ctypes.byref(box)
    high = 0
    for index in range(count):
        if pdfium.FPDFText_IsGenerated(text, index) == 1:
            continue
        code = pdfium.FPDFText_GetUnicode(text, index)
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
        if character and pdfium.FPDFText_GetLooseCharBox(text, index, reference):
            sides = (box.left, box.bottom, box.right, box.top)
            if not math.isfinite(sum(sides)):
                continue
            drawn.append(_Drawn(character, sides, _quarters(pdfium.FPDFText_GetCharAngle(text, index))))
    return drawn, unmapped


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
