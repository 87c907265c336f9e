"""A page's characters: each with its em box on the upright page."""

import ctypes
import math
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress, repeat
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
_SURROGATES: Final = range(0xD800, 0xE000)
"""Codes of which two make a character; the second one is `_LOW` at least."""
_LOW: Final = 0xDC00
_FIRST_HALF: Final = -1
"""Stands for a code that makes a character with the next one."""
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
    count = max(pdfium.FPDFText_CountChars(text), 0)
    if count > limits.elements:
        raise TooLarge(f"A page has more than {limits.elements} characters.")
    found = _characters(text, count)
    drawn = list(_placed(engine.address(text), found))
    bounds = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, bounds)
    sides = bounds.left, bounds.bottom, bounds.right, bounds.top
    return arranged(drawn, found.count(UNKNOWN), sides, pdfium.FPDFPage_GetRotation(page) % 4)


def _characters(text: pdfium.FPDF_TEXTPAGE, count: int) -> list[str]:
    """What each character is; empty for what is none, or was made up by the engine."""
    handle, codes = engine.address(text), _codes(text, count)
    found = list(map(_character, codes))
    for index, is_unknown in enumerate(map(engine.has_no_unicode, repeat(handle), range(count))):
        code = codes[index]
        if code in _MADE_UP and engine.is_generated(handle, index) == 1:
            found[index] = ""
        elif is_unknown == 1 and code not in (_SPACE, _FIRST_HALF):
            found[index] = UNKNOWN
        elif code in PRIVATE:
            found[index] = _symbol(text, index, code)
    return found


def _codes(text: pdfium.FPDF_TEXTPAGE, count: int) -> list[int]:
    """The code of each character: all at once where the engine's text has one for each."""
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(text, 0, count, buffer) == count + 1:
        codes = buffer[:count]
    else:
        codes = [pdfium.FPDFText_GetUnicode(text, index) for index in range(count)]
    return _paired(codes) if max(codes, default=0) >= _SURROGATES.start else codes


def _paired(codes: Sequence[int]) -> list[int]:
    """`codes` with the character that two of them make at the place of the second."""
    found = []
    high = 0
    for code in codes:
        if code not in _SURROGATES:
            found.append(code)
            high = 0
        elif code < _LOW:
            found.append(_FIRST_HALF)
            high = code
        else:
            found.append(0x10000 + ((high - _SURROGATES.start) << 10) + (code - _LOW) if high else 0)
            high = 0
    return found


def _placed(text: int, characters: Sequence[str]) -> Iterator[Drawn]:
    """The characters that have a place: along the line as wide as the font says, across it as high as the em."""
    indexes = [index for index, character in enumerate(characters) if character]
    done, boxes = engine.filled(engine.loose_box, ctypes.c_float * 4, text, indexes)
    if not all(done):
        indexes, boxes = list(compress(indexes, done)), list(compress(boxes, done))
    elements = [element or 0 for element in map(engine.text_object, repeat(text), indexes)]
    every = zip(indexes, elements, [0, *elements], strict=False)
    ems = _ems(text, [index for index, element, last in every if element != last or not element])
    current = -1
    for index, element, (left, top, right, bottom) in zip(indexes, elements, boxes, strict=True):
        if element != current or not element:
            current = element
            quarters, before, behind, baseline = next(ems)
            start, end = baseline - before, baseline + behind
        if not math.isfinite(left + bottom + right + top):
            continue
        if quarters is not None and 0 < behind < math.inf:
            # Those of a text that is written downwards have no baseline in common.
            if quarters % 2:
                if not start <= (left + right) / 2 <= end:
                    baseline = _origin(text, index)[0]
                    start, end = baseline - before, baseline + behind
                left, right = start, end
            else:
                if not start <= (bottom + top) / 2 <= end:
                    baseline = _origin(text, index)[1]
                    start, end = baseline - before, baseline + behind
                bottom, top = start, end
        yield characters[index], (left, bottom, right, top), quarters, element


def _ems(text: int, indexes: Sequence[int]) -> Iterator[tuple[int | None, float, float, float]]:
    """Of each of the characters at `indexes` what it shares with the others of its text object.

    How their line is turned, None when aslant; how far the em reaches before and behind the baseline, and where
    that is, all in points of page space.
    """
    _, matrices = engine.filled(engine.matrix, ctypes.c_float * 6, text, indexes)
    sizes = map(engine.font_size, repeat(text), indexes)
    known: dict[tuple[float, ...], tuple[int | None, float, float]] = {}
    for index, (a, b, c, d, e, f), size in zip(indexes, matrices, sizes, strict=True):
        shape = (a, b, c, d, size)
        em = known.get(shape)
        if em is None:
            em = known[shape] = _em(text, index, shape)
        quarters, before, behind = em
        yield quarters, before, behind, e if quarters and quarters % 2 else f


def _em(text: int, index: int, shape: tuple[float, ...]) -> tuple[int | None, float, float]:
    """How text of a matrix and a size is turned, and how far its em reaches before and behind the baseline."""
    a, b, c, d, size = shape
    is_upright = b == c == 0 and a > 0
    quarters = 0 if is_upright else _quarters(engine.angle(text, index))
    em = size * math.hypot(c, d)
    return (quarters, _BELOW * em, _ABOVE * em) if quarters in (0, 3) else (quarters, _ABOVE * em, _BELOW * em)


def _origin(text: int, index: int) -> tuple[float, float]:
    """Where the character stands."""
    x, y = ctypes.c_double(), ctypes.c_double()
    engine.origin(text, index, ctypes.addressof(x), ctypes.addressof(y))
    return x.value, y.value


@cache
def _character(code: int) -> str:
    """What the character is; empty for what is none."""
    if code == _FIRST_HALF:
        return ""
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
