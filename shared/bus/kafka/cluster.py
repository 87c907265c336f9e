"""What is asked of the brokers directly: topics, ends of partitions, committed positions, stretches of the log."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

import aiokafka.errors as kafka_errors
from aiokafka.client import AIOKafkaClient, ConnectionGroup, CoordinationType
from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from shared.bus.contract import Received
from shared.bus.kafka.connection import METADATA_MILLISECONDS, REQUEST_SECONDS, Connection, unavailable
from shared.bus.kafka.protocol import COORDINATOR_MOVED, UNSTABLE_OFFSET_COMMIT, Committed
from shared.bus.kafka.records import received
from shared.bus.progress import Position
from shared.errors import BusUnavailable

FETCH_BYTES: Final = 256 * 1024
"""What one look at a partition brings; more only where a single batch is larger."""
_FETCH_MILLISECONDS: Final = 100
_BEGINNING: Final = -2
_END: Final = -1
_UNCOMMITTED: Final = 0
_COMMITTED: Final = 1
_RETRY_SECONDS: Final = 0.05
_TRY_SECONDS: Final = 15.0

T = TypeVar("T")


class Place(NamedTuple):
    """A partition; `topic` is the plain name."""

    topic: str
    number: int


@dataclass(frozen=True)
class Stretch:
    """The committed messages of a piece of a partition's log; the next piece begins at offset `next`."""

    messages: list[Received]
    next: int


class Cluster:
    """A client of the brokers; each method tries until it has an answer or raises BusUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._client = AIOKafkaClient(**connection.options(), metadata_max_age_ms=METADATA_MILLISECONDS)
        self._coordinators: dict[str, int] = {}
        self._tracked: set[str] = set()

    async def connect(self) -> None:
        """Raises BusUnavailable."""
        with unavailable(f"answer at {self.connection}"):
            await self._client.bootstrap()

    async def close(self) -> None:
        await self._client.close()

    def brokers(self) -> int:
        """How many there are."""
        return len(self._client.cluster.brokers())

    async def places(self, topics: Iterable[str]) -> dict[str, list[Place]]:
        """Topic → its partitions in order, for those of `topics` that exist; raises BusUnavailable."""
        names = {self.connection.name(topic): topic for topic in topics}
        if new := names.keys() - self._tracked:
            # Asking for one topic by name would make it, with the broker's own settings.
            with unavailable("list its topics"):
                listed = await self._client.fetch_all_metadata()
                for name in new & listed.topics(exclude_internal_topics=False):
                    await self._client.add_topic(name)
                    if not self._partitions(name):
                        await self._client.force_metadata_update()
                    self._tracked.add(name)
        found = {}
        for name in names.keys() & self._tracked:
            if not self._partitions(name):
                with unavailable(f"list the topic {name}"):
                    await self._client.force_metadata_update()
                raise BusUnavailable(f"Kafka does not know the topic {name} any more, or not yet.")
            found[names[name]] = [Place(names[name], number) for number in self._partitions(name)]
        return found

    async def refresh(self) -> None:
        """Look again who leads which partition."""
        await self._client.force_metadata_update()

    def led(self, place: Place) -> bool:
        """Whether a broker leads the partition, as far as was heard."""
        name = self.connection.name(place.topic)
        return self._client.cluster.leader_for_partition(TopicPartition(name, place.number)) not in {None, -1}

    async def beginnings(self, places: Collection[Place]) -> dict[Place, int]:
        """The offset of the first message still there."""
        return await self._offsets(places, _BEGINNING, _COMMITTED)

    async def ends(self, places: Collection[Place]) -> dict[Place, int]:
        """The offset after the last one that is no part of an open transaction, or comes after one's begin."""
        return await self._offsets(places, _END, _COMMITTED)

    async def open_ends(self, places: Collection[Place]) -> dict[Place, int]:
        """The offset after the last one, open transactions included."""
        return await self._offsets(places, _END, _UNCOMMITTED)

    async def committed(self, group: str, places: Collection[Place]) -> dict[Place, Position]:
        """Where the group goes on, without places it never committed; waits for transactions being completed."""
        if not places:
            return {}
        name = self.connection.name(group)
        topics: dict[str, list[int]] = defaultdict(list)
        for place in places:
            topics[self.connection.name(place.topic)].append(place.number)

        async def ask() -> dict[Place, Position]:
            if name not in self._coordinators:
                self._coordinators[name] = await self._client.coordinator_lookup(CoordinationType.GROUP, name)
            try:
                answer = await self._send(
                    self._coordinators[name], Committed(name, topics), ConnectionGroup.COORDINATION
                )
            except kafka_errors.KafkaError:
                self._coordinators.pop(name, None)
                raise
            return self._positions(name, answer)

        return await self._persist(f"tell the position of {group}", ask)

    async def fetch(self, starts: Mapping[Place, int]) -> dict[Place, Stretch]:
        """What lies from each start on, aborted messages left out; empty at the end."""

        async def ask() -> dict[Place, Stretch]:
            requests = []
            for node, places in self._by_leader(starts).items():
                topics = [
                    (name, [(place.number, starts[place], FETCH_BYTES) for place in of_topic])
                    for name, of_topic in places.items()
                ]
                size = FETCH_BYTES * len(starts)
                requests.append(self._send(node, FetchRequest(_FETCH_MILLISECONDS, 1, size, _COMMITTED, topics)))
            return {
                place: stretch
                for answer in await asyncio.gather(*requests)
                for place, stretch in self._stretches(answer, starts)
            }

        return await self._persist("give messages", ask)

    async def _offsets(self, places: Collection[Place], when: int, isolation: int) -> dict[Place, int]:
        async def ask() -> dict[Place, int]:
            requests = []
            for node, led in self._by_leader(places).items():
                topics = [(name, [(place.number, when) for place in of_topic]) for name, of_topic in led.items()]
                requests.append(self._send(node, OffsetRequest(-1, isolation, topics)))
            found = {}
            for answer in await asyncio.gather(*requests):
                for name, partitions in answer.topics:
                    for number, error, _, offset, *_ in partitions:
                        _check(error)
                        found[Place(self.connection.plain(name), number)] = offset
            return found

        return await self._persist("tell how long its log is", ask) if places else {}

    async def _persist(self, what: str, ask: Callable[[], Awaitable[T]]) -> T:
        """Asks again while brokers move about, then raises BusUnavailable."""
        loop = asyncio.get_running_loop()
        end = loop.time() + _TRY_SECONDS
        while True:
            with unavailable(what):
                try:
                    # Longer than the client waits itself, which then closes the connection that is silent.
                    async with asyncio.timeout(1.5 * REQUEST_SECONDS):
                        return await ask()
                except kafka_errors.KafkaError as error:
                    if not error.retriable or loop.time() > end:
                        raise
                    if error.invalid_metadata or isinstance(error, kafka_errors.LeaderNotAvailableError):
                        await self._client.force_metadata_update()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _send(self, node: int, request: Any, group: Any = ConnectionGroup.DEFAULT) -> Any:
        return await self._client.send(node, request, group=group)

    def _partitions(self, name: str) -> list[int]:
        return sorted(self._client.cluster.partitions_for_topic(name) or ())

    def _by_leader(self, places: Iterable[Place]) -> dict[int, dict[str, list[Place]]]:
        nodes: dict[int, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        for place in places:
            name = self.connection.name(place.topic)
            if not self.led(place):
                raise kafka_errors.LeaderNotAvailableError(f"partition {place.number} of {place.topic}")
            node = self._client.cluster.leader_for_partition(TopicPartition(name, place.number))
            nodes[node][name].append(place)
        return nodes

    def _positions(self, group: str, answer: Any) -> dict[Place, Position]:
        errors = {answer.error_code}
        found = {}
        for name, partitions, _ in answer.topics:
            for number, offset, _, ahead, error, _ in partitions:
                errors.add(error)
                if offset >= 0:
                    found[Place(self.connection.plain(name), number)] = Position.of(offset, ahead or "")
        if UNSTABLE_OFFSET_COMMIT in errors:
            raise kafka_errors.CoordinatorLoadInProgressError("a transaction is being completed")
        if errors & COORDINATOR_MOVED:
            self._coordinators.pop(group, None)
        for error in errors:
            _check(error)
        return found

    def _stretches(self, answer: Any, starts: Mapping[Place, int]) -> Iterable[tuple[Place, Stretch]]:
        for name, partitions in answer.topics:
            for number, error, _, *details in partitions:
                _check(error)
                place = Place(self.connection.plain(name), number)
                # details: last stable offset, log start, aborted transactions, (from v11 on: replica,) records
                aborted = details[2] if answer.API_VERSION >= 5 else details[1]
                batches = MemoryRecords(details[-1])
                records = PartitionRecords(
                    TopicPartition(name, number), batches, aborted, starts[place], None, None, True, _COMMITTED
                )
                messages = [received(record, place.topic) for record in records]
                yield place, Stretch(messages, records.next_fetch_offset)


def _check(code: int) -> None:
    error = kafka_errors.for_code(code)
    if error is not kafka_errors.NoError:
        raise error()
