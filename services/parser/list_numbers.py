"""The numbers Word prints before the paragraphs of its lists, which their text lacks."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Final

_PLACE: Final = re.compile(r"%([1-9])")
_DIGITS: Final = "〇一二三四五六七八九"
_CHINESE: Final = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "ideographDigital",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
}
_ROMAN: Final = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_NO_NUMBER: Final = ("bullet", "none")


@dataclass(frozen=True)
class Level:
    """A level of a list: its first number, its format by OOXML's name, its text with %1 to %9 for numbers."""

    start: int
    format: str
    text: str


@dataclass
class ListNumbers:
    """Counts the paragraphs of lists as they come."""

    _counts: dict[tuple[Hashable, int], int] = field(default_factory=dict)

    def marker(self, name: Hashable, levels: Mapping[int, Level], level: int) -> str:
        """What is printed before the next paragraph on `level` (from 0) of the list `name`; empty for bullets."""
        if level not in levels:
            return ""
        for deeper in range(level + 1, 10):
            self._counts.pop((name, deeper), None)
        self._counts[name, level] = self._counts.get((name, level), levels[level].start - 1) + 1

        def value(match: re.Match[str]) -> str:
            place = int(match.group(1)) - 1
            if place not in levels:
                return ""
            return printed(self._counts.get((name, place), levels[place].start), levels[place].format)

        return "" if levels[level].format in _NO_NUMBER else _PLACE.sub(value, levels[level].text)


def printed(value: int, style: str) -> str:
    """A list number in the format `style`; Arabic where the format has none for it."""
    if style in _CHINESE:
        return _chinese(value)
    if style.startswith("decimalEnclosedCircle") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if style in ("upperLetter", "lowerLetter") and 1 <= value <= 26:
        return chr((0x41 if style == "upperLetter" else 0x61) + value - 1)
    if style in ("upperRoman", "lowerRoman") and 1 <= value < 40:
        roman = "X" * (value // 10) + _ROMAN[value % 10]
        return roman if style == "upperRoman" else roman.lower()
    if style == "decimalZero":
        return f"{value:02d}"
    return str(value)


def _chinese(value: int) -> str:
    """一 to 九百九十九 in Chinese numerals; Arabic beyond."""
    if not 0 < value < 1000:
        return str(value)
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")
