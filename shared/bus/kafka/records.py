"""Messages of the bus as Kafka's records, and back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka.partitioner import murmur2

from shared.bus.contract import Message, Received


def partition_of(key: str, partitions: int) -> int:
    """Where Kafka's own clients put `key`."""
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % partitions)


def headers_of(message: Message) -> Sequence[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in message.headers.items()]


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
