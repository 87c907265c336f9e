"""The embedded bus: the contract over the log, every blocking call in a thread of its own."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, ParamSpec, Self, TypeVar
from weakref import WeakKeyDictionary

from shared.bus.contract import Message, Received
from shared.bus.progress import Position, Progress
from shared.bus.sqlite.groups import LEASE_SECONDS, Groups
from shared.bus.sqlite.log import Log, Partition, partition_of
from shared.bus.sqlite.retention import tidy
from shared.clock import SystemClock
from shared.errors import BusUnavailable
from shared.topics import TOPICS, Topic
from shared.waiting import set_within

POLL_SECONDS: Final = 0.1
"""Between two looks for what other processes wrote; a connection of this one says so itself."""
CHECK_SECONDS: Final = 1.0
RENEW_SECONDS: Final = LEASE_SECONDS / 3
TIDY_SECONDS: Final = 60.0
TIDY_PAUSE_SECONDS: Final = 0.05
"""Between two slices, for who publishes and reads meanwhile."""

P = ParamSpec("P")
T = TypeVar("T")
_readers: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, defaultdict[Path, set[asyncio.Event]]]] = (
    WeakKeyDictionary()
)
"""What wakes the consumers of each file, over all connections of an event loop."""


class SqliteBus:
    """A connection to the log's file; for one event loop."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bus")
        self._path = path
        self._closed = False
        self._readers = _readers.setdefault(asyncio.get_running_loop(), defaultdict(set))[path.resolve()]
        self._tidying: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open or make the file; raises BusUnavailable, Damaged, SettingsInvalid."""
        bus = cls(path)
        try:
            await bus.call(bus._open)
        except BaseException:
            await bus.close()
            raise
        return bus

    async def create_topics(self, topics: Sequence[Topic]) -> None:
        def create() -> None:
            with self.log.writing():
                for topic in topics:
                    self.log.create(topic.name)

        await self.call(create)

    async def publish(self, messages: Sequence[Message]) -> None:
        def append() -> None:
            with self.log.writing():
                self.log.append(messages)

        if messages:
            await self.call(append)
            self.wake_readers()

    @asynccontextmanager
    async def consumer(self, group: str, topics: Sequence[Topic], member: str) -> AsyncIterator["SqliteConsumer"]:
        consumer = SqliteConsumer(self, group, [topic.name for topic in topics], member)
        await self.call(consumer.join)
        self.wake_readers()
        self._readers.add(consumer.changed)
        self._tidying = self._tidying or asyncio.create_task(self._keep_tidy())
        heartbeat = asyncio.create_task(consumer.keep_lease())
        try:
            yield consumer
        finally:
            self._readers.discard(consumer.changed)
            heartbeat.cancel()
            with suppress(asyncio.CancelledError):
                await heartbeat
            with suppress(BusUnavailable):  # the lease runs out by itself
                await self.call(consumer.leave)
            self.wake_readers()

    async def read(self, topic: Topic, start: int, limit: int) -> Sequence[Received]:
        def after() -> list[Received]:
            with self.log.reading():
                return self.log.after(dict.fromkeys(self.log.partitions(topic.name), start - 1), limit)

        return await self.call(after)

    async def latest(self, topic: Topic, key: str) -> Received | None:
        def newest() -> Received | None:
            with self.log.reading():
                return self.log.latest(topic.name, key)

        return await self.call(newest)

    async def partition(self, topic: Topic, key: str) -> int:
        def find() -> int:
            with self.log.writing():
                return partition_of(self.log.create(topic.name), key).number

        return await self.call(find)

    async def positions(self, group: str, topics: Sequence[Topic]) -> Mapping[tuple[str, int], Position]:
        def look() -> dict[tuple[str, int], Position]:
            with self.log.reading():
                partitions = [each for topic in topics for each in self.log.partitions(topic.name)]
                committed = self.groups.committed(group, partitions)
                return {(each.topic, each.number): position for each, position in committed.items()}

        return await self.call(look)

    async def lag(self, group: str, topics: Sequence[Topic]) -> Mapping[tuple[str, int], int]:
        def count() -> dict[tuple[str, int], int]:
            with self.log.reading():
                partitions = [each for topic in topics for each in self.log.partitions(topic.name)]
                positions = self.groups.committed(group, partitions)
                counts = self.log.count_after({each: at.next - 1 for each, at in positions.items()})
                return {(each.topic, each.number): counts[each] - len(at.ahead) for each, at in positions.items()}

        return await self.call(count)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            if self._tidying is not None:
                self._tidying.cancel()
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._close)
            self._thread.shutdown()

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in the bus's thread; when the caller is cancelled, it still runs to its end."""
        if self._closed:
            raise BusUnavailable(f"The bus {self._path} is closed.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: function(*args, **kwargs))

    def wake_readers(self) -> None:
        """Let the consumers of this file in this event loop look again at once."""
        for changed in self._readers:
            changed.set()

    async def _keep_tidy(self) -> None:
        more = False
        while True:
            await asyncio.sleep(TIDY_PAUSE_SECONDS if more else TIDY_SECONDS)
            try:
                more = await self.call(tidy, self.log, self.groups, TOPICS)
            except BusUnavailable:  # the next turn tries again
                more = False

    def _open(self) -> None:
        self.log = Log(self._path, SystemClock())
        self.groups = Groups(self.log)

    def _close(self) -> None:
        if hasattr(self, "log"):
            self.log.close()


class SqliteConsumer:
    """A member of a group; what it delivered and what the group committed change only in the bus's thread."""

    def __init__(self, bus: SqliteBus, group: str, topics: Sequence[str], name: str) -> None:
        self.changed = asyncio.Event()
        self._bus = bus
        self._group = group
        self._topics = topics
        self._name = name
        self._member = 0
        self._progress: dict[Partition, Progress] = {}
        self._seen = 0

    async def poll(self, limit: int, timeout_seconds: float) -> Sequence[Received]:
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_seconds
        while True:
            self.changed.clear()
            messages = await self._bus.call(self._deliver, limit)
            if messages or loop.time() >= end:
                return messages
            await self._wait_for_change(end)

    async def commit(self, done: Sequence[Received], output: Sequence[Message]) -> None:
        await self._bus.call(self._commit, done, output)
        self._bus.wake_readers()

    def ahead(self, topic: str, partition: int) -> int:
        for each, progress in list(self._progress.items()):
            if (each.topic, each.number) == (topic, partition):
                return len(progress.position.ahead)
        return 0

    async def rewind(self) -> None:
        await self._bus.call(self._forget)

    async def partitions(self) -> Set[tuple[str, int]]:
        return await self._bus.call(self._held)

    async def keep_lease(self) -> None:
        """Renew the lease and look for members that are gone, until cancelled."""
        loop = asyncio.get_running_loop()
        renewed = loop.time()
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            due = loop.time() - renewed >= RENEW_SECONDS
            with suppress(BusUnavailable):  # the next turn tries again; the lease outlasts three turns
                if await self._bus.call(self._check_members, due):
                    self._bus.wake_readers()
                renewed = loop.time() if due else renewed

    def join(self) -> None:
        """In the bus's thread: become a member."""
        with self._bus.log.writing():
            self._member = self._bus.groups.join(self._group, self._name, self._topics)

    def leave(self) -> None:
        """In the bus's thread: give the partitions to the others."""
        with self._bus.log.writing():
            self._bus.groups.leave(self._group, self._member)

    async def _wait_for_change(self, end: float) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() < end:
            if await set_within(self.changed, min(POLL_SECONDS, end - loop.time())):
                return
            if await self._bus.call(self._bus.log.changes) != self._seen:
                return

    def _deliver(self, limit: int) -> list[Received]:
        self._seen = self._bus.log.changes()
        with self._bus.log.reading():
            held = self._bus.groups.held(self._group, self._member)
            fresh = [partition for partition in held if partition not in self._progress]
            starts = self._bus.groups.committed(self._group, fresh)
            self._progress = {each: self._progress.get(each) or Progress(starts[each]) for each in held}
            return self._next(limit)

    def _next(self, limit: int) -> list[Received]:
        places = {(each.topic, each.number): progress for each, progress in self._progress.items()}
        while True:
            delivered = {each: progress.next - 1 for each, progress in self._progress.items()}
            found = self._bus.log.after(delivered, limit)
            messages = [each for each in found if places[each.topic, each.partition].give(each.offset)]
            if messages or not found:
                return messages

    def _commit(self, done: Sequence[Received], output: Sequence[Message]) -> None:
        offsets: dict[Partition, set[int]] = {}
        places = {(each.topic, each.number): each for each in self._progress}
        for message in done:
            partition = places.get((message.topic, message.partition))
            if partition is None:
                raise self._lost(message.topic, message.partition)
            offsets.setdefault(partition, set()).add(message.offset)
        with self._bus.log.writing():
            self._check_still_held(offsets)
            self._bus.log.append(output)
            positions = {each: self._progress[each].after(of_it) for each, of_it in offsets.items()}
            self._bus.groups.commit(self._group, positions)
        for partition, position in positions.items():
            self._progress[partition].move(position, offsets[partition])

    def _check_still_held(self, offsets: Mapping[Partition, Set[int]]) -> None:
        # A partition may have gone to another member and come back since it was read. The position tells: when
        # it is where this member left it, nobody else finished any of these messages.
        held = set(self._bus.groups.held(self._group, self._member))
        committed: Mapping[Partition, Position] = self._bus.groups.committed(self._group, list(offsets))
        for partition, of_it in offsets.items():
            progress = self._progress[partition]
            if partition not in held or committed[partition] != progress.position or not progress.gave(of_it):
                raise self._lost(partition.topic, partition.number)

    def _lost(self, topic: str, number: int) -> BusUnavailable:
        return BusUnavailable(
            f"Partition {number} of {topic} has left {self._name} of {self._group}; rewind and poll again."
        )

    def _held(self) -> frozenset[tuple[str, int]]:
        with self._bus.log.reading():
            held = self._bus.groups.held(self._group, self._member)
        return frozenset((each.topic, each.number) for each in held)

    def _forget(self) -> None:
        self._progress.clear()

    def _check_members(self, renew: bool) -> bool:
        """Whether the partitions were shared out again."""
        log, groups = self._bus.log, self._bus.groups
        with log.reading():
            gone = groups.gone(self._group)
        if not renew and not gone:
            return False
        with log.writing():
            if not groups.renew(self._member):
                self._member = groups.join(self._group, self._name, self._topics)
                return True
            if gone:
                groups.remove_gone(self._group)
        return bool(gone)
