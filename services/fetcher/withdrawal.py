"""Disclosures that a portal takes back: off its lists and no longer there, confirmed over several polls."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from services.fetcher.collect import Collector
from services.fetcher.counts import Counts
from services.fetcher.http.revalidation import PollContext, Visits
from services.fetcher.portal import Portal
from services.fetcher.sites.links import shown
from services.fetcher.state.memory import PortalMemory
from services.fetcher.state.tables import ItemState
from shared.clock import since
from shared.errors import Gone, PermanentError, PortalError, PortalUnavailable
from shared.schemas.events import FetchedEvent

CONFIRMED: Final = 2
"""Full reads in a row that miss a disclosure that its address no longer shows either."""
MOST_ASKED: Final = 20

log = structlog.get_logger()


@dataclass(frozen=True)
class Withdrawals:
    """Looks, after a sound full read of a portal's lists, for what they no longer show."""

    portal: Portal
    visits: Visits
    context: PollContext
    memory: PortalMemory
    collector: Collector

    async def look(self, listed: Collection[str], counts: Counts) -> None:
        """Ask for what is off the lists, at most MOST_ASKED addresses; publish what is withdrawn."""
        items = self.memory.items.values()
        missing = [item for item in items if item.disclosure_id not in listed and self._is_due(item)]
        for item in sorted(missing, key=lambda item: item.checked_at)[:MOST_ASKED]:
            known = ItemState(**item.model_dump())
            known.missed += 1
            known.absent = known.absent + 1 if await self._is_gone(known) else 0
            known.checked_at = self.context.clock.now()
            message = (
                await self.context.seen.last_message(known.disclosure_id) if known.absent >= CONFIRMED else None
            )
            if message is None:
                await self.memory.keep(known)
                continue
            await self.collector.withdraw(known, FetchedEvent.model_validate_json(message))
            counts.withdrawn += 1
            log.warning("disclosure withdrawn", portal=self.portal.name, url=shown(known.url))

    def _is_due(self, item: ItemState) -> bool:
        if not item.revision or item.state == "withdrawn":
            return False
        rest = timedelta(days=self.context.settings.full_fetch_days)
        return (
            item.missed < CONFIRMED or item.absent > 0 or since(item.checked_at, self.context.clock.now()) >= rest
        )

    async def _is_gone(self, item: ItemState) -> bool:
        """Whether its address says so, or shows something else: a notice, the home page."""
        try:
            return await self.collector.shown_at(item) is None
        except Gone:
            return True
        except (PortalError, PortalUnavailable, PermanentError):
            return False
