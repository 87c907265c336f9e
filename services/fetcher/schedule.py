"""Which portal is polled when: intervals with jitter, back-off after failures, a task a portal."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.fetcher.dates import CHINA
from services.fetcher.poll import poll
from services.fetcher.portal import Portal
from services.fetcher.seen import ABORTED, SUCCESSES
from services.fetcher.tables import PortalState
from services.fetcher.visits import Means
from shared import ids, metrics
from shared.errors import UsageError
from shared.stage.retry import Backoff

JITTER: Final = 0.1
BACKOFF: Final = Backoff(first=5, longest=600)
LONGEST_BACKOFF: Final = timedelta(days=1)
DOUBLINGS: Final = 6
_LEFT_ALONE: Final = frozenset({"challenged", "blocked"})

log = structlog.get_logger()


def due_at(portal: Portal, state: PortalState | None, challenge_hours: float, now: datetime) -> datetime:
    """When the portal's next poll is due; at once when it has none behind it, or one that was aborted."""
    if state is None or state.finished_at is None or state.outcome == ABORTED:
        return now
    wait = timedelta(minutes=portal.interval_at(now.astimezone(CHINA)))
    if state.outcome in _LEFT_ALONE:
        wait = max(wait, timedelta(hours=challenge_hours))
    if state.outcome not in SUCCESSES:
        longest = max(wait, LONGEST_BACKOFF)
        wait = min(longest, wait * 2 ** min(max(0, state.failures - 1), DOUBLINGS))
    return state.finished_at + wait * (1 + JITTER * _spread(portal.name, state.finished_at))


def _spread(name: str, moment: datetime) -> float:
    """Between -1 and 1, the same for the same poll, so that portals of one interval drift apart."""
    digits = ids.content_hash(f"{name} {moment.isoformat()}".encode())[:8]
    return int(digits, 16) / 0xFFFFFFFF * 2 - 1


class Schedule:
    """Polls every portal when it is due, or asked for."""

    def __init__(self, portals: Iterable[Portal], means: Means) -> None:
        self.portals = {portal.name: portal for portal in portals}
        self._means = means
        self._asked = {name: asyncio.Event() for name in self.portals}
        self._turns = asyncio.Semaphore(means.settings.polls_at_once)

    def ask(self, name: str) -> None:
        """Have a portal polled as soon as there is a turn; raises UsageError for one that is not there."""
        if name not in self._asked:
            raise UsageError(f"There is no portal {name!r}; there are {', '.join(self.portals) or 'none'}.")
        self._asked[name].set()

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set; polls under way are then aborted. Raises DatabaseUnavailable at the start.

        A poll that breaks, for a bug or because our own database is away, is logged and tried again with back-off.
        """
        for name in await self._means.seen.interrupted():
            metrics.PORTAL_POLLS.labels(name, ABORTED).inc()
        watching = [asyncio.create_task(self._watch(portal)) for portal in self.portals.values()]
        try:
            await stop.wait()
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)

    async def _watch(self, portal: Portal) -> None:
        failures = 0
        while True:
            turn = asyncio.create_task(self._turn(portal))
            try:
                await asyncio.wait([turn])
            finally:
                turn.cancel()
                await asyncio.wait([turn])
            error = turn.exception()
            failures = failures + 1 if error else 0
            if error:
                log.error("poll broke", portal=portal.name, reason=str(error), exc_info=error)
                metrics.RETRIES.labels("fetcher", getattr(error, "cause", "poll_broke")).inc()
                await asyncio.sleep(BACKOFF.seconds(failures))

    async def _turn(self, portal: Portal) -> None:
        """Wait until the portal is due or asked for, and poll it."""
        asked = self._asked[portal.name]
        state = await self._means.seen.portal(portal.name)
        now = self._means.clock.now()
        wait = due_at(portal, state, self._means.settings.challenge_hours, now) - now
        with suppress(TimeoutError):
            await asyncio.wait_for(asked.wait(), max(0.0, wait.total_seconds()))
        async with self._turns:
            asked.clear()
            await poll(portal, self._means)
