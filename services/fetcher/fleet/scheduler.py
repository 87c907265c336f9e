"""Which portals are polled now: those this fetcher has, the most overdue first, many at once, one of a host."""

import asyncio
import time
from collections.abc import Collection, Iterable
from typing import Final

import structlog

from services.fetcher.counts import PollResult
from services.fetcher.fleet import poll_requests, portal_metrics
from services.fetcher.fleet.assignment import Share
from services.fetcher.fleet.circuits import Circuits
from services.fetcher.fleet.due import Due, due_at
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import Portal
from services.fetcher.state.tables import PortalState
from services.fetcher.state.writer import ABORTED
from shared import metrics
from shared.bus.contract import Bus, Consumer
from shared.errors import Damaged, TakenOver, TransientError
from shared.stage.retry import GIVE_UP_SECONDS, Backoff
from shared.topics import POLL_REQUESTS
from shared.waiting import set_within

GROUP: Final = "gongkai.fetcher"
LOOK_SECONDS: Final = 1.0
LONGEST_LOOK_SECONDS: Final = 30.0
PORTALS_A_TURN: Final = 50
"""Portals looked at before others have their turn."""
STARTS: Final = 20
"""Polls begun at one look, at most."""
SLOW_SECONDS: Final = 3.0
READ_SHARE: Final = 0.01
"""The part of its time that a fetcher spends on reading how all portals are."""
BACKOFF: Final = Backoff(first=5, longest=600)
WAITING: Final = Backoff(first=1, longest=2)
LOOKING: Final = Backoff(first=0.2, longest=2)

log = structlog.get_logger()


class Schedule:
    """Polls, of the given portals, those this fetcher has, when they are due."""

    def __init__(self, portals: Iterable[Portal], means: PollContext) -> None:
        self._portals = {portal.name: portal for portal in portals}
        self._means = means
        self._due = Due()
        self._read_next = 0.0
        self._watched: dict[str, object] = {}
        self._polls: dict[str, asyncio.Task[PollResult]] = {}
        self._failures: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}
        self._ends_missing = False
        self._took = 0.0
        self._circuits = Circuits(time.monotonic)

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
            looked = loop.time()
            try:
                if failures:
                    await consumer.rewind()
                if await share.look():
                    self._read_next = 0.0
                self._let_go(share)
                await self._poll_due(share)
                asked = await poll_requests.take(consumer, self._portals, self._means.seen, LOOK_SECONDS)
                await self._read(share, asked)
                self._took = loop.time() - looked
                failures, went_well = 0, loop.time()
            except TransientError as error:
                if loop.time() - went_well > GIVE_UP_SECONDS:
                    raise
                failures += 1
                metrics.RETRIES.labels("fetcher", error.cause).inc()
                log.warning("looks again which portals are due", reason=str(error), failures=failures)
                await set_within(stop, LOOKING.seconds(failures))
                self._let_go(share)

    def _let_go(self, share: Share) -> None:
        for portal in [name for name in self._watched if not share.keeps(name)]:
            log.info("let the portal go", portal=portal)
            self._leave(portal)

    async def _poll_due(self, share: Share) -> None:
        ended = self._hear_of_ends()
        if self._ends_missing:
            for name in await self._means.seen.interrupted(self._polls):
                portal_metrics.polled(name, ABORTED)
            self._ends_missing = False
        moment = time.monotonic()
        if moment >= self._read_next:
            await self._read(share, None)
            took = time.monotonic() - moment
            self._read_next = moment + min(max(LOOK_SECONDS, took / READ_SHARE), LONGEST_LOOK_SECONDS)
        else:
            await self._read(share, ended)
        now, moment = self._means.clock.now(), asyncio.get_running_loop().time()
        self._start(
            name
            for name in self._due.names(now)
            if name not in self._polls and self._rests_until.get(name, 0.0) <= moment and share.has(name)
        )

    def _start(self, waiting: Iterable[str]) -> None:
        """Poll as many as there is room for, one of a host at a time, and none whose host is away.

        Where a look takes long the machine has no time for more: what tells others that this one lives must not
        wait.
        """
        if self._took > SLOW_SECONDS:
            return
        room = min(STARTS, self._means.settings.polls_at_once - len(self._polls))
        busy = {self._portals[name].host for name in self._polls}
        for name in waiting:
            portal = self._portals[name]
            if room <= 0:
                return
            if portal.host not in busy and not self._circuits.is_open(portal.host):
                busy.add(portal.host)
                room -= 1
                self._polls[name] = asyncio.create_task(poll(portal, self._means))

    async def _read(self, share: Share, names: Collection[str] | None) -> None:
        """Read how the portals called `names`, or all, are, and when they are due."""
        if names is not None and not names:
            return
        states = await self._means.seen.portals(names)
        now = self._means.clock.now()
        for number, name in enumerate(self._portals if names is None else names):
            if number % PORTALS_A_TURN == 0:
                await asyncio.sleep(0)
            if not share.keeps(name):
                self._due.drop(name)
                continue
            state = states.get(name)
            if state and state.finished_at and state.finished_at > now:
                await self._means.seen.set_right(name, now)
                state.finished_at = now
            self._show(name, state)
            due = due_at(self._portals[name], state, self._means.settings.challenge_hours, now)
            self._due.put(name, due, now)

    def _hear_of_ends(self) -> list[str]:
        """Forget the polls that ended, and name them; one that broke rests for a while. Raises Damaged."""
        ended = [name for name, task in self._polls.items() if task.done()]
        for name in ended:
            task = self._polls.pop(name)
            error = None if task.cancelled() else task.exception()
            if error is None:
                self._failures.pop(name, None)
                if not task.cancelled():
                    self._circuits.ended(self._portals[name].host, task.result().outcome)
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
        return ended

    def _show(self, portal: str, state: PortalState | None) -> None:
        stamp = state and (state.outcome, state.finished_at, state.success_at)
        if portal not in self._watched or self._watched[portal] != stamp:
            self._watched[portal] = stamp
            portal_metrics.show(portal, state)

    def _leave(self, portal: str) -> None:
        del self._watched[portal]
        self._due.drop(portal)
        portal_metrics.left(portal)
        if portal in self._polls:
            self._polls[portal].cancel()
