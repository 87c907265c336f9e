"""A consumer on Kafka: what it holds, how far it has read, and commits that either count whole or not at all."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence, Set
from contextlib import AsyncExitStack, suppress
from typing import Any, Final

from aiokafka import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError
from aiokafka.structs import TopicPartition

from shared.bus.contract import Message, Received
from shared.bus.kafka.cluster import Cluster, Place
from shared.bus.kafka.connection import unavailable
from shared.bus.kafka.holding import Holding
from shared.bus.kafka.membership import Membership
from shared.bus.kafka.records import received
from shared.bus.kafka.topics import Topics
from shared.bus.sizes import check_sizes
from shared.errors import BusUnavailable
from shared.waiting import set_within

Publish = Callable[[Sequence[Message]], Awaitable[None]]

JOIN_SECONDS: Final = 60.0
PREPARE_SECONDS: Final = 10.0
"""How long a new member waits for its partitions to be ready; those that are not come later, one by one."""
_LOOK_SECONDS: Final = 0.2
_TOGETHER_SECONDS: Final = 0.2


class KafkaConsumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """A member of a group.

    Partitions that stay with the member when the group shares them out again are read on and committed as if
    nothing had happened; those that come to it are read from the group's position, once nobody before it can
    commit any more.
    """

    def __init__(self, cluster: Cluster, publish: Publish, group: str, member: str) -> None:
        """`publish` is the bus's own, which makes the topics it publishes to."""
        self._cluster = cluster
        self._publish = publish
        self._topics = Topics(cluster)
        self._connection = cluster.connection
        self._group = group
        self._name = member
        self._membership = Membership(cluster.connection, group, member)
        self._client = self._membership.client
        self._holdings: dict[Place, Holding] = {}
        self._member_id = ""
        self._sharing = True
        self._assigned = asyncio.Event()
        self._changed = asyncio.Event()
        self._preparing: dict[Holding, asyncio.Task[None]] = {}
        self._broken: BaseException | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self, topics: Sequence[str]) -> None:
        """Become a member; returns once the group has shared out its partitions. Raises BusUnavailable."""
        loop = asyncio.get_running_loop()
        end = loop.time() + JOIN_SECONDS
        await self._membership.join([self._connection.name(topic) for topic in topics], self)
        while not self._assigned.is_set():
            self._membership.check()
            if loop.time() > end:
                raise BusUnavailable(f"Kafka did not let {self._name} join {self._group} in time.")
            await set_within(self._assigned, _LOOK_SECONDS)
        if self._preparing:
            await asyncio.wait(self._preparing.values(), timeout=PREPARE_SECONDS)

    async def leave(self) -> None:
        """Give the partitions to the others; a commit under way ends first."""
        await self._drop_all()
        await self._membership.leave()
        await self._drop_all()  # while it was leaving the group may have given it others

    async def poll(self, limit: int, timeout_seconds: float) -> Sequence[Received]:
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_seconds
        while True:
            messages = await self._deliver(limit, max(0.0, min(_LOOK_SECONDS, end - loop.time())))
            if messages or loop.time() >= end:
                return messages

    async def commit(self, done: Sequence[Received], output: Sequence[Message]) -> None:
        check_sizes(output)
        if not done:
            await self._publish(output)
            return
        await self._topics.create_for(output)
        offsets: dict[Place, set[int]] = defaultdict(set)
        for message in done:
            offsets[Place(message.topic, message.partition)].add(message.offset)
        async with AsyncExitStack() as locks:
            holdings = [self._holding(place) for place in sorted(offsets)]
            for holding in holdings:
                await locks.enter_async_context(holding.lock)
            for holding in holdings:
                if self._holding(holding.place) is not holding or not holding.delivered(offsets[holding.place]):
                    raise self._lost(holding.place)
            await self._commit(holdings, offsets, output)

    def ahead(self, topic: str, partition: int) -> int:
        holding = self._holdings.get(Place(topic, partition))
        return len(holding.progress.position.ahead) if holding else 0

    async def rewind(self) -> None:
        for holding in list(self._holdings.values()):
            async with holding.lock:
                if holding.ready:
                    holding.progress.rewind()
                    self._seek(holding)
        lost = [each for each in self._holdings.values() if not each.ready and each not in self._preparing]
        self._prepare(lost, again=True)

    async def partitions(self) -> Set[tuple[str, int]]:
        if not self._membership.alive:
            return frozenset()
        return frozenset(place for place, holding in self._holdings.items() if holding.ready)

    async def on_partitions_revoked(self, _revoked: Collection[Any]) -> None:
        """The group shares its partitions out again; which of them stay is known when it has."""
        self._sharing = True

    async def on_partitions_assigned(self, assigned: Collection[Any]) -> None:
        """Returns soon: no heartbeats are sent meanwhile."""
        places = {Place(self._connection.plain(each.topic), each.partition) for each in assigned}
        # With a new id the broker had taken the member for dead: others may have had any of its partitions.
        stays = places if self._member_id == self._membership.id else set()
        self._member_id = self._membership.id
        for place in self._holdings.keys() - stays:
            self._drop(place)
        new = {place: self._new(place) for place in places - self._holdings.keys()}
        self._holdings |= new
        unready = [each for each in self._holdings.values() if not each.ready and each not in self._preparing]
        for place in places:
            holding = self._holdings[place]
            if holding.ready:
                self._seek(holding)
            else:
                self._client.pause(self._partition(place))
        self._prepare(unready)
        self._sharing = False
        self._assigned.set()
        self._changed.set()

    async def _deliver(self, limit: int, timeout_seconds: float) -> list[Received]:
        self._membership.check()
        if self._broken:
            raise self._broken
        self._changed.clear()
        ready = [] if self._sharing else [each for each in self._holdings.values() if each.ready]
        if not ready:
            await set_within(self._changed, timeout_seconds)
            return []
        found: Mapping[Any, Sequence[Any]] = {}
        partitions = [self._partition(holding.place) for holding in ready]
        try:
            # While the group shares out, getmany would wait for the end of it.
            with unavailable("give messages"), suppress(TimeoutError):
                async with asyncio.timeout(timeout_seconds + _LOOK_SECONDS):
                    found = await self._client.getmany(
                        *partitions, timeout_ms=round(timeout_seconds * 1000), max_records=limit
                    )
        except BusUnavailable:
            self._membership.check()  # that it was replaced says more
            raise
        return [message for partition, records in found.items() for message in self._accept(partition, records)]

    def _accept(self, partition: Any, records: Sequence[Any]) -> list[Received]:
        topic = self._connection.plain(partition.topic)
        holding = self._holdings.get(Place(topic, partition.partition))
        if holding is None or not holding.ready:  # it went while the messages came
            return []
        progress = holding.progress
        return [
            received(record, topic)
            for record in records
            if record.offset >= progress.next and progress.give(record.offset)
        ]

    async def _commit(
        self, holdings: Sequence[Holding], done: Mapping[Place, Collection[int]], output: Sequence[Message]
    ) -> None:
        positions = {each.place: each.progress.after(done[each.place]) for each in holdings}
        try:
            # A transaction has one producer. That of another partition must not be fenced either; the stage
            # runner commits partition by partition, where this question does not arise.
            for other in holdings[1:]:
                await other.verify()
            await holdings[0].commit(output, positions)
        except BaseException:
            # What became of the transaction is not known: only a new producer and the broker's position tell.
            for holding in holdings:
                self._start(holding.lose())
            raise
        for holding in holdings:
            holding.progress.move(positions[holding.place], done[holding.place])

    def _prepare(self, holdings: Sequence[Holding], again: bool = False) -> None:
        preparing = {each: asyncio.create_task(self._prepare_one(each, again)) for each in holdings}
        self._preparing |= preparing
        self._start(self._release(preparing))

    async def _prepare_one(self, holding: Holding, again: bool) -> None:
        if again:
            # A member that was away too long would fence the one that has the partition now.
            await self._membership.confirmed()
        await holding.prepare()

    async def _release(self, preparing: dict[Holding, asyncio.Task[None]]) -> None:
        """Let those be read that are ready; one that cannot be made ready does not hold up the others."""
        while preparing:
            await asyncio.wait(preparing.values(), return_when=asyncio.FIRST_COMPLETED)
            # A partition that comes alone waits until the request for the others is answered.
            await asyncio.wait(preparing.values(), timeout=_TOGETHER_SECONDS)
            for holding in [each for each, task in preparing.items() if task.done()]:
                self._preparing.pop(holding)
                ended = preparing.pop(holding)
                if self._holdings.get(holding.place) is not holding:
                    continue
                if holding.ready:
                    self._seek(holding)
                    with suppress(IllegalStateError):
                        self._client.resume(self._partition(holding.place))
                elif not ended.cancelled():
                    self._broken = ended.exception()
            self._changed.set()

    def _seek(self, holding: Holding) -> None:
        with suppress(IllegalStateError):  # while the group shares out; then it is done after
            self._client.seek(self._partition(holding.place), holding.progress.next)

    async def _drop_all(self) -> None:
        for place in list(self._holdings):
            self._drop(place)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _drop(self, place: Place) -> None:
        holding = self._holdings.pop(place)
        if preparing := self._preparing.get(holding):
            preparing.cancel()
        self._start(self._close(holding))

    async def _close(self, holding: Holding) -> None:
        if preparing := self._preparing.get(holding):
            await asyncio.wait([preparing])
        async with holding.lock:
            await holding.lose()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _new(self, place: Place) -> Holding:
        return Holding(self._connection, self._cluster, self._group, place)

    def _holding(self, place: Place) -> Holding:
        if place not in self._holdings:
            raise self._lost(place)
        return self._holdings[place]

    def _lost(self, place: Place) -> BusUnavailable:
        return BusUnavailable(
            f"Partition {place.number} of {place.topic} has left {self._name} of {self._group}; "
            "rewind and poll again."
        )

    def _partition(self, place: Place) -> Any:
        return TopicPartition(self._connection.name(place.topic), place.number)
