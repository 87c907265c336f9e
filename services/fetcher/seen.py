"""What was seen: kept in one transaction with the outbox row that tells of it."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.fetcher.tables import AddressState, ItemState, OutboxRow, PortalState, RevisionState
from shared import database
from shared.bus.contract import Message

MIGRATIONS: Final = Path(__file__).with_name("migrations")
VERSION_TABLE: Final = "fetcher_version"
RUNNING: Final = "running"
ABORTED: Final = "aborted"
SUCCESSES: Final = frozenset({"ok", "unchanged"})


class Seen:
    """The fetcher's memory; every method raises DatabaseUnavailable when the database is away."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def portal(self, name: str) -> PortalState | None:
        """The state of a portal; None before its first poll."""
        async with database.reading(self._engine) as session:
            return await session.get(PortalState, name)

    async def portals(self) -> dict[str, PortalState]:
        """The states of all portals polled so far, by name."""
        async with database.reading(self._engine) as session:
            return {state.name: state for state in await session.exec(select(PortalState))}

    async def troubles(self, limit: int) -> Sequence[ItemState]:
        """The items that are gone, failed or incomplete, the newest first."""
        query = select(ItemState).where(col(ItemState.reason).is_not(None), ItemState.state != "noise")
        async with database.reading(self._engine) as session:
            return (await session.exec(query.order_by(col(ItemState.checked_at).desc()).limit(limit))).all()

    async def begin(self, name: str, now: datetime) -> datetime | None:
        """Mark a poll as under way; when all list pages were last read."""
        async with database.transaction(self._engine) as session:
            state = await session.get(PortalState, name, with_for_update=True)
            if state is None:
                state = PortalState(name=name, outcome=RUNNING, started_at=now)
            state.outcome, state.started_at = RUNNING, now
            session.add(state)
            return state.whole_at

    async def end(self, name: str, outcome: str, reason: str | None, counts: str, now: datetime) -> None:
        """Keep how a poll ended; `counts` is JSON."""
        async with database.transaction(self._engine) as session:
            state = await session.get(PortalState, name, with_for_update=True)
            assert state is not None
            state.outcome, state.reason, state.counts, state.finished_at = outcome, reason, counts, now
            state.failures = 0 if outcome in SUCCESSES else state.failures + (outcome != ABORTED)
            state.success_at = now if outcome in SUCCESSES else state.success_at
            session.add(state)

    async def read_whole(self, name: str, now: datetime) -> None:
        """Keep that all list pages of a portal were read."""
        async with database.transaction(self._engine) as session:
            state = await session.get(PortalState, name, with_for_update=True)
            assert state is not None
            state.whole_at = now
            session.add(state)

    async def interrupted(self) -> list[str]:
        """Mark the polls that a crash left under way as aborted; their portals."""
        async with database.transaction(self._engine) as session:
            states = (await session.exec(select(PortalState).where(PortalState.outcome == RUNNING))).all()
            for state in states:
                state.outcome, state.reason = ABORTED, "The fetcher was stopped in the middle of this poll."
                session.add(state)
            return [state.name for state in states]

    async def address(self, key: str) -> AddressState | None:
        """What the address of this key last answered."""
        async with database.reading(self._engine) as session:
            return await session.get(AddressState, key)

    async def items(self, portal: str) -> dict[str, ItemState]:
        """All items of a portal, by disclosure id."""
        async with database.reading(self._engine) as session:
            found = await session.exec(select(ItemState).where(ItemState.portal == portal))
            return {item.disclosure_id: item for item in found}

    async def revision_ids(self, disclosure_id: str) -> set[str]:
        """The ids of all revisions of a disclosure."""
        query = select(RevisionState.revision_id).where(RevisionState.disclosure_id == disclosure_id)
        async with database.reading(self._engine) as session:
            return set(await session.exec(query))

    async def keep(self, item: ItemState | None, addresses: Sequence[AddressState]) -> None:
        """Keep an item's state and what its addresses answered; nothing is published."""
        async with database.transaction(self._engine) as session:
            await _merge(session, item, addresses)

    async def record(
        self, item: ItemState, addresses: Sequence[AddressState], revision: RevisionState, message: Message
    ) -> bool:
        """Keep a new revision and put its message into the outbox: both or neither.

        False, and nothing is kept, when another poll of the portal recorded that revision meanwhile.
        """
        async with database.transaction(self._engine) as session:
            # 1. this poll saw no revision n; 2. another poll committed one; 3. this one waits here until it has.
            await session.get(PortalState, item.portal, with_for_update=True)
            if await session.get(RevisionState, (revision.disclosure_id, revision.revision)):
                return False
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
            return True

    async def unpublished(self, limit: int) -> Sequence[OutboxRow]:
        """The outbox rows that wait, in the order they were committed."""
        query = select(OutboxRow).where(col(OutboxRow.published_at).is_(None)).order_by(col(OutboxRow.number))
        async with database.reading(self._engine) as session:
            return (await session.exec(query.limit(limit))).all()

    async def published(self, rows: Sequence[OutboxRow], now: datetime) -> None:
        """Mark outbox rows as published."""
        numbers = [row.number for row in rows]
        async with database.transaction(self._engine) as session:
            await session.exec(
                update(OutboxRow).where(col(OutboxRow.number).in_(numbers)).values(published_at=now)
            )


async def _merge(session: AsyncSession, item: ItemState | None, addresses: Sequence[AddressState]) -> None:
    for address in addresses:
        await session.merge(address)
    if item is not None:
        await session.merge(item)
