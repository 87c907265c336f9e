"""What was seen: kept in one transaction with the outbox row that tells of it, by who holds the portal."""

import json
from collections.abc import Collection, Container, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.fetcher.fleet import leases
from services.fetcher.state.tables import AddressState, HoldState, ItemState, OutboxRow, PortalState, RevisionState
from shared import database
from shared.bus.contract import Message
from shared.errors import TakenOver

MIGRATIONS: Final = Path(__file__).with_name("migrations")
VERSION_TABLE: Final = "fetcher_version"
AT_ONCE: Final = 500
RUNNING: Final = "running"
ABORTED: Final = "aborted"
SUCCESSES: Final = frozenset({"ok", "unchanged"})


class Seen:
    """The fetchers' memory, under the name of one of them; every method raises DatabaseUnavailable.

    `member` is the number of a fetcher that `members.joined` made. Only it may poll and publish, and what it
    writes of a portal that another one took over is refused with TakenOver; without a number one can but read.
    """

    def __init__(self, engine: AsyncEngine, member: int = 0) -> None:
        self.engine = engine
        self._member = member

    async def portal(self, name: str) -> PortalState | None:
        """The state of a portal; None before its first poll."""
        async with database.reading(self.engine) as session:
            return await session.get(PortalState, name)

    async def portals(self) -> dict[str, PortalState]:
        """The states of all portals polled so far, by name."""
        async with database.reading(self.engine) as session:
            return {state.name: state for state in await session.exec(select(PortalState))}

    async def troubles(self, limit: int) -> Sequence[ItemState]:
        """The items that are gone, failed or incomplete, the newest first."""
        query = select(ItemState).where(col(ItemState.reason).is_not(None), ItemState.state != "noise")
        async with database.reading(self.engine) as session:
            return (await session.exec(query.order_by(col(ItemState.checked_at).desc()).limit(limit))).all()

    async def begin(self, name: str, now: datetime) -> PortalState | None:
        """Take the portal and mark a poll as under way; how the portal was before.

        Raises TakenOver while another fetcher polls it.
        """
        async with database.transaction(self.engine) as session:
            fetcher = await leases.take(session, name, self._member)
            state = await session.get(PortalState, name, with_for_update=True)
            before = PortalState(**state.model_dump()) if state else None
            state = state or PortalState(name=name, outcome=RUNNING, started_at=now)
            state.outcome, state.started_at, state.fetcher, state.asked = RUNNING, now, fetcher, False
            session.add(state)
            return before

    async def end(self, name: str, outcome: str, reason: str | None, counts: str, now: datetime) -> bool:
        """Keep how a poll ended, and let the portal go; `counts` is JSON.

        False, and nothing is kept, when the poll had not begun or another fetcher took over.
        """
        async with database.transaction(self.engine) as session:
            if not await leases.held(session, name, self._member):
                return False
            state = await session.get_one(PortalState, name, with_for_update=True)
            state.outcome, state.reason, state.counts, state.finished_at = outcome, reason, counts, now
            state.failures = 0 if outcome in SUCCESSES else state.failures + (outcome != ABORTED)
            state.success_at = now if outcome in SUCCESSES else state.success_at
            session.add(state)
            await leases.let_go(session, name, self._member)
            return True

    async def interrupted(self, under_way: Collection[str]) -> list[str]:
        """Mark this fetcher's polls that are not `under_way`, and have no end kept, as aborted; their portals."""
        mine = select(HoldState.name).where(HoldState.holder == self._member, HoldState.name != leases.OUTBOX)
        async with database.transaction(self.engine) as session:
            names = [name for name in await session.exec(mine) if name not in under_way]
            for name in names:
                state = await session.get_one(PortalState, name, with_for_update=True)
                state.outcome, state.reason = ABORTED, "How this poll ended could not be kept."
                session.add(state)
                await leases.let_go(session, name, self._member)
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

    async def read_whole(self, name: str, now: datetime) -> None:
        """Keep that all list pages of a portal were read."""
        async with database.transaction(self.engine) as session:
            await leases.check(session, name, self._member)
            state = await session.get_one(PortalState, name, with_for_update=True)
            state.whole_at = now
            session.add(state)

    async def address(self, key: str) -> AddressState | None:
        """What the address of this key last answered."""
        async with database.reading(self.engine) as session:
            return await session.get(AddressState, key)

    async def items(self, portal: str) -> dict[str, ItemState]:
        """All items of a portal, by disclosure id."""
        async with database.reading(self.engine) as session:
            found = await session.exec(select(ItemState).where(ItemState.portal == portal))
            return {item.disclosure_id: item for item in found}

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

    async def listed(self, portal: str, items: Iterable[ItemState], ids: Container[str]) -> None:
        """Keep which of a portal's disclosures a full read of its lists showed, and which it missed."""
        known = [item for item in items if item.revision]
        back = [item.disclosure_id for item in known if item.disclosure_id in ids and item.missed]
        away = [item.disclosure_id for item in known if item.disclosure_id not in ids]
        async with database.transaction(self.engine) as session:
            await leases.check(session, portal, self._member)
            for names, missed in ((back, 0), (away, col(ItemState.missed) + 1)):
                for start in range(0, len(names), AT_ONCE):
                    some = col(ItemState.disclosure_id).in_(names[start : start + AT_ONCE])
                    await session.exec(update(ItemState).where(some).values(missed=missed))

    async def keep(self, portal: str, item: ItemState | None, addresses: Sequence[AddressState]) -> None:
        """Keep an item's state and what its addresses answered; nothing is published."""
        async with database.transaction(self.engine) as session:
            await leases.check(session, portal, self._member)
            await _merge(session, item, addresses)

    async def record(
        self, item: ItemState, addresses: Sequence[AddressState], revision: RevisionState, message: Message
    ) -> None:
        """Keep a new revision and put its message into the outbox: both or neither."""
        async with database.transaction(self.engine) as session:
            await leases.check(session, item.portal, self._member)
            await _merge(session, item, addresses)
            session.add(revision)
            session.add(
                OutboxRow(
                    event_id=revision.event_id,
                    topic=message.topic,
                    key=message.key,
                    value=message.value or b"",
                    headers=json.dumps(dict(message.headers)),
                )
            )

    async def take_outbox(self) -> bool:
        """Be the one that publishes; False while another fetcher does."""
        try:
            async with database.transaction(self.engine) as session:
                await leases.take(session, leases.OUTBOX, self._member)
        except TakenOver:
            return False
        return True

    async def let_go_of_outbox(self) -> None:
        """Let others publish."""
        async with database.transaction(self.engine) as session:
            await leases.let_go(session, leases.OUTBOX, self._member)

    async def unpublished(self, limit: int) -> Sequence[OutboxRow]:
        """The outbox rows that wait, in the order they were committed."""
        query = select(OutboxRow).where(col(OutboxRow.published_at).is_(None)).order_by(col(OutboxRow.number))
        async with database.reading(self.engine) as session:
            return (await session.exec(query.limit(limit))).all()

    async def waiting(self) -> int:
        """How many outbox rows wait."""
        query = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.published_at).is_(None))
        async with database.reading(self.engine) as session:
            return (await session.exec(query)).one()

    async def published(self, rows: Sequence[OutboxRow], now: datetime) -> None:
        """Mark outbox rows as published."""
        numbers = [row.number for row in rows]
        async with database.transaction(self.engine) as session:
            await session.exec(
                update(OutboxRow).where(col(OutboxRow.number).in_(numbers)).values(published_at=now)
            )


async def _merge(session: AsyncSession, item: ItemState | None, addresses: Sequence[AddressState]) -> None:
    for address in addresses:
        await session.merge(address)
    if item is not None:
        await session.merge(item)
