"""Reads a whole topic, page by page."""

from collections.abc import AsyncIterator
from typing import Final

from shared.bus.contract import Bus, Received
from shared.topics import Topic

PAGE: Final = 2_000


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
