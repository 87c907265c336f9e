"""Which reading of a disclosure stands: that of its newest revision, by the newest gongkai."""

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.tables import Revision
from shared.schemas.events import Rank, rank


def _rank(reading: Revision) -> tuple[Rank, int]:
    return rank(reading.revision, reading.fetched_at, reading.version), reading.key or 0


async def settle(session: AsyncSession, disclosure_id: str) -> None:
    """Let the highest reading of the disclosure stand and no other; an older one coming late changes nothing.

    For one transaction of the disclosure at a time.
    """
    of_disclosure = select(Revision).where(col(Revision.disclosure_id) == disclosure_id)
    readings = (await session.exec(of_disclosure)).all()
    highest = max(readings, key=_rank)
    if highest.standing:
        return
    fall = update(Revision).where(col(Revision.disclosure_id) == disclosure_id, col(Revision.standing))
    await session.exec(fall.values(standing=False))
    await session.exec(update(Revision).where(col(Revision.key) == highest.key).values(standing=True))
