"""Source text → exact numbers, and yuan: Decimal only, text is never zero, blank is never zero."""

import re
from decimal import Decimal
from typing import Final

from services.normalizer.language.numerals import numeral
from services.normalizer.language.text import narrow, remembered, squeezed

Unit = Decimal
"""A unit as what one of it is worth in yuan."""

UNITS: Final[dict[str, Unit]] = {
    "亿元": Decimal(100_000_000),
    "千万元": Decimal(10_000_000),
    "百万元": Decimal(1_000_000),
    "万元": Decimal(10_000),
    "千元": Decimal(1_000),
    "元": Decimal(1),
}

UNIT_WORDS: Final = "亿元|千万元|百万元|万元|千元|元"
"""The units as a pattern, the longer before those they contain."""

_DASHES: Final = re.compile(r"[-—–―－‐‑‒─━一/\\＿_·…]*")
_NEGATIVE: Final = "△▲▼▽–—―－﹣负-"
"""What accounts set before a figure that is below zero."""
_NUMBER: Final = re.compile(
    rf"(?P<sign>[+{_NEGATIVE}]?)[¥￥]?(?P<inner>[+{_NEGATIVE}]?)(?P<digits>\d{{1,3}}(?:,\d{{3}}){{1,6}}|\d{{1,24}})?(?P<part>\.\d{{0,10}})?"
)
_CURRENCY: Final = re.compile("[¥￥]")
_ENCLOSED: Final = re.compile(r"\(([^()]+)\)")
_WITH_UNIT: Final = re.compile(rf"(.*?[\d)）])\s*({UNIT_WORDS}|万|亿)?(?:整|人民币)?")


@remembered
def is_blank(text: str) -> bool:
    """Whether a cell for a figure says nothing: empty, or only dashes and the like (`——`, `/`)."""
    return not (stripped := squeezed(text)) or bool(_DASHES.fullmatch(stripped))


@remembered
def number(text: str) -> Decimal | None:
    """The number `text` prints, exactly; None where it is blank, a dash, or anything else than one number.

    Takes full-width digits, thousands commas, white space of wrapping (`1534 0.33`), a leading sign (`△` and `负`
    among them) or parentheses for a negative, and the sign of the currency before the digits.
    """
    plain = narrow(squeezed(text)).replace("，", ",").replace("（", "(").replace("）", ")").replace("−", "-")
    enclosed = _ENCLOSED.fullmatch(plain)
    match = _NUMBER.fullmatch(enclosed.group(1) if enclosed else plain)
    if not match or not (match["digits"] or len(match["part"] or "") > 1):
        return None
    sign = match["sign"] + match["inner"]
    if len(sign) + bool(enclosed) > 1:
        return None
    value = Decimal((match["digits"] or "0").replace(",", "") + (match["part"] or "").rstrip("."))
    return -value if enclosed or (sign and sign in _NEGATIVE) else value


def yuan(text: str, unit: Unit | None) -> Decimal | None:
    """The money `text` prints, in yuan; None where it is no amount, or has no unit and `unit` is None.

    A unit in the cell itself (`12.5万元`) goes before `unit`; `¥` says yuan where there is no other.
    """
    value, own, otherwise = _with_unit(text)
    worth = own or unit or otherwise
    return None if value is None or worth is None else value * worth


@remembered
def _with_unit(text: str) -> tuple[Decimal | None, Unit | None, Unit | None]:
    """The number that `text` prints, the unit behind it, and what its currency says where nothing states one."""
    match = _WITH_UNIT.fullmatch(squeezed(text))
    if not match:
        return numeral(narrow(squeezed(text))), None, None
    word = match[2]
    own = UNITS[word if word.endswith("元") else word + "元"] if word else None
    return number(match[1]), own, UNITS["元"] if _CURRENCY.search(text) else None


@remembered
def is_amount(text: str) -> bool:
    """Whether `text` prints an amount of money, with or without its unit."""
    return yuan(text, UNITS["元"]) is not None


@remembered
def unit_in(text: str) -> Unit | None:
    """The unit `text` states (`单位：万元`, `金额单位:元`, `价值（金额单位：万元）`), or None."""
    plain = squeezed(text)
    for pattern in _STATEMENTS:
        if match := pattern.search(plain):
            return UNITS[match.group(1)]
    return None


_STATEMENTS: Final = (
    re.compile(rf"(?:单位|货币单位|计量单位)(?:[:：]|为|是)?(?:人民币)?[(（]?({UNIT_WORDS})"),
    re.compile(rf"单位[:：](?:[^\s\d,，。;；:：]{{1,5}}[、/／]){{1,3}}({UNIT_WORDS})(?![、/／])"),
    re.compile(rf"[(（](?:人民币|金额|金额单位[:：]?)?({UNIT_WORDS})[)）]"),
    re.compile(rf"[/／]({UNIT_WORDS})$"),
)
_UNIT_AT_END: Final = re.compile(
    rf"(?<=.)\s*[(（]?(?:金额|货币|计量)?单位[:：]\s*(?:人民币)?(?:{UNIT_WORDS})[)）]?\s*$"
)


def without_unit(text: str) -> str:
    """A title less the unit behind it: `收支总表 单位：万元`; a text of the unit alone is left as it is."""
    return _UNIT_AT_END.sub("", text)
