"""`gongkai tail`: looking into a topic."""

import asyncio
from typing import Annotated, Final

import typer

from services.cli.bus import on_bus
from shared.bus.contract import Bus
from shared.bus.scan import scan
from shared.errors import UsageError
from shared.topics import TOPICS

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
        seen: set[tuple[int, int]] = set()
        while True:
            async for received in scan(bus, chosen[0]):
                if (received.partition, received.offset) not in seen:
                    seen.add((received.partition, received.offset))
                    typer.echo(f"{received.key}\t{(received.value or b'null').decode(errors='replace')}")
            if not follow:
                return
            await asyncio.sleep(FOLLOW_SECONDS)

    on_bus(show)
