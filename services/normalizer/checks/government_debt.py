"""CHECKS 36: a government's debt: its kinds, its limit, how it went on from year to year, the use of new bonds."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Equation, Figure, same_tolerance, sum_tolerance
from services.normalizer.checks.government_lines import MoneyColumn, money_columns
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.wording import cell_name, money
from services.normalizer.language.totals import ends_in_total, is_total
from shared.schemas.names import ColumnName, Fund, Severity, TableName
from shared.schemas.records import BudgetLine

_INTEREST: Final = re.compile("付息|利息|本息")
_PARTS_OF_ISSUE: Final = re.compile("新增|再融资|置换")
_ISSUED: Final = "新增债券发行额"
_AMOUNTS: Final = frozenset(
    {TableName.DEBT_LIMIT, TableName.DEBT_BALANCE, TableName.DEBT_ISSUE, TableName.DEBT_SERVICE}
)
_KINDS: Final[tuple[Fund | None, ...]] = (Fund.DEBT, Fund.GENERAL_DEBT, Fund.SPECIAL_DEBT)
_DEBTS: Final[Mapping[Fund | None, str]] = {Fund.GENERAL_DEBT: "一般债务", Fund.SPECIAL_DEBT: "专项债务"}


def check_debt_limit(book: Book, outcome: Outcome) -> None:
    """Compare the debt outstanding with its limit: of one table, region, kind and year."""
    groups: defaultdict[tuple[object, ...], dict[TableName, list[BudgetLine]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for line in book.government:
        if line.table in {TableName.DEBT_LIMIT, TableName.DEBT_BALANCE} and line.column is ColumnName.TOTAL:
            key = (line.provenance.block, line.level, line.area_name, line.fund, line.year)
            groups[key][line.table].append(line)
    over: defaultdict[int | None, list[tuple[BudgetLine, Figure, Figure]]] = defaultdict(list)
    areas: defaultdict[int | None, set[object]] = defaultdict(set)
    for (_, *area, _, _), kinds in groups.items():
        limits, balances = kinds[TableName.DEBT_LIMIT], kinds[TableName.DEBT_BALANCE]
        if len(limits) != 1 or len(balances) != 1:
            continue
        limit, balance = book.figure(limits[0]), book.figure(balances[0])
        if limit is None or balance is None or not limit.amount:
            continue
        block = balances[0].provenance.block
        areas[block].add(tuple(area))
        outcome.tried()
        if balance.amount > limit.amount + sum_tolerance((limit, balance)):
            over[block].append((balances[0], balance, limit))
    for block, found in over.items():
        if len({(line.level, line.area_name) for line, _, _ in found}) * 2 > len(areas[block]) > 2:
            outcome.lacks("多数地区的余额高于限额，限额可能不是全部限额")
            continue
        for line, balance, limit in found:
            what = f"{line.area_name or ''}{line.year}年{_DEBTS.get(line.fund, '政府债务')}余额"
            outcome.breaks(
                f"{what}{money(balance.amount)}，高于限额{money(limit.amount)}。",
                (line, limit.record),
                (limit.amount, balance.amount),
            )


def check_debt_kinds(book: Book, outcome: Outcome) -> None:
    """Compare debt with its two kinds, general and special, which a row or column states one after the other."""
    rows: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    columns: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    for line in book.government:
        place = line.provenance
        if line.table in _AMOUNTS and book.figure(line) is not None:
            part = tuple(_PARTS_OF_ISSUE.findall(_labels(line)))
            of = (place.block, line.table, line.level, line.area_name, line.year, line.basis, line.column, part)
            rows[*of, place.row].append(line)
            columns[*of, place.column].append(line)
    for lines in (*rows.values(), *columns.values()):
        for whole, *kinds in _with_kinds(lines):
            total, *parts = (figure for line in (whole, *kinds) if (figure := book.figure(line)) is not None)
            outcome.adds_up(cell_name(whole), total, parts, "一般债务与专项债务之和")


def _with_kinds(lines: Sequence[BudgetLine]) -> Iterator[Sequence[BudgetLine]]:
    """Debt, general debt, special debt: in any order where there are no more, else debt with both behind it."""
    if len(lines) == len(_KINDS) and {line.fund for line in lines} == set(_KINDS):
        yield sorted(lines, key=lambda line: _KINDS.index(line.fund))
        return
    for at in range(len(lines) - 2):
        if tuple(line.fund for line in lines[at : at + len(_KINDS)]) == _KINDS:
            yield lines[at : at + len(_KINDS)]


def check_debt_flow(book: Book, outcome: Outcome) -> None:
    """Compare the debt at the year's end with that of the year before, what was issued and what was repaid."""
    tables = (TableName.DEBT_BALANCE, TableName.DEBT_ISSUE, TableName.DEBT_SERVICE)
    debts = [line for line in book.government if line.table in tables and not _INTEREST.search(_labels(line))]
    changed = {line.provenance.block for line in debts if line.column is ColumnName.CHANGE}
    groups: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    for line in debts:
        place = line.provenance
        if line.year is not None and place.block not in changed:
            groups[place.block, line.fund, line.level, line.area_name, "row", place.row].append(line)
            groups[place.block, line.fund, line.level, line.area_name, "column", place.column].append(line)
    for lines in groups.values():
        flow = _flow(lines)
        figures = [figure for line in flow if (figure := book.figure(line)) is not None]
        if len(figures) == len(_FLOW):
            end, *parts = figures
            factors = (Decimal(1), Decimal(1), Decimal(-1))
            basis = "上年末余额加发行减还本"
            allowed = sum_tolerance((end, *parts))
            outcome.equates(Equation(cell_name(flow[0]), end, tuple(parts), basis, allowed, None, factors))


_FLOW: Final = (
    (TableName.DEBT_BALANCE, 0),
    (TableName.DEBT_BALANCE, -1),
    (TableName.DEBT_ISSUE, 0),
    (TableName.DEBT_SERVICE, 0),
)
"""The kinds of figures that one year's debt goes from and to, and the years they are of, from its own."""


def _flow(lines: Sequence[BudgetLine]) -> list[BudgetLine]:
    """The end, the beginning, what was issued and repaid, where `lines` hold each once and no more.

    New and refinancing bonds are parts of what was issued where all of it is told too.
    """
    whole = [line for line in lines if not _PARTS_OF_ISSUE.search(_labels(line))]
    lines = whole if any(line.table is TableName.DEBT_ISSUE for line in whole) else lines
    year = max((line.year or 0 for line in lines), default=0)
    found = [[line for line in lines if line.table is kind and line.year == year + shift] for kind, shift in _FLOW]
    once = all(len(each) == 1 for each in found) and len(lines) == len(_FLOW)
    return [each[0] for each in found] if once else []


def _labels(line: BudgetLine) -> str:
    return f"{line.name}{line.column_label or ''}"


def check_bond_use(book: Book, outcome: Outcome) -> None:
    """Compare what new bonds were used for with its total, and that with the new bonds issued."""
    issued = _new_bonds(book)
    for column in money_columns(book, TableName.BOND_USE):
        lines = [line for line in column.lines if line.column is ColumnName.TOTAL]
        for fund in dict.fromkeys(line.fund for line in lines):
            total = _total_of_projects(column, [line for line in lines if line.fund is fund], outcome)
            if total is not None:
                _compare_issued(total, column.figure(total), issued, outcome)


def _compare_issued(
    total: BudgetLine, used: Figure, issued: Mapping[tuple[object, ...], Sequence[Figure]], outcome: Outcome
) -> None:
    """Say where what is used is none of the figures printed of what was issued; a part may be used later."""
    subject, found = cell_name(total), issued.get((total.fund, total.level, total.year), ())
    ways = [
        Equation(subject, used, (each,), _ISSUED, same_tolerance(used, each), severity=Severity.INFO)
        for each in found
    ]
    if ways:
        first = next((way for way in ways if way.holds), ways[0])
        outcome.equates(replace(first, ways=tuple(way for way in ways if way is not first)))


def _total_of_projects(column: MoneyColumn, lines: Sequence[BudgetLine], outcome: Outcome) -> BudgetLine | None:
    """The one total among `lines`, compared with the projects; None where parts of it are added up between them.

    A table that gives the size of a bond beside each of its projects repeats it, so that there is nothing to add.
    """
    totals = [line for line in lines if is_total(line.name)]
    parts = [line for line in lines if line not in totals and line.amount]
    if len(totals) != 1 or len(parts) < 2 or any(ends_in_total(line.name) for line in parts):
        return None
    if any(one.amount == other.amount for one, other in pairwise(parts)):
        outcome.lacks("相邻项目的金额相同，可能是整只债券的规模")
        return None
    figures = [column.figure(line) for line in parts]
    outcome.adds_up(cell_name(totals[0]), column.figure(totals[0]), figures, "各项目之和")
    return totals[0]


def _new_bonds(book: Book) -> Mapping[tuple[object, ...], list[Figure]]:
    """The new bonds issued, by kind of debt, level and year."""
    found: defaultdict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for line in book.government:
        new = line.column is ColumnName.NEW_BONDS or "新增" in line.name
        figure = book.figure(line)
        if line.table is TableName.DEBT_ISSUE and new and figure is not None:
            found[line.fund, line.level, line.year].append(figure)
    return found
