"""Markers of lists (`1.`, `（二）`, `①`): reads one, and splits a cell's list into its items."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 99
"""Most items a list may have."""

_ENDS = ("。", "；", ";", "！", "!", "？", "?")
_TAGS = re.compile(r"</?(?:p|br|div|span|li|ul|ol)\b[^<>]{0,80}>", re.IGNORECASE)
_DIGITS = "零一二三四五六七八九"


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


_ARABIC = tuple(str(number) for number in range(1, MOST + 1))
_CHINESE = tuple(_chinese(number) for number in range(1, MOST + 1))
_CIRCLED = tuple("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_CHINESE_NUMBERS = {text: number for number, text in enumerate(_CHINESE, 1)}

_NUMERAL = r"\d{1,3}|[一二三四五六七八九十]{1,3}"
_MARKER = re.compile(
    rf"\s*(?:[（(]\s*(?P<a>{_NUMERAL})\s*[)）][、，]?|"
    rf"(?P<b>{_NUMERAL})\s*(?:[、，．)）]|\.(?!\d)|\.(?=(?:19|20)\d\d年)))\s*"
)
_CLEAR = r"(?:(?<=[\s。；;！!？?，,、])|^)"
_LOOSE = r"(?<=[\u4e00-\u9fff”》])"
"""Where a marker may stand: after a space or a mark, and where a format loses spaces, right after a word."""

_STYLES: tuple[tuple[str, Sequence[str], tuple[str, ...]], ...] = (
    (r"目标{n}[:：]", _ARABIC, ("",)),
    (r"{n}(?:[、.．](?!\d)|[.．](?={n}[.．、]|(?:19|20)\d\d年))", _ARABIC, (_CLEAR, _LOOSE)),
    (r"[（(]{n}[)）]", _ARABIC, (_CLEAR, _LOOSE)),
    (r"{n}[)）]", _ARABIC, (_CLEAR,)),
    (r"目标{n}[:：]", _CHINESE, ("",)),
    (r"{n}、", _CHINESE, (_CLEAR,)),
    (r"[（(]{n}[)）]", _CHINESE, (_CLEAR, _LOOSE)),
    (r"{n}", _CIRCLED, ("",)),
)
"""Of each style: the marker, its numerals, and where one may stand, the first choice first."""


@dataclass(frozen=True)
class Marker:
    """A list marker: its number, its style (`一、` and `1.` differ, `（一）` and `(一)` do not), where it ends."""

    number: int
    style: tuple[bool, bool]
    end: int

    def follows(self, other: "Marker | None") -> bool:
        """Whether this is the next marker of `other`'s list."""
        return other is not None and self.style == other.style and self.number == other.number + 1


def read_marker(text: str) -> Marker | None:
    """The marker that `text` begins with, or null."""
    match = _MARKER.match(text)
    numeral = (match["a"] or match["b"]) if match else ""
    number = int(numeral) if numeral.isdecimal() else _CHINESE_NUMBERS.get(numeral)
    return Marker(number, (bool(match["a"]), numeral.isdecimal()), match.end()) if match and number else None


def split_list(text: str) -> list[str]:
    """The items of `text` without their markers, still with the line breaks inside them.

    A text without markers is split at its lines where each but the last ends as a sentence, else it is one item.
    """
    text = _TAGS.sub("\n", text).strip()
    for style, numerals, places in _STYLES:
        items = _by_marker(text, style, numerals, places)
        if items:
            return items
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if all(line.endswith(_ENDS) for line in lines[:-1]):
        return lines
    return [text]


def _by_marker(text: str, style: str, numerals: Sequence[str], places: Sequence[str]) -> list[str]:
    """The items where `text` opens with the first marker of `style`; each ends where the next number stands."""
    items: list[str] = []
    mark = re.match(style.replace("{n}", numerals[0]), text)
    for numeral, following in zip(numerals, [*numerals[1:], None], strict=True):
        if mark is None:
            break
        again = re.compile(style.replace("{n}", numeral)).match(text, mark.end())
        start = (again or mark).end()
        mark = None
        if following:
            patterns = (re.compile(place + style.replace("{n}", following)) for place in places)
            mark = next((found for pattern in patterns if (found := pattern.search(text, start))), None)
        items.append(text[start : mark.start() if mark else len(text)].strip())
    return [item for item in items if item]
