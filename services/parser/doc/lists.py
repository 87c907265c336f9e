"""The lists of a document: which levels each has, and how they are numbered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.parser.doc.binary import Binary
from services.parser.doc.header import WordFile
from services.parser.doc.properties import Properties
from services.parser.doc.styles import Styles
from services.parser.list_numbers import Level, ListNumbers
from shared.errors import Corrupt

_LISTS: Final = 73
_USES: Final = 74
_LIST_SIZE: Final = 28
_USE_SIZE: Final = 16
_LEVEL_SIZE: Final = 28
_LEVELS: Final = 9
_SIMPLE: Final = 0x01
_STARTS: Final = 0x10
_FORMATS: Final = 0x20
_FORMAT_NAMES: Final = {
    0: "decimal",
    1: "upperRoman",
    2: "lowerRoman",
    3: "upperLetter",
    4: "lowerLetter",
    10: "ideographDigital",
    11: "japaneseCounting",
    18: "decimalEnclosedCircle",
    22: "decimalZero",
    23: "bullet",
    28: "decimalEnclosedCircleChinese",
    33: "taiwaneseCounting",
    35: "taiwaneseCountingThousand",
    37: "chineseCounting",
    39: "chineseCountingThousand",
    255: "none",
}


@dataclass(frozen=True)
class _Use:
    """A list as paragraphs refer to it; what counts its numbers goes by `name`."""

    name: tuple[str, int]
    levels: Mapping[int, Level]


@dataclass(frozen=True)
class Lists:
    """Knows a document's lists, and counts its list paragraphs as they come."""

    styles: Styles
    uses: tuple[_Use, ...] = ()
    numbers: ListNumbers = field(default_factory=ListNumbers)

    def marker(self, properties: Properties) -> str:
        """The number or letter Word prints before a list paragraph; empty for others and for bullets."""
        number, level = self.styles.place_in_list(properties)
        if not 1 <= number <= len(self.uses):
            return ""
        use = self.uses[number - 1]
        return self.numbers.marker(use.name, use.levels, level)


def lists_of(file: WordFile, styles: Styles) -> Lists:
    """The lists of `file`; none when their table is damaged, for only numbers depend on them."""
    try:
        return Lists(styles, tuple(_uses(file, _levels(file))))
    except Corrupt:
        return Lists(styles)


def _levels(file: WordFile) -> dict[int, dict[int, Level]]:
    """List → its levels."""
    at, length = file.place(_LISTS)
    if not length:
        return {}
    table = file.table
    found: dict[int, dict[int, Level]] = {}
    count = table.word(at)
    after = at + 2 + _LIST_SIZE * count
    for number in range(count):
        place = at + 2 + _LIST_SIZE * number
        levels: dict[int, Level] = {}
        for level in range(1 if table.byte(place + 26) & _SIMPLE else _LEVELS):
            levels[level], after = _level(table, after)
        found[table.long(place)] = levels
    return found


def _level(table: Binary, at: int) -> tuple[Level, int]:
    """A level, and where the next begins."""
    places = {table.byte(at + 6 + number) for number in range(_LEVELS)}
    text_at = at + _LEVEL_SIZE + table.byte(at + 24) + table.byte(at + 25)
    count = table.word(text_at)
    units = [table.word(text_at + 2 + 2 * number) for number in range(count)]
    text = "".join(
        f"%{unit + 1}" if number in places and unit < _LEVELS else chr(unit) if unit >= 0x20 else ""
        for number, unit in enumerate(units, 1)
    )
    form = _FORMAT_NAMES.get(table.byte(at + 4), "decimal")
    return Level(table.long(at), form, text), text_at + 2 + 2 * count


def _uses(file: WordFile, lists: Mapping[int, dict[int, Level]]) -> list[_Use]:
    at, length = file.place(_USES)
    if not length:
        return []
    table = file.table
    count = table.long(at)
    entries = Binary(table.part(at + 4, _USE_SIZE * count))
    after = at + 4 + _USE_SIZE * count
    found = []
    for number in range(count):
        key = entries.long(_USE_SIZE * number)
        levels, changed = dict(lists.get(key, {})), entries.byte(_USE_SIZE * number + 12)
        after += 4
        for _ in range(changed):
            after = _override(table, after, levels)
        found.append(_Use(("use", number) if changed else ("list", key), levels))
    return found


def _override(table: Binary, at: int, levels: dict[int, Level]) -> int:
    """Change a level as one use of a list has it; returns where the next change begins."""
    start, flags = table.long(at), table.long(at + 4)
    number, at = flags & 0x0F, at + 8
    level = levels.get(number)
    if flags & _FORMATS:
        levels[number], at = _level(table, at)
    elif flags & _STARTS and level is not None:
        levels[number] = Level(start, level.format, level.text)
    return at
