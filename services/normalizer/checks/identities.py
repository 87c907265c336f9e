"""The identities inside a row: which columns add up to which, and when a blank cell means zero."""

from decimal import Decimal

from services.normalizer.checks.outcome import Figure, Outcome
from services.normalizer.checks.sheets import Row, Sheet
from services.normalizer.checks.wording import COLUMN_TITLES
from shared.schemas.names import ColumnName as Column
from shared.schemas.names import TableName

_FUNDS = (Column.GENERAL_PUBLIC_BUDGET, Column.GOVERNMENT_FUND, Column.STATE_CAPITAL)
_SOURCES = (
    Column.FISCAL_APPROPRIATION,
    Column.FISCAL_ACCOUNT,
    Column.BUSINESS_INCOME,
    Column.OPERATING_INCOME,
    Column.SUPERIOR_SUBSIDY,
    Column.AFFILIATED_REMITTANCE,
    Column.OTHER_INCOME,
)
_SPENDING = (
    Column.BASIC,
    Column.PROJECT,
    Column.OPERATING,
    Column.REMITTED_TO_SUPERIOR,
    Column.SUBSIDY_TO_AFFILIATES,
)
_NATURE = (Column.PERSONNEL, Column.PUBLIC_USE)

Identity = tuple[Column, tuple[Column, ...]]


def identities(sheet: Sheet) -> list[Identity]:
    """The sums that hold in every row of `sheet`, of the columns that it prints."""
    printed = set(sheet.columns)
    wanted = _income(printed) if sheet.name is TableName.INCOME else _by_table(sheet.name)
    found = []
    for total, parts in wanted:
        present = tuple(column for column in parts if column in printed)
        if total in printed and present:
            found.append((total, present))
    return found


def _income(printed: set[Column]) -> list[Identity]:
    sources = _SOURCES if Column.FISCAL_APPROPRIATION in printed else (*_FUNDS, *_SOURCES)
    if Column.CURRENT_YEAR not in printed:
        return [(Column.TOTAL, (*sources, Column.CARRYOVER)), (Column.FISCAL_APPROPRIATION, _FUNDS)]
    return [
        (Column.TOTAL, (Column.CURRENT_YEAR, Column.CARRYOVER)),
        (Column.CURRENT_YEAR, sources),
        (Column.FISCAL_APPROPRIATION, _FUNDS),
    ]


def _by_table(name: TableName) -> list[Identity]:
    if name in (TableName.APPROPRIATION_BALANCE, TableName.THREE_PUBLIC):
        return [(Column.TOTAL, _FUNDS)]
    if name is TableName.GENERAL_BUDGET_BASIC_EXPENDITURE:
        return [(Column.TOTAL, _NATURE)]
    if name is TableName.BALANCE:
        return []
    return [(Column.TOTAL, _SPENDING), (Column.BASIC, _NATURE)]


def check_rows(outcome: Outcome, sheet: Sheet) -> None:
    """Compare, in every row, each total column with the columns it is made of."""
    for total, parts in identities(sheet):
        trial = Outcome()
        for row in sheet.rows:
            _check_row(trial, sheet, row, (total, parts))
        outcome.absorb(trial, f"{sheet.title}的{COLUMN_TITLES[total]}")


def _check_row(outcome: Outcome, sheet: Sheet, row: Row, identity: Identity) -> None:
    total, parts = identity
    printed = [row.cells[column] for column in parts if column in row.cells]
    whole = row.cells.get(total) or zero_where_blank(sheet, row, total)
    if whole is None:
        if printed:
            outcome.lacks(f"{sheet.subject(row, total)}没有填列")
        return
    if total not in row.cells and not printed:
        return
    missing = [column for column in parts if column not in row.cells]
    unsure = any(_contradicts_zero(sheet, row, column) for column in missing)
    doubt = f"{sheet.subject(row, total)}所在行有空白，不能作零处理" if unsure else sheet.row_doubt
    basis = "、".join(COLUMN_TITLES[column] for column in parts) + "之和"
    outcome.adds_up(sheet.subject(row, total), whole, printed, basis, doubt)


def zero_where_blank(sheet: Sheet, row: Row, column: Column) -> Figure | None:
    """Zero for a blank cell if the row's other identities hold with it; None if they don't or say nothing."""
    if not row.cells or column is Column.TOTAL:
        return None
    unit = min(figure.unit for figure in row.cells.values())
    for total, parts in identities(sheet):
        if column not in (total, *parts) or total not in row.cells:
            continue
        printed = [row.cells[part] for part in parts if part in row.cells]
        rest = row.cells[total].amount - sum((figure.amount for figure in printed), Decimal(0))
        if abs(rest) > (len(printed) + 1) * unit / 2:
            return None
    if _contradicts_zero(sheet, row, column):
        return None
    return Figure(Decimal(0), unit, row.line)


def _contradicts_zero(sheet: Sheet, row: Row, column: Column) -> bool:
    """Whether a blank total stands over parts that are not zero."""
    for total, parts in identities(sheet):
        if total is column and any(row.cells[part].amount for part in parts if part in row.cells):
            return True
    return False
