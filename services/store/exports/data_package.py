"""A Frictionless Data Package: a zip of a CSV for each record type and their Table Schemas."""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from services.store.exports.comma_separated import lines, plain
from services.store.exports.pages import Rows
from services.store.exports.sink import Sink
from shared.schemas.record_types import BY_NAME
from shared.schemas.tabular import Column, Shape, columns
from shared.version import VERSION

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the same records make the same bytes."""
_TYPES: Final = {
    Shape.TEXT: "string",
    Shape.WORD: "string",
    Shape.INTEGER: "integer",
    Shape.MONEY: "number",
    Shape.DECIMAL: "number",
    Shape.DATE: "date",
    Shape.MOMENT: "datetime",
    Shape.LIST: "array",
}


class PackageWriter:
    """Writes the tables one after the other, then the descriptor that names those that have rows.

    A package has at least one table (Data Package 1.0): where nothing has rows, that of `EMPTY` has none.
    """

    EMPTY: ClassVar = "disclosure"

    def __init__(self) -> None:
        self._sink = Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        self._member: Any = None
        self._type = ""
        self._resources: list[dict[str, Any]] = []

    def add(self, rows: Rows) -> bytes:
        if rows.values:
            if rows.type != self._type:
                self._begin(rows.type)
            self._member.write(lines([self.cells(row, rows.type) for row in rows.values]).encode())
        return self._sink.taken()

    def end(self) -> Iterator[bytes]:
        if self._member is None:
            self._begin(self.EMPTY)
        self._member.close()
        descriptor = json.dumps(self.descriptor(self._resources), ensure_ascii=False, indent=1) + "\n"
        self._zip.writestr(zipfile.ZipInfo("datapackage.json", _EPOCH), descriptor)
        self._zip.close()
        yield self._sink.taken()

    def close(self) -> None:
        if self._member is not None:
            self._member.close()
        self._zip.close()

    def _begin(self, type_: str) -> None:
        if self._member is not None:
            self._member.close()
        self._type = type_
        resource = self.resource(type_)
        self._resources.append(resource)
        information = zipfile.ZipInfo(resource["path"], _EPOCH)
        information.compress_type = zipfile.ZIP_DEFLATED
        self._member = self._zip.open(information, "w", force_zip64=True)
        self._member.write(lines([[each["name"] for each in resource["schema"]["fields"]]]).encode())

    def resource(self, type_: str) -> dict[str, Any]:
        """The descriptor of a record type's table."""
        return resource_of(type_, [field_of(each) for each in columns(type_)])

    def cells(self, values: Sequence[Any], type_: str) -> list[str]:
        """A row of the table."""
        return [cell(value, column.shape) for value, column in zip(values, columns(type_), strict=True)]

    def descriptor(self, resources: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """datapackage.json."""
        return {
            "profile": "tabular-data-package",
            "name": "gongkai-records",
            "title": "预算公开数据",
            "description": f"Budget disclosures of Chinese counties, read and checked by gongkai {VERSION}.",
            "resources": resources,
        }


writer = PackageWriter


def resource_of(type_: str, fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The descriptor of a record type's table with `fields`."""
    kind = BY_NAME[type_]
    return {
        "profile": "tabular-data-resource",
        "name": kind.topic,
        "path": f"data/{kind.topic}.csv",
        "title": kind.labels["zh"],
        "description": (kind.model.__doc__ or "").split("\n")[0],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def field_of(column: Column) -> dict[str, Any]:
    """The descriptor of a column."""
    return {
        "name": column.name,
        "type": _TYPES[column.shape],
        "title": column.title,
        "description": column.description,
    }


def cell(value: Any, shape: Shape) -> str:
    """A value as Table Schema reads it: a time in UTC, all else as in JSON."""
    if value is None or shape is not Shape.MOMENT:
        return plain(value)
    return f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
