"""A partition a member holds: the only producer that may move the group in it, and how far it has come."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import structlog

from shared import metrics
from shared.bus.contract import Message
from shared.bus.kafka.cluster import Cluster, Place
from shared.bus.kafka.connection import Connection
from shared.bus.kafka.producers import Producer
from shared.bus.progress import Position, Progress
from shared.errors import BusUnavailable, SettingsInvalid

_RETRY_SECONDS: Final = 1.0
T = TypeVar("T")
log = structlog.get_logger()


class Holding:
    """Once `ready`, nobody else can commit in the partition unless this holding's next commit fails.

    aiokafka sends no generation of the group with a transaction's offsets, so the transactional id is the fence:
    whoever is given the partition starts a producer under the same id, and only then asks for the position.
    """

    def __init__(self, connection: Connection, cluster: Cluster, group: str, place: Place) -> None:
        self.place = place
        self.ready = False
        self.progress = Progress(Position(0))
        self.lock = asyncio.Lock()
        self._connection = connection
        self._cluster = cluster
        self._group = group
        self._producer = self._new_producer()

    async def prepare(self) -> None:
        """Fence those before and find the group's position; tries until it can."""
        await self._persist(self._producer.start)
        self.progress = Progress(await self._persist(self._find))
        self.ready = True

    def delivered(self, offsets: Iterable[int]) -> bool:
        """Whether these offsets were delivered and are not committed."""
        return self.ready and self.progress.gave(offsets)

    async def commit(self, output: Sequence[Message], positions: Mapping[Place, Position]) -> None:
        """Publish `output` and move the group to `positions`; raises BusUnavailable."""
        await self._producer.commit(output, self._group, positions)

    async def verify(self) -> None:
        """Raises BusUnavailable when another member has got the partition."""
        await self.commit([], {self.place: self.progress.position})

    def lose(self) -> Coroutine[Any, Any, None]:
        """Commit nothing more until prepared again; what is returned closes the connections."""
        self.ready = False
        lost, self._producer = self._producer, self._new_producer()
        return lost.close()

    async def _persist(self, attempt: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await attempt()
            except (BusUnavailable, SettingsInvalid) as error:  # a certificate may be in the middle of a change
                log.warning(
                    "not ready for a partition",
                    group=self._group,
                    topic=self.place.topic,
                    partition=self.place.number,
                    reason=str(error),
                )
            await asyncio.sleep(_RETRY_SECONDS)

    async def _find(self) -> Position:
        committed, begins, ends = await asyncio.gather(
            self._cluster.committed(self._group, [self.place]),
            self._cluster.beginnings([self.place]),
            self._cluster.open_ends([self.place]),
        )
        position, begin = committed.get(self.place), begins[self.place]
        if position is not None and position.next < begin:
            self._tell_expired(sum(at not in position.ahead for at in range(position.next, begin)))
            return Position(begin, tuple(at for at in position.ahead if at >= begin))
        # A position outside the log is of a topic that was made anew.
        return position if position is not None and position.next <= ends[self.place] else Position(begin)

    def _tell_expired(self, count: int) -> None:
        """Of what retention took while it waited nothing else would ever tell."""
        topic, stage = self.place.topic, self._group.rpartition(".")[2]
        metrics.MESSAGES_EXPIRED.labels(stage, topic).inc(count)
        log.error(
            "messages expired before they were read",
            stage=stage,
            topic=topic,
            partition=self.place.number,
            count=count,
        )

    def _new_producer(self) -> Producer:
        return Producer(self._connection, f"{self._group}-{self.place.topic}-{self.place.number}")
