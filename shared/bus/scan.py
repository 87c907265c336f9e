"""Reads whole topics, page by page, and goes on with what comes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from shared.bus.contract import Bus, Received
from shared.topics import Topic

PAGE: Final = 2_000
FOLLOW_SECONDS: Final = 0.5


async def scan(bus: Bus, topic: Topic, start: int = 0) -> AsyncIterator[Received]:
    """Every message of `topic` from offset `start` on, by offset, up to what is there when the end is reached."""
    while True:
        page = sorted(await bus.read(topic, start, PAGE), key=lambda message: message.offset)
        last = page[-1].offset if len(page) == PAGE else None
        for message in page:
            # Partitions may use the same offsets, so the page may end between two messages of one offset.
            if message.offset != last:
                yield message
        if last is None:
            return
        start = last


async def messages(bus: Bus, topics: Sequence[Topic], follow: bool) -> AsyncIterator[Received]:
    """Every message of `topics` once, a topic after the other, then, to `follow`, what comes, without an end."""
    ends = {(topic.name, number): 0 for topic in topics for _, number in await bus.lag("gongkai.tail", [topic])}
    while True:
        for topic in topics:
            start = min((end for (name, _), end in ends.items() if name == topic.name), default=0)
            async for received in scan(bus, topic, start):
                place = (topic.name, received.partition)
                if received.offset >= ends.get(place, 0):
                    ends[place] = received.offset + 1
                    yield received
        if not follow:
            return
        await asyncio.sleep(FOLLOW_SECONDS)
