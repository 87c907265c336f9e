"""The bus on Kafka: the contract over aiokafka."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Self

from shared.bus.contract import Message, Received
from shared.bus.kafka.cluster import Cluster
from shared.bus.kafka.connection import Connection
from shared.bus.kafka.consumer import KafkaConsumer
from shared.bus.kafka.producers import Producer
from shared.bus.kafka.reading import Reader
from shared.bus.kafka.records import partition_of
from shared.bus.kafka.topics import Topics
from shared.bus.progress import Position
from shared.bus.sizes import check_sizes
from shared.errors import BusUnavailable
from shared.settings import KafkaSettings
from shared.topics import Topic


class KafkaBus:
    """A connection to the cluster; for one event loop."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.cluster = Cluster(connection)
        self.reader = Reader(self.cluster)
        self.topics = Topics(self.cluster)
        self._publisher: Producer | None = None
        self._publishing = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(cls, url: str, settings: KafkaSettings) -> Self:
        """Raises SettingsInvalid for a URL or a setting that cannot be, BusUnavailable when no broker answers."""
        bus = cls(Connection.parse(url, settings))
        try:
            await bus.cluster.connect()
        except BaseException:
            await bus.close()
            raise
        return bus

    async def create_topics(self, topics: Sequence[Topic]) -> None:
        self._check_open()
        await self.topics.create(topics)

    async def publish(self, messages: Sequence[Message]) -> None:
        self._check_open()
        if not messages:
            return
        check_sizes(messages)
        await self.topics.create_for(messages)
        async with self._publishing:
            publisher, self._publisher = self._publisher, None
            try:
                if publisher is None:
                    publisher = Producer(self.connection, f"publish-{uuid.uuid4()}")
                    await publisher.start()
                await publisher.commit(messages)
            except BaseException:
                if publisher is not None:
                    await publisher.close()
                raise
            self._publisher = publisher

    @asynccontextmanager
    async def consumer(self, group: str, topics: Sequence[Topic], member: str) -> AsyncIterator[KafkaConsumer]:
        await self.create_topics(topics)
        consumer = KafkaConsumer(self.cluster, self.publish, group, member)
        try:
            await consumer.join([topic.name for topic in topics])
            yield consumer
        finally:
            await consumer.leave()

    async def read(self, topic: Topic, start: int, limit: int) -> Sequence[Received]:
        self._check_open()
        return await self.reader.read(topic.name, start, limit)

    async def latest(self, topic: Topic, key: str) -> Received | None:
        self._check_open()
        return await self.reader.latest(topic, key)

    async def partition(self, topic: Topic, key: str) -> int:
        await self.create_topics([topic])
        return partition_of(key, len((await self.cluster.places([topic.name]))[topic.name]))

    async def positions(self, group: str, topics: Sequence[Topic]) -> Mapping[tuple[str, int], Position]:
        self._check_open()
        found = await self.cluster.places([topic.name for topic in topics])
        places = [place for of_topic in found.values() for place in of_topic]
        committed = await self.cluster.committed(group, places)
        return {(place.topic, place.number): position for place, position in committed.items()}

    async def lag(self, group: str, topics: Sequence[Topic]) -> Mapping[tuple[str, int], int]:
        self._check_open()
        found = await self.cluster.places([topic.name for topic in topics])
        places = [place for of_topic in found.values() for place in of_topic]
        committed = await self.cluster.committed(group, places)
        positions = {each: committed[each].next if each in committed else None for each in places}
        waiting = await self.reader.ahead(positions)
        done = {(each.topic, each.number): len(at.ahead) for each, at in committed.items()}
        return {each: max(0, count - done.get(each, 0)) for each, count in waiting.items()}

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            if self._publisher is not None:
                await self._publisher.close()
            await self.cluster.close()

    def _check_open(self) -> None:
        if self._closed:
            raise BusUnavailable(f"The bus at {self.connection} is closed.")
