"""Which reading of a disclosure stands: that of its newest revision, by the newest gongkai."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.queries import following
from services.store.tables import Revision, StandingChange
from shared.schemas.events import NormalizedEvent


async def settle(session: AsyncSession, event: NormalizedEvent, key: int, now: datetime) -> None:
    """Let the event's reading, which is row `key`, stand unless one that ranks higher does.

    Of equal ranks the last one met stands, as on the record topics. A reading that is met again, as where a
    portal's history was lost, is as new as its last event. `now` is when it came to stand. For one transaction of
    the disclosure at a time.
    """
    of_disclosure = col(Revision.disclosure_id) == event.disclosure_id
    standing = (await session.exec(select(Revision).where(of_disclosure, col(Revision.standing)))).first()
    if standing is not None:
        if event.reading.rank < standing.rank or (standing.key == key and event.reading.rank == standing.rank):
            return
        await session.exec(update(Revision).where(of_disclosure, col(Revision.standing)).values(standing=False))
    stands = update(Revision).where(col(Revision.key) == key)
    await session.exec(stands.values(standing=True, fetched_at=event.fetched_at, version=event.version))
    if standing is None or standing.key != key:
        change = StandingChange(
            writer=await following.writer(session),
            disclosure_id=event.disclosure_id,
            reading=key,
            replaced=standing.key if standing else None,
            at=now,
        )
        session.add(change)
