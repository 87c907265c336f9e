"""The records a query finds, a page after the other, as they stood when it began."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.filters import MOST, RecordFilter
from services.store.queries.records import Extent, Hit, extent_of, page_of_records
from shared.database import reading
from shared.schemas import tabular
from shared.schemas.record_types import RECORD_TYPES

Part = TypeVar("Part", str, bytes)


@dataclass(frozen=True)
class Rows:
    """Rows of one record type, in the order of its columns."""

    type: str
    values: Sequence[Sequence[Any]]


async def begun(parts: AsyncIterator[Part]) -> AsyncIterator[Part]:
    """The same parts, the first of which is there: raises DatabaseUnavailable before an answer has begun."""
    first = await anext(parts)

    async def all_parts() -> AsyncIterator[Part]:
        yield first
        async for part in parts:
            yield part

    return all_parts()


async def json_lines(engine: AsyncEngine, wanted: RecordFilter) -> AsyncIterator[bytes]:
    """The records that meet the filter, one a line, as published."""
    extent = await _extent(engine, wanted)
    async for hits in _pages(engine, wanted, extent):
        yield "".join(f"{hit.body}\n" for hit in hits).encode()


async def rows(engine: AsyncEngine, wanted: RecordFilter) -> AsyncIterator[Rows]:
    """The records that meet the filter as rows, type after type; the first page of each may be empty.

    Of all types where none is asked for: those this version knows.
    """
    extent = await _extent(engine, wanted)
    for type_ in [wanted.type] if wanted.type else [each.name for each in RECORD_TYPES]:
        async for hits in _pages(engine, wanted.model_copy(update={"type": type_}), extent):
            yield Rows(type_, [_row(hit) for hit in hits])


async def _extent(engine: AsyncEngine, wanted: RecordFilter) -> Extent:
    # A transaction over all pages would hold a connection, and the tables' old state, for as long as whoever
    # takes them takes.
    async with reading(engine) as session:
        return await extent_of(session, wanted)


async def _pages(engine: AsyncEngine, wanted: RecordFilter, extent: Extent) -> AsyncIterator[Sequence[Hit]]:
    following = wanted.model_copy(update={"limit": MOST})
    while True:
        async with reading(engine) as session:
            page = await page_of_records(session, following, extent)
        yield page.items
        if page.next_cursor is None:
            return
        following = following.model_copy(update={"cursor": page.next_cursor})


_OF_REVISION: Final = tabular.CONTEXT


def _row(hit: Hit) -> list[Any]:
    return tabular.row(json.loads(hit.body), {name: getattr(hit.revision, name) for name in _OF_REVISION})
