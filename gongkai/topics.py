"""The topics, and their records as they come, from Kafka or from the embedded bus."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from shared.bus.connect import open_bus
from shared.bus.scan import messages
from shared.errors import UsageError
from shared.schemas.record_types import decode
from shared.schemas.records import RecordBase
from shared.sqlite import require_file
from shared.topics import RECORDS, TOPICS, Topic, topic

__all__ = ["RECORDS", "TOPICS", "Removed", "Topic", "read", "topic"]


@dataclass(frozen=True)
class Removed:
    """A record that a later revision of its disclosure no longer has."""

    type: str
    id: str


async def read(*types: str, bus: str, follow: bool = False) -> AsyncIterator[RecordBase | Removed]:
    """Every state of the records of `types` (of all, if none is named) on `bus`, then, to `follow`, what comes.

    A record may come several times: the last that comes of an id holds. `bus` is a URL as GONGKAI_BUS has it.
    Raises UsageError for a type or a bus's file there is not, BusUnavailable, ValidationError for a value of
    a newer vocabulary.
    """
    unknown = [each for each in types if each not in RECORDS]
    if unknown:
        raise UsageError(f"There is no record type {unknown[0]!r}; there are {', '.join(RECORDS)}.")
    require_file(bus)
    chosen = {RECORDS[each].name: each for each in types or RECORDS}
    opened = await open_bus(bus)
    try:
        await opened.create_topics(TOPICS)
        async for received in messages(opened, [topic(name) for name in chosen], follow):
            if received.value is None:
                yield Removed(chosen[received.topic], received.key)
            else:
                yield decode(received.value)
    finally:
        await opened.close()
