"""Publishes committed outbox rows in order; a crash between publishing and marking publishes the same id again.

Of several fetchers one at a time publishes: who finds rows takes the outbox, empties it as long as it has it, and
lets it go, also when the bus is away, for it may not be away from the others.
"""

import asyncio
import json
from datetime import datetime
from typing import Final

import structlog

from services.fetcher.fleet.members import Member
from services.fetcher.state.repository import Seen
from shared import metrics
from shared.bus.contract import Bus, Message
from shared.clock import Clock
from shared.errors import TransientError
from shared.stage.retry import Backoff
from shared.waiting import set_within

BATCH: Final = 100
BACKOFF: Final = Backoff()

log = structlog.get_logger()


async def publish_pending(member: Member, bus: Bus, clock: Clock) -> int:
    """Publish what waits and return how many; 0 while another fetcher publishes.

    Raises BusUnavailable, DatabaseUnavailable and TakenOver, nothing lost.
    """
    seen = member.seen
    if not await _waiting(seen):
        return 0
    count = 0
    try:
        while rows := await seen.take_outbox(BATCH):
            member.check()  # after a pause another one may have published these, and what came after them
            await bus.publish([Message(row.topic, row.key, row.value, json.loads(row.headers)) for row in rows])
            await seen.published(rows, clock.now())
            metrics.EVENTS.labels("fetcher", "done").inc(len(rows))
            count += len(rows)
            await _waiting(seen)
    finally:
        await seen.let_go_of_outbox()
    return count


async def _waiting(seen: Seen) -> bool:
    """Whether any row waits; the metrics tell how many, and since when."""
    rows = await seen.unpublished(BATCH)
    metrics.OUTBOX_EVENTS.set(len(rows) if len(rows) < BATCH else await seen.waiting())
    oldest = datetime.fromisoformat(json.loads(rows[0].headers)["ce_time"]).timestamp() if rows else 0
    metrics.OUTBOX_OLDEST.set(oldest)
    return bool(rows)


async def keep_publishing(
    member: Member, bus: Bus, clock: Clock, pause_seconds: float, stop: asyncio.Event
) -> None:
    """Publish what comes until `stop` is set, then once more; waits while bus or database is away."""
    failures = 0
    while True:
        last = stop.is_set()
        try:
            await publish_pending(member, bus, clock)
            failures = 0
        except TransientError as error:
            failures += 1
            metrics.RETRIES.labels("fetcher", error.cause).inc()
            log.warning("outbox waits", reason=str(error), failures=failures)
        if last:
            return
        await set_within(stop, BACKOFF.seconds(failures) if failures else pause_seconds)
