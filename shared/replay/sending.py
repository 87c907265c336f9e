"""Sends events again, no faster than the stages from there on read, so that what is new does not wait for long."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Final

import structlog

from shared.bus.batches import BATCH, publish
from shared.bus.contract import Bus, Message, Received
from shared.clock import Clock
from shared.replay.choice import INPUT, StageName
from shared.replay.shadow import stages_from
from shared.stage.dead_letters import REDRIVES
from shared.stage.redrive import REDRIVE_OF
from shared.stage.replayed import REPLAY, REPLAYED_AT, REPLAYED_BY
from shared.topics import NORMALIZED, Topic, group
from shared.version import VERSION

MOST_WAITING: Final = 500
"""Messages that may wait for the stage and those after it before more are sent."""
LOOK_SECONDS: Final = 0.5
log = structlog.get_logger()


def run_headers(clock: Clock, name: str | None = None) -> dict[str, str]:
    """What the copies of one replay carry: its name (unless given, the time), when it began, its gongkai."""
    now = clock.now()
    return {REPLAY: name or f"{now:%Y%m%dT%H%M%S.%fZ}", REPLAYED_AT: now.isoformat(), REPLAYED_BY: VERSION}


async def copies(received: AsyncIterable[Received], headers: Mapping[str, str]) -> AsyncIterator[Message]:
    """The messages to send again: the same but for `headers`, and with no redrives counted."""
    async for each in received:
        kept = {name: value for name, value in each.headers.items() if name not in {REDRIVES, REDRIVE_OF}}
        yield Message(each.topic, each.key, each.value, {**kept, **headers})


def send(bus: Bus, stage: StageName, messages: AsyncIterable[Message]) -> AsyncIterator[int]:
    """Publish `messages`, which `stage` reads, at the pace of it and those after it; gives the number sent."""
    return publish(bus, _at_pace(bus, stage, messages))


async def _at_pace(bus: Bus, stage: StageName, messages: AsyncIterable[Message]) -> AsyncIterator[Message]:
    given = 0
    async for message in messages:
        if given and given % BATCH == 0:
            await _room(bus, stage)
        given += 1
        yield message


async def _room(bus: Bus, stage: StageName) -> None:
    told = False
    while sum((waiting := await _waiting(bus, stage)).values()) >= MOST_WAITING:
        if not told:
            log.info("waiting for the stages before more is sent", **waiting)
            told = True
        await asyncio.sleep(LOOK_SECONDS)


async def _waiting(bus: Bus, stage: StageName) -> dict[str, int]:
    """How many messages wait for `stage` and for each one after it."""
    read: dict[str, Topic] = {**{each: INPUT[each] for each in stages_from(stage)}, "store": NORMALIZED}
    return {name: sum((await bus.lag(group(name), [topic])).values()) for name, topic in read.items()}
