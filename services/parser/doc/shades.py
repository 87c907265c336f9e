"""Shades behind characters, paragraphs and cells ([MS-DOC] 2.9.245 to 2.9.248), as their changes state them."""

from collections.abc import Mapping
from typing import Final

OF_CHARACTERS: Final = {0xCA71: 10, 0x4866: 2}
"""Change of characters (sprmCShd, sprmCShd80) → bytes of a shade in it."""
OF_PARAGRAPHS: Final = {0xC64D: 10, 0xD612: 10, 0xD616: 10, 0xD60C: 10, 0x442D: 2, 0xD609: 2}
"""Change of a paragraph (sprmPShd …) or of a row's cells (sprmTDefTableShd …) → bytes of each shade in it."""
_LONG: Final = 10
_WHITE: Final = b"\xff\xff\xff"
_AUTOMATIC: Final = 0xFF
_CLEAR: Final = b"\0\0"
"""A pattern of nothing but the ground's colour."""
_NO_SHORT_SHADES: Final = (b"\0\0", b"\xff\xff")


def shades(code: int, operand: bytes, sizes: Mapping[int, int]) -> bool:
    """Whether a change of `sizes` sets a shade that is not the paper's."""
    size = sizes.get(code, 0)
    return bool(size) and not all(_is_paper(operand[at : at + size]) for at in range(0, len(operand), size))


def _is_paper(shade: bytes) -> bool:
    if len(shade) < _LONG:
        return shade in _NO_SHORT_SHADES
    ground, is_automatic, pattern = shade[4:7], shade[7] == _AUTOMATIC, shade[8:10]
    return pattern == b"\xff\xff" or ((is_automatic or ground == _WHITE) and pattern == _CLEAR)
