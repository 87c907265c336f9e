"""What came to stand, in the order it did, for programs that keep a copy: none is missed, what is gone is told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, String, cast, exists, func, literal, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel import select as entities
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store import cursor
from services.store.filters import Following
from services.store.queries.columns import fetch
from services.store.tables import Record, Revision, StandingChange
from shared.database import on_sqlite

_OWN: Final = cast(cast(func.pg_current_xact_id(), String), BigInteger)
_OLDEST: Final = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), String), BigInteger)


@dataclass(frozen=True)
class Followed:
    """A reading that came to stand, where its records are, and the ids of those only the one before had."""

    disclosure_id: str
    revision_id: str
    revision: int
    reading: int
    replaced_revision_id: str | None
    at: datetime
    records: str
    removed: Sequence[str]


@dataclass(frozen=True)
class FollowedPage:
    """Readings in the order they came to stand; `next_cursor` is where to go on, also at the end."""

    items: Sequence[Followed]
    next_cursor: str


async def writer(session: AsyncSession) -> int:
    """The number of the session's transaction, by which others know whether those before it are done."""
    if on_sqlite(session):
        return 0
    ((number,),) = await fetch(session, select(_OWN))
    return int(number)


async def page(session: AsyncSession, wanted: Following) -> FollowedPage:
    """What came to stand after a place.

    On PostgreSQL a change is told once every transaction that began before its own is done: one that commits late
    would otherwise come to lie before a place that was already read.
    """
    place = tuple_(col(StandingChange.writer), col(StandingChange.number))
    statement = (
        entities(StandingChange, Revision)
        .join(Revision, col(Revision.key) == col(StandingChange.reading))
        .where(place > wanted.place)
        .order_by(col(StandingChange.writer), col(StandingChange.number))
        .limit(wanted.limit)
    )
    if not on_sqlite(session):
        statement = statement.where(col(StandingChange.writer) < _OLDEST)
    rows = (await session.exec(statement)).all()
    gone = await _gone(session, [change for change, _ in rows])
    replaced = await _names(session, [change.replaced for change, _ in rows if change.replaced])
    items = [_followed(change, reading, replaced, gone) for change, reading in rows]
    last = rows[-1][0] if rows else None
    return FollowedPage(items, cursor.write((last.writer, last.number or 0) if last else wanted.place))


def _followed(
    change: StandingChange, reading: Revision, replaced: Mapping[int, str], gone: Mapping[int, Sequence[str]]
) -> Followed:
    return Followed(
        disclosure_id=change.disclosure_id,
        revision_id=reading.revision_id,
        revision=reading.revision,
        reading=change.reading,
        replaced_revision_id=replaced.get(change.replaced or 0),
        at=change.at,
        records=f"/api/v1/records.jsonl?reading={change.reading}",
        removed=gone.get(change.number or 0, ()),
    )


async def _names(session: AsyncSession, readings: Sequence[int]) -> Mapping[int, str]:
    """Key of a reading → its revision id."""
    rows = await session.exec(entities(Revision.key, Revision.revision_id).where(col(Revision.key).in_(readings)))
    return {key: name for key, name in rows if key is not None}


async def _gone(session: AsyncSession, changes: Sequence[StandingChange]) -> Mapping[int, Sequence[str]]:
    """Number of a change → ids of the records that only the replaced reading has."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for change in changes:
        if change.replaced is not None:
            still = aliased(Record)
            stays = exists(
                select(literal(1)).where(col(still.id) == col(Record.id), col(still.revision) == change.reading)
            )
            statement = select(col(Record.id)).where(col(Record.revision) == change.replaced, ~stays)
            rows = await fetch(session, statement.order_by(col(Record.position)))
            found[change.number or 0] = [row[0] for row in rows]
    return found
