"""Publishes committed outbox rows in order; a crash between publishing and marking publishes the same id again."""

import asyncio
import json
from contextlib import suppress
from typing import Final

import structlog

from services.fetcher.seen import Seen
from shared import metrics
from shared.bus.contract import Bus, Message
from shared.clock import Clock
from shared.errors import TransientError
from shared.stage.retry import Backoff

BATCH: Final = 100
BACKOFF: Final = Backoff()

log = structlog.get_logger()


async def publish_pending(seen: Seen, bus: Bus, clock: Clock) -> int:
    """Publish what waits and return how many; raises BusUnavailable and DatabaseUnavailable, nothing lost."""
    count = 0
    while rows := await seen.unpublished(BATCH):
        await bus.publish([Message(row.topic, row.key, row.value, json.loads(row.headers)) for row in rows])
        await seen.published(rows, clock.now())
        metrics.EVENTS.labels("fetcher", "done").inc(len(rows))
        count += len(rows)
    return count


async def keep_publishing(seen: Seen, bus: Bus, clock: Clock, pause_seconds: float, stop: asyncio.Event) -> None:
    """Publish what comes until `stop` is set, then once more; waits while bus or database is away."""
    failures = 0
    while True:
        last = stop.is_set()
        try:
            await publish_pending(seen, bus, clock)
            failures = 0
        except TransientError as error:
            failures += 1
            metrics.RETRIES.labels("fetcher", error.cause).inc()
            log.warning("outbox waits", reason=str(error), failures=failures)
        if last:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BACKOFF.seconds(failures) if failures else pause_seconds)
