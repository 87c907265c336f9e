"""The stage runner: poll → decode → run → publish and commit in one transaction, until told to stop.

Up to WINDOW messages are under way, beside those that are finished and wait for one before. Different keys run
at once; of one key the next runs once the one before is committed, so that a stage sees what it published of the
disclosure before. What is finished at the front of a partition is committed together with its output, and so is,
past a message that takes long, what is finished behind it: a crash or a lost partition only means that uncommitted
messages are worked on again.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import structlog

from shared import logs, metrics
from shared.bus.contract import Consumer, Received
from shared.bus.progress import MOST_AHEAD
from shared.bus.sizes import brief
from shared.errors import TransientError
from shared.schemas.events import Event
from shared.stage.context import Context
from shared.stage.contract import Stage
from shared.stage.handling import Handled, Handler
from shared.stage.output import count_output
from shared.stage.retry import GIVE_UP_SECONDS, Backoff
from shared.topics import group
from shared.waiting import set_within

WINDOW: Final = 64
HELD_OUTPUT: Final = 20_000
IDLE_SECONDS: Final = 0.5
BUSY_SECONDS: Final = 0.1
COMMIT_OUTPUT: Final = 5_000
"""Messages in one commit, more only where one event causes more: a bus gives a commit some seconds."""
PASS_SECONDS: Final = 3.0
"""After so long on one message, what stands behind it in its partition is committed before it."""
TELL_SECONDS: Final = 5.0
STOP_SECONDS: Final = 5.0

E = TypeVar("E", bound=Event)
log = structlog.get_logger()


async def run_stage(stage: Stage[E], context: Context) -> None:
    """Run `stage` as a member of the group `gongkai.<stage>` until `context.stop` is set; then ends in seconds."""
    async with context.bus.consumer(group(stage.name), [stage.consumes], context.member_name()) as consumer:
        await _Runner(stage, context, consumer).run()


@dataclass(frozen=True)
class _Work:
    received: Received
    task: asyncio.Task[Handled]
    committed: asyncio.Event
    passed_from: float
    """The loop's time from which others may be committed before it."""


class _Runner(Generic[E]):
    def __init__(self, stage: Stage[E], context: Context, consumer: Consumer) -> None:
        self._name = stage.name
        self._context = context
        self._consumer = consumer
        self._backoff = Backoff()
        self._handler = Handler(stage, context.settings.workers, context.clock, self._backoff)
        self._under_way: dict[tuple[str, int], dict[int, _Work]] = {}
        self._last_of_key: dict[str, _Work] = {}

    async def run(self) -> None:
        """Raises TransientError when nothing but a new member of the group may help."""
        clock = asyncio.get_running_loop()
        failures, went_well = 0, clock.time()
        telling = asyncio.create_task(self._keep_telling_partitions())
        try:
            while not self._context.stop.is_set():
                try:
                    if failures:
                        await self._consumer.rewind()
                    await self._step()
                    failures, went_well = 0, clock.time()
                except TransientError as error:
                    if clock.time() - went_well > GIVE_UP_SECONDS:
                        raise
                    failures += 1
                    await self._start_over(error, failures)
            await self._finish()
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            metrics.PARTITIONS_HELD.labels(self._name).set(0)
            await self._abandon()

    async def _step(self) -> None:
        room = WINDOW - sum(not work.task.done() for work in self._works())
        if room > 0 and self._held_output() < HELD_OUTPUT:
            for received in await self._consumer.poll(room, 0 if self._under_way else IDLE_SECONDS):
                self._start(received)
        if self._under_way:
            await self._advance()

    def _start(self, received: Received) -> None:
        works = self._under_way.setdefault((received.topic, received.partition), {})
        if received.offset in works:
            return  # its partition went and came back: what is under way causes the same
        before = self._last_of_key.get(received.key)
        work = _Work(
            received,
            asyncio.create_task(self._handle_after(before.committed if before else None, received)),
            asyncio.Event(),
            asyncio.get_running_loop().time() + PASS_SECONDS,
        )
        self._last_of_key[received.key] = work
        works[received.offset] = work

    async def _handle_after(self, before: asyncio.Event | None, received: Received) -> Handled:
        if before is not None:
            await before.wait()
        return await self._handler.handle(received)

    async def _advance(self) -> None:
        """Wait a moment for work to finish, and commit what is finished in each partition and may be."""
        pending = [work.task for work in self._works() if not work.task.done()]
        if pending:
            await asyncio.wait(pending, timeout=BUSY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finished = [self._finished(*place, works.values()) for place, works in self._under_way.items()]
        commits = [self._commit(works) for works in finished if works]
        for result in await asyncio.gather(*commits, return_exceptions=True):
            if result is not None:
                raise result

    def _finished(self, topic: str, partition: int, works: Iterable[_Work]) -> list[_Work]:
        """The works of a partition that are finished and behind none that is not, or may pass it.

        Those of one commit: as many as it takes, and no more than may be done ahead of others.
        """
        now, room = asyncio.get_running_loop().time(), MOST_AHEAD - self._consumer.ahead(topic, partition)
        finished: list[_Work] = []
        size = passed = 0
        for work in works:
            if not work.task.done():
                if now < work.passed_from:
                    break
                passed += 1
                continue
            size += len(work.task.result().output)
            if (finished and size > COMMIT_OUTPUT) or (passed and len(finished) >= room):
                break
            finished.append(work)
        return finished

    async def _commit(self, finished: Sequence[_Work]) -> None:
        """Commit works of one partition."""
        handled = [work.task.result() for work in finished]
        output = [message for each in handled for message in each.output]
        await self._consumer.commit([work.received for work in finished], output)
        for work in finished:
            self._drop(work)
        self._count(handled)
        self._tell(finished)
        count_output(output)

    def _drop(self, work: _Work) -> None:
        place = (work.received.topic, work.received.partition)
        del self._under_way[place][work.received.offset]
        if not self._under_way[place]:
            del self._under_way[place]
        if self._last_of_key.get(work.received.key) is work:
            del self._last_of_key[work.received.key]
        work.committed.set()

    def _count(self, handled: Iterable[Handled]) -> None:
        now = self._context.clock.now()
        for each in handled:
            metrics.EVENTS.labels(self._name, "dead_letter" if each.cause else "done").inc()
            if each.cause:
                metrics.DEAD_LETTERS.labels(self._name, each.cause).inc()
            if each.began_at is not None:
                metrics.EVENT_AGE.labels(self._name).observe(max(0.0, (now - each.began_at).total_seconds()))
            self._context.traces.record(each.span)

    def _tell(self, finished: Sequence[_Work]) -> None:
        for work in finished:
            handled, received = work.task.result(), work.received
            if handled.cause is None:  # of the others it was told when they failed
                with logs.bind(brief(received.key), self._name):
                    log.info(
                        "done", messages=len(handled.output), partition=received.partition, offset=received.offset
                    )

    async def _start_over(self, error: TransientError, failures: int) -> None:
        wait = self._backoff.seconds(failures)
        metrics.RETRIES.labels(self._name, error.cause).inc()
        log.warning("reading again from the last commit", stage=self._name, reason=str(error), seconds=wait)
        await self._abandon()
        await set_within(self._context.stop, wait)

    async def _finish(self) -> None:
        clock = asyncio.get_running_loop()
        end = clock.time() + STOP_SECONDS
        try:
            while self._under_way and clock.time() < end:
                await self._advance()
        except TransientError as error:
            log.warning("left the last messages to be done again", stage=self._name, reason=str(error))

    async def _abandon(self) -> None:
        tasks = [work.task for work in self._works()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._under_way.clear()
        self._last_of_key.clear()

    async def _keep_telling_partitions(self) -> None:
        """Tell how many partitions are held here: where all instances hold none, nobody reads."""
        while True:
            with suppress(TransientError):
                metrics.PARTITIONS_HELD.labels(self._name).set(len(await self._consumer.partitions()))
            await asyncio.sleep(TELL_SECONDS)

    def _works(self) -> list[_Work]:
        return [work for works in self._under_way.values() for work in works.values()]

    def _held_output(self) -> int:
        return sum(1 + len(work.task.result().output) for work in self._works() if work.task.done())
