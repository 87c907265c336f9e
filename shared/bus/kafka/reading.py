"""Reading without a group: pages of a topic, the last message of a key, and how many messages lie ahead."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from shared.bus.contract import Received
from shared.bus.kafka.cluster import Cluster, Place
from shared.bus.kafka.records import partition_of
from shared.errors import BusUnavailable
from shared.topics import Topic

OPEN_SECONDS: Final = 40.0
"""How long a transaction is waited for; a broker ends one whose producer died in less."""
_LOOK_SECONDS: Final = 0.005
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass
class _Index:
    """Key → offset of its last message, read up to `position`."""

    position: int = 0
    last: dict[str, int] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Reader:
    """Sees every transaction that was committed before a call; all of it or nothing."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._indexes: dict[Place, _Index] = defaultdict(_Index)

    async def read(self, topic: str, start: int, limit: int) -> list[Received]:
        """The `limit` messages with the lowest offsets from `start` on, over all partitions."""
        places = (await self._cluster.places([topic])).get(topic, [])
        ends = await self._settled(places)
        begins = await self._cluster.beginnings(places)
        positions = {place: max(start, begins[place]) for place in places}
        messages: list[Received] = []
        while ahead := {
            place: at for place, at in positions.items() if at < min(ends[place], _border(messages, limit))
        }:
            for place, stretch in (await self._cluster.fetch(ahead)).items():
                messages += [each for each in stretch.messages if each.offset < ends[place]]
                positions[place] = stretch.next
        return sorted(messages, key=_order)[:limit]

    async def latest(self, topic: Topic, key: str) -> Received | None:
        """The last message of `key`, in the partition it has now or in one it had when there were fewer."""
        places = (await self._cluster.places([topic.name])).get(topic.name, [])
        if not places:
            return None
        grown = len(places) != topic.partitions
        counts = range(1, len(places) + 1) if grown else (len(places),)
        numbers = sorted({partition_of(key, count) for count in counts})
        found = [each for number in numbers if (each := await self._last_in(places[number], key))]
        return max(found, key=_time, default=None)

    async def _last_in(self, place: Place, key: str) -> Received | None:
        index = self._indexes[place]
        async with index.lock:
            await self._extend(place, index)
            offset = index.last.get(key)
        if offset is None:
            return None
        found = (await self._cluster.fetch({place: offset}))[place].messages
        # A tombstone goes some time after it was written; then the key never was.
        return found[0] if found and found[0].offset == offset else None

    async def ahead(self, positions: Mapping[Place, int | None]) -> dict[tuple[str, int], int]:
        """Messages from each position on, from the beginning for None.

        Exact where they come in one fetch; beyond, what is no message (the marks of transactions) counts too.
        """
        ends = await self._cluster.ends(positions)
        begins = await self._cluster.beginnings(positions)
        counts = dict.fromkeys(positions, 0)
        starts = {place: max(begins[place], position or 0) for place, position in positions.items()}
        # Where a fetch brings only marks and aborted messages, the next one tells.
        while rest := {place: at for place, at in starts.items() if at < ends[place] and not counts[place]}:
            for place, stretch in (await self._cluster.fetch(rest)).items():
                counts[place] = sum(message.offset < ends[place] for message in stretch.messages)
                starts[place] = stretch.next
        return {
            (place.topic, place.number): count + (max(0, ends[place] - starts[place]) if count else 0)
            for place, count in counts.items()
        }

    async def _extend(self, place: Place, index: _Index) -> None:
        end = (await self._settled([place]))[place]
        if index.position > end:  # the topic was made anew
            index.position = 0
            index.last.clear()
        index.position = max(index.position, (await self._cluster.beginnings([place]))[place])
        while index.position < end:
            stretch = (await self._cluster.fetch({place: index.position}))[place]
            index.last.update((message.key, message.offset) for message in stretch.messages)
            index.position = max(stretch.next, index.position)

    async def _settled(self, places: Collection[Place]) -> dict[Place, int]:
        """The ends as they are now, once all transactions open now are over.

        A commit is answered before its marks are in the partitions it wrote to, so a reader that took the end of
        what is stable now could miss what its own process committed a moment ago.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + OPEN_SECONDS
        ends = await self._cluster.open_ends(places)
        waiting = list(ends)
        while waiting:
            stable = await self._cluster.ends(waiting)
            waiting = [place for place in waiting if stable[place] < ends[place]]
            if waiting and loop.time() > deadline:
                topic, number = waiting[0]
                raise BusUnavailable(
                    f"A transaction in partition {number} of {topic} stays open; try again later."
                )
            if waiting:
                await asyncio.sleep(_LOOK_SECONDS)
        return ends


def _border(messages: list[Received], limit: int) -> float:
    """No offset from this one on is among the `limit` lowest of `messages`."""
    if len(messages) < limit:
        return float("inf")
    return sorted(message.offset for message in messages)[limit - 1]


def _time(message: Received) -> datetime:
    return message.published_at or _NEVER


def _order(message: Received) -> tuple[int, int]:
    return message.offset, message.partition
