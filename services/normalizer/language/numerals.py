"""Numbers in Chinese numerals, as a spreadsheet's number format prints them: said, or digit by digit."""

import re
from decimal import Decimal
from functools import reduce
from typing import Final

_ROWS: Final = ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖")
_DIGITS: Final = {sign: digit for row in _ROWS for digit, sign in enumerate(row)}
_PLACES: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_CERTAIN: Final = re.compile("[壹贰叁肆伍陆柒捌玖.]|^零$")
"""What no marker of a list and no name has; `一` is a marker, and a dash in some fonts."""
_DIGIT: Final = f"[{''.join(_DIGITS)}]"
_FOUR: Final = f"(?:{_DIGIT}[千仟])?(?:[〇零]?{_DIGIT}[百佰])?(?:[〇零]?{_DIGIT}[十拾])?(?:[〇零]?{_DIGIT})?"
_SAID: Final = re.compile(f"(?:({_FOUR})亿)?(?:([〇零]?{_FOUR})万)?([〇零]?{_FOUR})")
_STEP: Final = re.compile(f"({_DIGIT})([{''.join(_PLACES)}]?)")
_MYRIAD: Final = 10_000


def numeral(text: str) -> Decimal | None:
    """The number that `text` prints in Chinese numerals: `-壹仟零伍`, `一千二百八十六.四五`, `壹贰叁肆`.

    None for anything else, and for what might be a list's marker or a word: whole numbers in plain numerals.
    """
    whole, point, decimals = text.removeprefix("-").partition(".")
    if not _CERTAIN.search(text) or not all(sign in _DIGITS for sign in decimals) or bool(point) != bool(decimals):
        return None
    if whole and all(sign in _DIGITS for sign in whole):
        value = _one_by_one(whole)
    elif whole and (match := _SAID.fullmatch(whole)):
        value = str(reduce(lambda above, group: _MYRIAD * above + _below_myriad(group), match.groups(""), 0))
    else:
        return None
    number = Decimal(f"{value}{point}{_one_by_one(decimals)}")
    return -number if text.startswith("-") else number


def _below_myriad(group: str) -> int:
    return sum(_DIGITS[digit] * _PLACES.get(place, 1) for digit, place in _STEP.findall(group))


def _one_by_one(signs: str) -> str:
    return "".join(str(_DIGITS[sign]) for sign in signs)
