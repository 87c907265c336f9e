"""The style sheet: which styles make a paragraph a heading or a list's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.parser.doc.binary import Binary
from services.parser.doc.header import WordFile
from services.parser.doc.properties import Properties
from shared.errors import Corrupt

_SHEET: Final = 1
_PARAGRAPH_STYLE: Final = 1
_NO_BASE: Final = 0x0FFF
_MOST_BASES: Final = 20
_BODY: Final = 9


@dataclass(frozen=True)
class _Style:
    base: int
    heading: int | None
    """1 to 9 for Word's own heading styles."""
    outline: int | None
    list_number: int | None
    list_level: int | None


@dataclass(frozen=True)
class Styles:
    """A document's paragraph styles by number."""

    styles: dict[int, _Style]

    def heading(self, properties: Properties) -> int | None:
        """The paragraph's outline level, 1 to 9."""
        if properties.outline is not None:
            return _level(properties.outline)
        for style in self._bases(properties):
            if style.outline is not None:
                return _level(style.outline)
            if style.heading is not None:
                return style.heading
        return None

    def place_in_list(self, properties: Properties) -> tuple[int, int]:
        """The number of the list that the paragraph belongs to (0 for none), and its level there (from 0)."""
        number, level = properties.list_number, properties.list_level
        for style in self._bases(properties):
            number = style.list_number if number is None else number
            level = style.list_level if level is None else level
        return number or 0, level or 0

    def _bases(self, properties: Properties) -> Iterator[_Style]:
        """The paragraph's style and those it is based on, the nearest first."""
        number = properties.style
        for _ in range(_MOST_BASES):
            style = self.styles.get(number)
            if style is None:
                return
            yield style
            number = style.base


def _level(outline: int) -> int | None:
    return outline + 1 if 0 <= outline < _BODY else None


def styles_of(file: WordFile) -> Styles:
    """The styles of `file`; none when its style sheet is damaged, for only headings and lists depend on them."""
    found: dict[int, _Style] = {}
    try:
        offset, length = file.place(_SHEET)
        sheet = Binary(file.table.part(offset, length))
        if not length:
            return Styles(found)
        at = 2 + sheet.word(0)
        count, fixed = sheet.word(2), sheet.word(4)
        for number in range(count):
            size = sheet.word(at)
            style = _style(Binary(sheet.part(at + 2, size)), fixed) if size else None
            if style is not None:
                found[number] = style
            at += 2 + size
    except Corrupt:
        return Styles(found)
    return Styles(found)


def _style(style: Binary, fixed: int) -> _Style | None:
    """A paragraph style; None for one of another kind. `fixed` bytes come before its name."""
    known, kind = style.word(0) & 0x0FFF, style.word(2)
    if kind & 0x000F != _PARAGRAPH_STYLE:
        return None
    at = fixed + 2 + 2 * (style.word(fixed) + 1)
    at += at % 2
    properties = Properties()
    if at + 2 <= len(style):
        properties.apply(style.part(at + 4, max(style.word(at) - 2, 0)), Binary(b""))
    return _Style(
        kind >> 4 & _NO_BASE,
        known if 1 <= known <= _BODY else None,
        properties.outline,
        properties.list_number,
        properties.list_level,
    )
