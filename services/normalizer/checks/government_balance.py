"""CHECKS 33: what a government had, took in, spent and kept: balances with all their parts, surpluses, 三公.

A balance lists the year's own revenue, then what comes besides, then the total. Which of those rows are parts and
which are parts of a part no table says alike, so every way to take them is tried on all columns; the way under
which some column adds up is meant, and another column that does not add up that way is wrong.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Equation, Figure, sum_tolerance
from services.normalizer.checks.government_lines import bare, is_year_total, rows_within
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.wording import cell_name
from services.normalizer.language.totals import ends_in_total, is_grand, is_partial, is_total, without_total
from shared.schemas.names import TableName
from shared.schemas.records import BudgetLine

_PARENT: Final = re.compile("转移性(?:收入|支出)")
_GROUP: Final = re.compile(
    "转移性(?:收入|支出)|上级补助收入|补助下级支出|调入资金|上解.{0,4}支出|上解收入|.{0,8}还本支出|"
    ".{0,8}(?:债务|债券)(?:转贷)?(?:收入|支出)"
)

_LONGEST: Final = 40
_MOST_OPEN: Final = 5
"""Up to how many rows that may be parts or not all choices of them are tried; the more, the likelier one fits."""


@dataclass(frozen=True)
class BalanceSide:
    """One side of a balance: the year's total, the rows after it, the grand total; each by column."""

    base: Mapping[int, Figure]
    rows: Sequence[Mapping[int, Figure]]
    names: Sequence[str]
    within: frozenset[int]
    """Which of the rows say that they are of the row above: 其中."""
    grand: Mapping[int, Figure]

    def parts(self, tops: Sequence[int], column: int) -> list[Figure]:
        """The figures that make the grand total of `column` where the rows `tops` are parts of it."""
        rows = [self.rows[top] for top in tops]
        return [self.base[column], *(row[column] for row in rows if column in row)]

    def holds(self, tops: Sequence[int], column: int) -> bool:
        """Whether `column` adds up that way."""
        parts = self.parts(tops, column)
        total = self.grand[column]
        return abs(total.amount - sum(part.amount for part in parts)) <= sum_tolerance((total, *parts))


def check_parts(book: Book, outcome: Outcome) -> None:
    """Compare the grand totals of a balance with the year's own total and all that the balance adds to it."""
    for side in _sides(book):
        columns = [column for column in side.grand if column in side.base]
        ways = list(_ways(side, columns))
        best = max(ways, key=lambda tops: sum(side.holds(tops, column) for column in columns), default=None)
        if best is None:
            continue
        held = [column for column in columns if side.holds(best, column) and side.grand[column].amount]
        if not held:
            continue
        ways = [best, *ways, *_open_ways(side, best, held)]
        for column in columns:
            total = side.grand[column]
            assert isinstance(total.record, BudgetLine)
            readings = [side.parts(tops, column) for tops in ways]
            outcome.adds_up_some_way(cell_name(total.record), total, readings, "本年合计与其他各项之和")


def _open_ways(side: BalanceSide, tops: Sequence[int], held: Sequence[int]) -> Iterator[list[int]]:
    """The way `tops` with and without the rows that are nothing in all columns that hold: they prove neither."""
    rows = range(len(side.rows))
    loose = [
        row
        for row in rows
        if not any(column in side.rows[row] and side.rows[row][column].amount for column in held)
    ]
    choices = range(1, len(loose) + 1) if len(loose) <= _MOST_OPEN else (1, len(loose))
    for count in choices:
        for chosen in combinations(loose, count):
            yield [row for row in rows if (row in tops) != (row in chosen)]


def _sides(book: Book) -> Iterator[BalanceSide]:
    """The sides of balances that state the year's own total and, further down, a grand total."""
    groups: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    for line in book.government:
        if line.table is TableName.GOVERNMENT_BALANCE and line.side is not None:
            groups[line.provenance.block, line.side, line.fund].append(line)
    for lines in groups.values():
        figures = book.government_figures
        rows: dict[int, dict[int, Figure]] = {}
        names: dict[int, BudgetLine] = {}
        for line in lines:
            place = line.provenance
            if place.row is not None and place.column is not None and line.id in figures:
                rows.setdefault(place.row, {})[place.column] = figures[line.id]
                names[place.row] = line
        yield from _side(names, rows, rows_within(book, lines[0]))


def _side(
    names: Mapping[int, BudgetLine], rows: Mapping[int, Mapping[int, Figure]], within: frozenset[int | None]
) -> Iterator[BalanceSide]:
    order = sorted(rows)
    base = next((row for row in order if is_year_total(names[row])), None)
    grands = [row for row in order if base is not None and row > base and _is_whole(names[row].name)]
    grand = next((row for row in reversed(grands) if is_grand(names[row].name)), grands[-1] if grands else None)
    if base is None or grand is None:
        return
    between = [row for row in order if base < row < grand]
    if between:
        called = [bare(without_total(names[row].name)) for row in between]
        parts = frozenset(number for number, row in enumerate(between) if row in within)
        yield BalanceSide(rows[base], [rows[row] for row in between], called, parts, rows[grand])


def _is_whole(name: str) -> bool:
    return ends_in_total(name) and not is_partial(name)


def _ways(side: BalanceSide, columns: Sequence[int]) -> Iterator[list[int]]:
    """The ways to take the rows: by their names and sums; each also without those that are 其中 of another."""
    for tops in _plain_ways(side, columns):
        yield tops
        if not side.within.isdisjoint(tops):
            yield [row for row in tops if row not in side.within]


def _plain_ways(side: BalanceSide, columns: Sequence[int]) -> Iterator[list[int]]:
    """All parts; those of no other; the sums by name alone; by figures of a column."""
    count = len(side.rows)
    yield list(range(count))
    parents = [number for number in range(count) if _PARENT.fullmatch(side.names[number])]
    if parents:
        yield parents
    groups = [number for number in range(count) if _GROUP.fullmatch(side.names[number])]
    if groups:
        yield groups
    for column in columns:
        for first in (0, -1):
            yield _Outline(side, column).tops(first)


class _Outline:
    """Which rows of a column are the parts of which: a row is made of those right below it whose sum it is."""

    def __init__(self, side: BalanceSide, column: int) -> None:
        self._figures = [side.base.get(column), *(row.get(column) for row in side.rows)]
        self._ends: dict[int, int] = {}
        """Of each row the first after it and its parts; the year's own total is row 0."""
        for at in reversed(range(len(self._figures))):
            self._ends[at] = self._end_of_parts(at)

    def tops(self, first: int) -> list[int]:
        """The rows that are no part of one above; with `first` -1 the year's own total may have parts below it."""
        at = self._ends[0] - 1 if first < 0 else 0
        found = []
        while at < len(self._figures) - 1:
            found.append(at)
            at = self._ends[at + 1] - 1
        return found

    def _end_of_parts(self, at: int) -> int:
        whole = self._figures[at]
        if whole is None or not whole.amount:
            return at + 1
        parts: list[Figure] = []
        below = at + 1
        while below < len(self._figures):
            part = self._figures[below]
            parts += [part] if part is not None else []
            below = self._ends[below]
            apart = abs(whole.amount - sum(each.amount for each in parts))
            if any(each.amount for each in parts) and apart <= sum_tolerance((whole, *parts)):
                return below
        return at + 1


class _Role(StrEnum):
    """What a figure of a table of surplus, or of 三公 expenses, is."""

    REVENUE = "revenue"
    EXPENDITURE = "expenditure"
    SURPLUS = "surplus"
    LAST = "last"
    ACCUMULATED = "accumulated"
    TOTAL = "total"
    OVERSEAS = "overseas"
    VEHICLES = "vehicles"
    PURCHASE = "purchase"
    OPERATION = "operation"
    RECEPTION = "reception"
    MEETINGS = "meetings"
    TRAINING = "training"
    LIVELIHOOD = "livelihood"
    WAGES = "wages"
    OPERATIONS = "operations"


_FUNDS: Final = (
    r"(?:.{2,14}(?:保险|养老)(?:[(（].{1,8}[)）])?)?(?:社会保险|政府性)?(?:基金)?(?:预算)?(?:本年|当年)?"
)
_SURPLUS_ROLES: Final = (
    (_Role.SURPLUS, re.compile(f"{_FUNDS}(?:本年|当年|年度)(?:收支)?(?:结余|结余额)|{_FUNDS}收支结余")),
    (_Role.LAST, re.compile(f"{_FUNDS}(?:上年|年初)(?:末|年末)?(?:滚存|累计)?结余(?:收入)?")),
    (
        _Role.ACCUMULATED,
        re.compile(f"{_FUNDS}(?:年末|年终|期末)?(?:滚存|累计)结余|{_FUNDS}(?:年末|年终|期末)结余"),
    ),
    (_Role.REVENUE, re.compile(f"{_FUNDS}收入")),
    (_Role.EXPENDITURE, re.compile(f"{_FUNDS}支出")),
)
_THREE_PUBLIC_ROLES: Final = (
    (_Role.TOTAL, re.compile('[“"]?三公[”"]?(?:经费)?(?:支出|预算)?')),
    (_Role.OVERSEAS, re.compile("因公出国.*")),
    (_Role.PURCHASE, re.compile("公务用车购置(?:费|支出|费用)?|购置费|购置支出")),
    (_Role.OPERATION, re.compile("公务用车运行(?:维护)?(?:费|支出|费用)?|运行(?:维护)?费|运行维护支出")),
    (_Role.VEHICLES, re.compile("(?:公务用车|公车)购置[及和与].*")),
    (_Role.RECEPTION, re.compile("公务接待.*|接待费")),
    (_Role.MEETINGS, re.compile("会议费.*")),
    (_Role.TRAINING, re.compile("培训费.*")),
)
_GUARANTEE_ROLES: Final = (
    (_Role.TOTAL, re.compile('[“"]?三保[”"]?(?:支出|资金|预算)*')),
    (_Role.LIVELIHOOD, re.compile("(?:保)?基本民生(?:支出|资金|保障)?")),
    (_Role.WAGES, re.compile("(?:保)?工资(?:支出|资金|保障)?")),
    (_Role.OPERATIONS, re.compile("(?:保)?(?:基本)?运转(?:支出|资金|保障)?")),
)
_Roles = Sequence[tuple[_Role, re.Pattern[str]]]


def check_surplus(book: Book, outcome: Outcome) -> None:
    """Compare the year's surplus with revenue less expenditure, and the accumulated one with both years'.

    One further row (调整上年结余, 其他) may be added or taken off.
    """
    tables = {TableName.GOVERNMENT_BALANCE, TableName.FUND_SURPLUS}
    for found in _by_roles((line for line in book.government if line.table in tables), _SURPLUS_ROLES):
        figures, more = found.figures(book), found.further(book)
        surplus, accumulated = figures.get(_Role.SURPLUS), figures.get(_Role.ACCUMULATED)
        flow = [figures.get(_Role.REVENUE), figures.get(_Role.EXPENDITURE)]
        last = figures.get(_Role.LAST)
        if surplus is not None and all(flow):
            _equates(outcome, surplus, flow, "本年收入减本年支出", (1, -1), more)
        if accumulated is not None and surplus is not None:
            _equates(outcome, accumulated, [last, surplus], "上年结余加本年收支结余", (1, 1), more)
        elif accumulated is not None:
            _equates(outcome, accumulated, [last, *flow], "上年结余加收入减支出", (1, 1, -1), more)


def check_three_public(book: Book, outcome: Outcome) -> None:
    """Compare the total of 三公 expenses with its parts, those of vehicles with purchase and running.

    A table that lists meetings and training beside them may mean either sum.
    """
    lines = (line for line in book.government if line.table is TableName.GOVERNMENT_THREE_PUBLIC)
    for found in _by_roles(lines, _THREE_PUBLIC_ROLES):
        figures = found.figures(book)
        bought = [figures.get(_Role.PURCHASE), figures.get(_Role.OPERATION)]
        vehicles = figures.get(_Role.VEHICLES)
        if vehicles is not None:
            _equates(outcome, vehicles, bought, "购置费与运行费之和", (1, 1))
        parts = [figures.get(_Role.OVERSEAS), *([vehicles] if vehicles else bought), figures.get(_Role.RECEPTION)]
        known = [part for part in parts if part is not None]
        beside = [figure for role in (_Role.MEETINGS, _Role.TRAINING) if (figure := figures.get(role))]
        if (total := figures.get(_Role.TOTAL)) is not None and len(known) == len(parts):
            ways = [[*known, *more] for count in range(len(beside) + 1) for more in combinations(beside, count)]
            assert isinstance(total.record, BudgetLine)
            outcome.adds_up_some_way(cell_name(total.record), total, ways, "各项之和")


def check_guarantees(book: Book, outcome: Outcome) -> None:
    """Compare what is guaranteed (“三保”) with basic livelihood, wages and operations, where a table has them."""
    parts = (_Role.LIVELIHOOD, _Role.WAGES, _Role.OPERATIONS)
    lines = (line for line in book.government if line.table is TableName.GOVERNMENT_EXPENDITURE)
    for found in _by_roles(lines, _GUARANTEE_ROLES):
        figures = found.figures(book)
        if (total := figures.get(_Role.TOTAL)) is not None:
            _equates(outcome, total, [figures.get(part) for part in parts], "三项之和", (1, 1, 1))


@dataclass(frozen=True)
class RoleGroup:
    """Figures that belong together: those whose role is known, each role once, and the others."""

    roles: Mapping[_Role, BudgetLine]
    others: Sequence[BudgetLine]

    def figures(self, book: Book) -> Mapping[_Role, Figure]:
        """What is printed of each role."""
        return {role: figure for role, line in self.roles.items() if (figure := book.figure(line)) is not None}

    def further(self, book: Book) -> Sequence[Figure]:
        """What is printed beside, other than zero."""
        return [figure for line in self.others if (figure := book.figure(line)) is not None and figure.amount]


def _by_roles(lines: Iterable[BudgetLine], roles: _Roles) -> Iterator[RoleGroup]:
    """The figures of a column by its rows, of a row by its columns."""
    groups: defaultdict[tuple[object, ...], dict[_Role | None, list[BudgetLine]]]
    groups = defaultdict(lambda: defaultdict(list))
    for line in lines:
        place = line.provenance
        leaf = (line.column_label or "").rpartition("/")[2]
        leaf = line.name if leaf and line.name.endswith(leaf) else leaf
        for way, label, at in (("column", line.name, place.column), ("row", leaf, place.row)):
            groups[place.block, way, at, line.fund, line.table][_role(label, roles)].append(line)
    for found in groups.values():
        known = {role: same[0] for role, same in found.items() if role is not None and len(same) == 1}
        yield RoleGroup(known, found.get(None, ()))


def _role(label: str, roles: _Roles) -> _Role | None:
    plain = bare(without_total(label))
    if is_total(label) and roles is _THREE_PUBLIC_ROLES:
        return _Role.TOTAL
    if len(plain) > _LONGEST or (is_grand(label) and roles is _SURPLUS_ROLES):
        return None
    return next((role for role, pattern in roles if pattern.fullmatch(plain)), None)


def _equates(
    outcome: Outcome,
    total: Figure,
    parts: Sequence[Figure | None],
    basis: str,
    factors: Sequence[int],
    further: Sequence[Figure] = (),
) -> None:
    """Compare where every part is printed; one of `further` may have to be added or taken off."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not known:
        return
    assert isinstance(total.record, BudgetLine)
    subject = cell_name(total.record)
    readings = [(known, factors), *(([*known, each], (*factors, sign)) for each in further for sign in (1, -1))]
    ways = [
        Equation(
            subject,
            total,
            tuple(figures),
            basis,
            sum_tolerance((total, *figures)),
            factors=tuple(map(Decimal, weights)),
        )
        for figures, weights in readings
    ]
    first = next((way for way in ways if way.holds), ways[0])
    outcome.equates(replace(first, ways=tuple(way for way in ways if way is not first)))
