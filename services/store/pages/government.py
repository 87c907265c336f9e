"""A government's disclosure at a glance: its four budgets, level by level, and its debt against the limit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from shared.chinese import year_total
from shared.schemas.names import Basis, BudgetLevel, ColumnName, Fund, Metric, TableName
from shared.schemas.records import BudgetLine, Fact, RecordBase

FUNDS: Final = (
    Fund.GENERAL_PUBLIC_BUDGET,
    Fund.GOVERNMENT_FUND,
    Fund.STATE_CAPITAL,
    Fund.SOCIAL_INSURANCE,
)
DEBTS: Final = (Fund.DEBT, Fund.GENERAL_DEBT, Fund.SPECIAL_DEBT)
LEVELS: Final = (BudgetLevel.WHOLE_AREA, BudgetLevel.OWN)
_SIDES: Final = ("income", "expenditure")
_TABLES: Final = (TableName.GOVERNMENT_REVENUE, TableName.GOVERNMENT_EXPENDITURE, TableName.GOVERNMENT_BALANCE)
_METRICS: Final = {Metric.REVENUE: "income", Metric.EXPENDITURE: "expenditure"}
_DONE: Final = (Basis.FINAL, Basis.EXECUTION, Basis.EXPECTED_EXECUTION)
_PLANNED: Final = (Basis.BUDGET, Basis.DRAFT)
_HUNDRED: Final = Decimal(100)
_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True)
class StatedAmount:
    """An amount and the record it comes from."""

    record: RecordBase
    amount: Decimal


@dataclass(frozen=True)
class FundRow:
    """One side of one budget: what was planned, as changed, done, and planned for the year after."""

    fund: Fund
    side: str
    planned: StatedAmount | None
    adjusted: StatedAmount | None
    done: StatedAmount | None
    following: StatedAmount | None

    @property
    def execution(self) -> Decimal | None:
        """What was done in per cent of what was planned last."""
        return _per_cent(self.done, self.adjusted or self.planned)

    @property
    def growth(self) -> Decimal | None:
        """How much more is planned for the year after than was done, in per cent."""
        share = _per_cent(self.following, self.done)
        return None if share is None else share - _HUNDRED


@dataclass(frozen=True)
class DebtRow:
    """What is owed of one kind of debt, and the most that may be."""

    fund: Fund
    limit: StatedAmount | None
    balance: StatedAmount | None

    @property
    def used(self) -> Decimal | None:
        """How much of the limit is used, in per cent."""
        return _per_cent(self.balance, self.limit)


@dataclass(frozen=True)
class LevelOverview:
    """What one level of government took in, spent and owes; `year` is that of what was done."""

    level: BudgetLevel
    year: int | None
    funds: Sequence[FundRow]
    debt_year: int | None
    debts: Sequence[DebtRow]

    @property
    def done(self) -> Basis | None:
        """What all that was done is: final, executed, expected; None where it is not one of these."""
        found = {
            row.done.record.basis
            for row in self.funds
            if row.done and isinstance(row.done.record, BudgetLine | Fact)
        }
        return found.pop() if len(found) == 1 else None

    def has(self, part: str) -> bool:
        """Whether any row of a budget has that part."""
        return any(getattr(row, part) is not None for row in self.funds)


def _per_cent(part: StatedAmount | None, whole: StatedAmount | None) -> Decimal | None:
    if part is None or whole is None or not whole.amount:
        return None
    return (part.amount / whole.amount * _HUNDRED).quantize(_TENTH)


_Key = tuple[BudgetLevel, Fund, str, Basis, int]


class GovernmentOverview:
    """Finds the figures everybody looks for first among a disclosure's records: of tables, else of the report."""

    def __init__(self, lines: Iterable[BudgetLine], facts: Iterable[Fact]) -> None:
        self._stated: dict[_Key, StatedAmount] = {}
        self._debts: dict[tuple[BudgetLevel, Fund, TableName, int], StatedAmount] = {}
        for line in lines:
            self._add_line(line)
        for fact in facts:
            if (side := _METRICS.get(fact.metric)) and fact.scope is None:
                self._add(fact, side)

    def _add_line(self, line: BudgetLine) -> None:
        if line.column is not ColumnName.TOTAL or line.amount is None or line.level is None or line.year is None:
            return
        if line.table in {TableName.DEBT_LIMIT, TableName.DEBT_BALANCE} and line.fund in DEBTS:
            self._debts.setdefault((line.level, line.fund, line.table, line.year), StatedAmount(line, line.amount))
        elif line.table in _TABLES and line.side is not None and year_total(line.name) == line.side:
            self._add(line, line.side)

    def _add(self, record: BudgetLine | Fact, side: str) -> None:
        level, fund, basis, year = record.level, record.fund, record.basis, record.year
        if level and fund in FUNDS and basis and year and record.amount is not None:
            self._stated.setdefault((level, fund, side, basis, year), StatedAmount(record, record.amount))

    @cached_property
    def levels(self) -> list[LevelOverview]:
        """The levels that have something to show, the whole area first."""
        return [found for level in LEVELS if (found := self._level(level)).funds or found.debts]

    def _level(self, level: BudgetLevel) -> LevelOverview:
        done = [year for each, _, _, basis, year in self._stated if each is level and basis in _DONE]
        planned = [year for each, _, _, _, year in self._stated if each is level]
        year = max(done, default=max(planned, default=None))
        funds = [row for fund in FUNDS for side in _SIDES if (row := self._row(level, fund, side, year))]
        debt_year = max((year for each, *_, year in self._debts if each is level), default=None)
        debts = [debt for fund in DEBTS if (debt := self._debt(level, fund, debt_year))]
        return LevelOverview(level, year, funds, debt_year, debts)

    def _row(self, level: BudgetLevel, fund: Fund, side: str, year: int | None) -> FundRow | None:
        if year is None:
            return None

        def first(bases: Sequence[Basis], of: int) -> StatedAmount | None:
            found = (self._stated.get((level, fund, side, basis, of)) for basis in bases)
            return next((each for each in found if each), None)

        row = FundRow(
            fund,
            side,
            first(_PLANNED, year),
            first((Basis.ADJUSTED_BUDGET,), year),
            first(_DONE, year),
            first(_PLANNED, year + 1),
        )
        return row if row.planned or row.adjusted or row.done or row.following else None

    def _debt(self, level: BudgetLevel, fund: Fund, year: int | None) -> DebtRow | None:
        limit, balance = (
            self._debts.get((level, fund, table, year)) if year else None
            for table in (TableName.DEBT_LIMIT, TableName.DEBT_BALANCE)
        )
        return DebtRow(fund, limit, balance) if limit or balance else None
