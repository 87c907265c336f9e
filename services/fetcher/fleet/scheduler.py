"""Which portal is polled when: those this fetcher has, the most overdue first, several at once."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.fetcher.fleet import poll_requests, portal_metrics
from services.fetcher.fleet.assignment import Share
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import Portal
from services.fetcher.sites.dates import CHINA
from services.fetcher.state.tables import PortalState
from services.fetcher.state.writer import ABORTED, RUNNING, SUCCESSES
from shared import ids, metrics
from shared.bus.contract import Bus, Consumer
from shared.errors import Damaged, Incomplete, TakenOver, TransientError
from shared.stage.retry import GIVE_UP_SECONDS, Backoff
from shared.topics import POLL_REQUESTS

GROUP: Final = "gongkai.fetcher"
JITTER: Final = 0.1
LOOK_SECONDS: Final = 1.0
BACKOFF: Final = Backoff(first=5, longest=600)
WAITING: Final = Backoff(first=1, longest=2)
LOOKING: Final = Backoff(first=0.2, longest=2)
LONGEST_BACKOFF: Final = timedelta(days=1)
DOUBLINGS: Final = 6
_LEFT_ALONE: Final = frozenset({"challenged", "blocked"})
_AT_ONCE: Final = frozenset({ABORTED, RUNNING})

log = structlog.get_logger()


def due_at(portal: Portal, state: PortalState | None, challenge_hours: float, now: datetime) -> datetime:
    """When the portal's next poll is due.

    At once when it has none behind it, or one that was aborted, or is under way and nobody's; and when asked for.
    """
    if state is None or state.finished_at is None or state.asked or state.outcome in _AT_ONCE:
        return now
    wait = timedelta(minutes=portal.interval_at(now.astimezone(CHINA)))
    if state.outcome in _LEFT_ALONE:
        wait = max(wait, timedelta(hours=challenge_hours))
    if state.outcome not in SUCCESSES and state.outcome != Incomplete.outcome:
        longest = max(wait, LONGEST_BACKOFF)
        wait = min(longest, wait * 2 ** min(max(0, state.failures - 1), DOUBLINGS))
    return state.finished_at + wait * (1 + JITTER * _spread(portal.name, state.finished_at))


def _spread(name: str, moment: datetime) -> float:
    """Between -1 and 1, the same for the same poll, so that portals of one interval drift apart."""
    digits = ids.content_hash(f"{name} {moment.isoformat()}".encode())[:8]
    return int(digits, 16) / 0xFFFFFFFF * 2 - 1


class Schedule:
    """Polls, of the given portals, those this fetcher has, when they are due."""

    def __init__(self, portals: Iterable[Portal], means: PollContext) -> None:
        self._portals = {portal.name: portal for portal in portals}
        self._means = means
        self._watched: dict[str, object] = {}
        self._polls: dict[str, asyncio.Task[object]] = {}
        self._failures: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}
        self._ends_missing = False

    async def run(self, bus: Bus, name: str, stop: asyncio.Event) -> None:
        """Be the fetchers' group's member `name` until `stop` is set; polls under way are then aborted.

        A poll that breaks, for a bug or because our own database is away, is logged and tried again with back-off.
        Raises TransientError when the group cannot be joined, or may have to be joined anew.
        """
        async with bus.consumer(GROUP, [POLL_REQUESTS], name) as consumer:
            try:
                await self._keep_polling(consumer, Share(self._portals, bus, consumer), stop)
            finally:
                for portal in [*self._watched]:
                    self._leave(portal)
                await asyncio.gather(*self._polls.values(), return_exceptions=True)

    async def _keep_polling(self, consumer: Consumer, share: Share, stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        failures, went_well = 0, loop.time()
        while not stop.is_set():
            try:
                if failures:
                    await consumer.rewind()
                await share.look()
                await self._poll_due(share)
                await poll_requests.take(consumer, self._portals, self._means.seen, LOOK_SECONDS)
                failures, went_well = 0, loop.time()
            except TransientError as error:
                if loop.time() - went_well > GIVE_UP_SECONDS:
                    raise
                failures += 1
                metrics.RETRIES.labels("fetcher", error.cause).inc()
                log.warning("looks again which portals are due", reason=str(error), failures=failures)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOKING.seconds(failures))
            for portal in [name for name in self._watched if not share.keeps(name)]:
                log.info("let the portal go", portal=portal)
                self._leave(portal)

    async def _poll_due(self, share: Share) -> None:
        self._hear_of_ends()
        if self._ends_missing:
            for name in await self._means.seen.interrupted(self._polls):
                portal_metrics.polled(name, ABORTED)
            self._ends_missing = False
        states = await self._means.seen.portals()
        now, moment = self._means.clock.now(), asyncio.get_running_loop().time()
        due = []
        for name in filter(share.keeps, self._portals):
            state = states.get(name)
            if state and state.finished_at and state.finished_at > now:
                await self._means.seen.set_right(name, now)
                state.finished_at = now
            self._show(name, state)
            due.append((due_at(self._portals[name], state, self._means.settings.challenge_hours, now), name))
        waiting = [name for at, name in sorted(due) if at <= now and self._rests_until.get(name, 0.0) <= moment]
        free = self._means.settings.polls_at_once - len(self._polls)
        for name in [name for name in waiting if share.has(name) and name not in self._polls][:free]:
            self._polls[name] = asyncio.create_task(poll(self._portals[name], self._means))

    def _hear_of_ends(self) -> None:
        """Forget the polls that ended; one that broke rests for a while. Raises Damaged."""
        for name in [name for name, task in self._polls.items() if task.done()]:
            task = self._polls.pop(name)
            error = None if task.cancelled() else task.exception()
            if error is None:
                self._failures.pop(name, None)
                continue
            if isinstance(error, Damaged):
                raise error
            failures = self._failures[name] = self._failures.get(name, 0) + 1
            taken = isinstance(error, TakenOver)
            if not taken:
                log.error("poll broke", portal=name, reason=str(error), exc_info=error)
                metrics.RETRIES.labels("fetcher", getattr(error, "cause", "poll_broke")).inc()
                self._ends_missing = True
            elif failures == 1:
                log.info("waits for another fetcher", portal=name, reason=str(error))
            wait = (WAITING if taken else BACKOFF).seconds(failures)
            self._rests_until[name] = asyncio.get_running_loop().time() + wait

    def _show(self, portal: str, state: PortalState | None) -> None:
        stamp = state and (state.outcome, state.finished_at, state.success_at)
        if portal not in self._watched or self._watched[portal] != stamp:
            self._watched[portal] = stamp
            portal_metrics.show(portal, state)

    def _leave(self, portal: str) -> None:
        del self._watched[portal]
        portal_metrics.left(portal)
        if portal in self._polls:
            self._polls[portal].cancel()
