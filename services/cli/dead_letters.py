"""`gongkai dead-letters`: what could not be processed, why, and once more."""

import base64
import json
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from services.cli.bus import on_bus
from services.cli.moments import Since, Until, age
from services.cli.printable import printable
from shared.bus.batches import publish
from shared.bus.contract import Bus
from shared.clock import SystemClock
from shared.errors import UsageError
from shared.schemas.events import DeadLetter
from shared.stage.dead_letters import Choice, Found, find, groups
from shared.stage.redrive import CAP, Tally, due
from shared.topics import DEAD_LETTERS, StageName

app = typer.Typer(help="What could not be processed, why, and once more.", no_args_is_help=True)
Stage = Annotated[str | None, typer.Option(help="only of this stage: parser, normalizer or store")]
Cause = Annotated[str | None, typer.Option(help="only of this cause, such as corrupt")]
Portal = Annotated[str | None, typer.Option(help="only of disclosures of this portal")]


@app.command("list")
def list_all(
    stage: Stage = None,
    cause: Cause = None,
    portal: Portal = None,
    since: Since = None,
    until: Until = None,
    each: Annotated[
        bool, typer.Option("--each", help="a line a letter: place, cause, disclosure, reason")
    ] = False,
) -> None:
    """How many of which stage and cause, and how long ago the first and the last of them failed."""
    choice = Choice(cause, portal, since, until)

    async def show_each(bus: Bus) -> None:
        for name in _stages(stage):
            async for found in find(bus, name, choice):
                fields = (found.place, found.letter.cause, found.letter.key, found.letter.message)
                typer.echo("\t".join(map(printable, fields)))

    async def show_groups(bus: Bus) -> None:
        now = SystemClock().now()
        for name in _stages(stage):
            for group in await groups(bus, name, choice):
                first, last = age(now - group.oldest), age(now - group.newest)
                typer.echo(f"{name}\t{group.cause}\t{group.count}\tfirst {first} ago\tlast {last} ago")

    on_bus(show_each if each else show_groups)


@app.command()
def show(place: Annotated[str, typer.Argument(help="as `list --each` prints it: parser/0/12")]) -> None:
    """One dead letter whole, with the stack and the original message, as JSON."""
    stage, choice = _place(place)

    async def first(bus: Bus) -> Found | None:
        async for found in find(bus, stage, choice):
            return found
        return None

    found = on_bus(first)
    if found is None:
        raise _none_at(place)
    shown = found.letter.model_dump(mode="json") | {"value": _readable(found.letter)}
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))


@app.command()
def redrive(  # noqa: PLR0913 - a command's options
    place: Annotated[str | None, typer.Argument(help="one dead letter; without it all that are chosen")] = None,
    stage: Stage = None,
    cause: Cause = None,
    portal: Portal = None,
    since: Since = None,
    until: Until = None,
    cap: Annotated[int, typer.Option(min=1, help="how often a message may be sent again in all")] = CAP,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be sent")] = False,
) -> None:
    """Send the original messages again, each once; those sent again before, or too often, are left."""
    if place and any(each is not None for each in (stage, cause, portal, since, until)):
        raise UsageError(f"{place} names one dead letter; leave out what chooses among many (--stage … --until).")
    choices = (
        [_place(place)] if place else [(name, Choice(cause, portal, since, until)) for name in _stages(stage)]
    )

    async def send(bus: Bus) -> None:
        for name, choice in choices:
            tally = Tally()
            messages = due(bus, name, choice, cap, tally)
            async for _ in messages if dry_run else publish(bus, messages):
                _show_progress(name, tally)
            if place and tally == Tally():
                raise _none_at(place)
            typer.echo(f"{name}: {'would send' if dry_run else 'sent'} {_told(tally)}")

    on_bus(send)


def _stages(stage: str | None) -> Sequence[StageName]:
    chosen = [each for each in DEAD_LETTERS if stage in (None, each)]
    if not chosen:
        raise UsageError(f"There is no stage {stage!r} with dead letters; there are {', '.join(DEAD_LETTERS)}.")
    return chosen


def _place(text: str) -> tuple[StageName, Choice]:
    """`parser/0/12` → the stage and the dead letter at that partition and offset."""
    parts = text.split("/")
    if len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        raise UsageError(f"{text!r} is no dead letter's place; `gongkai dead-letters list --each` shows them.")
    return _stages(parts[0])[0], Choice(partition=int(parts[1]), offset=int(parts[2]))


def _none_at(place: str) -> UsageError:
    return UsageError(f"There is no dead letter {place}; `gongkai dead-letters list --each` shows them.")


def _told(tally: Tally) -> str:
    left = [f"{tally.sent_before} sent before", f"{tally.over_cap} too often"]
    left += [f"{tally.gone} gone from their topic"] if tally.gone else []
    left += [f"{tally.no_event} no events"] if tally.no_event else []
    return ", ".join([str(tally.sent), *left])


def _readable(letter: DeadLetter) -> object:
    """The original value: what its JSON says, else its text, else as it is in the letter."""
    try:
        text = base64.b64decode(letter.value or "").decode()
    except UnicodeDecodeError:
        return letter.value
    try:
        return json.loads(text)
    except ValueError:
        return text if letter.value is not None else None


def _show_progress(name: str, tally: Tally) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{name}: {tally.sent} ")
        sys.stderr.flush()
