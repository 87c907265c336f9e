"""The record types, one row each: topics, the store's rows, pages, schemas and docs are made from this table."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from shared.schemas import records
from shared.schemas.model import Yuan
from shared.schemas.records import RecordBase

COMMON: Final = tuple(RecordBase.model_fields)
"""The fields every record has."""


@dataclass(frozen=True)
class RecordType:
    """A record type: its model, and what is done with its fields.

    `labels` is language → what it is called. `code`, `amount` name the fields that lists filter by and show,
    `searched` those whose text is searched, `named` and `detailed` what calls and explains a row of a list, the
    first that is filled. `section` is the part of a disclosure's page that shows it; empty: a plain table.
    """

    model: type[RecordBase]
    topic: str
    labels: Mapping[str, str]
    searched: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    detailed: tuple[str, ...] = ()
    code: str = ""
    amount: str = ""
    section: str = ""
    key: str = "id"

    @property
    def name(self) -> str:
        """What `record` says: `budget_line`."""
        return type_of(self.model)

    @cached_property
    def money(self) -> tuple[str, ...]:
        """The fields that hold money in yuan, in the model's order."""
        return tuple(name for name, field in self.model.model_fields.items() if _is(Yuan, field))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The fields it states itself, beside those of every record."""
        own = self.model.__annotations__
        return tuple(name for name in self.model.model_fields if name in own and name != "record")


class UnknownRecord(RecordBase):
    """A record of a type this version does not know, as a later one published it; its own fields are kept."""

    model_config = ConfigDict(extra="allow")

    record: str


def type_of(model: RecordBase | type[RecordBase]) -> str:
    """The name of a record's or a model's type: `budget_line`, `finding`, …"""
    if isinstance(model, type):
        return str(model.model_fields["record"].default)
    return str(model.__dict__["record"])


def _is(wanted: Any, field: Any) -> bool:
    """Whether a field holds `wanted`, or may be null."""
    marks = get_args(wanted)[1:]
    given = [*field.metadata, *(each for option in get_args(field.annotation) for each in get_args(option)[1:])]
    return any(mark is each for mark in marks for each in given)


RECORD_TYPES: Final = (
    RecordType(
        records.Disclosure,
        "disclosures",
        {"zh": "公开文件", "en": "Disclosure"},
        searched=("title", "region_name", "department"),
        named=("title",),
        code="department_code",
        section="disclosure",
        key="disclosure_id",
    ),
    RecordType(
        records.BudgetLine,
        "budget-lines",
        {"zh": "预算表", "en": "Budget table"},
        searched=("name",),
        named=("name",),
        code="code",
        amount="amount",
        section="sheets",
    ),
    RecordType(
        records.Fact,
        "facts",
        {"zh": "正文数字", "en": "Figure in prose"},
        searched=("metric", "scope"),
        detailed=("scope",),
        amount="amount",
        section="facts",
    ),
    RecordType(
        records.OrganisationUnit,
        "organisation-units",
        {"zh": "机构", "en": "Unit"},
        searched=("name", "nature", "rank", "funding"),
        named=("name",),
        detailed=("funding",),
        section="units",
    ),
    RecordType(
        records.Goal,
        "goals",
        {"zh": "绩效目标", "en": "Goal"},
        searched=("title", "goal", "indicators"),
        named=("title",),
        detailed=("goal",),
        section="goals",
    ),
    RecordType(
        records.Project,
        "projects",
        {"zh": "项目", "en": "Project"},
        searched=("name", "unit_name", "purpose", "goals"),
        named=("name",),
        detailed=("purpose",),
        code="code",
        amount="budget",
        section="projects",
    ),
    RecordType(
        records.Indicator,
        "indicators",
        {"zh": "绩效指标", "en": "Indicator"},
        searched=("project_name", "level1", "level2", "level3", "description", "value_text", "basis"),
        named=("level3", "description", "level2", "level1"),
        detailed=("description", "value_text", "reason"),
        section="projects",
    ),
    RecordType(
        records.ProcurementLine,
        "procurement-lines",
        {"zh": "政府采购", "en": "Procurement"},
        searched=("organisation", "project", "item"),
        named=("item", "project"),
        detailed=("organisation",),
        code="catalogue_code",
        amount="total",
        section="procurement",
    ),
    RecordType(
        records.Asset,
        "assets",
        {"zh": "资产", "en": "Asset"},
        searched=("category",),
        named=("category",),
        amount="value",
        section="assets",
    ),
    RecordType(
        records.Finding,
        "findings",
        {"zh": "问题", "en": "Finding"},
        searched=("message",),
        named=("message",),
        section="findings",
    ),
    RecordType(
        records.Check,
        "checks",
        {"zh": "核对", "en": "Check"},
        searched=("reason",),
        detailed=("reason",),
        section="findings",
    ),
)
"""Every record type, in the order a disclosure's page has them."""

BY_NAME: Final[Mapping[str, RecordType]] = {each.name: each for each in RECORD_TYPES}

if TYPE_CHECKING:
    Record = RecordBase
else:
    Record = Annotated[reduce(or_, (each.model for each in RECORD_TYPES)), Field(discriminator="record")]
    """A record of a known type."""

_KNOWN: Final[TypeAdapter[RecordBase]] = TypeAdapter(Record)
_NOT_KNOWN: Final = frozenset({"union_tag_invalid", "union_tag_not_found"})


def decode(body: str | bytes) -> RecordBase:
    """The record in a line of JSON, an UnknownRecord where its type is not known; raises ValidationError."""
    try:
        return _KNOWN.validate_json(body)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] not in _NOT_KNOWN:
            raise
        return UnknownRecord.model_validate_json(body)


def plain(name: str) -> RecordType:
    """The record type called `name`; of one not known, what holds for any."""
    return BY_NAME.get(name) or RecordType(UnknownRecord, name, {})
