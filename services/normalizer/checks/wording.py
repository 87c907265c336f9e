"""How findings name tables, columns and money in Chinese."""

from decimal import Decimal
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.tables.spec import titles
from shared.schemas.names import ColumnName
from shared.schemas.records import BudgetLine, RecordBase

TABLE_TITLES: Final = titles()

COLUMN_TITLES: Final = vocabulary.columns().titles

_WAN = Decimal(10_000)
_LONGEST = 60


def money(amount: Decimal) -> str:
    """`amount` yuan in 万元, or in 元 where it is not a whole number of yuan: `215.09万元`, `46.28元`."""
    if amount == amount.to_integral_value():
        return f"{(amount / _WAN).normalize():f}万元"
    return f"{amount.normalize():f}元"


def yuan(amount: Decimal) -> str:
    """`amount` as the records write money: `2150900.00`."""
    return f"{amount:.2f}"


def shown(name: str | None) -> str:
    """A name as messages quote it: not longer than a line."""
    name = name or ""
    return name if len(name) <= _LONGEST else name[:_LONGEST] + "…"


def cell_name(line: BudgetLine, column: ColumnName | None = None) -> str:
    """How a message names a cell of a budget table: `支出总表“201 一般公共服务支出”的基本支出`."""
    code = f"{line.code} " if line.code else ""
    if line.table.of_government:
        label = f"的{line.column_label}" if line.column_label else ""
        return f"第{(line.provenance.table or 0) + 1}个表格“{code}{shown(line.name)}”{label}"
    title = COLUMN_TITLES[column or line.column]
    place = "" if (column or line.column) is ColumnName.BUDGET else f"的{title}"
    return f"{TABLE_TITLES[line.table]}“{code}{shown(line.name)}”{place}"


def amount_of(record: RecordBase) -> str:
    """How a message names the figure of `record` that no rule has a name for."""
    return cell_name(record) if isinstance(record, BudgetLine) else f"“{shown(record.provenance.text)}”"
