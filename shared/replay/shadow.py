"""A shadow: a bus of its own, beside the live one, on which chosen events are read without consequence."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.bus.batches import publish
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message, Received
from shared.bus.remove import remove_bus
from shared.bus.scan import scan
from shared.errors import UsageError
from shared.replay.choice import INPUT, OUTPUT, StageName
from shared.stage.replayed import REPLAYED_BY
from shared.topics import DEAD_LETTERS, TOPICS, Topic, group

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
_SQLITE: Final = "sqlite:///"


@dataclass(frozen=True)
class Shadow:
    """An open shadow: for which stage its events are, and by which gongkai version they are read."""

    name: str
    bus: Bus
    stage: StageName
    version: str

    @property
    def input(self) -> Topic:
        """The topic that holds the chosen events."""
        return INPUT[self.stage]

    def events(self) -> AsyncIterator[Received]:
        """The chosen events."""
        return scan(self.bus, self.input)

    async def count(self) -> int:
        """How many those are."""
        return await self._count(self.input)

    async def waiting(self) -> int:
        """How many messages its stages have still to read or to write; 0 once the shadow is finished."""
        # A position may show before the output that was committed with it, which the next stage has yet to read.
        return await self._unread() or await self._unwritten() or await self._unread()

    async def _unread(self) -> int:
        counts = [await self.bus.lag(group(stage), [INPUT[stage]]) for stage in stages_from(self.stage)]
        return sum(sum(each.values()) for each in counts)

    async def _unwritten(self) -> int:
        """How many events came neither to the topic of the stage after nor to a dead letter."""
        missing = 0
        for stage in stages_from(self.stage)[:-1]:
            made = await self._count(OUTPUT[stage]) + await self._count(DEAD_LETTERS[stage])
            missing += max(0, await self._count(INPUT[stage]) - made)
        return missing

    async def _count(self, topic: Topic) -> int:
        count = 0
        async for _ in scan(self.bus, topic):
            count += 1
        return count


def stages_from(stage: StageName) -> list[StageName]:
    """The stages that run in a shadow for `stage`: all up to the records."""
    return list(INPUT)[list(INPUT).index(stage) :]


def shadow_url(bus_url: str, name: str) -> str:
    """The bus of the shadow `name`: a file beside the live bus's, or a namespace within its namespace.

    Raises UsageError for a name of other than small letters, digits and hyphens.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"A shadow's name has up to 30 small letters, digits and hyphens; {name!r} has others.")
    if bus_url.startswith(_SQLITE):
        stem, dot, ending = bus_url.rpartition(".")
        return f"{stem}.shadow-{name}.{ending}" if dot and "/" not in ending else f"{bus_url}.shadow-{name}"
    scheme, _, rest = bus_url.partition("://")
    servers, _, namespace = rest.rstrip("/").partition("/")
    return f"{scheme}://{servers}/{namespace}{'.' if namespace else ''}shadow-{name}"


async def begin(bus_url: str, name: str, messages: AsyncIterator[Message]) -> None:
    """Make the shadow `name` of the bus at `bus_url`, holding `messages`; raises UsageError when there is one."""
    url = shadow_url(bus_url, name)
    if await _exists(url):
        raise UsageError(f"There is a shadow {name} already; `gongkai replay drop {name}` removes it.")
    async with _bus(url) as bus:
        await bus.create_topics(TOPICS)
        async for _ in publish(bus, messages):
            pass


@asynccontextmanager
async def open_shadow(bus_url: str, name: str) -> AsyncIterator[Shadow]:
    """The shadow `name` of the bus at `bus_url`, open within the block.

    Raises UsageError when there is none, or none that holds events.
    """
    url = shadow_url(bus_url, name)
    if not await _exists(url):
        raise UsageError(f"There is no shadow {name}; `gongkai replay parser --shadow {name}` makes one.")
    async with _bus(url) as bus:
        shadow = await _found(name, bus)
        if shadow is None:
            raise UsageError(
                f"The shadow {name} holds nothing yet: it is being made, or that was broken off and "
                f"`gongkai replay drop {name}` removes it."
            )
        yield shadow


async def drop(bus_url: str, name: str) -> None:
    """Remove the shadow `name`, whatever its state; what it archived stays, as the archive keeps for good.

    Raises UsageError when there is none.
    """
    url = shadow_url(bus_url, name)
    if not await _exists(url):
        raise UsageError(f"There is no shadow {name}, so nothing was removed.")
    await remove_bus(url)


@asynccontextmanager
async def _bus(url: str) -> AsyncIterator[Bus]:
    bus = await open_bus(url)
    try:
        yield bus
    finally:
        await bus.close()


async def _exists(url: str) -> bool:
    """Whether anything is at `url`; nothing is made there."""
    if url.startswith(_SQLITE):
        return await asyncio.to_thread(Path(url.removeprefix(_SQLITE)).exists)
    async with _bus(url) as bus:
        return bool(await bus.lag("gongkai.parser", TOPICS))


async def _found(name: str, bus: Bus) -> Shadow | None:
    for stage, topic in INPUT.items():
        for message in await bus.read(topic, 0, 1):
            return Shadow(name, bus, stage, message.headers.get(REPLAYED_BY, ""))
    return None
