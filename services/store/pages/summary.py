"""A record of any type as one row: what it is called, what it says, its main amount."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from services.store.queries.records import Hit
from services.store.rows import COLUMNS, decode
from services.store.tables import Revision
from shared.schemas.records import RecordBase

_NAMES: Final = (
    "name", "message", "level3", "description", "item", "project", "category", "title", "level2", "level1",
)  # fmt: skip
_DETAILS: Final = ("purpose", "goal", "description", "value_text", "organisation", "reason", "funding")


@dataclass(frozen=True)
class Row:
    """`name` is empty for a fact or a check, which its metric or rule names."""

    type: str
    name: str
    detail: str
    code: str | None
    amount: Decimal | None
    record: Any
    revision: Revision


def summarize(hit: Hit) -> Row:
    """The row of a record."""
    record = decode(hit.body)
    columns = COLUMNS[hit.record.type]
    name = first_text(record, _NAMES)
    detail = first_text(record, tuple(each for each in _DETAILS if getattr(record, each, None) != name))
    amount = getattr(record, columns.amount) if columns.amount else None
    return Row(hit.record.type, name, detail, hit.record.code, amount, record, hit.revision)


def first_text(record: RecordBase, names: tuple[str, ...]) -> str:
    """The first of the fields that has text."""
    return next((value for name in names if (value := getattr(record, name, None))), "")
