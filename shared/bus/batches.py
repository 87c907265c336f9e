"""Publishes a stream of messages in batches, each all or none."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import Final

from shared.bus.contract import Bus, Message

BATCH: Final = 200


async def publish(bus: Bus, messages: AsyncIterable[Message]) -> AsyncIterator[int]:
    """Publish `messages` in their order; gives the number published so far after each batch.

    What was published stays so when a later batch fails, with BusUnavailable.
    """
    published = 0
    batch: list[Message] = []
    async for message in messages:
        batch.append(message)
        if len(batch) == BATCH:
            await bus.publish(batch)
            published += len(batch)
            batch = []
            yield published
    if batch:
        await bus.publish(batch)
        yield published + len(batch)
