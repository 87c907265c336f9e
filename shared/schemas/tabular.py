"""Records as rows of a table: which columns a record type has, of what shape, and what a record has in each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final

from shared.schemas.json_schema import VALUES_SO_FAR, JsonSchema, json_schema
from shared.schemas.record_types import BY_NAME, RecordType
from shared.schemas.records import Provenance
from shared.schemas.reference import alternatives

CONTEXT: Final = ("region_code", "region_name", "department", "fiscal_year", "kind", "title")
"""Of the disclosure, before the fields of the record."""
_IDS: Final = ("id", "disclosure_id", "revision_id")
_PLACE: Final = ("page", "table", "row", "column", "text")
_CENTS: Final = r"^-?\d+\.\d{2}$"


class Shape(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    WORD = "word"
    INTEGER = "integer"
    MONEY = "money"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "moment"
    LIST = "list"


@dataclass(frozen=True)
class Column:
    """A column: `title` is Chinese, `description` English; `field` is what the record's model calls it."""

    name: str
    shape: Shape
    title: str
    description: str
    field: str


@cache
def columns(type_: str) -> tuple[Column, ...]:
    """The columns of a record type: whose it is, its fields, its place in the source."""
    kind = BY_NAME[type_]
    context = [_column(BY_NAME["disclosure"], name) for name in CONTEXT if name not in kind.own]
    fields = [_column(kind, name) for name in (*_IDS, *kind.own)]
    return (*context, *fields, *_place())


def row(record: Mapping[str, Any], context: Mapping[str, Any]) -> list[Any]:
    """A record's values as its JSON has them, in the order of its type's columns; `context`: its disclosure's."""
    kind = BY_NAME[str(record["record"])]
    place = record["provenance"]
    return [
        *(context.get(name) for name in CONTEXT if name not in kind.own),
        *(record.get(name) for name in (*_IDS, *kind.own)),
        *(place.get(name) for name in _PLACE),
        place["document"],
    ]


def typed(value: Any, shape: Shape) -> Any:
    """A value of a record's JSON as what it is: a Decimal, a day, an aware time."""
    return _TYPED[shape](value) if value is not None and shape in _TYPED else value


def _column(kind: RecordType, name: str) -> Column:
    schema = json_schema(kind.model, "")
    return _described(schema, name, name)


def _place() -> Iterator[Column]:
    schema = json_schema(Provenance, "")
    for name in _PLACE:
        yield _described(schema, name, f"source_{name}", "出处：")
    yield _described(schema, "document", "file_sha256")


def _described(schema: JsonSchema, name: str, called: str, before: str = "") -> Column:
    field = schema["properties"][name]
    options = [each for each in alternatives(schema, field) if each["type"] != "null"]
    return Column(called, _shape(options), before + field["title"], field["description"], name)


def _shape(options: Sequence[JsonSchema]) -> Shape:
    first = options[0]
    named = {"date": Shape.DATE, "date-time": Shape.MOMENT, "integer": Shape.INTEGER, "array": Shape.LIST}
    found = named.get(str(first.get("format") or first["type"]))
    if found:
        return found
    if "pattern" in first:
        return Shape.MONEY if first["pattern"] == _CENTS else Shape.DECIMAL
    return Shape.WORD if {"enum", "const", VALUES_SO_FAR} & set(first) else Shape.TEXT


_TYPED: Final[Mapping[Shape, Callable[[Any], Any]]] = {
    Shape.MONEY: Decimal,
    Shape.DECIMAL: Decimal,
    Shape.DATE: date.fromisoformat,
    Shape.MOMENT: datetime.fromisoformat,
}
