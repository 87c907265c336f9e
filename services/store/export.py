"""Records as files: CSV that spreadsheets open, JSON lines for programs; streamed, however many there are."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.filters import MOST, RecordFilter
from services.store.queries.records import Hit, page_of_records, readings_in_scope
from services.store.rows import decode
from shared.database import reading
from shared.schemas.records import Provenance
from shared.topics import RECORDS

_CONTEXT: Final = ("region_code", "region_name", "department", "fiscal_year", "title")
_PLACE: Final = ("page", "table", "row", "column", "text")
_OWN: Final = frozenset({"provenance", "record", "version"})
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"


async def begun(parts: AsyncIterator[str]) -> AsyncIterator[str]:
    """The same parts, the first of which is there: raises DatabaseUnavailable before an answer has begun."""
    first = await anext(parts)

    async def all_parts() -> AsyncIterator[str]:
        yield first
        async for part in parts:
            yield part

    return all_parts()


async def json_lines(engine: AsyncEngine, wanted: RecordFilter) -> AsyncIterator[str]:
    """The records that meet the filter, one a line, as published."""
    async for hits in _pages(engine, wanted):
        yield "".join(f"{hit.body}\n" for hit in hits)


async def comma_separated(engine: AsyncEngine, wanted: RecordFilter) -> AsyncIterator[str]:
    """The records of one type: whose they are, their fields, their place in the source; with a header line."""
    assert wanted.type is not None
    fields = [name for name in RECORDS[wanted.type].model.model_fields if name not in _OWN]
    context = [name for name in _CONTEXT if name not in fields]
    head = _BYTE_ORDER_MARK + _lines([[*context, *fields, *(f"source_{name}" for name in _PLACE), "file_sha256"]])
    async for hits in _pages(engine, wanted):
        yield head + _lines([_row(hit, context, fields) for hit in hits])
        head = ""


async def _pages(engine: AsyncEngine, wanted: RecordFilter) -> AsyncIterator[Sequence[Hit]]:
    """What met the filter at the beginning, whatever came to stand meanwhile."""
    # A transaction over all pages would hold a connection, and the tables' old state, for as long as whoever
    # takes them takes.
    async with reading(engine) as session:
        readings = await readings_in_scope(session, wanted)
    following = wanted.model_copy(update={"limit": MOST})
    while True:
        async with reading(engine) as session:
            page = await page_of_records(session, following, readings)
        yield page.items
        if page.next_cursor is None:
            return
        following = following.model_copy(update={"cursor": page.next_cursor})


def _row(hit: Hit, context: Sequence[str], fields: Sequence[str]) -> list[str]:
    record = decode(hit.body)
    place: Provenance = record.provenance
    values = [
        *(getattr(hit.revision, name) for name in context),
        *(getattr(record, name) for name in fields),
        *(getattr(place, name) for name in _PLACE),
        place.document,
    ]
    return [_text(value) for value in values]


def _text(value: object) -> str:
    """A value as a field; published text that a spreadsheet would run as a formula is quoted with `'`."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return _text("；".join(_text(each) for each in value))
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
