"""The normalized records, version 1: the contract with consumers (docs/records.md).

Each field has a title for Chinese readers and a description: what it is, its unit and shape, where it comes from.

`KEY` of a record class names the fields that make its id: a record keeps its id over revisions as long as they
stay; the n-th of several with equal keys has n in its id.
"""

from datetime import date, datetime
from typing import ClassVar, Final, Literal

from pydantic import Field

from shared.schemas.model import Model, Quantity, Text, Yuan
from shared.schemas.names import (
    Basis,
    BudgetLevel,
    CheckStatus,
    ColumnName,
    DisclosureKind,
    Fund,
    LineClassification,
    Metric,
    Severity,
    TableName,
)


class Provenance(Model):
    """Where in the source a record stands."""

    document: str = Field(title="所在文件的 SHA-256", description="sha256 of the file: 64 hex digits")
    page: int | None = Field(default=None, title="页", description="1-based; null where the format has no pages")
    table: int | None = Field(default=None, title="表", description="0-based index in the file; null for prose")
    row: int | None = Field(default=None, title="行", description="0-based row in that table")
    column: int | None = Field(default=None, title="列", description="0-based column; null for a whole row")
    block: int | None = Field(default=None, title="块", description="0-based block of the parsed document")
    text: Text = Field(title="原文", description="the source text, unaltered; tabs between the cells of a row")
    confidence: float | None = Field(
        default=None,
        title="识别的把握",
        description="0 to 1, of its least certain character; null where its text was not recognised in a picture",
    )


class RecordBase(Model):
    """What every record carries."""

    KEY: ClassVar[tuple[str, ...]] = ()
    PARTS: ClassVar[tuple[str, ...]] = ()
    """Fields that belong to the key of a record that states them."""

    id: str = Field(
        title="标识，同样的内容总是相同",
        description="r and 24 hex digits, made from its key fields; of a disclosure: its disclosure_id",
    )
    disclosure_id: str = Field(
        title="公开文件的标识", description="d and 24 hex digits, made from the address it was published at"
    )
    revision_id: str = Field(
        title="公开文件这一版的标识", description="v and 24 hex digits, made from the published files"
    )
    provenance: Provenance = Field(title="出处", description="where in the source it stands")
    version: str = Field(title="程序版本", description="the gongkai version that made it")
    region_code: str | None = Field(
        default=None,
        title="行政区划代码",
        description="GB/T 2260, six digits; of the portal, else of the document",
    )
    department: Text | None = Field(
        default=None,
        title="部门",
        description="the department's name, by the evidence of the whole document; null: a government's",
    )
    fiscal_year: int | None = Field(
        default=None,
        title="年度",
        description="four digits: of the budget or accounts, not of its publication",
    )
    kind: DisclosureKind | None = Field(default=None, title="文件类型", description="what the disclosure is")


CONTEXT: Final = ("region_code", "department", "fiscal_year", "kind")
"""The fields of a disclosure that all its records carry."""


class Attachment(Model):
    """A published file of a disclosure."""

    name: Text = Field(title="名称", description="the file's name as the portal gives it")
    url: str | None = Field(title="网址", description="where it was published; null for a file given by hand")
    sha256: str = Field(title="文件的 SHA-256", description="of its bytes: 64 hex digits")
    format: str = Field(title="格式", description="what its bytes are: pdf, docx, xlsx, html, …")


class Disclosure(RecordBase):
    """A published document as a whole."""

    record: Literal["disclosure"] = Field(default="disclosure", title="记录类型", description="type of the record")
    title: Text | None = Field(
        title="标题", description="as published: of the portal's list, the page or the cover"
    )
    region_code: str | None = Field(
        title="行政区划代码", description="GB/T 2260, six digits; of the portal, else of the document"
    )
    region_name: Text | None = Field(
        title="行政区全称", description="from the province down, of the region's code"
    )
    department: Text | None = Field(
        title="部门",
        description="the department's name, by the evidence of the whole document; null: a government's",
    )
    department_code: str | None = Field(
        title="部门编码", description="as printed beside the department's name: 550, 263001"
    )
    fiscal_year: int | None = Field(title="年度", description="four digits, by the evidence of the whole document")
    kind: DisclosureKind | None = Field(title="文件类型", description="what the document is")
    published_at: datetime | None = Field(
        title="发布时间", description="as the portal states it; China's time where it names no zone"
    )
    source_url: str | None = Field(title="原网页", description="the published page; null: a file given by hand")
    attachments: tuple[Attachment, ...] = Field(title="附件", description="its files, in published order")
    revision: int = Field(title="第几版", description="1 for the first; one more each time the files changed")
    supersedes: str | None = Field(
        title="被替代的上一版的标识", description="revision_id of the revision before; null of the first"
    )
    figures_printed: int | None = Field(
        default=None, title="表格中印出的金额个数", description="amounts of money printed in its tables"
    )
    figures_read: int | None = Field(
        default=None, title="其中成为记录的个数", description="those of them that became records"
    )


class BudgetLine(RecordBase):
    """One filled money cell of a budget table; `amount` is null only where no unit is stated."""

    KEY = ("table", "side", "line_no", "code", "name", "column")
    PARTS = ("fund", "level", "year", "area_name", "column_label")

    record: Literal["budget_line"] = Field(
        default="budget_line", title="记录类型", description="type of the record"
    )
    table: TableName = Field(title="表", description="which budget table, by its title and header")
    line_no: int | None = Field(title="序号", description="as the column 序号 or 行次 prints it")
    side: Literal["income", "expenditure"] | None = Field(
        title="收入或支出", description="of a table with both sides, which; of transfers: received or paid"
    )
    code: str | None = Field(
        title="编码",
        description="科目编码 as printed: 3, 5, 7 digits of a function, 3, 5 of an economic class",
    )
    name: Text = Field(title="名称", description="what the row is of, as printed, without its list marker")
    column: ColumnName = Field(title="列", description="what the figure is, by the labels over it")
    amount: Yuan | None = Field(
        title="金额（元）",
        description="in yuan, two places; by the unit of caption or cell; null: none is stated",
    )
    basis: Basis | None = Field(
        default=None,
        title="预算数、执行数、决算数等",
        description="where a table prints figures of several kinds, which one",
    )
    unit_name: Text | None = Field(
        default=None, title="单位名称", description="whose table it is where one file holds several units'"
    )
    fund: Fund | None = Field(
        default=None,
        title="哪一本预算、哪一项保险或哪类债务",
        description="of a government's table: the budget or debt it is of",
    )
    level: BudgetLevel | None = Field(
        default=None, title="全辖区、本级或下级", description="of a government's table: whose money it is"
    )
    classification: LineClassification | None = Field(
        default=None,
        title="各行的分类：功能、经济、部门、项目、地区等",
        description="of a government's table: what its rows are",
    )
    year: int | None = Field(
        default=None, title="年份", description="of a government's table: the year the figure is of"
    )
    area_code: str | None = Field(
        default=None, title="所属地区代码", description="GB/T 2260, where the row or column is a region"
    )
    area_name: Text | None = Field(
        default=None, title="所属地区", description="the region the row or column is of, as printed"
    )
    column_label: Text | None = Field(
        default=None,
        title="列的表头原文",
        description="of a government's table: the labels over the figure, from the top, with / between",
    )


class Fact(RecordBase):
    """One figure stated in prose; a decrease is negative."""

    KEY = ("metric", "year")
    PARTS = ("fund", "level", "basis")

    record: Literal["fact"] = Field(default="fact", title="记录类型", description="type of the record")
    metric: Metric = Field(title="指标", description="what the figure is, by the words of its sentence")
    year: int | None = Field(title="年份", description="the year it is of, as the sentence or the title says")
    amount: Yuan | None = Field(
        title="金额（元）", description="in yuan, two places; a decrease is negative; null: no unit is stated"
    )
    scope: Text | None = Field(
        default=None,
        title="数字所属的科目、项目或单位",
        description="the account, project, class or unit it is of, as printed; null: all of it",
    )
    fund: Fund | None = Field(
        default=None,
        title="哪一本预算、哪一项保险或哪类债务",
        description="of a government's report: the budget or debt it is of",
    )
    level: BudgetLevel | None = Field(
        default=None, title="全辖区、本级或下级", description="of a government's report: whose money it is"
    )
    basis: Basis | None = Field(
        default=None,
        title="预算数、执行数、决算数等",
        description="of a government's report: what the figure is",
    )


class OrganisationUnit(RecordBase):
    """A row of 部门机构设置情况."""

    KEY = ("name",)

    record: Literal["organisation_unit"] = Field(
        default="organisation_unit", title="记录类型", description="type of the record"
    )
    name: Text = Field(title="单位名称", description="the column 单位名称, as printed")
    nature: Text | None = Field(title="单位性质", description="the column 单位性质, as printed: 行政, 事业, …")
    rank: Text | None = Field(title="单位规格", description="the column 单位规格, as printed: 正科级, 股级, …")
    funding: Text | None = Field(title="经费保障形式", description="the column 经费保障形式, as printed")


class Goal(RecordBase):
    """One of 分项绩效目标."""

    KEY = ("number", "title")

    record: Literal["goal"] = Field(default="goal", title="记录类型", description="type of the record")
    number: int | None = Field(title="序号", description="1 for 一、, from its heading")
    title: Text = Field(title="标题", description="its heading without the number")
    goal: Text | None = Field(title="目标内容", description="the prose after 绩效目标：")
    indicators: Text | None = Field(title="绩效指标的文字", description="the prose after 绩效指标：, as published")


class Project(RecordBase):
    """A project's 绩效目标表."""

    KEY = ("number", "name")

    record: Literal["project"] = Field(default="project", title="记录类型", description="type of the record")
    number: int | None = Field(title="序号", description="from the heading of its table")
    name: Text = Field(title="名称", description="项目名称 as printed; else the heading without 绩效目标表")
    code: Text | None = Field(title="编码", description="项目编码 as printed: region, year, letter, number")
    unit_code: Text | None = Field(title="单位编码", description="of the unit that has the project, as printed")
    unit_name: Text | None = Field(title="单位名称", description="of the unit that has the project, as printed")
    budget: Yuan | None = Field(title="预算数（元）", description="预算数 or 资金总额, in yuan, two places")
    fiscal_funds: Yuan | None = Field(title="财政资金（元）", description="its part 财政资金, in yuan, two places")
    other_funds: Yuan | None = Field(title="其他资金（元）", description="its part 其他资金, in yuan, two places")
    purpose: Text | None = Field(title="资金用途", description="资金用途, as published")
    schedule: tuple[Quantity | None, ...] | None = Field(
        title="资金支出计划（累计百分比）",
        description="cumulative percentages planned for the ends of March, June, October and December",
    )
    goals: tuple[Text, ...] = Field(title="绩效目标", description="绩效目标, one text a numbered goal")
    adjusted_budget: Yuan | None = Field(
        default=None, title="全年预算数（元）", description="of a 自评表: 全年预算数, in yuan, two places"
    )
    executed: Yuan | None = Field(
        default=None, title="全年执行数（元）", description="of a 自评表: 全年执行数, in yuan, two places"
    )
    execution_rate: Quantity | None = Field(
        default=None, title="执行率（%）", description="of a 自评表: in per cent, as printed"
    )
    score: Quantity | None = Field(default=None, title="得分", description="of a 自评表: the total of its points")
    completion: Text | None = Field(
        default=None, title="目标实际完成情况", description="of a 自评表: 目标实际完成情况, as published"
    )


class Indicator(RecordBase):
    """A row of an indicator table that says anything beyond its level names."""

    KEY = ("scope", "project_number", "project_name", "level1", "level2", "level3", "description")

    record: Literal["indicator"] = Field(default="indicator", title="记录类型", description="type of the record")
    scope: Literal["project", "department"] = Field(title="属项目或部门", description="whose indicator it is")
    project_number: int | None = Field(title="项目序号", description="`number` of its project")
    project_name: Text | None = Field(
        title="项目名称", description="`name` of its project; null: of the department"
    )
    level1: Text | None = Field(title="一级指标", description="the column 一级指标, filled down")
    level2: Text | None = Field(title="二级指标", description="the column 二级指标, filled down")
    level3: Text | None = Field(title="三级指标", description="the column 三级指标: what the indicator is called")
    description: Text | None = Field(title="指标说明", description="绩效指标描述 or 指标内容, as published")
    value_text: Text | None = Field(title="指标值原文", description="the column 指标值, as published: ≥85%")
    operator: Literal[">=", "<=", ">", "<", "="] | None = Field(
        title="比较符", description="from the value or its own column; null for a value in words"
    )
    value: Quantity | None = Field(title="值", description="the number of the value, in `unit`; null for words")
    unit: Text | None = Field(title="单位", description="% for 百分比; else as printed: 万元, 个; null: none")
    basis: Text | None = Field(title="依据", description="指标值确定依据, as published")
    weight: Quantity | None = Field(
        default=None, title="权重或分值", description="points or per cent the indicator counts"
    )
    actual_text: Text | None = Field(
        default=None, title="实际完成值原文", description="of a 自评表: the value reached, as published"
    )
    actual: Quantity | None = Field(
        default=None, title="实际完成值", description="the value reached, in `unit`, where it is a number"
    )
    score: Quantity | None = Field(default=None, title="得分", description="of a 自评表: the points given")
    reason: Text | None = Field(
        default=None, title="偏差原因及改进措施", description="of a 自评表: why it was missed, and what is done"
    )


class ProcurementLine(RecordBase):
    """A row of 政府采购预算."""

    KEY = ("line_type", "organisation", "project", "item", "catalogue_code")
    FUNDS: ClassVar[tuple[str, ...]] = (
        "general_public_budget",
        "government_fund",
        "state_capital",
        "fiscal_account",
        "unit_funds",
        "carryover",
    )
    """The fields whose sum is `total`."""

    record: Literal["procurement_line"] = Field(
        default="procurement_line", title="记录类型", description="type of the record"
    )
    line_type: Literal["item", "subtotal", "total"] = Field(
        title="明细、小计或合计", description="an item, the sum of a unit or project, or that of the table"
    )
    organisation: Text | None = Field(title="采购单位", description="of the subtotal it stands under, as printed")
    project: Text | None = Field(title="项目", description="the column 项目名称, filled down")
    project_budget: Yuan | None = Field(
        title="项目预算（元）", description="of all the project, in yuan, two places"
    )
    item: Text | None = Field(title="采购物品", description="the column 采购物品名称 or 品目, as printed")
    catalogue_code: Text | None = Field(title="采购目录编码", description="政府采购目录序号 as printed: A02010104")
    measure_unit: Text | None = Field(title="计量单位", description="what `quantity` counts, as printed: 台, 项")
    quantity: Quantity | None = Field(title="数量", description="in `measure_unit`")
    unit_price: Yuan | None = Field(title="单价（元）", description="of one `measure_unit`, in yuan, two places")
    total: Yuan | None = Field(title="合计（元）", description="总计 or 合计 of the row, in yuan, two places")
    general_public_budget: Yuan | None = Field(
        title="一般公共预算（元）", description="the part of `total` from 一般公共预算拨款, in yuan, two places"
    )
    government_fund: Yuan | None = Field(
        title="政府性基金（元）", description="the part of `total` from 政府性基金, in yuan, two places"
    )
    state_capital: Yuan | None = Field(
        title="国有资本经营（元）", description="the part of `total` from 国有资本经营预算, in yuan, two places"
    )
    fiscal_account: Yuan | None = Field(
        title="财政专户（元）", description="the part of `total` from 财政专户管理资金, in yuan, two places"
    )
    unit_funds: Yuan | None = Field(
        title="单位资金（元）", description="the part of `total` from 单位资金, in yuan, two places"
    )
    carryover: Yuan | None = Field(
        title="上年结转（元）", description="the part of `total` from 上年结转结余, in yuan, two places"
    )
    sme_reserved: Yuan | None = Field(
        title="中小微企业预留（元）", description="what of `total` is kept for small firms, in yuan, two places"
    )


class Asset(RecordBase):
    """A row of 固定资产占用情况表."""

    KEY = ("category", "as_of")

    record: Literal["asset"] = Field(default="asset", title="记录类型", description="type of the record")
    category: Text = Field(title="资产类别", description="the column 项目 or 资产类别, as printed")
    quantity: Quantity | None = Field(title="数量", description="in what the row counts: 平方米, 台, 辆")
    value: Yuan | None = Field(title="价值（元）", description="in yuan, two places, as of `as_of`")
    as_of: date | None = Field(title="截至日期", description="the day of 截止时间, from the caption")


class Finding(RecordBase):
    """A thing in the disclosure that does not hold, or that could not be read (`unread_…`)."""

    KEY = ("check", "subjects", "message")

    record: Literal["finding"] = Field(default="finding", title="记录类型", description="type of the record")
    check: str = Field(title="核对规则", description="name of the rule (docs/checks.md), or unread_…")
    severity: Severity = Field(title="程度", description="error: the document contradicts itself beyond doubt")
    message: Text = Field(title="说明", description="one sentence in Chinese, with both figures")
    expected: str | None = Field(title="应为", description="what it should be, in `unit`; money with two places")
    actual: str | None = Field(title="公布的数", description="what is published, in `unit`; money with two places")
    difference: str | None = Field(
        title="相差", description="actual less expected in yuan, two places; null where they are no money"
    )
    subjects: tuple[str, ...] = Field(
        title="涉及的记录", description="ids of the records it concerns, the total or the first one read first"
    )
    unit: str | None = Field(
        default=None,
        title="应为与公布的数的单位",
        description="of expected and actual: 元, %, 年; null where they are words or codes",
    )


class Check(RecordBase):
    """The outcome of one rule on one document."""

    KEY = ("check",)

    record: Literal["check"] = Field(default="check", title="记录类型", description="type of the record")
    check: str = Field(title="核对规则", description="name of the rule (docs/checks.md)")
    status: CheckStatus = Field(title="结果", description="its outcome; pass and fail only of what was compared")
    reason: Text | None = Field(title="未能核对的理由", description="why it was not, or not wholly, evaluated")
    comparisons: int = Field(title="比较次数", description="how many equalities were tried")
    findings: tuple[str, ...] = Field(title="问题的标识", description="ids of its findings")
