"""Outline levels and list numbers of Word paragraphs, which their styles and lists state and their text lacks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.parser.office_xml import Element, attribute, child, local, number, under

_HEADING_NAME: Final = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_PLACE: Final = re.compile(r"%([1-9])")
_DIGITS: Final = "〇一二三四五六七八九"
_CHINESE: Final = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "ideographDigital",
    "taiwaneseCountingThousand",
}
_MOST_BASES: Final = 20
_LONGEST_MARKER: Final = 40


@dataclass(frozen=True)
class _Style:
    base: str | None
    heading: int | None
    list_id: str | None
    level: int | None


@dataclass(frozen=True)
class _Level:
    start: int
    format: str
    text: str


@dataclass
class Styles:
    """Knows a document's styles and lists, and counts its list paragraphs as they come."""

    _styles: dict[str, _Style] = field(default_factory=dict)
    _lists: dict[str, Mapping[int, _Level]] = field(default_factory=dict)
    _of_list: dict[str, str] = field(default_factory=dict)
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def add_styles(self, root: Element) -> None:
        """Take the styles part."""
        for style in under(root, "style"):
            properties = child(style, "pPr")
            name = _HEADING_NAME.fullmatch(attribute(child(style, "name"), "val") or "")
            outline = number(child(properties, "outlineLvl"))
            heading = int(name.group(1)) if name else outline + 1 if outline is not None and outline < 9 else None
            self._styles[attribute(style, "styleId") or ""] = _Style(
                attribute(child(style, "basedOn"), "val"),
                heading,
                attribute(child(properties, "numPr", "numId"), "val"),
                number(child(properties, "numPr", "ilvl")),
            )

    def add_lists(self, root: Element) -> None:
        """Take the numbering part."""
        for each in root:
            if local(each) == "abstractNum":
                levels = {number(level, "ilvl") or 0: _level(level) for level in under(each, "lvl")}
                self._lists[attribute(each, "abstractNumId") or ""] = levels
            elif local(each) == "num":
                abstract = attribute(child(each, "abstractNumId"), "val")
                self._of_list[attribute(each, "numId") or ""] = abstract or ""

    def heading(self, paragraph: Element) -> int | None:
        """The paragraph's outline level, 1 to 9."""
        properties = child(paragraph, "pPr")
        outline = number(child(properties, "outlineLvl"))
        if outline is not None:
            return outline + 1 if outline < 9 else None
        return next((style.heading for style in self._bases(properties) if style.heading), None)

    def marker(self, paragraph: Element) -> str:
        """The number or letter Word prints before a list paragraph; empty for others and for bullets."""
        properties = child(paragraph, "pPr")
        list_id = attribute(child(properties, "numPr", "numId"), "val")
        level = number(child(properties, "numPr", "ilvl"))
        for style in self._bases(properties):
            list_id = style.list_id if list_id is None else list_id
            level = style.level if level is None else level
        levels = self._lists.get(self._of_list.get(list_id or "", ""))
        if not levels or not list_id:
            return ""
        return self._counted(self._of_list[list_id], levels, level or 0)

    def _counted(self, key: str, levels: Mapping[int, _Level], level: int) -> str:
        if level not in levels:
            return ""
        for deeper in range(level + 1, 10):
            self._counts.pop((key, deeper), None)
        self._counts[key, level] = self._counts.get((key, level), levels[level].start - 1) + 1

        def value(match: re.Match[str]) -> str:
            place = int(match.group(1)) - 1
            if place not in levels:
                return ""
            return _printed(self._counts.get((key, place), levels[place].start), levels[place].format)

        if levels[level].format in ("bullet", "none"):
            return ""
        return _PLACE.sub(value, levels[level].text)

    def _bases(self, properties: Element | None) -> list[_Style]:
        """The paragraph's style and those it is based on, the nearest first."""
        found: list[_Style] = []
        name = attribute(child(properties, "pStyle"), "val")
        while name in self._styles and len(found) < _MOST_BASES:
            found.append(self._styles[name])
            name = found[-1].base
        return found


def _level(level: Element) -> _Level:
    start = number(child(level, "start"))
    return _Level(
        start=1 if start is None else start,
        format=attribute(child(level, "numFmt"), "val") or "decimal",
        text=(attribute(child(level, "lvlText"), "val") or "")[:_LONGEST_MARKER],
    )


def _printed(value: int, style: str) -> str:
    """A list number as it is printed."""
    if style in _CHINESE:
        return _chinese(value)
    if style.startswith("decimalEnclosedCircle") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if style in ("upperLetter", "lowerLetter") and 1 <= value <= 26:
        return chr((0x41 if style == "upperLetter" else 0x61) + value - 1)
    if style in ("upperRoman", "lowerRoman") and 1 <= value < 40:
        roman = "X" * (value // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[value % 10]
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
