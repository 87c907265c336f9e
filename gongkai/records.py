"""The models of the records, what each field means (docs/fields.md), and the reading of a line of JSON."""

from shared.schemas.record_types import BY_NAME, RECORD_TYPES, RecordType, UnknownRecord, decode, type_of
from shared.schemas.records import (
    Asset,
    Attachment,
    BudgetLine,
    Check,
    Disclosure,
    Fact,
    Finding,
    Goal,
    Indicator,
    OrganisationUnit,
    ProcurementLine,
    Project,
    Provenance,
    RecordBase,
)
from shared.schemas.tabular import Column, Shape, columns

__all__ = [
    "BY_NAME",
    "RECORD_TYPES",
    "Asset",
    "Attachment",
    "BudgetLine",
    "Check",
    "Column",
    "Disclosure",
    "Fact",
    "Finding",
    "Goal",
    "Indicator",
    "OrganisationUnit",
    "ProcurementLine",
    "Project",
    "Provenance",
    "RecordBase",
    "RecordType",
    "Shape",
    "UnknownRecord",
    "columns",
    "decode",
    "type_of",
]
