"""Which portals this fetcher polls: those whose partition of the poll requests it holds in the fetchers' group."""

import asyncio
from collections.abc import Collection, Set
from typing import Final

from shared.bus.contract import Bus, Consumer
from shared.topics import POLL_REQUESTS

LET_GO_SECONDS: Final = 3.0
"""A group that shares out anew takes all partitions away for a moment; most come back to who had them."""


class Share:
    """This fetcher's part of the portals called `names`."""

    def __init__(self, names: Collection[str], bus: Bus, consumer: Consumer) -> None:
        self._names = names
        self._bus = bus
        self._consumer = consumer
        self._partitions: Set[tuple[str, int]] = frozenset()
        self._places: dict[str, tuple[str, int]] = {}
        self._held_at: dict[str, float] = {}

    async def look(self) -> bool:
        """See which partitions are held, and whether they are others than before.

        Raises BusUnavailable, and then none is seen to be.
        """
        partitions = await self._consumer.partitions()
        changed = partitions != self._partitions
        if partitions != self._partitions:
            for name in self._names:
                self._places[name] = POLL_REQUESTS.name, await self._bus.partition(POLL_REQUESTS, name)
            self._partitions = partitions
        now = asyncio.get_running_loop().time()
        self._held_at |= {name: now for name, place in self._places.items() if place in partitions}
        return changed

    def has(self, name: str) -> bool:
        """Whether the portal is held, by the last look."""
        return self._places.get(name) in self._partitions

    def keeps(self, name: str) -> bool:
        """Whether the portal was seen to be held within the last LET_GO_SECONDS."""
        seen_at = self._held_at.get(name)
        return seen_at is not None and asyncio.get_running_loop().time() - seen_at < LET_GO_SECONDS
