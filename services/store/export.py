"""Records as files: CSV that spreadsheets open, JSON lines for programs; streamed, however many there are."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Sequence
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.filters import MOST, RecordFilter
from services.store.queries.records import Hit, page_of_records, readings_in_scope
from shared.database import reading
from shared.schemas.record_types import BY_NAME

_CONTEXT: Final = ("region_code", "region_name", "department", "fiscal_year", "kind", "title")
_PLACE: Final = ("page", "table", "row", "column", "text")
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER: Final = re.compile(r"[-+－＋]?\s*[\d,，]*([.．]\d+)?\s*[%％]?", re.ASCII)
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
    own = BY_NAME[wanted.type].own
    context = [name for name in _CONTEXT if name not in own]
    fields = ["id", "disclosure_id", "revision_id", *own]
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
    record: dict[str, Any] = json.loads(hit.body)
    place = record["provenance"]
    closed = _closed(hit.record.type)
    return [
        *(_field(getattr(hit.revision, name)) for name in context),
        *(_field(record.get(name), name not in closed) for name in fields),
        *(_field(place.get(name)) for name in _PLACE),
        place["document"],
    ]


@cache
def _closed(type_: str) -> frozenset[str]:
    """The fields of a record type that have one of our own words: an operator `=` is no formula."""
    fields = BY_NAME[type_].model.model_fields.items()
    return frozenset(
        name
        for name, field in fields
        if any(get_origin(each) is Literal for each in (field.annotation, *get_args(field.annotation)))
    )


def _field(value: object, free: bool = True) -> str:
    """A value as its JSON has it, what is nested as JSON; free text a spreadsheet would run is quoted with `'`."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if free and _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet could run it: a number, or a dash for an empty cell, it cannot."""
    return text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) and any(map(str.isalnum, text))


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
