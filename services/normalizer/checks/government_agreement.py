"""CHECKS 35: one figure of a government printed twice: in two tables, by two classifications, in a report.

Figures are the same where fund, level, year, stage and what they count are; where one of these is not known,
nothing is compared.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Equation, Figure, same_tolerance
from services.normalizer.checks.government_lines import (
    DONE,
    SIDED,
    MoneyColumn,
    bare,
    is_further,
    is_year_total,
    money_columns,
    stage_of,
)
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.wording import cell_name
from services.normalizer.government.titles import title_of
from services.normalizer.language.totals import is_total
from services.normalizer.tables.captions import lines_before
from shared.schemas.names import Basis, BudgetLevel, ColumnName, Fund, LineClassification, Metric, TableName
from shared.schemas.records import BudgetLine, Fact

_CLASS: Final = 3
_PARTIAL: Final = re.compile("基本支出|基本建设|项目支出|重点|专项资金|三保|预备费|部门|结余|补助|转移")
"""What a table's title says where it holds a part of the expenditure only."""


@dataclass(frozen=True)
class PrintedTotal:
    """The total of a fund's revenue or expenditure as one column of a table has it, and the classes beside it."""

    line: BudgetLine
    figure: Figure
    classes: Mapping[str, tuple[BudgetLine, Figure]] = field(default_factory=dict)


def _of(line: BudgetLine | Fact) -> tuple[Hashable, ...] | None:
    """What a figure is of: fund, level, year and stage; None where one is not known."""
    stage = stage_of(line.basis)
    known = line.fund and line.level and line.year and stage
    return (line.fund, line.level, line.year, stage) if known else None


def _done(line: BudgetLine) -> Basis | None:
    """What was done, by how final it is: a document may print what was expected and what came."""
    return line.basis if line.basis in DONE else None


def _year_totals(book: Book) -> Iterator[PrintedTotal]:
    """The total of the year's own revenue or expenditure of every column that states one beyond doubt."""
    for column in money_columns(book, *SIDED):
        if any(line.area_name and line.level is BudgetLevel.SUBORDINATES for line in column.lines):
            continue
        yield from _totals_of(book, column)


def _totals_of(book: Book, column: MoneyColumn) -> Iterator[PrintedTotal]:
    for side in ("income", "expenditure"):
        lines = [line for line in column.lines if line.side == side and line.column is ColumnName.TOTAL]
        if not lines or _PARTIAL.search(_title(book, lines[0])):
            continue
        further = next((number for number, line in enumerate(lines) if is_further(line)), len(lines))
        before = [line for line in lines[:further] if is_year_total(line)]
        alone = [line for line in lines if is_total(line.name)] if further == len(lines) and not before else []
        found = before if len(before) == 1 else alone
        if len(found) == 1:
            coded = [line for line in lines if len(line.code or "") == _CLASS]
            classes = {line.code or "": (line, column.figure(line)) for line in coded}
            yield PrintedTotal(found[0], column.figure(found[0]), classes)


def _title(book: Book, line: BudgetLine) -> str:
    block = line.provenance.block
    return "" if block is None else title_of(lines_before(book.document, block)) or ""


def check_tables(book: Book, outcome: Outcome) -> None:
    """Compare the totals of revenue and of expenditure between the tables that print them, and their classes."""
    groups: defaultdict[tuple[Hashable, ...], list[PrintedTotal]] = defaultdict(list)
    for total in _year_totals(book):
        if (of := _of(total.line)) is not None and total.line.classification in _BY_FUNCTION:
            groups[(*of, total.line.side, _done(total.line))].append(total)
    for first, *same in groups.values():
        for other in same:
            if other.line.provenance.block != first.line.provenance.block:
                outcome.agrees(cell_name(other.line), other.figure, first.figure, cell_name(first.line))
                if abs(other.figure.amount - first.figure.amount) <= same_tolerance(other.figure, first.figure):
                    _compare_classes(first, other, outcome)


def _compare_classes(first: PrintedTotal, other: PrintedTotal, outcome: Outcome) -> None:
    """Compare the classes of two tables whose totals agree: else one may hold a part only."""
    for code, (line, figure) in other.classes.items():
        if code in first.classes:
            at_first, expected = first.classes[code]
            outcome.agrees(cell_name(line), figure, expected, cell_name(at_first))


_BY_FUNCTION: Final = (LineClassification.FUNCTIONAL, LineClassification.ITEM, None)


def check_economic(book: Book, outcome: Outcome) -> None:
    """Compare the expenditure by economic class with that by function, where both are printed of all of it."""
    groups: defaultdict[tuple[Hashable, ...], dict[bool, list[PrintedTotal]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for total in _year_totals(book):
        line, of = total.line, _of(total.line)
        if of is not None and line.side == "expenditure":
            economic = line.classification is LineClassification.GOVERNMENT_ECONOMIC
            if economic or line.classification in _BY_FUNCTION:
                groups[(*of, _done(line))][economic].append(total)
    for kinds in groups.values():
        if kinds[False]:
            for total in kinds[True]:
                others = [each.figure for each in kinds[False]]
                basis = f"按功能分类的{cell_name(kinds[False][0].line)}"
                outcome.agrees(cell_name(total.line), total.figure, others[0], basis, others=others[1:])


_SPENT: Final = frozenset({Fund.GENERAL_PUBLIC_BUDGET, Fund.GOVERNMENT_FUND})
_TAXES: Final = {"税收收入": Metric.TAX_REVENUE, "非税收入": Metric.NON_TAX_REVENUE}
_DEBT: Final = {TableName.DEBT_LIMIT: Metric.DEBT_LIMIT, TableName.DEBT_BALANCE: Metric.DEBT_BALANCE}
_METRIC_NAMES: Final = {
    Metric.REVENUE: "收入",
    Metric.EXPENDITURE: "支出",
    Metric.TAX_REVENUE: "税收收入",
    Metric.NON_TAX_REVENUE: "非税收入",
    Metric.DEBT_LIMIT: "债务限额",
    Metric.DEBT_BALANCE: "债务余额",
}
"""The metrics of a report that tables print beyond doubt.

What a report plans to spend may take in what is passed on or expected from above, so only what was spent is
compared, and that of the budgets whose spending no report means otherwise.
"""


def check_report(book: Book, outcome: Outcome) -> None:
    """Compare revenue, spending and debt as the report states them with the tables that print them."""
    printed = _printed_metrics(book)
    for fact in book.facts:
        of, figure = _of(fact), book.figure(fact)
        found = printed.get((fact.metric, fact.scope, *of)) if of else None
        if figure is not None and found:
            _agrees(outcome, fact, figure, found)


def _agrees(outcome: Outcome, fact: Fact, figure: Figure, found: Sequence[PrintedTotal]) -> None:
    """Compare with what tables print: a report rounds, cuts, or rounds so that its parts add up, by one unit."""
    what = fact.scope or _METRIC_NAMES[fact.metric]
    readings = [
        Equation(
            f"报告中{fact.year}年的{what}",
            figure,
            (total.figure,),
            cell_name(total.line),
            figure.unit + total.figure.unit / 2,
        )
        for total in found
    ]
    first = next((each for each in readings if each.holds), readings[0])
    outcome.equates(replace(first, ways=tuple(each for each in readings if each is not first)))


def _printed_metrics(book: Book) -> dict[tuple[Hashable, ...], list[PrintedTotal]]:
    """What tables print of the metrics of a report, by metric, class and what it is of."""
    found: defaultdict[tuple[Hashable, ...], list[PrintedTotal]] = defaultdict(list)
    totals = [(_metric_of_total(total.line), None, total) for total in _year_totals(book)]
    lines = [
        (*key, PrintedTotal(line, column.figure(line)))
        for column in money_columns(book, *SIDED, TableName.DEBT_LIMIT, TableName.DEBT_BALANCE)
        for line in column.lines
        if line.column is ColumnName.TOTAL and (key := _metric_of(line))
    ]
    for metric, scope, total in (*totals, *lines):
        spent = metric is not Metric.EXPENDITURE or (total.line.basis in DONE and total.line.fund in _SPENT)
        if (of := _of(total.line)) and spent:
            found[metric, scope, *of].append(total)
    return found


def _metric_of_total(line: BudgetLine) -> Metric:
    return Metric.REVENUE if line.side == "income" else Metric.EXPENDITURE


def _metric_of(line: BudgetLine) -> tuple[Metric, str | None] | None:
    """The metric, and class, that a line of a table states, beside the year's totals."""
    if line.table in _DEBT:
        return _DEBT[line.table], None
    if line.side == "income" and (metric := _TAXES.get(bare(line.name))):
        return metric, None
    if line.side == "expenditure" and (line.code is None or len(line.code) == _CLASS):
        return Metric.EXPENDITURE, line.name
    return None
