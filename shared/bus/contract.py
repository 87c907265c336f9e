"""What a bus promises, whatever it runs on.

Messages with one key stay in order, in one partition. A consumer group shares a topic's partitions among its
members; each partition is read by one member at a time. What a member read and has not committed is read again,
by it after `rewind` or by another after it went. `Consumer.commit` moves the group's position and publishes the
output in one transaction: both or neither. Nothing published in a transaction is seen before it commits.
"""

from collections.abc import Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shared.bus.progress import Position
from shared.topics import Topic


@dataclass(frozen=True)
class Message:
    """A message to publish; a null value is a tombstone: its key is gone."""

    topic: str
    key: str
    value: bytes | None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Received(Message):
    """A message as read; offsets grow within a partition, with or without gaps."""

    partition: int = 0
    offset: int = 0
    published_at: datetime | None = None


class Consumer(Protocol):
    """A member of a consumer group; starts at the group's committed position, or at the beginning."""

    async def poll(self, limit: int, timeout_seconds: float) -> Sequence[Received]:
        """Up to `limit` new messages, in order within each partition; empty when none came in time.

        Raises BusUnavailable.
        """
        ...

    async def commit(self, done: Sequence[Received], output: Sequence[Message]) -> None:
        """Mark `done` as read, and publish `output`, as one; what was polled before it may still be under way.

        Does nothing of either and raises BusUnavailable when the bus is away, or when a partition in `done`
        has gone to another member: then `rewind` and poll again. Calls for different partitions may overlap.
        Raises TooLarge (sizes.py), and then does nothing either.
        """
        ...

    def ahead(self, topic: str, partition: int) -> int:
        """How many messages of a partition are marked as read behind one that is not; MOST_AHEAD are too many."""
        ...

    async def rewind(self) -> None:
        """Read again from the committed position on."""
        ...

    async def partitions(self) -> Set[tuple[str, int]]:
        """(topic, partition) of what this member holds now; none when it cannot know."""
        ...


class Bus(Protocol):
    """A connection to the bus; closed by `close`."""

    async def create_topics(self, topics: Sequence[Topic]) -> None:
        """Make the topics that are not there yet; those that are stay as they are."""
        ...

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append all messages or none, durably; raises BusUnavailable, and TooLarge (sizes.py)."""
        ...

    def consumer(self, group: str, topics: Sequence[Topic], member: str) -> AbstractAsyncContextManager[Consumer]:
        """Join `group` as `member`; leaving the context gives its partitions to the others at once."""
        ...

    async def read(self, topic: Topic, start: int, limit: int) -> Sequence[Received]:
        """For people and tools: up to `limit` messages of all partitions from offset `start` on, no group."""
        ...

    async def latest(self, topic: Topic, key: str) -> Received | None:
        """The last committed message of `key`, tombstones included; None when there is none."""
        ...

    async def partition(self, topic: Topic, key: str) -> int:
        """The partition of `topic` in which the messages of `key` lie."""
        ...

    async def positions(self, group: str, topics: Sequence[Topic]) -> Mapping[tuple[str, int], Position]:
        """(topic, partition) → what `group` has committed, where it has committed anything."""
        ...

    async def lag(self, group: str, topics: Sequence[Topic]) -> Mapping[tuple[str, int], int]:
        """(topic, partition) → messages `group` has not committed, over all partitions."""
        ...

    async def close(self) -> None: ...
