"""`gongkai tail`: looking into a topic."""

from typing import Annotated

import typer

from services.cli.bus import on_bus
from shared.bus.contract import Bus
from shared.bus.scan import messages
from shared.errors import UsageError
from shared.topics import TOPICS


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
        async for received in messages(bus, [chosen[0]], follow):
            typer.echo(f"{received.key}\t{(received.value or b'null').decode(errors='replace')}")

    on_bus(show)
