"""Makes topics on the cluster as the topic table says."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code

from shared.bus.contract import Message
from shared.bus.kafka.cluster import Cluster
from shared.bus.kafka.connection import unavailable
from shared.errors import BusUnavailable
from shared.topics import TOPICS, Topic

READY_SECONDS: Final = 30.0
_REPLICAS: Final = 3
_DAY_MILLISECONDS: Final = 24 * 60 * 60 * 1000
_LOOK_SECONDS: Final = 0.05


class Topics:
    """Remembers which topics are there; those that are stay as they are."""

    def __init__(self, cluster: Cluster) -> None:
        self._connection = cluster.connection
        self._cluster = cluster
        self._there: set[str] = set()

    async def create(self, topics: Iterable[Topic]) -> None:
        """Make those that are not there, and return once all can be used; raises BusUnavailable."""
        wanted = {topic.name: topic for topic in topics if topic.name not in self._there}
        if not wanted:
            return
        found = await self._cluster.places(wanted)
        if missing := [topic for name, topic in wanted.items() if name not in found]:
            await self._make(missing)
            await self._wait_for(list(wanted))
        self._there |= wanted.keys()

    async def create_for(self, messages: Sequence[Message]) -> None:
        """Make the topics of `messages` that the table has and the cluster has not; raises BusUnavailable."""
        names = {message.topic for message in messages} - self._there
        if names:
            await self.create(topic for topic in TOPICS if topic.name in names)

    async def _make(self, topics: Sequence[Topic]) -> None:
        replicas = self._connection.settings.replicas or min(_REPLICAS, self._cluster.brokers())
        client = AIOKafkaAdminClient(**self._connection.options())
        try:
            with unavailable("make topics"):
                await client.start()
                answer = await client.create_topics([self._described(topic, replicas) for topic in topics])
        finally:
            await client.close()
        for name, code, *reason in answer.topic_errors:
            error = for_code(code)
            if error not in {NoError, TopicAlreadyExistsError}:
                raise BusUnavailable(f"Kafka did not make the topic {name}: {error.__name__} {reason}.")

    async def _wait_for(self, names: Sequence[str]) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + READY_SECONDS
        while absent := [name for name in names if not await self._usable(name)]:
            if loop.time() > deadline:
                raise BusUnavailable(f"Kafka has no leader for every partition of {', '.join(absent)} yet.")
            await asyncio.sleep(_LOOK_SECONDS)
            await self._cluster.refresh()

    async def _usable(self, name: str) -> bool:
        with suppress(BusUnavailable):
            places = (await self._cluster.places([name])).get(name, [])
            return bool(places) and all(self._cluster.led(place) for place in places)
        return False

    def _described(self, topic: Topic, replicas: int) -> Any:
        days = topic.retention_days
        kept = str(-1 if days is None else days * _DAY_MILLISECONDS)
        # The brokers' time, not the publisher's: they refuse a message from a clock that is ahead of theirs.
        settings = {"message.timestamp.type": "LogAppendTime"}
        if replicas >= _REPLICAS:
            settings |= {"min.insync.replicas": "2"}
        if topic.compacted:
            settings |= {"cleanup.policy": "compact"}
            if days is not None:
                settings |= {"min.compaction.lag.ms": kept, "delete.retention.ms": kept}
        else:
            settings |= {"cleanup.policy": "delete", "retention.ms": kept}
        return NewTopic(self._connection.name(topic.name), topic.partitions, replicas, topic_configs=settings)
