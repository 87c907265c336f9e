"""Messages of the bus as Kafka's records, and back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aiokafka.partitioner import murmur2  # type: ignore[import-untyped]  # has no types

from shared.bus.contract import Message, Received
from shared.errors import TooLarge

MESSAGE_BYTES: Final = 1_000_000
"""What a message may have, key, value and headers; a broker's `max.message.bytes` is 1,048,588 unless set."""


def partition_of(key: str, partitions: int) -> int:
    """Where Kafka's own clients put `key`."""
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % partitions)


def headers_of(message: Message) -> Sequence[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in message.headers.items()]


def check_sizes(messages: Iterable[Message]) -> None:
    """Raises TooLarge for a message no broker would take, before anything is sent."""
    for message in messages:
        size = len(message.key.encode()) + len(message.value or b"")
        size += sum(len(name.encode()) + len(value.encode()) for name, value in message.headers.items())
        if size > MESSAGE_BYTES:
            raise TooLarge(
                f"A message of {message.topic} with the key {message.key!r} has {size} bytes; "
                f"at most {MESSAGE_BYTES} go on Kafka."
            )


def received(record: Any, topic: str) -> Received:
    """`record` as aiokafka gives it; undecodable keys and headers of others come out with replacement marks."""
    headers: Mapping[str, str] = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    return Received(
        topic,
        (record.key or b"").decode(errors="replace"),
        record.value,
        headers,
        record.partition,
        record.offset,
        datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )
