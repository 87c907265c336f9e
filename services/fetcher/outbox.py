"""Publishes committed outbox rows in order; a crash between publishing and marking publishes the same id again."""

import asyncio
import json
from contextlib import suppress
from typing import Final

from services.fetcher.seen import Seen
from shared import metrics
from shared.bus.contract import Bus, Message
from shared.clock import Clock

BATCH: Final = 100


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
    """Publish what comes until `stop` is set, then once more."""
    while not stop.is_set():
        await publish_pending(seen, bus, clock)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause_seconds)
    await publish_pending(seen, bus, clock)
