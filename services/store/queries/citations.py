"""A record as it is cited: in the revision that is named, and what the one that stands says of it now."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.queries import records
from services.store.queries.disclosures import foremost
from services.store.tables import Record, Revision
from shared.schemas.changes import FieldChange, Pair, called, differences, pairs
from shared.schemas.record_types import decode
from shared.schemas.records import RecordBase


@dataclass(frozen=True)
class Cited:
    """A record of a revision; `now` is the same record where it stands, None where it is gone.

    `differs` are the fields the two differ in; none where the revision is the one that stands.
    """

    record: RecordBase
    revision: Revision
    now: RecordBase | None
    standing: Revision | None
    differs: tuple[FieldChange, ...]

    @property
    def name(self) -> str:
        return called(self.record)


async def disclosure_of(session: AsyncSession, record_id: str) -> str | None:
    """The disclosure a record belongs to, or did."""
    statement = (
        select(Revision.disclosure_id)
        .join(Record, col(Record.revision) == Revision.key)
        .where(col(Record.id) == record_id)
        .limit(1)
    )
    return (await session.exec(statement)).first()


async def cited(
    session: AsyncSession, history: Sequence[Revision], revision: Revision, record_id: str
) -> Cited | None:
    """The record in `revision`, else in the newest that had it; None where none of `history` has."""
    for reading in (revision, *history):
        record = await records.one_of(session, reading.key or 0, record_id)
        if record is not None:
            now, standing = await _now(session, history, reading, record)
            differs = differences(Pair(record, now)) if now and not reading.standing else ()
            return Cited(record, reading, now, standing, differs)
    return None


async def _now(
    session: AsyncSession, history: Sequence[Revision], reading: Revision, record: RecordBase
) -> tuple[RecordBase | None, Revision | None]:
    """The record as it stands, and the reading that stands."""
    standing = foremost(each for each in history if each.standing)
    if standing is None or standing.key == reading.key:
        return record, standing
    before, after = [await records.all_of(session, each.key or 0) for each in (reading, standing)]
    found = pairs([decode(each) for each in before], [decode(each) for each in after])
    return next((each.after for each in found if each.before and each.before.id == record.id), None), standing
