"""The numbers Word prints before the paragraphs of its lists, which their text lacks."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.parser.numerals import COUNTING

_PLACE: Final = re.compile(r"%([1-9])")
_MOST_COUNTED: Final = 1000
"""From which on a list number is Arabic."""
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
        return COUNTING.counted(value) if 0 < value < _MOST_COUNTED else str(value)
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
