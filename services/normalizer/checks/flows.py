"""CHECKS 25: what a fund had, took in, spent and kept, in the tables of final accounts."""

from decimal import Decimal
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Equation, sum_tolerance
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.sheets import Row, Sheet
from shared.schemas.names import ColumnName as Column
from shared.schemas.names import TableName

TABLES: Final = (
    TableName.GOVERNMENT_FUND_EXPENDITURE,
    TableName.STATE_CAPITAL_EXPENDITURE,
    TableName.GENERAL_BUDGET_EXPENDITURE,
)
_ADDED: Final = (Column.CARRYOVER, Column.CURRENT_YEAR)


def check_fund_flow(book: Book, outcome: Outcome) -> None:
    """Fund tables of final accounts: 年初结转 + 本年收入 = 本年支出 + 年末结转, in every row."""
    sheets = [
        sheet for name in TABLES for sheet in book.sheets(name) if Column.YEAR_END_CARRYOVER in sheet.columns
    ]
    for sheet in sheets:
        trial = Outcome()
        for row in sheet.rows:
            _check_row(trial, sheet, row)
        outcome.absorb(trial, f"{sheet.title}的年初、年末结转")
    if not sheets:
        outcome.absent = "没有列示年初与年末结转结余的表"


def _check_row(outcome: Outcome, sheet: Sheet, row: Row) -> None:
    """A blank is zero here: every column is known, and the flow holds or not with what is printed."""
    added = [row.cells[column] for column in _ADDED if column in row.cells]
    taken = [row.cells[Column.TOTAL]] if Column.TOTAL in row.cells else []
    if Column.YEAR_END_CARRYOVER in row.cells:
        total = row.cells[Column.YEAR_END_CARRYOVER]
        subject = sheet.subject(row, Column.YEAR_END_CARRYOVER)
        parts = [*added, *taken]
        factors = (Decimal(1),) * len(added) + (Decimal(-1),) * len(taken)
        basis = "年初结转和结余加本年收入减本年支出"
    elif taken:
        total, subject = taken[0], sheet.subject(row, Column.TOTAL)
        parts, factors = added, (Decimal(1),) * len(added)
        basis = "年初结转和结余加本年收入，年末结转和结余为空"
    else:
        return
    if parts:
        allowed = sum_tolerance((total, *parts))
        outcome.equates(Equation(subject, total, tuple(parts), basis, allowed, factors=factors))
