"""CHECKS 32, 33, 35: a government's own tables: codes, sides and regions, each within one table.

A comparison is made only where the figures are of one fund, level, basis and year, and the table prints all that
it needs; everything else says nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import sum_tolerance
from services.normalizer.checks.government_lines import (
    DONE,
    PLANNED,
    SIDED,
    MoneyColumn,
    is_further,
    is_year_total,
    money_columns,
    rows_within,
)
from services.normalizer.checks.outcome import Outcome, Stated
from services.normalizer.checks.wording import cell_name
from services.normalizer.government.areas import is_group
from services.normalizer.language.totals import ends_in_total, is_grand, is_total
from shared.schemas.names import Basis, BudgetLevel, ColumnName, LineClassification, TableName
from shared.schemas.records import BudgetLine

_LENGTHS: Final = (3, 5, 7)
_FEWEST: Final = 4
"""Coded rows from which on a column is one of codes."""
_BALANCED: Final = PLANNED | DONE | {Basis.ADJUSTED_BUDGET}
_LEVELS: Final = frozenset({BudgetLevel.WHOLE_AREA, BudgetLevel.OWN, BudgetLevel.SUBORDINATES})
_LEFT_OVER: Final = re.compile("结余|结转")
_SPARE: Final = 3
"""Of how many rows one may stand below another code than its own."""
_GROUP: Final = re.compile("其中|其他|含")


def check_codes(book: Book, outcome: Outcome) -> None:
    """Compare every class and 5-digit code with the codes under it, and the total with the classes."""
    for column in money_columns(book, *SIDED):
        coded = [line for line in column.lines if line.code and len(line.code) in _LENGTHS]
        if len(coded) < _FEWEST:
            continue
        by_code = {line.code or "": line for line in coded}
        if len(by_code) < len(coded):
            outcome.lacks("有科目编码出现多次，不能逐级核对")
            continue
        picked = _picked(coded)
        doubtful = _doubtful(coded)
        for code, parent in by_code.items():
            below = [line for line in coded if (line.code or "")[:-2] == code]
            if below and code not in doubtful and code[:3] not in doubtful:
                parts = [column.figure(line) for line in below]
                doubt = "只列示了部分下级科目" if len(code) in picked else None
                outcome.adds_up(cell_name(parent), column.figure(parent), parts, "下级科目之和", doubt)
        _compare_total(column, coded, any(len(code) == _LENGTHS[0] for code in doubtful), outcome)


def _picked(coded: Sequence[BudgetLine]) -> frozenset[int]:
    """The lengths of codes of which most have none below them: what is below the others may be a choice."""
    filled = [line.code or "" for line in coded if line.amount]
    parents = {code[:length] for code in filled for length in _LENGTHS if length < len(code)}
    of_length = {length: [code in parents for code in filled if len(code) == length] for length in _LENGTHS[:-1]}
    return frozenset(length for length, known in of_length.items() if any(known) and 2 * sum(known) < len(known))


def _compare_total(column: MoneyColumn, coded: Sequence[BudgetLine], doubtful: bool, outcome: Outcome) -> None:
    uncoded = [line for line in column.lines if not line.code]
    totals = [line for line in uncoded if is_total(line.name) or is_year_total(line)]
    loose = [line for line in uncoded if line not in totals and line.amount]
    codes = {line.code or "" for line in coded}
    tops = [line for line in coded if codes.isdisjoint(_above(line.code or ""))]
    if len(totals) == 1 and tops and not loose and not doubtful:
        parts = [column.figure(line) for line in tops]
        outcome.adds_up(cell_name(totals[0]), column.figure(totals[0]), parts, "各类之和")


def _above(code: str) -> list[str]:
    """The codes that `code` is under."""
    return [code[:length] for length in _LENGTHS if length < len(code)]


def strays(coded: Sequence[BudgetLine]) -> list[tuple[BudgetLine, str]]:
    """The rows whose codes are not of the class or 款 that they stand in, and its code."""
    found = [(line, around) for line, around, printed in _misplaced(coded) if printed and around]
    known = {line.id for line, _ in found}
    return [*found, *((line, around) for line, around in _between(coded) if line.id not in known)]


def _doubtful(coded: Sequence[BudgetLine]) -> frozenset[str]:
    """The codes whose sums may hold a row that bears another's code, or lack one."""
    rows = [*strays(coded), *((line, around) for line, around, _ in _misplaced(coded))]
    return frozenset(code for line, around in rows for code in ((line.code or "")[: len(around)], around))


def _between(coded: Sequence[BudgetLine]) -> list[tuple[BudgetLine, str]]:
    """The rows of another class than those before and after them, which agree; and that class."""
    runs = [(key, list(rows)) for key, rows in groupby(coded, key=lambda line: (line.code or "")[: _LENGTHS[0]])]
    return [
        (line, before)
        for (before, _), (_, rows), (after, _) in zip(runs, runs[1:], runs[2:], strict=False)
        if before == after and all(len(line.code or "") > _LENGTHS[0] for line in rows)
        for line in rows
    ]


def _misplaced(coded: Sequence[BudgetLine]) -> list[tuple[BudgetLine, str, bool]]:
    """The rows that stand below another class or 款 than their own, its code, and whether their own is printed.

    None where a table prints what is within a code above it, or many rows stand so.
    """
    codes = [line.code or "" for line in coded]
    printed = frozenset(codes)
    found: list[tuple[BudgetLine, str, bool]] = []
    for length in _LENGTHS[:-1]:
        around = ""
        seen: set[str] = set()
        late: set[str] = set()
        here: list[tuple[BudgetLine, str, bool]] = []
        for line, code in zip(coded, codes, strict=True):
            own = code[:length]
            if len(code) <= length:
                around = code if len(code) == length else ""
                late |= {code} & seen
            elif around and own != around and own[: length - 2] == around[: length - 2]:
                here.append((line, around, own in printed))
            seen |= {own} if len(code) > length else set()
        plain = late <= {(line.code or "")[:length] for line, _, _ in here}
        within = sum(len(code) > length for code in codes)
        found += here if plain and len(here) * _SPARE <= within else []
    return found


def check_code_class(book: Book, outcome: Outcome) -> None:
    """Name the rows whose code is of another class than the rows around them, or not of the code above them."""
    told: set[tuple[int | None, str]] = set()
    for column in money_columns(book, *SIDED):
        coded = [line for line in column.lines if line.code and len(line.code) in _LENGTHS]
        outcome.tried(len(coded))
        for line, around in strays(coded):
            place = (line.provenance.block, (line.code or "")[:5])
            if place not in told:
                told.add(place)
                named = f"第{(line.provenance.table or 0) + 1}个表格的“{line.code} {line.name}”"
                what = "类" if len(around) == _LENGTHS[0] else "款"
                outcome.breaks(
                    f"{named}列在{around}{what}各科目之间，编码却属于{(line.code or '')[: len(around)]}{what}。",
                    (line,),
                    texts=Stated(around, line.code),
                )


def check_sides(book: Book, outcome: Outcome) -> None:
    """Compare the grand totals of both sides of a balance, which has to balance.

    What was done balances where the table prints what was left at the year's end among its expenditure; either
    total of it may be the sum of rounded figures.
    """
    groups: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    for line in book.government:
        if line.table is TableName.GOVERNMENT_BALANCE and line.basis in _BALANCED and book.figure(line):
            key = (line.provenance.block, line.fund, line.level, line.basis, line.year, line.column)
            groups[key].append(line)
    for lines in groups.values():
        income, expenditure = ([line for line in lines if line.side == side] for side in ("income", "expenditure"))
        tops = [_grand(income), _grand(expenditure)]
        if not any(map(is_further, income)) or tops[0] is None or tops[1] is None:
            continue
        after = expenditure[expenditure.index(tops[1]) + 1 :][:1]
        left = [line for line in after if _LEFT_OVER.search(line.name)]
        readings = [[tops[1]], [tops[1], *left]] if left else [[tops[1]]]
        ways = [[figure for each in way if (figure := book.figure(each))] for way in readings]
        total = book.figure(tops[0])
        assert total is not None
        if tops[1].basis in DONE:
            within = expenditure[: expenditure.index(tops[1])]
            printed = tuple(
                figure for line in (*income, *expenditure) if (figure := book.figure(line)) is not None
            )
            if not any(_LEFT_OVER.search(line.name) for line in within):
                continue
            if abs(total.amount - ways[0][0].amount) <= sum_tolerance(printed):
                outcome.tried()
                continue
        outcome.adds_up_some_way(cell_name(tops[0]), total, ways, "支出总计")


def _grand(lines: Sequence[BudgetLine]) -> BudgetLine | None:
    """The last line that calls itself the whole: 收入总计."""
    return next((line for line in reversed(lines) if is_grand(line.name)), None)


def check_areas(book: Book, outcome: Outcome) -> None:
    """Compare the whole area with its own level and the governments below it, each a row or each a column."""
    _compare_areas_of_columns(book, outcome)
    _compare_areas_of_rows(book, outcome)


def _compare_areas_of_columns(book: Book, outcome: Outcome) -> None:
    """Rows of transfers and totals with them are left out: what one level pays another is in neither's whole."""
    rows: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    for line in book.government:
        place = line.provenance
        if line.table in SIDED and line.column is ColumnName.TOTAL and book.figure(line) is not None:
            rows[place.block, place.row, line.side, line.fund, line.basis, line.year].append(line)
    for lines in rows.values():
        by_level = {line.level: line for line in lines}
        if len(lines) != len(_LEVELS) or by_level.keys() != _LEVELS:
            continue
        whole = by_level[BudgetLevel.WHOLE_AREA]
        if is_further(whole) or is_grand(whole.name):
            continue
        whole_figure, *parts = (
            figure
            for level in (BudgetLevel.WHOLE_AREA, BudgetLevel.OWN, BudgetLevel.SUBORDINATES)
            if (figure := book.figure(by_level[level])) is not None
        )
        outcome.adds_up(cell_name(whole), whole_figure, parts, "本级与下级之和")


def _compare_areas_of_rows(book: Book, outcome: Outcome) -> None:
    tables = (TableName.DEBT_LIMIT, TableName.DEBT_BALANCE, TableName.DEBT_ISSUE, TableName.DEBT_SERVICE, *SIDED)
    for column in money_columns(book, *tables):
        lines = [line for line in column.lines if line.classification is LineClassification.AREA]
        levels = Counter(line.level for line in lines)
        if len(lines) < len(column.lines) or None in levels or levels[BudgetLevel.WHOLE_AREA] != 1:
            continue
        names = Counter(line.area_name for line in lines)
        whole = next(line for line in lines if line.level is BudgetLevel.WHOLE_AREA)
        own = [line for line in lines if line.level is BudgetLevel.OWN]
        below = [line for line in lines if line.level is BudgetLevel.SUBORDINATES]
        codes = {(line.area_code or "")[:4] for line in below if line.area_code}
        groups = sum(is_group(line.name) for line in below)
        nested = (
            len(codes) > 1
            or 0 < groups < len(below)
            or any(_GROUP.search(line.name) or ends_in_total(line.name) for line in below)
            or max(names.values()) > 1
        )
        nested = nested or not rows_within(book, whole).isdisjoint(line.provenance.row for line in below)
        if len(own) != 1 or len(below) < 2 or nested:
            continue
        parts = [column.figure(line) for line in (*own, *below)]
        outcome.adds_up(cell_name(whole), column.figure(whole), parts, "本级与各地区之和")
