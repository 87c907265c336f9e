"""`gongkai tail` and `gongkai dead-letters`: looking into topics, and sending dead letters again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Final, TypeVar

import typer

from shared.bus.connect import open_bus
from shared.bus.contract import Bus
from shared.bus.scan import scan
from shared.errors import UsageError
from shared.settings import Settings
from shared.stage.dead_letters import Choice, Found, find, plan
from shared.stage.dead_letters import replay as send_again
from shared.topics import DEAD_LETTERS, TOPICS, StageName

T = TypeVar("T")
FOLLOW_SECONDS: Final = 0.5

dead_letters = typer.Typer(help="What could not be processed, why, and once more.", no_args_is_help=True)
Cause = Annotated[str | None, typer.Option(help="only those of this cause, such as corrupt")]
Stage = Annotated[str | None, typer.Option(help="only this stage: parser, normalizer or store")]


@asynccontextmanager
async def _bus() -> AsyncIterator[Bus]:
    bus = await open_bus(Settings.read().bus_url)
    try:
        await bus.create_topics(TOPICS)
        yield bus
    finally:
        await bus.close()


def _with_bus(work: Callable[[Bus], Awaitable[T]]) -> T:
    async def run() -> T:
        async with _bus() as bus:
            return await work(bus)

    return asyncio.run(run())


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
                    typer.echo(f"{received.key}\t{(received.value or b'null').decode()}")
            if not follow:
                return
            await asyncio.sleep(FOLLOW_SECONDS)

    _with_bus(show)


def _stages(stage: str | None) -> list[StageName]:
    chosen = [each for each in DEAD_LETTERS if stage in (None, each)]
    if not chosen:
        raise UsageError(f"There is no stage {stage!r} with dead letters; there are {', '.join(DEAD_LETTERS)}.")
    return chosen


def _choice(place: str) -> tuple[StageName, Choice]:
    """`parser/0/12` → the stage and the dead letter at that partition and offset."""
    parts = place.split("/")
    if len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        raise UsageError(f"{place!r} is no dead letter's place; `gongkai dead-letters list` shows them.")
    return _stages(parts[0])[0], Choice(partition=int(parts[1]), offset=int(parts[2]))


@dead_letters.command("list")
def list_all(stage: Stage = None, cause: Cause = None) -> None:
    """A line each: place, cause, disclosure, message."""

    async def show(bus: Bus) -> None:
        for name in _stages(stage):
            async for found in find(bus, name, Choice(cause=cause)):
                typer.echo(f"{found.place}\t{found.letter.cause}\t{found.letter.key}\t{found.letter.message}")

    _with_bus(show)


@dead_letters.command()
def show(place: Annotated[str, typer.Argument(help="as the list prints it: parser/0/12")]) -> None:
    """One dead letter whole, with the stack and the original message, as JSON."""
    stage, choice = _choice(place)

    async def first(bus: Bus) -> Found | None:
        async for found in find(bus, stage, choice):
            return found
        return None

    found = _with_bus(first)
    if found is None:
        raise UsageError(f"There is no dead letter {place}; `gongkai dead-letters list` shows them.")
    typer.echo(found.letter.model_dump_json(indent=2))


@dead_letters.command()
def replay(
    place: Annotated[
        str | None, typer.Argument(help="one dead letter; without it all that the options choose")
    ] = None,
    stage: Stage = None,
    cause: Cause = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be sent")] = False,
) -> None:
    """Send the original messages again; those sent before, or too often, are left."""
    choices = [_choice(place)] if place else [(name, Choice(cause=cause)) for name in _stages(stage)]

    async def send(bus: Bus) -> None:
        for name, choice in choices:
            planned = await plan(bus, name, choice)
            sent = len(planned.send) if dry_run else await send_again(bus, planned)
            typer.echo(
                f"{name}: {'would send' if dry_run else 'sent'} {sent}, "
                f"{len(planned.sent_before)} sent before, {len(planned.over_cap)} too often"
            )

    _with_bus(send)
