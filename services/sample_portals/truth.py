"""The truth of a disclosure: the records a perfect reader finds, and the places of all printed figures."""

import json
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from services.sample_portals.world import Item, World

Truth = dict[str, object]

_MARK: Final = re.compile(r"(?:其中：|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.、．]\s*)+")
MONEY_UNITS: Final = {"亿元": Decimal(100_000_000), "万元": Decimal(10000), "元": Decimal(1)}


class FigurePlace(NamedTuple):
    """Which figure: of a table's line and column, or of a metric (`fact`) and year."""

    table: str
    key: str
    column: str
    side: str | None = None


@dataclass(frozen=True)
class Printed:
    """A figure as printed, in yuan, its unit of the last place (none for a blank), and its record."""

    amount: Decimal
    unit: Decimal
    record: Truth | None


@dataclass(frozen=True)
class MoneyFormat:
    """How money is printed: in which unit, to how many places, nothing as what."""

    unit: str = "万元"
    places: int = 2
    thousands: bool = False
    zero: str = ""

    @property
    def step(self) -> Decimal:
        """What one unit of the last place is worth, in yuan."""
        return MONEY_UNITS[self.unit].scaleb(-self.places)

    def rounded(self, amount: Decimal) -> Decimal:
        """The yuan that a print of `amount` says."""
        return (amount / self.step).quantize(Decimal(1), ROUND_HALF_UP) * self.step

    def text(self, amount: Decimal) -> str:
        """`amount` yuan as printed."""
        if not amount:
            return self.zero
        comma = "," if self.thousands else ""
        return f"{self.rounded(amount) / MONEY_UNITS[self.unit]:{comma}.{self.places}f}"


@dataclass
class Ledger:
    """The truth as it is written: records in order, and each printed figure at its place."""

    records: list[Truth] = field(default_factory=list)
    prints: dict[FigurePlace, Printed] = field(default_factory=dict)

    def add(self, place: FigurePlace, money: MoneyFormat, amount: Decimal, record: Truth | None) -> str:
        """Enter a figure and return how it is printed; a blank, or what has no `record`, gives none."""
        text = money.text(amount)
        entered = None
        if text and record is not None:
            entered = record | {"amount": yuan(money.rounded(amount))}
            self.records.append(entered)
        self.prints[place] = Printed(money.rounded(amount), money.step if text else Decimal(0), entered)
        return text


def yuan(amount: Decimal) -> str:
    """An amount as the records write it: yuan with two places."""
    return f"{amount:.2f}"


def unmarked(label: str) -> str:
    """A label less its list marks: `一、本年收入` → `本年收入`, `其中：1. 事业收入` → `事业收入`."""
    mark = _MARK.match(label)
    return label[mark.end() :] if mark else label


def lines(item: "Item") -> str:
    """The records a perfect reader finds in `item`, one JSON object a line, without ids and provenance."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in item.written.truth)


def defects(world: "World") -> list[dict[str, object]]:
    """Every planted defect: the disclosure's title, the defect, the check that should find it."""
    return [
        {"title": item.title, **defect.described()}
        for item in world.items
        if item.kind != "notice"
        for defect in item.written.defects
    ]
