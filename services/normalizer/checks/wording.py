"""How findings name tables, columns and money in Chinese."""

from decimal import Decimal

from shared.schemas.names import ColumnName, TableName
from shared.schemas.records import BudgetLine, RecordBase

TABLE_TITLES = {
    TableName.BALANCE: "收支总表",
    TableName.INCOME: "收入总表",
    TableName.EXPENDITURE: "支出总表",
    TableName.APPROPRIATION_BALANCE: "财政拨款收支总表",
    TableName.GENERAL_BUDGET_EXPENDITURE: "一般公共预算财政拨款支出表",
    TableName.GENERAL_BUDGET_BASIC_EXPENDITURE: "一般公共预算财政拨款基本支出表",
    TableName.GOVERNMENT_FUND_EXPENDITURE: "政府性基金预算财政拨款支出表",
    TableName.STATE_CAPITAL_EXPENDITURE: "国有资本经营预算财政拨款支出表",
    TableName.THREE_PUBLIC: "“三公”经费支出表",
    TableName.APPROPRIATION_EXPENDITURE: "财政拨款支出表",
    TableName.APPROPRIATION_BASIC_EXPENDITURE: "财政拨款基本支出表",
    TableName.PROJECT_EXPENDITURE: "项目支出表",
    TableName.DEPARTMENT_ECONOMIC_EXPENDITURE: "部门预算支出经济分类表",
    TableName.GOVERNMENT_ECONOMIC_EXPENDITURE: "政府预算支出经济分类表",
    TableName.AGENCY_OPERATING_FUNDS: "机关运行经费表",
}

COLUMN_TITLES = {
    ColumnName.BUDGET: "预算数",
    ColumnName.TOTAL: "合计",
    ColumnName.CURRENT_YEAR: "本年收入小计",
    ColumnName.FISCAL_APPROPRIATION: "财政拨款收入",
    ColumnName.FISCAL_ACCOUNT: "财政专户收入",
    ColumnName.BUSINESS_INCOME: "事业收入",
    ColumnName.OPERATING_INCOME: "经营收入",
    ColumnName.SUPERIOR_SUBSIDY: "上级补助收入",
    ColumnName.AFFILIATED_REMITTANCE: "附属单位上缴收入",
    ColumnName.OTHER_INCOME: "其他收入",
    ColumnName.CARRYOVER: "上年结转",
    ColumnName.BASIC: "基本支出",
    ColumnName.PROJECT: "项目支出",
    ColumnName.OPERATING: "经营支出",
    ColumnName.REMITTED_TO_SUPERIOR: "上解上级支出",
    ColumnName.SUBSIDY_TO_AFFILIATES: "对附属单位补助支出",
    ColumnName.GENERAL_PUBLIC_BUDGET: "一般公共预算财政拨款",
    ColumnName.GOVERNMENT_FUND: "政府性基金预算拨款",
    ColumnName.STATE_CAPITAL: "国有资本经营预算拨款",
    ColumnName.PERSONNEL: "人员经费",
    ColumnName.PUBLIC_USE: "公用经费",
    ColumnName.YEAR_END_CARRYOVER: "年末结转和结余",
}

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
    title = COLUMN_TITLES[column or line.column]
    place = "" if (column or line.column) is ColumnName.BUDGET else f"的{title}"
    return f"{TABLE_TITLES[line.table]}“{code}{shown(line.name)}”{place}"


def amount_of(record: RecordBase) -> str:
    """How a message names the figure of `record` that no rule has a name for."""
    return cell_name(record) if isinstance(record, BudgetLine) else f"“{shown(record.provenance.text)}”"
