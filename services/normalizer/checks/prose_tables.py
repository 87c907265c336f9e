"""CHECKS 14: what the explanation states and a table prints is one number."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.prose import METRIC_TITLES
from services.normalizer.checks.sheets import Volume
from services.normalizer.checks.three_public import lines_of, whole_row
from services.normalizer.checks.totals import figures, side_column, side_of
from services.normalizer.checks.wording import TABLE_TITLES
from services.normalizer.prose.stated import TOTALS, Role, Statement
from shared.schemas.names import ColumnName, Metric, TableName

Lookup = Callable[[Volume], list[Figure]]
"""Where a table prints what prose states: the figures it may be meant to be, the likeliest first."""


def _bottom(side: str) -> Lookup:
    def find(volume: Volume) -> list[Figure]:
        sheet = volume.get(TableName.BALANCE)
        if sheet is None:
            return []
        split = side_of(sheet, side)
        rows = [row for row in (split.whole, split.current) if row is not None]
        return figures(rows, side_column(split))

    return find


def _source(pattern: str) -> Lookup:
    def find(volume: Volume) -> list[Figure]:
        sheet = volume.get(TableName.BALANCE)
        if sheet is None:
            return []
        side = side_of(sheet, "income")
        found = figures([row for row in side.sources if re.search(pattern, row.name)], side_column(side))
        return found if len(found) == 1 else []

    return find


def _carried(volume: Volume) -> list[Figure]:
    sheet = volume.get(TableName.BALANCE)
    if sheet is None:
        return []
    side = side_of(sheet, "income")
    return figures([row for row in side.between if "结转" in row.name], side_column(side))[:1]


def _grand(name: TableName, column: ColumnName) -> Lookup:
    def find(volume: Volume) -> list[Figure]:
        sheet = volume.get(name)
        grand = sheet.grand() if sheet else None
        return figures([grand], column) if grand else []

    return find


def _spending(volume: Volume) -> list[Figure]:
    """The total of 支出总表, which leaves out 结转下年, and those of 收支总表, which prose may mean as well."""
    own = _grand(TableName.EXPENDITURE, ColumnName.TOTAL)(volume)
    return [*own, *_bottom("expenditure")(volume)] if own else []


def _line(key: str) -> Lookup:
    def find(volume: Volume) -> list[Figure]:
        sheet = volume.get(TableName.THREE_PUBLIC)
        row = (whole_row(sheet) if key == "total" else lines_of(sheet).get(key)) if sheet else None
        return figures([row], ColumnName.TOTAL) if row else []

    return find


def _agency(volume: Volume) -> list[Figure]:
    """The 合计 of the table of 机关运行经费, or its only row."""
    sheet = volume.get(TableName.AGENCY_OPERATING_FUNDS)
    grand = sheet.grand() if sheet else None
    only = sheet.rows if sheet and len(sheet.rows) == 1 else []
    return figures([grand] if grand else only, ColumnName.TOTAL)


_BASIC_TABLE = TableName.GENERAL_BUDGET_BASIC_EXPENDITURE


def _basic(column: ColumnName, label: str) -> Lookup:
    """A part of basic expenditure: its column in the total row, or the line that sums it (人员经费合计)."""

    def find(volume: Volume) -> list[Figure]:
        sheet = volume.get(_BASIC_TABLE)
        rows = [row for row in sheet.rows if re.fullmatch(f"{label}(合计|小计)", row.name)] if sheet else []
        own = (figures(rows[:1], each) for each in (column, ColumnName.TOTAL))
        return _grand(_BASIC_TABLE, column)(volume) or next((found for found in own if found), [])

    return find


def _all_basic(volume: Volume) -> list[Figure]:
    """All of basic expenditure: its total row, else 人员经费合计 and 公用经费合计 together."""
    parts = [*_PERSONNEL(volume), *_PUBLIC_USE(volume)]
    grand = _grand(_BASIC_TABLE, ColumnName.TOTAL)(volume)
    if grand or len(parts) < 2:
        return grand
    amount = sum((part.amount for part in parts), Decimal(0))
    return [parts[0]._replace(amount=amount, unit=max(part.unit for part in parts), field=None)]


_PERSONNEL = _basic(ColumnName.PERSONNEL, "人员(经费|支出)")
_PUBLIC_USE = _basic(ColumnName.PUBLIC_USE, "(日常)?公用(经费|支出)")
_LOOKUPS: tuple[tuple[Metric, TableName, Lookup], ...] = (
    (Metric.INCOME_TOTAL, TableName.BALANCE, _bottom("income")),
    (Metric.INCOME_GENERAL_PUBLIC_BUDGET, TableName.BALANCE, _source("一般公共预算|^财政拨款")),
    (Metric.INCOME_GOVERNMENT_FUND, TableName.BALANCE, _source("政府性基金")),
    (Metric.INCOME_STATE_CAPITAL, TableName.BALANCE, _source("国有资本经营")),
    (Metric.INCOME_FISCAL_ACCOUNT, TableName.BALANCE, _source("财政专户")),
    (Metric.INCOME_UNIT_FUNDS, TableName.BALANCE, _source("单位资金")),
    (Metric.INCOME_CARRYOVER, TableName.BALANCE, _carried),
    (Metric.INCOME_WITH_CARRYOVER, TableName.BALANCE, _bottom("income")),
    (Metric.EXPENDITURE_TOTAL, TableName.BALANCE, _bottom("expenditure")),
    (Metric.EXPENDITURE_WITH_CARRYOVER, TableName.BALANCE, _bottom("expenditure")),
    (Metric.EXPENDITURE_TOTAL, TableName.EXPENDITURE, _spending),
    (Metric.EXPENDITURE_BASIC, TableName.EXPENDITURE, _grand(TableName.EXPENDITURE, ColumnName.BASIC)),
    (Metric.EXPENDITURE_PROJECT, TableName.EXPENDITURE, _grand(TableName.EXPENDITURE, ColumnName.PROJECT)),
    (Metric.EXPENDITURE_PERSONNEL, _BASIC_TABLE, _PERSONNEL),
    (Metric.EXPENDITURE_PUBLIC_USE, _BASIC_TABLE, _PUBLIC_USE),
    (Metric.AGENCY_OPERATING_FUNDS, TableName.AGENCY_OPERATING_FUNDS, _agency),
    (Metric.THREE_PUBLIC_TOTAL, TableName.THREE_PUBLIC, _line("total")),
    (Metric.THREE_PUBLIC_OVERSEAS, TableName.THREE_PUBLIC, _line("overseas")),
    (Metric.THREE_PUBLIC_VEHICLE, TableName.THREE_PUBLIC, _line("vehicle")),
    (Metric.THREE_PUBLIC_VEHICLE_PURCHASE, TableName.THREE_PUBLIC, _line("vehicle_purchase")),
    (Metric.THREE_PUBLIC_VEHICLE_OPERATION, TableName.THREE_PUBLIC, _line("vehicle_operation")),
    (Metric.THREE_PUBLIC_RECEPTION, TableName.THREE_PUBLIC, _line("reception")),
)


_SIDES = {
    Metric.EXPENDITURE_TOTAL: Metric.INCOME_TOTAL,
    Metric.EXPENDITURE_WITH_CARRYOVER: Metric.INCOME_WITH_CARRYOVER,
}
"""Expenditure and the income that one figure (收入支出总计) may state with it."""


def check_prose_tables(book: Book, outcome: Outcome) -> None:
    """Every figure stated in prose and printed in a table is the same there.

    Where a file holds several sets of tables, prose may speak of any: one must agree, else nothing is said.
    Of 总计 and 本年合计 the one that agrees is meant, whatever the words.
    """
    wrong: set[RecordPlace] = set()
    compared: set[tuple[str, TableName]] = set()
    for metric, name, lookup in _LOOKUPS:
        stated = book.fact(metric)
        if stated is None or (_place(_SIDES.get(metric), stated) in wrong):
            continue
        doubt = None
        if name is _BASIC_TABLE and not any(_covers_basic(book, volume) for volume in book.volumes):
            doubt = "正文的基本支出不止一般公共预算，不与基本支出表核对"
        before = len(outcome.drafts)
        _compare_with_table(book, outcome, f"正文中{METRIC_TITLES[metric]}", stated, (name, lookup, doubt))
        if len(outcome.drafts) > before:
            wrong.add(_place(metric, stated))
        compared.add((stated.record.id, name))
    for subject, stated, name, lookup in _of_funds(book):
        if (stated.record.id, name) in compared:
            continue
        _compare_with_table(book, outcome, subject, stated, (name, lookup, None))
    if not outcome.comparisons:
        outcome.lacks("正文与各表没有共同的数字" if book.volumes else "未公开或未识别部门预算公开表")


RecordPlace = tuple[Metric | None, int | None, Decimal]


def _place(metric: Metric | None, figure: Figure) -> RecordPlace:
    return metric, figure.record.provenance.block, figure.amount


def _compare_with_table(
    book: Book, outcome: Outcome, subject: str, stated: Figure, table: tuple[TableName, Lookup, str | None]
) -> None:
    name, lookup, doubt = table
    stated = book.as_printed(stated)
    found = [(volume, figure) for volume in book.volumes for figure in lookup(volume)]
    if not found:
        return
    same = [pair for pair in found if _is_same(pair[1], stated)]
    (volume, figure), *more = same or found
    doubt = volume.doubt or doubt
    if len(book.volumes) > 1:
        doubt = doubt or "文件含多套预算表，正文所指不能确定"
    metric = getattr(stated.record, "metric", None)
    if not same and stated.amount and metric in _OF_ALL_FUNDS and _is_a_funds(book, stated):
        doubt = doubt or f"{subject}与某一类拨款的合计一致，所指不能确定"
    if (
        not same
        and metric is Metric.EXPENDITURE_TOTAL
        and _is_carried_on(book, abs(stated.amount - figure.amount))
    ):
        doubt = doubt or f"{subject}可能含正文所述的结转下年"
    outcome.agrees(subject, stated, figure, TABLE_TITLES[name], doubt, [other for _, other in more])


def _is_carried_on(book: Book, amount: Decimal) -> bool:
    """Whether prose states that very amount as carried on to the next year (结转下年, 年末结转和结余)."""
    parts = (fact for fact in book.facts if fact.metric is Metric.EXPENDITURE_PART and fact.amount)
    return any(fact.amount == amount and "结" in (fact.scope or "") for fact in parts)


def _is_same(printed: Figure, stated: Figure) -> bool:
    """Whether two prints may be of one number: off by half a unit of the coarser, or a unit of the finer."""
    allowed = max(max(printed.unit, stated.unit) / 2, min(printed.unit, stated.unit))
    off = abs(printed.amount - stated.amount)
    return off <= allowed if printed.amount and stated.amount else off == 0


_OF_ALL_FUNDS = frozenset({*TOTALS, Metric.EXPENDITURE_BASIC, Metric.EXPENDITURE_PROJECT})
_OF_ALL = frozenset({TableName.BALANCE, TableName.INCOME, TableName.EXPENDITURE})


def _is_a_funds(book: Book, stated: Figure) -> bool:
    """Whether `stated` is the total of a fund's table and of none of all funds: prose may speak of that fund."""
    agreeing = {
        name
        for volume in book.volumes
        for (name, _), sheet in volume.sheets.items()
        for row in sheet.rows
        if row.is_grand and any(_is_same(figure, stated) for figure in row.cells.values())
    }
    return bool(agreeing) and not agreeing & _OF_ALL


_GENERAL_TABLE = TableName.GENERAL_BUDGET_EXPENDITURE


def _appropriation(volume: Volume) -> list[Figure]:
    sheet = volume.get(TableName.APPROPRIATION_BALANCE)
    if sheet is None:
        return []
    side = side_of(sheet, "income")
    return figures([row for row in (side.whole, side.current) if row is not None], side_column(side))


_OF_FUNDS = (
    ("财政拨款", Metric.INCOME_PART, TableName.APPROPRIATION_BALANCE, _appropriation),
    ("一般公共预算", Metric.EXPENDITURE_PART, _GENERAL_TABLE, _grand(_GENERAL_TABLE, ColumnName.TOTAL)),
    ("一般公共预算", Metric.EXPENDITURE_BASIC, _BASIC_TABLE, _all_basic),
    ("一般公共预算", Metric.EXPENDITURE_PERSONNEL, _BASIC_TABLE, _PERSONNEL),
    ("一般公共预算", Metric.EXPENDITURE_PUBLIC_USE, _BASIC_TABLE, _PUBLIC_USE),
)
"""How the scope of a figure of one fund begins, what the figure is, and where a table prints it."""


def _of_funds(book: Book) -> Iterator[tuple[str, Figure, TableName, Lookup]]:
    """What prose states of one fund and a table of that fund prints: the first of each."""
    for fund, metric, name, lookup in _OF_FUNDS:
        for told in book.told:
            each = next((one for one in told.statements if _states(one, fund, metric, book.year)), None)
            record = book.fact_at(told.block, abs(each.amount)) if each else None
            if each is not None and record is not None:
                title = f"正文中{each.subject.scope}{'收支' if len(each.subject.metrics) > 1 else ''}"
                title += "" if metric in {Metric.INCOME_PART, Metric.EXPENDITURE_PART} else METRIC_TITLES[metric]
                yield title, Figure(each.amount, each.unit, record, "amount"), name, lookup
                break


def _states(one: Statement, fund: str, metric: Metric, year: int | None) -> bool:
    """Whether it is the figure of a whole fund: both sides of 财政拨款, its expenditure, its 基本支出."""
    scope = one.subject.scope or ""
    whole = one.subject.metrics[:1] == (metric,) and one.role is Role.LEVEL and one.year == year
    both = metric is not Metric.INCOME_PART or (len(one.subject.metrics) > 1 and one.kind == "grand")
    of_fund = scope == fund if metric is Metric.INCOME_PART else scope.startswith(fund) and "（" not in scope
    return whole and both and of_fund


def _covers_basic(book: Book, volume: Volume) -> bool:
    """Whether 基本支出 of prose is that of 基本支出表, and not of other funds besides."""
    stated = book.fact(Metric.EXPENDITURE_BASIC)
    wholes = _all_basic(volume)
    return stated is None or not wholes or abs(stated.amount - wholes[0].amount) <= stated.unit
