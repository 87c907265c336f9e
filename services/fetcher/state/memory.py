"""What one poll knows of its portal, read as it begins, and what it learns, handed to the writer as it goes."""

import asyncio
from collections.abc import Container, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from services.fetcher.fleet.tasks import bounded
from services.fetcher.state.tables import (
    AddressState,
    ItemState,
    LedgerRow,
    PollRecord,
    PortalState,
    RevisionState,
)
from services.fetcher.state.writer import ABORTED, Begin, End, Known, Learned, Writer
from shared.archive.contract import Archive
from shared.bus.contract import Message
from shared.errors import DatabaseUnavailable, TakenOver

END_SECONDS: Final = 10.0
_UNKEPT: Final = "What the poll found could not be kept."


class PortalMemory:
    """A poll's own view of its portal; made by `Seen.begin`.

    What is kept is committed within a second, by `end` at the latest. Each method raises, at its next call, what
    kept an earlier one from being committed: TakenOver, DatabaseUnavailable, ArchiveUnavailable.
    """

    def __init__(self, writer: Writer, archive: Archive | None, begun: Begin, known: Known) -> None:
        self.portal = begun.portal
        self._began = begun.now
        self._canary: tuple[datetime, str | None] | None = None
        self._log: tuple[str, Sequence[LedgerRow]] | None = None
        self.before: PortalState | None = known.before
        self.items = known.items
        self._addresses = known.addresses
        self._writer = writer
        self._archive = archive
        self._handed: list[asyncio.Future[None]] = []
        self._whole_at: datetime | None = None

    @classmethod
    async def begin(cls, writer: Writer, archive: Archive | None, portal: str, now: datetime) -> "PortalMemory":
        """Take the portal and read what is known; raises TakenOver while another fetcher polls it."""
        try:
            begun = Begin(portal, now)
            return cls(writer, archive, begun, await writer.put(begun))
        except asyncio.CancelledError:
            interrupted = End(portal, ABORTED, "The poll was interrupted.", "{}", now)
            with suppress(DatabaseUnavailable, TakenOver):  # it was not begun
                await bounded(END_SECONDS, writer.ended(interrupted))
            raise

    def address(self, key: str) -> AddressState | None:
        """What the address of this key last answered."""
        return self._addresses.get(key)

    async def keep(
        self, item: ItemState | None, addresses: Sequence[AddressState] = (), pages: Sequence[bytes] = ()
    ) -> None:
        """Keep an item's state and what its addresses answered; nothing is published."""
        await self._hand(Learned(self.portal, [item] if item else [], addresses, pages=pages))

    async def record(
        self,
        item: ItemState,
        addresses: Sequence[AddressState],
        revision: RevisionState,
        message: Message,
        pages: Sequence[bytes] = (),
    ) -> None:
        """Keep a new revision and put its message into the outbox: both or neither; `pages` are archived first."""
        await self._hand(Learned(self.portal, [item], addresses, revision, message, pages))

    async def listed(self, ids: Container[str]) -> None:
        """Keep which of the portal's disclosures a full read of its lists showed, and which it missed."""
        changed = []
        for item in self.items.values():
            missed = 0 if item.disclosure_id in ids else item.missed + 1
            if item.revision and missed != item.missed:
                item.missed = missed
                changed.append(item)
        if changed:
            await self._hand(Learned(self.portal, changed))

    def read_whole(self, now: datetime) -> None:
        """All list pages were read; kept with the poll's end."""
        self._whole_at = now

    def canary(self, now: datetime, wrong: str | None) -> None:
        """The day's canary was looked at; kept with the poll's end."""
        self._canary = now, wrong

    def log(self, log: str, ledger: Sequence[LedgerRow]) -> None:
        """What the poll asked, took and left, as JSON, and what hosts were asked; kept with its end."""
        self._log = log, ledger

    async def end(self, outcome: str, reason: str | None, counts: str, now: datetime) -> None:
        """Keep all that was learned, and how the poll ended, and let the portal go.

        Where what was learned cannot be kept the poll ends as aborted, and this raises why.
        """
        log, ledger = self._log or ("{}", ())
        record = PollRecord(
            portal=self.portal,
            started_at=self._began,
            finished_at=now,
            outcome=outcome,
            reason=reason,
            counts=counts,
            log=log,
        )
        end = End(
            self.portal, outcome, reason, counts, now, self._whole_at, self._canary, record, ledger, self._handed
        )
        try:
            await self._writer.put(end)
        except Exception as error:
            if any(future.done() and future.exception() is error for future in self._handed):
                await self._writer.put(End(self.portal, ABORTED, _UNKEPT, counts, now))
            raise

    async def _hand(self, learned: Learned) -> None:
        while self._handed and self._handed[0].done():
            self._handed[0].result()
            del self._handed[0]
        await self._writer.room()
        for item in learned.items:
            self.items[item.disclosure_id] = item
        self._addresses |= {address.key: address for address in learned.addresses}
        self._handed.append(self._writer.put(learned, self._archive, hurry=False))
