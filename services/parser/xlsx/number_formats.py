"""The language of number formats (ECMA-376 part 1, 18.8.31): what a spreadsheet prints of a value."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import Final, NamedTuple

from services.parser.numerals import Numerals

_LONGEST: Final = 200
_WIDEST: Final = 60
"""Digits of a number that is still printed by its format."""
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_(?P<space>.)|\*(?P<filler>.)|\[(?P<bracket>[^\]]*)\]|'
    r"(?P<general>General|G/通用格式)|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>[%％])|"
    r"(?P<exponent>[Ee][+-])|(?P<noon>AM/PM|A/P|上午/下午)|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+|aaaa?)|"
    r"(?P<text>@)|(?P<end>;)|(?P<literal>.)",
    re.DOTALL,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_NOT_ZERO: Final = re.compile("[1-9１-９一二三四五六七八九壹贰叁肆伍陆柒捌玖]")
_WEEKDAYS: Final = "一二三四五六日"
_NEGATIVE, _ZERO, _TEXT = 1, 2, 3
"""Sections of a format after the first, by what they are for."""


class _Token(NamedTuple):
    kind: str
    text: str


_CHINESE: Final = {
    "DBNUM1": Numerals("〇一二三四五六七八九", "十百千"),
    "DBNUM2": Numerals("零壹贰叁肆伍陆柒捌玖", "拾佰仟"),
    "DBNUM3": Numerals("０１２３４５６７８９", "十百千"),
}


class _Section(NamedTuple):
    """A section of a format: what it prints, and when."""

    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None
    numerals: Numerals | None
    """How digits are printed where it is not as Arabic ones."""

    def has(self, *kinds: str) -> bool:
        return any(token.kind in kinds for token in self.tokens)


def number_text(value: Decimal, code: str) -> str | None:
    """What `code` prints of a number; None when that is not known here (fractions, exponents, dates)."""
    sections = _sections(code)
    if not sections or not value.is_finite():
        return None
    section, is_signed = _chosen(sections, value)
    if section is None or section.has("exponent", "date", "noon"):
        return None
    if section.has("general", "text"):
        plain = f"{abs(value).normalize():f}"
        said = section.numerals.in_words(plain) if section.numerals else plain
        printed = None if said is None else _with_literals(section, said)
    elif section.has("digit"):
        printed = _digits(section, abs(value))
    else:
        printed = _with_literals(section, "")
    if printed is None:
        return None
    minus = "-" if is_signed and value < 0 and _NOT_ZERO.search(printed) else ""
    return (minus + printed).strip()


def text_text(value: str, code: str) -> str:
    """What `code` prints of a text: in its fourth section, or where a section says `@`."""
    sections = _sections(code)
    own = sections[_TEXT : _TEXT + 1] or [section for section in sections if section.has("text")]
    return _with_literals(own[0], value) if own else value


def date_text(value: datetime | date | time, code: str) -> str | None:
    """What `code` prints of a date or time; None when it is no format of dates."""
    sections = _sections(code)
    if not sections or not sections[0].has("date"):
        return None
    tokens, parts = sections[0].tokens, []
    hours = [number for number, token in enumerate(tokens) if token.kind == "date" and token.text[0] in "hH"]
    half = sections[0].has("noon")
    for number, token in enumerate(tokens):
        if token.kind == "date":
            after_hour = any(tokens[hour + 1 : number] and hour < number <= hour + 3 for hour in hours)
            part = _date_part(value, token.text.lower(), after_hour, half)
            if part is None:
                return None
            is_year = token.text[0] in "yY"
            parts.append(_in_chinese(part, is_year, sections[0].numerals) if sections[0].numerals else part)
        elif token.kind == "noon":
            parts.append("上午" if getattr(value, "hour", 0) < 12 else "下午")
        elif token.kind in ("literal", "comma", "point"):
            parts.append(token.text)
    return "".join(parts).strip()


def _in_chinese(part: str, is_year: bool, numerals: Numerals) -> str:
    """A year digit by digit (二〇二四), a month or day as it is counted (三十一, 十)."""
    is_counted = part.isdecimal() and not is_year and int(part) > 0
    return numerals.counted(int(part)) if is_counted else numerals.one_by_one(part)


def _date_part(value: datetime | date | time, token: str, is_minute: bool, half: bool) -> str | None:
    """What one run of letters prints; None where the value has no such part."""
    names = {
        "y": "year",
        "d": "day",
        "h": "hour",
        "s": "second",
        "m": "minute" if is_minute else "month",
        "a": "year",
    }
    part = getattr(value, names[token[0]], None)
    if part is None or (token[0] == "m" and len(token) > 2) or (token[0] == "d" and len(token) > 2):
        return None
    if token[0] == "a":
        assert isinstance(value, date)
        return ("星期" if len(token) > 3 else "") + _WEEKDAYS[value.weekday()]
    if token[0] == "y":
        return str(part) if len(token) > 2 else f"{part % 100:02d}"
    if token[0] == "h" and half:
        part = part % 12 or 12
    return f"{part:0{min(len(token), 2)}d}"


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[_Section, ...]:
    """The sections of a format code; none of one that is too long."""
    if len(code) > _LONGEST:
        return ()
    sections: list[_Section] = []
    tokens: list[_Token] = []
    condition: tuple[str, Decimal] | None = None
    numerals: Numerals | None = None
    for match in (*_TOKEN.finditer(code), None):
        kind = match.lastgroup if match else "end"
        text = match[kind] if match and kind else ""
        if kind == "end":
            if numerals and not tokens:  # which says how to print digits alone, prints all of a number
                tokens = [_Token("general", "")]
            sections.append(_Section(tuple(tokens), condition, numerals))
            tokens, condition, numerals = [], None, None
        elif kind == "bracket":
            if found := _CONDITION.fullmatch(text.strip()):
                condition = (found[1], Decimal(found[2]))
            numerals = _CHINESE.get(text.upper(), numerals)
            if text.startswith("$"):
                tokens.append(_Token("literal", text[1:].partition("-")[0]))
        elif kind == "space":
            tokens.append(_Token("literal", " "))
        elif kind != "filler":
            tokens.append(_Token("literal" if kind in ("quoted", "escaped", "literal") else str(kind), text))
    return tuple(sections)


def _chosen(sections: Sequence[_Section], value: Decimal) -> tuple[_Section | None, bool]:
    """The section for `value`, and whether a minus is still to be printed."""
    numeric = sections[:_TEXT]
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _meets(value, section.condition):
                return section, True
        return None, False
    if value < 0 and len(numeric) > _NEGATIVE:
        return numeric[_NEGATIVE], False
    if value == 0 and len(numeric) > _ZERO:
        return numeric[_ZERO], False
    return numeric[0], True


def _meets(value: Decimal, condition: tuple[str, Decimal]) -> bool:
    sign, bound = condition
    return {
        "<": value < bound, ">": value > bound, "=": value == bound,
        "<=": value <= bound, ">=": value >= bound, "<>": value != bound,
    }[sign]  # fmt: skip


def _with_literals(section: _Section, text: str) -> str:
    """`text` where the section puts the value, among its literals."""
    shown = {"general": text, "text": text}
    return "".join(shown.get(each.kind, each.text if each.kind in _PRINTED else "") for each in section.tokens)


_PRINTED: Final = ("literal", "percent", "point", "comma")


def _digits(section: _Section, value: Decimal) -> str | None:
    """What a section with digits prints of `value` (not negative); None for a fraction or too long a number."""
    tokens = list(section.tokens)
    places = [number for number, token in enumerate(tokens) if token.kind == "digit"]
    first, last = places[0], places[-1]
    if any(token == _Token("literal", "/") for token in tokens[first:last]):
        return None
    points = [number for number, token in enumerate(tokens) if token.kind == "point"]
    point = points[0] if points else last + 1
    whole = [place for place in places if place < point]
    behind = [place for place in places if place > point]
    commas = [number for number, token in enumerate(tokens) if token.kind == "comma"]
    end = whole[-1] if whole else first
    scale = [number for number in commas if _is_scale(tokens, number, end, last)]
    grouped = any(first < number < end for number in commas)
    with localcontext() as context:
        context.prec = 2 * _WIDEST
        value *= Decimal(100) ** sum(token.kind == "percent" for token in tokens)
        value = (value / Decimal(1000) ** len(scale)).quantize(Decimal(1).scaleb(-len(behind)), ROUND_HALF_UP)
    digits, _, decimals = f"{value:f}".partition(".")
    if len(digits) > _WIDEST:
        return None
    shown = _whole_digits(tokens, whole, digits.lstrip("0"), grouped) | _decimals(tokens, behind, decimals)
    if section.numerals:
        shown = {place: section.numerals.one_by_one(text) for place, text in shown.items()}
    return "".join(
        shown[number] if number in shown else token.text if token.kind in _PRINTED[:3] else ""
        for number, token in enumerate(tokens)
        if not (token.kind == "point" and number != point)
    )


def _is_scale(tokens: Sequence[_Token], comma: int, end: int, last: int) -> bool:
    """Whether a comma divides by a thousand: only commas stand between it and the last digit before it."""
    before = comma - 1
    while before >= 0 and tokens[before].kind == "comma":
        before -= 1
    return before in (end, last) and tokens[before].kind == "digit"


def _whole_digits(tokens: Sequence[_Token], places: Sequence[int], digits: str, grouped: bool) -> dict[int, str]:
    """What each place before the point prints; the first has all digits that are left."""
    shown: dict[int, str] = {}
    count = 0
    rest = digits
    for place in reversed(places):
        taken = rest if place == places[0] else rest[-1:]
        rest = rest[: len(rest) - len(taken)]
        taken = taken or {"0": "0", "?": " "}.get(tokens[place].text, "")
        text = ""
        for digit in reversed(taken):
            text = digit + ("," if grouped and count and count % 3 == 0 else "") + text
            count += 1
        shown[place] = text
    return shown


def _decimals(tokens: Sequence[_Token], places: Sequence[int], decimals: str) -> dict[int, str]:
    """What each place behind the point prints; zeros at the end only where the format has 0."""
    shown: dict[int, str] = {}
    needed = False
    for place, digit in reversed(list(zip(places, decimals, strict=False))):
        needed = needed or digit != "0" or tokens[place].text == "0"
        shown[place] = digit if needed else ""
    return shown
