"""Parquet for programs: typed columns, money as exact decimals, what a column means in its metadata."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any, Final

import pyarrow
from pyarrow import parquet

from services.store.exports.comma_separated import plain
from services.store.exports.pages import Rows
from services.store.exports.sink import Sink
from shared.schemas.tabular import Column, Shape, columns, typed
from shared.version import VERSION

_DIGITS: Final = 38
_PLACES: Final = {Shape.MONEY: 2, Shape.DECIMAL: 9}
_GROUP: Final = 50_000
"""Rows that are compressed together."""
_TYPES: Final = {
    Shape.TEXT: pyarrow.string(),
    Shape.WORD: pyarrow.string(),
    Shape.LIST: pyarrow.list_(pyarrow.string()),
    Shape.INTEGER: pyarrow.int64(),
    Shape.DATE: pyarrow.date32(),
    Shape.MOMENT: pyarrow.timestamp("us", "UTC"),
    **{shape: pyarrow.decimal128(_DIGITS, places) for shape, places in _PLACES.items()},
}


class ParquetWriter:
    """The records of one type, 50,000 rows a group."""

    def __init__(self) -> None:
        self._sink = Sink()
        self._columns: Sequence[Column] = ()
        self._waiting: list[Sequence[Any]] = []
        self._file: parquet.ParquetWriter | None = None

    def add(self, rows: Rows) -> bytes:
        if self._file is None:
            self._columns = columns(rows.type)
            self._file = parquet.ParquetWriter(self._sink, _schema(rows.type), compression="zstd")
        self._waiting += rows.values
        return self._flushed() if len(self._waiting) >= _GROUP else b""

    def end(self) -> Iterator[bytes]:
        assert self._file is not None
        part = self._flushed()
        self._file.close()
        yield part + self._sink.taken()

    def close(self) -> None:
        if self._file is not None and self._file.is_open:
            self._file.close()

    def _flushed(self) -> bytes:
        assert self._file is not None
        if self._waiting:
            by_column = zip(*self._waiting, strict=True)
            arrays = [
                pyarrow.array([_typed(value, column.shape) for value in values], _TYPES[column.shape])
                for values, column in zip(by_column, self._columns, strict=True)
            ]
            self._waiting = []
            self._file.write_table(pyarrow.Table.from_arrays(arrays, schema=self._file.schema))
        return self._sink.taken()


writer = ParquetWriter


def _schema(type_: str) -> pyarrow.Schema:
    fields = [
        pyarrow.field(
            each.name, _TYPES[each.shape], metadata={"title": each.title, "description": each.description}
        )
        for each in columns(type_)
    ]
    return pyarrow.schema(fields, metadata={"record": type_, "gongkai": VERSION})


def _typed(value: Any, shape: Shape) -> Any:
    if value is not None and shape in _PLACES:
        return _decimal(value, _PLACES[shape])
    if value is not None and shape is Shape.LIST:
        return [each if isinstance(each, str) or each is None else plain(each) for each in value]
    return typed(value, shape)


def _decimal(value: str, places: int) -> Decimal | None:
    """Exact to `places`; None for what no budget could hold, which stays in the record's source text."""
    try:
        return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, Context(prec=_DIGITS))
    except InvalidOperation:
        return None
