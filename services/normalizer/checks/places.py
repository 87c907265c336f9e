"""How finely a published figure is printed: what one unit of its last printed place is worth, in yuan."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from services.normalizer.language.money import UNIT_WORDS, UNITS
from services.normalizer.language.text import narrow
from shared.schemas.document import Document, Paragraph
from shared.schemas.record_types import RECORD_TYPES
from shared.schemas.records import Fact, Project, RecordBase

MONEY_FIELDS: dict[type[RecordBase], tuple[str, ...]] = {each.model: each.money for each in RECORD_TYPES}
"""The fields that hold money in yuan, of each record type."""

_SCALES = {**UNITS, "万": UNITS["万元"], "亿": UNITS["亿元"]}
_NUMBER = re.compile(rf"(\d{{1,20}}(?:\.\d{{1,20}})?)({UNIT_WORDS}|万|亿)?")
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_LIKELIEST = UNITS["万元"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: its value, its digits after the point, the yuan its unit word stands for."""

    value: Decimal
    places: int
    scale: Decimal | None


def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of `text`, each with the unit word that follows it; tabs part cells, other spaces only wrap."""
    found = []
    for cell in text.split("\t"):
        joined = _THOUSANDS.sub("", narrow("".join(cell.split())))
        for match in _NUMBER.finditer(joined):
            digits, word = match.groups()
            scale = _SCALES[word] if word else None
            found.append(Number(Decimal(digits), len(digits.partition(".")[2]), scale))
    return tuple(found)


Readings = tuple[tuple[Decimal, int], ...]
"""The ways to read a text as an amount: the yuan that its unit is worth, and the digits after its point."""


class _Print(NamedTuple):
    """One money field of a record and the ways its source text can be read as that amount."""

    key: tuple[str, str]
    amount: Decimal
    readings: Readings


class Places:
    """The display unit of every money field: the finest last place of its table; in prose, its own last place.

    A table drops trailing zeros as a whole (`60` beside `27.69`), so one figure's own digits would say too little;
    so would those of a zero, which is printed short everywhere.
    """

    def __init__(self, document: Document, records: Iterable[RecordBase]) -> None:
        self._paragraphs = {
            index: block.text for index, block in enumerate(document.blocks) if isinstance(block, Paragraph)
        }
        self._read: dict[str, Mapping[Decimal, Readings]] = {}
        self._units: dict[tuple[str, str], Decimal] = {}
        contexts: defaultdict[tuple[object, ...], list[_Print]] = defaultdict(list)
        for record in records:
            for printed in self._prints(record):
                contexts[self._context(record)].append(printed)
        for context, prints in contexts.items():
            self._measure(context, prints)

    def unit(self, record: RecordBase, field: str) -> Decimal:
        """What one unit of the last printed place of `record`'s `field` is worth, in yuan."""
        return self._units.get((record.id, field), Decimal("0.01"))

    def _prints(self, record: RecordBase) -> Iterator[_Print]:
        text = record.provenance.text
        for field in MONEY_FIELDS.get(type(record), ()):
            amount = getattr(record, field)
            if amount is not None:
                yield _Print((record.id, field), abs(amount), self._readings(text).get(abs(amount), ()))

    def _readings(self, text: str) -> Mapping[Decimal, Readings]:
        """Each amount that a number of `text` may be, in whatever unit."""
        found = self._read.get(text)
        if found is None:
            found = self._read[text] = _readings(text)
        return found

    def _context(self, record: RecordBase) -> tuple[object, ...]:
        if isinstance(record, Project):
            return (Project,)
        place = record.provenance
        return (type(record), place.document, place.table, place.block)

    def _measure(self, context: tuple[object, ...], prints: list[_Print]) -> None:
        """Settle the scale of one context by vote, then the finest place printed in each scale."""
        votes = Counter(scale for one in prints if one.amount for scale in {scale for scale, _ in one.readings})
        likeliest = max(votes, key=lambda scale: (votes[scale], scale == _LIKELIEST), default=_LIKELIEST)
        places: defaultdict[Decimal, int] = defaultdict(int)
        chosen: dict[tuple[str, str], Decimal] = {}
        for one in prints:
            scale = self._scale(one, likeliest)
            chosen[one.key] = scale
            read = [digits for read_scale, digits in one.readings if read_scale == scale]
            places[scale] = max(places[scale], max(read) if read else _digits(one.amount / scale))
        for one in prints:
            scale = chosen[one.key]
            own = self._own(one, scale) if context[0] is Fact and one.amount else None
            self._units[one.key] = scale.scaleb(-(places[scale] if own is None else own))

    @staticmethod
    def _own(one: _Print, scale: Decimal) -> int | None:
        """The places a sentence prints that very number to: in prose each number stands for itself."""
        read = [digits for read_scale, digits in one.readings if read_scale == scale]
        return max(read, default=None)

    def _scale(self, one: _Print, likeliest: Decimal) -> Decimal:
        scales = [scale for scale, _ in one.readings]
        return likeliest if not scales or likeliest in scales else max(scales)


def _readings(text: str) -> dict[Decimal, Readings]:
    found: dict[Decimal, Readings] = {}
    for number in numbers(text):
        for scale in (number.scale,) if number.scale else UNITS.values():
            amount = number.value * scale
            found[amount] = (*found.get(amount, ()), (scale, number.places))
    return found


def _digits(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
