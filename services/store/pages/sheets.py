"""Budget lines laid out again as the tables they came from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from shared.schemas.names import Fund, LineClassification, TableName
from shared.schemas.records import BudgetLine

UNPLACED: Final = 1_000_000
"""After every row and column of a table."""


class Column(NamedTuple):
    """A column's name and its number among those of that name in the row; its labels, where lines state them."""

    name: str
    number: int
    printed: str | None = None


@dataclass(frozen=True)
class Entry:
    """A row of one side: what its lines have in common, and its figures by column."""

    line_no: int | None
    code: str | None
    name: str
    figures: dict[Column, BudgetLine]

    @property
    def depth(self) -> int:
        """How far a code is down its classification: 201 → 0, 20101 → 1, 2010101 → 2."""
        digits = len(self.code or "")
        return (digits - 3) // 2 if digits in {5, 7, 9} else 0

    @property
    def sums(self) -> bool:
        """Whether it is a total, or a class of its classification."""
        return len(self.code or "") == 3 or self.name.replace(" ", "").endswith(("合计", "总计", "小计"))


@dataclass(frozen=True)
class Side:
    """One side of a table (its only one outside the balance tables)."""

    name: str | None
    columns: Sequence[Column]


_SIDES: Final = {"income": "收入", "expenditure": "支出"}


@dataclass(frozen=True)
class Sheet:
    """A table: for each row its entry on each side, None where that side has no figure."""

    table: TableName
    sides: Sequence[Side]
    rows: Sequence[Sequence[Entry | None]]
    about: Sequence[tuple[str, str]] = ()
    """Fund, classification and level, with the names of these vocabularies, where all of it is of one."""

    @property
    def has_codes(self) -> bool:
        return any(entry.code for row in self.rows for entry in row if entry)

    def found(self, text: str) -> Sequence[Sequence[Entry | None]]:
        """The rows whose name holds `text`, or whose code begins with it; all of them where it is empty."""
        wanted = "".join(text.split())
        return [
            row
            for row in self.rows
            if any(wanted in entry.name or (entry.code or "").startswith(wanted) for entry in row if entry)
        ]

    @property
    def lacks_unit(self) -> bool:
        """Whether a figure is shown as printed, because no unit is stated."""
        return any(
            line.amount is None for row in self.rows for entry in row if entry for line in entry.figures.values()
        )

    @property
    def has_numbers(self) -> bool:
        return any(entry.line_no is not None for row in self.rows for entry in row if entry)


def sheets(lines: Iterable[BudgetLine]) -> list[Sheet]:
    """The tables in published order; the same table of two units stands twice."""
    groups: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    for line in lines:
        groups[line.table, line.provenance.document, line.provenance.table].append(line)
    return [_sheet(group) for group in groups.values()]


def _sheet(lines: Sequence[BudgetLine]) -> Sheet:
    names = sorted({line.side for line in lines}, key=lambda side: (side is None, side != "income"))
    sides = [_entries([line for line in lines if line.side == name]) for name in names]
    return Sheet(
        lines[0].table,
        [Side(name, _columns(side.values())) for name, side in zip(names, sides, strict=True)],
        [[side.get(place) for side in sides] for place in sorted({place for side in sides for place in side})],
        [
            (kind, str(values.pop()))
            for kind, values in (
                ("fund", {_budget(line.fund) for line in lines}),
                ("classification", {line.classification for line in lines} - {LineClassification.ITEM}),
                ("level", {line.level for line in lines}),
            )
            if len(values) == 1 and None not in values
        ],
    )


def _below_side(line: BudgetLine) -> str | None:
    """What is printed over a figure, less the heading of its side: `收入/2025年预算数` is `2025年预算数`."""
    first, _, rest = (line.column_label or "").partition("/")
    return rest if rest and first == _SIDES.get(line.side or "") else line.column_label


def _budget(fund: Fund | None) -> Fund | None:
    """The budget that a fund is of: all insurances are of one, both kinds of debt are debt."""
    if fund is not None and fund.of_insurance:
        return Fund.SOCIAL_INSURANCE
    return Fund.DEBT if fund in {Fund.GENERAL_DEBT, Fund.SPECIAL_DEBT} else fund


def _entries(lines: Sequence[BudgetLine]) -> dict[tuple[int, int], Entry]:
    """The entries of one side by their row in the source and their number in it, both 0-based.

    A row holds several where names stand above the figures. Lines of unknown rows follow in published order.
    """
    entries: dict[tuple[object, ...], Entry] = {}
    for line in lines:
        identity = (line.provenance.row, line.line_no, line.code, line.name)
        entry = entries.setdefault(identity, Entry(line.line_no, line.code, line.name, {}))
        printed = _below_side(line)
        number = sum((each.name, each.printed) == (line.column, printed) for each in entry.figures)
        entry.figures[Column(line.column, number, printed)] = line
    placed: dict[tuple[int, int], Entry] = {}
    for entry in entries.values():
        row = next(iter(entry.figures.values())).provenance.row
        row = UNPLACED if row is None else row
        placed[row, sum(place == row for place, _ in placed)] = entry
    return placed


def _columns(entries: Iterable[Entry]) -> list[Column]:
    """The columns that have a figure, in the order of the source."""
    places: dict[Column, int] = {}
    for entry in entries:
        for column, line in entry.figures.items():
            place = line.provenance.column
            place = UNPLACED if place is None else place
            places[column] = min(places.get(column, place), place)
    return sorted(places, key=lambda column: places[column])
