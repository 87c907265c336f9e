"""`gongkai replay`: the archive is read again, at once or in a shadow whose difference is looked at first."""

import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from services.cli import shadow as shadows
from services.cli.bus import on_bus
from services.cli.moments import Since, Until
from shared.archive.connect import open_archive
from shared.bus.contract import Bus, Message
from shared.clock import SystemClock
from shared.errors import UsageError
from shared.replay import shadow as replay_shadow
from shared.replay.choice import INPUT, Choice, Chosen, StageName, choose, events
from shared.replay.difference import Difference, compare
from shared.replay.sending import copies, run_headers, send
from shared.replay.shadow import Shadow, open_shadow
from shared.settings import Settings
from shared.version import VERSION

app = typer.Typer(
    help="Read again what the archive has: at once, or in a shadow that tells the difference first.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="the shadow's name, as given to --shadow")]
Json = Annotated[bool, typer.Option("--json", help="the difference as JSON")]


def _command(stage: StageName) -> Callable[..., None]:
    def read_again(  # noqa: PLR0913 - a command's options
        portal: Annotated[str | None, typer.Option(help="only disclosures of this portal")] = None,
        disclosure: Annotated[str | None, typer.Option(help="only the disclosure of this id")] = None,
        since: Since = None,
        until: Until = None,
        older_than: Annotated[
            str | None, typer.Option(metavar="VERSION", help="only what no gongkai from this version on has read")
        ] = None,
        shadow: Annotated[str | None, typer.Option(metavar="NAME", help="read here, live nothing changes")] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be read again")] = False,
        as_json: Json = False,
    ) -> None:
        if older_than is not None and not re.match(r"\d", older_than):
            raise UsageError(f"{older_than!r} is no version such as {VERSION} (--older-than).")
        choice = Choice(portal, disclosure, since, until, older_than)
        settings = Settings.read()

        async def run(bus: Bus) -> None:
            chosen = await choose(bus, stage, choice)
            typer.echo(f"{stage}: {_summary(chosen)}", err=as_json)
            if dry_run or not chosen.places:
                return
            messages = copies(events(bus, chosen), run_headers(SystemClock(), shadow))
            if shadow is None:
                await _send(bus, stage, messages, len(chosen.places))
                return
            await replay_shadow.begin(settings.bus_url, shadow, messages)
            async with open_shadow(settings.bus_url, shadow) as opened:
                with _progress("read", len(chosen.places)) as done:
                    url = replay_shadow.shadow_url(settings.bus_url, shadow)
                    await shadows.read(opened, url, lambda waiting: done(len(chosen.places) - waiting))
                shadows.show(opened, await _difference(bus, opened, settings), as_json)

        on_bus(run)

    return read_again


for _stage in INPUT:
    _topic = INPUT[_stage].name
    app.command(_stage, help=f"Let the {_stage} read again events of {_topic}, of each revision the last.")(
        _command(_stage)
    )


@app.command()
def diff(name: Name, as_json: Json = False) -> None:
    """The difference the shadow NAME makes to what stands."""
    settings = Settings.read()

    async def run(bus: Bus) -> None:
        async with open_shadow(settings.bus_url, name) as opened:
            shadows.show(opened, await _difference(bus, opened, settings), as_json)

    on_bus(run)


@app.command()
def promote(name: Name) -> None:
    """Let the services read what the shadow NAME read, show the difference this makes, and drop the shadow."""
    settings = Settings.read()

    async def run(bus: Bus) -> None:
        async with open_shadow(settings.bus_url, name) as opened:
            if opened.version != VERSION:
                raise UsageError(
                    f"The shadow {name} was made by gongkai {opened.version} and this is {VERSION}; make it again."
                )
            shadows.show(opened, await _difference(bus, opened, settings), as_json=False)
            messages = copies(opened.events(), run_headers(SystemClock(), name))
            await _send(bus, opened.stage, messages, await opened.count())
        await replay_shadow.drop(settings.bus_url, name)

    on_bus(run)


@app.command()
def drop(name: Name) -> None:
    """Remove the shadow NAME."""
    settings = Settings.read()
    on_bus(lambda _: replay_shadow.drop(settings.bus_url, name))


async def _difference(bus: Bus, shadow: Shadow, settings: Settings) -> Difference:
    if waiting := await shadow.waiting():
        raise UsageError(
            f"The shadow {shadow.name} is not finished, {waiting} messages wait in it: it is still being read, "
            "or that was broken off; then drop it and make it again."
        )
    return await compare(bus, shadow, open_archive(settings.archive_url))


async def _send(bus: Bus, stage: StageName, messages: AsyncIterator[Message], total: int) -> None:
    with _progress("sent", total) as done:
        async for sent in send(bus, stage, messages):
            done(sent)
    typer.echo(f"{stage}: sent {total} revisions to {INPUT[stage].name}")


def _summary(chosen: Chosen) -> str:
    count = len(chosen.places)
    return f"chosen {count} of {count + chosen.others} revisions, of {len(chosen.revisions)} disclosures" + (
        f"; {chosen.unreadable} messages of {chosen.topic.name} are no events" if chosen.unreadable else ""
    )


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows on a terminal how many of `total` are done, as the block tells it."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)
