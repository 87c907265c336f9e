"""The normalized records, version 1: the contract with consumers (docs/records.md).

`KEY` of a record class names the fields that make its id: a record keeps its id over revisions as long as they
stay; the n-th of several with equal keys has n in its id.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

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

    document: str = Field(description="sha256 of the file")
    page: int | None = Field(default=None, description="1-based; null where the format has no pages")
    table: int | None = Field(default=None, description="0-based index in the file; null for prose")
    row: int | None = Field(default=None, description="0-based row in that table")
    column: int | None = Field(default=None, description="0-based column; null for a whole row")
    block: int | None = Field(default=None, description="0-based block of the parsed document")
    text: Text = Field(description="the source text, unaltered")


class RecordBase(Model):
    """What every record carries."""

    KEY: ClassVar[tuple[str, ...]] = ()
    PARTS: ClassVar[tuple[str, ...]] = ()
    """Fields that belong to the key of a record that states them."""

    id: str
    disclosure_id: str
    revision_id: str
    provenance: Provenance
    version: str = Field(description="the gongkai version that made it")


class Attachment(Model):
    name: Text
    url: str | None
    sha256: str
    format: str


class Disclosure(RecordBase):
    """A published document as a whole."""

    record: Literal["disclosure"] = "disclosure"
    title: Text | None
    region_code: str | None
    region_name: Text | None
    department: Text | None
    department_code: str | None
    fiscal_year: int | None
    kind: DisclosureKind | None
    published_at: datetime | None
    source_url: str | None
    attachments: tuple[Attachment, ...]
    revision: int
    supersedes: str | None
    figures_printed: int | None = Field(default=None, description="amounts of money printed in its tables")
    figures_read: int | None = Field(default=None, description="those of them that became records")


class BudgetLine(RecordBase):
    """One filled money cell of a budget table; `amount` is null only where no unit is stated."""

    KEY = ("table", "side", "line_no", "code", "name", "column")
    PARTS = ("fund", "level", "year", "area_name", "column_label")

    record: Literal["budget_line"] = "budget_line"
    table: TableName
    line_no: int | None
    side: Literal["income", "expenditure"] | None
    code: str | None
    name: Text
    column: ColumnName
    amount: Yuan | None
    basis: Basis | None = Field(
        default=None, description="where a table prints figures of several kinds, which one"
    )
    unit_name: Text | None = Field(
        default=None, description="whose table it is where one file holds several units'"
    )
    fund: Fund | None = Field(default=None, description="of a government's table: the budget or debt it is of")
    level: BudgetLevel | None = Field(default=None, description="of a government's table: whose money it is")
    classification: LineClassification | None = Field(
        default=None, description="of a government's table: what its rows are"
    )
    year: int | None = Field(default=None, description="of a government's table: the year the figure is of")
    area_code: str | None = Field(default=None, description="GB/T 2260, where the row or column is a region")
    area_name: Text | None = Field(default=None, description="the region the row or column is of, as printed")
    column_label: Text | None = Field(
        default=None,
        description="of a government's table: the labels over the figure, from the top, with / between",
    )


class Fact(RecordBase):
    """One figure stated in prose; a decrease is negative."""

    KEY = ("metric", "year")
    PARTS = ("fund", "level", "basis")

    record: Literal["fact"] = "fact"
    metric: Metric
    year: int | None
    amount: Yuan | None
    scope: Text | None = Field(
        default=None, description="the account, project, class or unit it is of, as printed; null: all of it"
    )
    fund: Fund | None = Field(default=None, description="of a government's report: the budget or debt it is of")
    level: BudgetLevel | None = Field(default=None, description="of a government's report: whose money it is")
    basis: Basis | None = Field(default=None, description="of a government's report: what the figure is")


class OrganisationUnit(RecordBase):
    """A row of 部门机构设置情况."""

    KEY = ("name",)

    record: Literal["organisation_unit"] = "organisation_unit"
    name: Text
    nature: Text | None
    rank: Text | None
    funding: Text | None


class Goal(RecordBase):
    """One of 分项绩效目标."""

    KEY = ("number", "title")

    record: Literal["goal"] = "goal"
    number: int | None
    title: Text
    goal: Text | None
    indicators: Text | None


class Project(RecordBase):
    """A project's 绩效目标表."""

    KEY = ("number", "name")

    record: Literal["project"] = "project"
    number: int | None
    name: Text
    code: Text | None
    unit_code: Text | None
    unit_name: Text | None
    budget: Yuan | None
    fiscal_funds: Yuan | None
    other_funds: Yuan | None
    purpose: Text | None
    schedule: tuple[Quantity | None, ...] | None = Field(
        description="cumulative percentages planned for the ends of March, June, October and December"
    )
    goals: tuple[Text, ...]
    adjusted_budget: Yuan | None = Field(default=None, description="of a 自评表: 全年预算数")
    executed: Yuan | None = Field(default=None, description="of a 自评表: 全年执行数")
    execution_rate: Quantity | None = Field(default=None, description="of a 自评表: in per cent, as printed")
    score: Quantity | None = Field(default=None, description="of a 自评表: the total of its points")
    completion: Text | None = Field(default=None, description="of a 自评表: 目标实际完成情况")


class Indicator(RecordBase):
    """A row of an indicator table that says anything beyond its level names."""

    KEY = ("scope", "project_number", "project_name", "level1", "level2", "level3", "description")

    record: Literal["indicator"] = "indicator"
    scope: Literal["project", "department"]
    project_number: int | None
    project_name: Text | None
    level1: Text | None
    level2: Text | None
    level3: Text | None
    description: Text | None
    value_text: Text | None
    operator: Literal[">=", "<=", ">", "<", "="] | None
    value: Quantity | None
    unit: Text | None
    basis: Text | None
    weight: Quantity | None = Field(default=None, description="points or per cent the indicator counts")
    actual_text: Text | None = Field(default=None, description="of a 自评表: the value reached, as published")
    actual: Quantity | None = Field(default=None, description="the value reached, where it is a number")
    score: Quantity | None = Field(default=None, description="of a 自评表: the points given")
    reason: Text | None = Field(default=None, description="of a 自评表: why it was missed, and what is done")


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

    record: Literal["procurement_line"] = "procurement_line"
    line_type: Literal["item", "subtotal", "total"]
    organisation: Text | None
    project: Text | None
    project_budget: Yuan | None
    item: Text | None
    catalogue_code: Text | None
    measure_unit: Text | None
    quantity: Quantity | None
    unit_price: Yuan | None
    total: Yuan | None
    general_public_budget: Yuan | None
    government_fund: Yuan | None
    state_capital: Yuan | None
    fiscal_account: Yuan | None
    unit_funds: Yuan | None
    carryover: Yuan | None
    sme_reserved: Yuan | None


class Asset(RecordBase):
    """A row of 固定资产占用情况表."""

    KEY = ("category", "as_of")

    record: Literal["asset"] = "asset"
    category: Text
    quantity: Quantity | None
    value: Yuan | None
    as_of: date | None


class Finding(RecordBase):
    """A thing in the disclosure that does not hold, or that could not be read (`unread_…`)."""

    KEY = ("check", "subjects", "message")

    record: Literal["finding"] = "finding"
    check: str
    severity: Severity
    message: Text = Field(description="one sentence in Chinese, with both figures")
    expected: str | None
    actual: str | None
    difference: str | None
    subjects: tuple[str, ...] = Field(description="ids of the records it concerns")


class Check(RecordBase):
    """The outcome of one rule on one document."""

    KEY = ("check",)

    record: Literal["check"] = "check"
    check: str
    status: CheckStatus
    reason: Text | None
    comparisons: int
    findings: tuple[str, ...]


Record = Annotated[
    Disclosure
    | BudgetLine
    | Fact
    | OrganisationUnit
    | Goal
    | Project
    | Indicator
    | ProcurementLine
    | Asset
    | Finding
    | Check,
    Field(discriminator="record"),
]

RECORD_TYPES: tuple[type[RecordBase], ...] = (
    Disclosure,
    BudgetLine,
    Fact,
    OrganisationUnit,
    Goal,
    Project,
    Indicator,
    ProcurementLine,
    Asset,
    Finding,
    Check,
)
"""Every record type, in the order of RECORDS."""
