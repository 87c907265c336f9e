"""`gongkai tail`: looking into a topic."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final

import typer

from services.cli.bus import on_bus
from shared.bus.contract import Bus, Received
from shared.bus.scan import scan
from shared.errors import UsageError
from shared.topics import TOPICS, Topic

FOLLOW_SECONDS: Final = 0.5


def tail(
    name: Annotated[str, typer.Argument(metavar="TOPIC", help="a topic, in full or without gongkai. and .v1")],
    follow: Annotated[bool, typer.Option(help="go on with what comes")] = False,
) -> None:
    """Messages of a topic, oldest first: the key, a tab, the value as JSON."""
    chosen = [
        each for each in TOPICS if name in (each.name, each.name.removeprefix("gongkai.").removesuffix(".v1"))
    ]
    if not chosen:
        raise UsageError(f"There is no topic {name!r}; there are {', '.join(each.name for each in TOPICS)}.")

    async def show(bus: Bus) -> None:
        async for received in messages(bus, chosen[0], follow):
            typer.echo(f"{received.key}\t{(received.value or b'null').decode(errors='replace')}")

    on_bus(show)


async def messages(bus: Bus, topic: Topic, follow: bool) -> AsyncIterator[Received]:
    """Every message of `topic` once, then, to `follow`, what comes, without an end."""
    ends = {number: 0 for _, number in await bus.lag("gongkai.tail", [topic])}
    while True:
        async for received in scan(bus, topic, min(ends.values(), default=0)):
            if received.offset >= ends.get(received.partition, 0):
                ends[received.partition] = received.offset + 1
                yield received
        if not follow:
            return
        await asyncio.sleep(FOLLOW_SECONDS)
