"""CHECKS 35: the percentages that a government's tables print beside their figures, recomputed.

Which figures a percentage comes from is told by its column: where nearly every row of it is one ratio of two
columns of money, that ratio is meant, and the rows where it does not hold are wrong. Where none fits, nothing is
said.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Equation, Figure, Rate
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.wording import cell_name, money
from services.normalizer.government import terms
from services.normalizer.government.frames import MoneyTable, Panel, money_tables
from services.normalizer.language.money import number
from services.normalizer.tables.grid import Grid
from shared.schemas.document import Table
from shared.schemas.records import BudgetLine

_HUNDRED: Final = Decimal(100)
_RATE: Final = re.compile(r"[%％]|增[长减幅]|增速|进度|[完执][成行]率")
_GROWTH: Final = re.compile(r"增|降|幅|[比较同]上年(?!.*[为占])|同比")
_OF_WHOLE: Final = re.compile(r"占比|比重|利率|税率|占(?!.{0,8}(?:预算|决算|上年))")
_FEWEST: Final = 4
_FIRST: Final = 10
"""Rows by which a ratio is given up."""
_SPARE: Final = 5
"""Of how many rows one may be wrong."""
_Rows = defaultdict[int, dict[int, Figure]]
"""The figures of a table by row and column."""


@dataclass(frozen=True)
class PrintedRate:
    """A percentage as printed, what one unit of its last place is, and the money of its row by column."""

    value: Decimal
    unit: Decimal
    row: Mapping[int, Figure]


@dataclass(frozen=True)
class RateFormula:
    """A ratio of two columns in per cent, or how much more the first is than the second."""

    part: int
    whole: int
    growth: bool

    def applies(self, rate: PrintedRate) -> bool:
        """Whether the row prints both figures, the second above zero."""
        figures = rate.row.get(self.part), rate.row.get(self.whole)
        return figures[0] is not None and figures[1] is not None and figures[1].amount > figures[1].unit

    def exact(self, rate: PrintedRate) -> Decimal:
        """The percentage of the printed figures."""
        return self._per_cent(rate.row[self.part].amount, rate.row[self.whole].amount)

    def holds(self, rate: PrintedRate) -> bool:
        """Whether printing explains the percentage: half a unit of each figure, one of its own, cut or rounded."""
        part, whole = rate.row[self.part], rate.row[self.whole]
        ends = [
            self._per_cent(part.amount + one * part.unit / 2, whole.amount + other * whole.unit / 2)
            for one in (-1, 1)
            for other in (-1, 1)
        ]
        return min(ends) - rate.unit <= rate.value <= max(ends) + rate.unit

    def _per_cent(self, part: Decimal, whole: Decimal) -> Decimal:
        return part / whole * _HUNDRED - (_HUNDRED if self.growth else 0)


def check_rates(book: Book, outcome: Outcome) -> None:
    """Recompute every percentage of execution and growth from the figures of its row."""
    for panel, table, rows in _panels(book):
        for column in panel.others:
            labels = "".join(table.paths[column])
            if not _OF_WHOLE.search(labels) and (_RATE.search(labels) or _per_cents(table, column)):
                _judge(outcome, labels, _rates(table, column, rows))
    if not outcome.comparisons:
        outcome.absent = "没有可核对的百分比"


def _panels(book: Book) -> Iterator[tuple[Panel, MoneyTable, _Rows]]:
    """Every panel of a government's table, and the figures of its block."""
    blocks: defaultdict[int, _Rows] = defaultdict(lambda: defaultdict(dict))
    for line in book.government:
        place, figure = line.provenance, book.figure(line)
        if figure is not None and place.block is not None and place.row is not None and place.column is not None:
            blocks[place.block][place.row][place.column] = figure
    earlier: MoneyTable | None = None
    for index, rows in sorted(blocks.items()):
        block = book.document.blocks[index]
        assert isinstance(block, Table)
        for table in money_tables(Grid(block), earlier):
            earlier = table
            for panel in table.panels:
                yield panel, table, rows


def _per_cents(table: MoneyTable, column: int) -> bool:
    return any(terms.plain(table.grid.text(row, column)).endswith("%") for row in table.body)


def _rates(table: MoneyTable, column: int, rows: _Rows) -> list[PrintedRate]:
    rates = []
    for row in table.body:
        text = terms.plain(table.grid.text(row, column)).removesuffix("%")
        value = number(text)
        if value is not None and row in rows:
            unit = Decimal(1).scaleb(-len(text.partition(".")[2].rstrip(")")))
            rates.append(PrintedRate(value, unit, rows[row]))
    return rates


def _judge(outcome: Outcome, labels: str, rates: Sequence[PrintedRate]) -> None:
    formulas = _fitting(rates, growth=bool(_GROWTH.search(labels)))
    for rate in rates:
        if formulas and all(formula.applies(rate) for formula in formulas):
            held = next((formula for formula in formulas if formula.holds(rate)), None)
            outcome.equates(_equation(rate, held or formulas[0]))


def _fitting(rates: Sequence[PrintedRate], *, growth: bool) -> list[RateFormula]:
    """The ratios that most rows hold to; none where no ratio fits nearly all rows."""
    columns = sorted({column for rate in rates for column in rate.row})
    held: dict[RateFormula, int] = {}
    for part, whole in permutations(columns, 2):
        formula = RateFormula(part, whole, growth)
        if not _may_fit(formula, rates[:_FIRST]):
            continue
        tried = [rate for rate in rates if formula.applies(rate)]
        holding = sum(formula.holds(rate) for rate in tried)
        if holding >= _FEWEST and (len(tried) - holding) * _SPARE <= len(tried):
            held[formula] = holding
    most = max(held.values(), default=0)
    return [formula for formula, holding in held.items() if holding == most]


def _may_fit(formula: RateFormula, rates: Sequence[PrintedRate]) -> bool:
    """Whether half of the first rows hold, so that the rest is worth a look."""
    tried = [rate for rate in rates if formula.applies(rate)]
    return 2 * sum(formula.holds(rate) for rate in tried) >= len(tried)


def _equation(rate: PrintedRate, formula: RateFormula) -> Equation:
    """That the first figure is what the percentage makes of the second."""
    part, whole = rate.row[formula.part], rate.row[formula.whole]
    assert isinstance(part.record, BudgetLine)
    exact, printed = f"{formula.exact(rate).quantize(rate.unit):f}", f"{rate.value:f}"
    what, name = "增减" if formula.growth else "百分比", cell_name(part.record)
    sentence = f"{name}为{money(part.amount)}，与{money(whole.amount)}相比的{what}应为{exact}%，公布为{printed}%。"
    factor = rate.value / _HUNDRED + (1 if formula.growth else 0)
    slack = rate.unit / _HUNDRED
    return Equation(
        name,
        part,
        (whole,),
        f"按公布的{what}{printed}%推算",
        part.unit / 2 + whole.unit / 2 * (abs(factor) + slack) + whole.amount * slack,
        factors=(factor,),
        closed=False,
        rate=Rate(sentence, exact, printed),
    )
