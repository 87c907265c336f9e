"""What was seen, by all fetchers; a poll's own part of it is a PortalMemory, written by the fetcher's Writer."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.fetcher.fleet import leases
from services.fetcher.state.memory import PortalMemory
from services.fetcher.state.tables import (
    AddressState,
    HoldState,
    ItemState,
    LedgerRow,
    OutboxRow,
    PollRecord,
    PortalState,
    RevisionState,
)
from services.fetcher.state.writer import ABORTED, Writer
from shared import database
from shared.archive.contract import Archive

MIGRATIONS: Final = Path(__file__).with_name("migrations")
VERSION_TABLE: Final = "fetcher_version"
AT_ONCE: Final = 500
KEPT: Final = timedelta(days=30)
"""How long a message that was published stays in the outbox; a disclosure's newest stays for good."""


class Seen:
    """The fetchers' memory, under the name of one of them; every method raises DatabaseUnavailable.

    `member` is the number of a fetcher that `members.joined` made. Only it may poll and publish, and what it
    writes of a portal that another one took over is refused with TakenOver; without a number one can but read.
    """

    def __init__(self, engine: AsyncEngine, member: int = 0) -> None:
        self.engine = engine
        self._member = member
        self._writer = Writer(engine, member)

    async def portal(self, name: str) -> PortalState | None:
        """The state of a portal; None before its first poll."""
        async with database.reading(self.engine) as session:
            return await session.get(PortalState, name)

    async def portals(self, names: Collection[str] | None = None) -> dict[str, PortalState]:
        """The states of the portals polled so far, all or those called `names`, by name."""
        query = select(PortalState)
        if names is not None:
            query = query.where(col(PortalState.name).in_(names))
        async with database.reading(self.engine) as session:
            return {state.name: state for state in await session.exec(query)}

    async def polls(self, portal: str) -> Sequence[PollRecord]:
        """The last polls of a portal, the newest first."""
        query = select(PollRecord).where(PollRecord.portal == portal).order_by(col(PollRecord.started_at).desc())
        async with database.reading(self.engine) as session:
            return (await session.exec(query)).all()

    async def ledger(self, since: str) -> Sequence[LedgerRow]:
        """What hosts were asked from the day `since` (YYYY-MM-DD) on."""
        query = select(LedgerRow).where(LedgerRow.day >= since)
        order = col(LedgerRow.day), col(LedgerRow.host), col(LedgerRow.verdict)
        async with database.reading(self.engine) as session:
            return (await session.exec(query.order_by(*order))).all()

    async def troubles(self, limit: int) -> Sequence[ItemState]:
        """The items that are gone, failed or incomplete, the newest first."""
        query = select(ItemState).where(col(ItemState.reason).is_not(None), ItemState.state != "noise")
        async with database.reading(self.engine) as session:
            return (await session.exec(query.order_by(col(ItemState.checked_at).desc()).limit(limit))).all()

    async def begin(self, name: str, now: datetime, archive: Archive | None = None) -> PortalMemory:
        """Take the portal, mark a poll as under way, and read all that is known of it.

        Raises TakenOver while another fetcher polls it.
        """
        return await PortalMemory.begin(self._writer, archive, name, now)

    async def interrupted(self, under_way: Collection[str]) -> list[str]:
        """Mark this fetcher's polls that are not `under_way`, and have no end kept, as aborted; their portals."""
        mine = select(HoldState.name).where(HoldState.holder == self._member, HoldState.name != leases.OUTBOX)
        mine = mine.order_by(col(HoldState.name)).with_for_update()
        async with database.transaction(self.engine) as session:
            names = [name for name in await session.exec(mine) if name not in under_way]
            for name in names:
                state = await session.get_one(PortalState, name, with_for_update=True)
                state.outcome, state.reason = ABORTED, "How this poll ended could not be kept."
                session.add(state)
            await leases.let_go(session, names, self._member)
            return names

    async def ask(self, name: str) -> None:
        """Have the portal's next poll be due now; one that was never polled is."""
        change = update(PortalState).where(col(PortalState.name) == name)
        async with database.transaction(self.engine) as session:
            await session.exec(change.values(asked=True))

    async def set_right(self, name: str, now: datetime) -> None:
        """A poll that ended in the future, by a clock that was wrong, ended now."""
        change = update(PortalState).where(col(PortalState.name) == name, col(PortalState.finished_at) > now)
        async with database.transaction(self.engine) as session:
            await session.exec(change.values(finished_at=now))

    async def items(self, portal: str) -> dict[str, ItemState]:
        """All items of a portal, by disclosure id."""
        async with database.reading(self.engine) as session:
            found = await session.exec(select(ItemState).where(ItemState.portal == portal))
            return {item.disclosure_id: item for item in found}

    async def elsewhere(self, portal: str, ids: Sequence[str]) -> set[str]:
        """Those of the disclosures `ids` that another portal has: several may list the same page."""
        found: set[str] = set()
        async with database.reading(self.engine) as session:
            for start in range(0, len(ids), AT_ONCE):
                query = select(ItemState.disclosure_id).where(
                    col(ItemState.disclosure_id).in_(ids[start : start + AT_ONCE]), ItemState.portal != portal
                )
                found.update(await session.exec(query))
        return found

    async def revision_ids(self, disclosure_id: str) -> set[str]:
        """The ids of all revisions of a disclosure."""
        query = select(RevisionState.revision_id).where(RevisionState.disclosure_id == disclosure_id)
        async with database.reading(self.engine) as session:
            return set(await session.exec(query))

    async def last_message(self, disclosure_id: str) -> bytes | None:
        """The message of a disclosure's newest revision."""
        newest = select(RevisionState.event_id).where(RevisionState.disclosure_id == disclosure_id)
        newest = newest.order_by(col(RevisionState.revision).desc()).limit(1)
        async with database.reading(self.engine) as session:
            event_id = (await session.exec(newest)).first()
            query = select(OutboxRow.value).where(OutboxRow.event_id == event_id)
            return (await session.exec(query)).first()

    async def archived(self) -> str | None:
        """The key of what was archived last; None when nothing was."""
        taken = select(AddressState.sha256)
        async with database.reading(self.engine) as session:
            return (await session.exec(taken.order_by(col(AddressState.whole_at).desc()).limit(1))).first()

    async def take_outbox(self, limit: int) -> Sequence[OutboxRow]:
        """Be the one that publishes: the next rows to publish; none while another fetcher does.

        Who takes it again for its next rows finds so whether it still has it.
        """
        async with database.transaction(self.engine) as session:
            _, refused = await leases.take(session, [leases.OUTBOX], self._member)
            return () if refused else await _unpublished(session, limit)

    async def let_go_of_outbox(self) -> None:
        """Let others publish."""
        async with database.transaction(self.engine) as session:
            await leases.let_go(session, [leases.OUTBOX], self._member)

    async def unpublished(self, limit: int) -> Sequence[OutboxRow]:
        """The outbox rows that wait, in the order they were committed."""
        async with database.reading(self.engine) as session:
            return await _unpublished(session, limit)

    async def waiting(self) -> int:
        """How many outbox rows wait."""
        query = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.published_at).is_(None))
        async with database.reading(self.engine) as session:
            return (await session.exec(query)).one()

    async def published(self, rows: Sequence[OutboxRow], now: datetime) -> None:
        """Mark outbox rows as published; older ones of the same disclosures go, once they are KEPT old."""
        numbers = [row.number for row in rows]
        of_them = col(RevisionState.disclosure_id).in_([row.key for row in rows])
        earlier = col(OutboxRow.event_id).in_(select(RevisionState.event_id).where(of_them))
        async with database.transaction(self.engine) as session:
            await session.exec(
                update(OutboxRow).where(col(OutboxRow.number).in_(numbers)).values(published_at=now)
            )
            await session.exec(delete(OutboxRow).where(earlier, col(OutboxRow.published_at) < now - KEPT))


async def _unpublished(session: AsyncSession, limit: int) -> Sequence[OutboxRow]:
    query = select(OutboxRow).where(col(OutboxRow.published_at).is_(None)).order_by(col(OutboxRow.number))
    return (await session.exec(query.limit(limit))).all()
