"""normalized → database: a revision's records become rows, in one transaction with the fact that they did."""

import asyncio
from collections import Counter
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store import revisions, search
from services.store.bulk import insert_rows
from services.store.rows import Reading, read
from services.store.tables import MOST_RECORDS, RECORD, RECORD_BODY, Revision
from shared import metrics
from shared.archive.contract import Archive
from shared.clock import Clock
from shared.database import transaction
from shared.schemas.events import NormalizedEvent

BATCH: Final = 1_000


async def apply(event: NormalizedEvent, archive: Archive, engine: AsyncEngine, clock: Clock) -> None:
    """Keep the event's records; the newest revision stands, whatever the order they come in.

    Applying an event again, or in two places at once, changes nothing. Raises Corrupt, TooLarge,
    DatabaseUnavailable, ArchiveUnavailable.
    """
    reading = await asyncio.to_thread(read, event, archive)
    with metrics.STORE_WRITE_DURATION.time():
        async with transaction(engine, lock=f"disclosure {event.disclosure_id}") as session:
            applied = await _applied(session, event)
            key = applied or await _keep(session, event, reading, clock)
            await revisions.settle(session, event, key, clock.now())
    if applied is None:
        for kind, count in Counter(each.type for each in reading.published).items():
            metrics.RECORDS_STORED.labels(kind).inc(count)


async def _applied(session: AsyncSession, event: NormalizedEvent) -> int | None:
    """The row of this very reading, the same records of the same revision, when it is there."""
    same = select(Revision.key).where(
        col(Revision.revision_id) == event.revision_id,
        col(Revision.revision) == event.revision,
        col(Revision.records) == event.records,
    )
    return (await session.exec(same)).first()


async def _keep(session: AsyncSession, event: NormalizedEvent, reading: Reading, clock: Clock) -> int:
    """Write the reading and return its row."""
    revision = reading.revision(event, clock.now())
    session.add(revision)
    await session.flush()
    assert revision.key is not None
    session.add_all(reading.rows_of_files(revision.key))
    await _insert(session, reading, revision.key)
    return revision.key


async def _insert(session: AsyncSession, reading: Reading, revision: int) -> None:
    numbered = list(enumerate(reading.published, start=revision * MOST_RECORDS))
    for start in range(0, len(numbered), BATCH):
        batch = numbered[start : start + BATCH]
        await insert_rows(session, RECORD, [each.row(position, revision) for position, each in batch])
        await insert_rows(session, RECORD_BODY, [{"position": place, "body": each.body} for place, each in batch])
        await search.keep(session, [(position, each.searched) for position, each in batch])
