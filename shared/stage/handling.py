"""One message: decode, run, try again while something is away; what cannot be taken becomes a dead letter."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar, cast

import structlog

from shared import logs, metrics
from shared.bus.contract import Message, Received
from shared.bus.sizes import brief, check_sizes
from shared.clock import Clock
from shared.errors import Damaged, PermanentError, StageFailed, Stalled, TimedOut, TransientError
from shared.schemas.events import Event
from shared.stage.codec import decode
from shared.stage.contract import Stage
from shared.stage.dead_letters import dead_letter
from shared.stage.replayed import began_at, carried
from shared.stage.retry import Backoff
from shared.stage.slots import Slots
from shared.stage.trace import carry, place
from shared.tracing.contract import Failure, Place, Span

STALLED_TRIES: Final = 2
"""Whatever a message waits for in a worker, it holds up the others no longer."""
E = TypeVar("E", bound=Event)
log = structlog.get_logger()


@dataclass(frozen=True)
class Handled:
    """What a message came to: its output, a dead letter when `cause` is given; `began_at` if decodable."""

    output: Sequence[Message]
    span: Span
    began_at: datetime | None
    cause: str | None = None


class Handler(Generic[E]):
    """Handles the messages of `stage`, at most `workers` at once."""

    def __init__(self, stage: Stage[E], workers: int, clock: Clock, backoff: Backoff) -> None:
        self._stage = stage
        self._slots = Slots(workers)
        self._clock = clock
        self._backoff = backoff

    async def handle(self, received: Received) -> Handled:
        """What `received` causes; raises only Damaged, so that one message never stops the others."""
        where, began = place(self._stage.name, received), self._clock.now()
        retries: list[Failure] = []
        event: E | None = None
        with logs.bind(brief(received.key), self._stage.name):
            try:
                event = cast("E", decode(self._stage.consumes.model, received))
                output = await self._run(event, retries)
                output = carry(where, output, carried(received.headers))
                check_sizes(output)
                span = self._span(received, where, began, retries)
                return Handled(output, span, began_at(received.headers, event.fetched_at))
            except Damaged:
                raise  # it would be the dead letter of every message
            except PermanentError as error:
                failure = error
            except Exception as error:  # noqa: BLE001 - a stage may break in any way; nothing of it is lost
                failure = StageFailed(f"{type(error).__name__}: {error}")
                failure.__cause__ = error
            log.warning("dead letter", cause=failure.cause, reason=str(failure), offset=received.offset)
            letter = dead_letter(self._stage.name, received, failure, self._clock)
            span = self._span(received, where, began, retries, failure)
            began_on = began_at(received.headers, event.fetched_at) if event else None
            return Handled(carry(where, [letter]), span, began_on, failure.cause)

    async def _run(self, event: E, retries: list[Failure]) -> Sequence[Message]:
        failures = stalled = 0
        while True:
            try:
                async with self._slots.taken():
                    with metrics.EVENT_DURATION.labels(self._stage.name).time():
                        return await self._stage.run(event)
            except TransientError as error:
                failures += 1
                stalled += isinstance(error, Stalled)
                if stalled >= STALLED_TRIES:
                    raise TimedOut(f"{error} It was tried {stalled} times.") from error
                wait = self._backoff.seconds(failures)
                metrics.RETRIES.labels(self._stage.name, error.cause).inc()
                retries.append(Failure(self._clock.now(), error.cause, str(error)))
                log.warning("trying again", cause=error.cause, reason=str(error), failures=failures, seconds=wait)
            await asyncio.sleep(wait)

    def _span(
        self,
        received: Received,
        where: Place,
        began: datetime,
        retries: Sequence[Failure],
        error: PermanentError | None = None,
    ) -> Span:
        now = self._clock.now()
        return Span(
            self._stage.name,
            where,
            began,
            now,
            {
                "gongkai.stage": self._stage.name,
                "gongkai.disclosure_id": brief(received.key),
                "gongkai.outcome": "dead_letter" if error else "done",
                "messaging.destination.name": received.topic,
                "messaging.destination.partition.id": str(received.partition),
                "messaging.kafka.offset": received.offset,
            },
            consumes=True,
            failure=Failure(now, error.cause, str(error)) if error else None,
            retries=retries,
        )
