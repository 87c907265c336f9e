"""A record of any type as one row: what it is called, what it says, its main amount."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.store.queries.records import Hit
from services.store.tables import Revision
from shared.schemas.record_types import decode, plain
from shared.schemas.records import RecordBase


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
    kind = plain(hit.record.type)
    name = first_text(record, kind.named)
    detail = first_text(record, tuple(each for each in kind.detailed if getattr(record, each) != name))
    amount = getattr(record, kind.amount) if kind.amount else None
    return Row(hit.record.type, name, detail, hit.record.code, amount, record, hit.revision)


def first_text(record: RecordBase, names: tuple[str, ...]) -> str:
    """The first of the fields that has text."""
    return next((value for name in names if (value := getattr(record, name, None))), "")
