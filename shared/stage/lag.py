"""What waits at each stage, told by every service that is alive: a stage that is dead cannot say it itself."""

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog

from shared import metrics
from shared.bus.contract import Bus
from shared.errors import TransientError
from shared.stage.context import Context
from shared.topics import DEAD_LETTERS, TOPICS, StageName, Topic, group

LAG_SECONDS: Final = 5.0
READ: Final[tuple[tuple[StageName, Topic], ...]] = tuple(
    (stage, topic) for topic in TOPICS for stage in topic.consumers if stage in DEAD_LETTERS
)
"""The stages and the topics they work off, in the path's order."""

_Labels = tuple[str, str, str]
log = structlog.get_logger()


async def waiting(bus: Bus, stage: StageName, topic: Topic) -> int:
    """Messages of `topic` that `stage` has not committed yet; raises BusUnavailable."""
    return sum((await bus.lag(group(stage), [topic])).values())


async def keep_telling_lag(context: Context, service: StageName) -> None:
    """Measure every few seconds until cancelled; what is not known is not told."""
    told: set[_Labels] = set()
    try:
        while True:
            now: set[_Labels] = set()
            try:
                now = await _tell(context.bus)
            except TransientError as error:
                metrics.RETRIES.labels(service, error.cause).inc()
                log.warning("does not know the lag", service=service, reason=str(error))
            _forget(told - now)
            told = now
            await asyncio.sleep(LAG_SECONDS)
    finally:
        _forget(told)


async def _tell(bus: Bus) -> set[_Labels]:
    told: set[_Labels] = set()
    for stage, topic in READ:
        for (name, partition), count in (await bus.lag(group(stage), [topic])).items():
            labels = (stage, name, str(partition))
            metrics.CONSUMER_LAG.labels(*labels).set(count)
            told.add(labels)
    return told


def _forget(told: Iterable[_Labels]) -> None:
    for labels in told:
        metrics.CONSUMER_LAG.remove(*labels)
