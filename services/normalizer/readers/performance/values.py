"""Reads an indicator's value: `≥90 百分比` is operator, number and unit; `及时` is text alone."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from services.normalizer.language.text import remembered
from services.normalizer.readers.performance.vocabulary import Operator, words

LONGEST = 60
"""A text longer than this is a sentence, not a value."""

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "（）"}
_SIGNS = str.maketrans(
    {"≧": "≥", "⩾": "≥", "≮": "≥", "≦": "≤", "⩽": "≤", "≯": "≤", "﹥": ">", "﹤": "<", "﹦": "="}
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.\d{1,12})?")
_UNIT = re.compile(
    r"(?:[\u4e00-\u9fff]|㎡|[kcm]?m|[TGMP]B|[kmK]?g|[kKM][Ww]h?|k|°|℃|[%‰])[\u4e00-\u9fffA-Za-z%‰/·㎡²³()（）]*"
)
_HUNDREDTHS = re.compile(r"百分之(?=\d)")
_YEAR = re.compile(r"(?:19|20)\d\d年")
_MONTH = re.compile(r"\d{1,2}月份?")
_INCLUSIVE = re.compile(r"[（(]含[^（）()]{0,4}[）)]")


@dataclass(frozen=True)
class Value:
    """What a value cell says; all null but `text` where it says it in words."""

    text: str | None
    operator: Operator | None = None
    number: Decimal | None = None
    unit: str | None = None


@lru_cache(maxsize=4096)
def read_value(text: str | None) -> Value:
    """Split a value as published (`≤400元/人`, `不低于95%`, `149个`) into operator, number and unit.

    A plain number has operator `=`. A date, a range, a word (`有效激发`, `是/否`) has none of the three; a unit
    that stands alone (`百分比`) has only the unit. The text itself is kept as it came.
    """
    if not text:
        return Value(None)
    plain = re.sub(r"\s+", "", text.translate(_HALF_WIDTH)).rstrip("。;,、.")
    if not plain or len(plain) > LONGEST:
        return Value(text)
    operator, rest = read_operator(plain)
    rest, hundredths = _HUNDREDTHS.subn("", rest)
    if _percent(rest):
        return Value(text, operator, None, "%")
    match = _NUMBER.match(rest)
    if match is None:
        return Value(text)
    suffix, unit = _read_suffix(rest[match.end() :])
    unit = "%" if hundredths and not unit else unit
    if not _measures(rest, unit, operator or suffix):
        return Value(text)
    number = Decimal(match.group().replace(",", ""))
    return Value(text, operator or suffix or "=", number, "%" if _percent(unit) else unit or None)


@remembered
def read_operator(text: str) -> tuple[Operator | None, str]:
    """The comparison that `text` begins with, as a sign or in words, and what follows it."""
    stripped = text.translate(_HALF_WIDTH).translate(_SIGNS)
    for word in words().values.filler:
        stripped = stripped.removeprefix(word)
    match = _comparison().match(stripped)
    if match is None:
        return None, stripped
    return _operators()[match.group()], stripped[match.end() :]


@remembered
def is_sign(text: str) -> bool:
    """Whether `text` is a comparison and nothing else."""
    operator, rest = read_operator("".join(text.split()))
    return operator is not None and not rest


@cache
def _operators() -> dict[str, Operator]:
    return dict(words().values.comparisons)


@cache
def _comparison() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _operators())))


def _read_suffix(text: str) -> tuple[Operator | None, str]:
    text = _INCLUSIVE.sub("", text)
    for word, operator in words().values.bounds:
        if text.endswith(word):
            return operator, text.removesuffix(word)
    return None, text


def _percent(unit: str) -> bool:
    return unit in words().values.percent


def _measures(quantity: str, unit: str, operator: Operator | None) -> bool:
    """Whether `unit` can be a unit: not a date, not a sentence that begins with a number."""
    if not unit:
        return True
    if _YEAR.match(quantity) or (operator is None and _MONTH.fullmatch(quantity)):
        return False
    if not _UNIT.fullmatch(unit) or len(unit) > words().values.longest_unit:
        return False
    return not any(word in unit for word in words().values.never_in_unit)
