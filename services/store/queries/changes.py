"""Two revisions of a disclosure compared: which two, and what the newer says otherwise."""

import asyncio
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.queries import records
from services.store.queries.disclosures import foremost
from services.store.tables import Revision
from shared.schemas.changes import Change, changes
from shared.schemas.record_types import decode


def choose(
    history: Sequence[Revision], revision: str | None, against: str | None
) -> tuple[Revision, Revision] | None:
    """The older and the newer reading to compare; None where there are none.

    The newer is of `revision`, else the one that stands; the older of `against`, else of the revision before.
    """
    newer = foremost(each for each in history if revision in {None, each.revision_id})
    if newer is None:
        return None
    if against is not None:
        older = foremost(each for each in history if each.revision_id == against)
    else:
        before = [each for each in history if each.revision < newer.revision]
        last = max((each.revision for each in before), default=0)
        older = foremost(each for each in before if each.revision == last)
    return (older, newer) if older is not None else None


async def between(session: AsyncSession, older: Revision, newer: Revision) -> list[Change]:
    """What `newer` says otherwise than `older`."""
    before, after = [await records.all_of(session, each.key or 0) for each in (older, newer)]
    return await asyncio.to_thread(lambda: changes(map(decode, before), map(decode, after), newer.fetched_at))
