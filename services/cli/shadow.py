"""Reads a shadow's events with this program's own stages, and shows the difference it would make."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Final

import typer

from services.pipeline import SERVICES
from shared.replay.difference import Difference, Some
from shared.replay.shadow import Shadow, stages_from

LOOK_SECONDS: Final = 0.2


async def read(shadow: Shadow, bus_url: str, progress: Callable[[int], None]) -> None:
    """Run the stages on the shadow, whose URL is `bus_url`, until they have read all; tells what still waits."""
    names = stages_from(shadow.stage)
    apps = [
        each.load(bus=bus_url, traces="", instance="", log_level="warning")
        for each in SERVICES
        if each.name in names
    ]
    async with AsyncExitStack() as running:
        for app in reversed(apps):
            await running.enter_async_context(app.router.lifespan_context(app))
        while waiting := await shadow.waiting():
            progress(waiting)
            await asyncio.sleep(LOOK_SECONDS)
        progress(0)


def show(shadow: Shadow, difference: Difference, as_json: bool) -> None:
    """The difference on stdout, for people or as JSON."""
    if as_json:
        about = {"shadow": shadow.name, "stage": shadow.stage, "version": shadow.version}
        typer.echo(json.dumps(about | asdict(difference), ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"{shadow.name}: {shadow.stage}, gongkai {shadow.version}; disclosures: {difference.differing} differ, "
        f"{difference.equal} are equal, {difference.outranked} are outranked by what stands"
    )
    for kind, of_type in difference.records.items():
        typer.echo(
            f"records    {kind}: {of_type.added.count} added, {of_type.removed.count} removed, "
            f"{of_type.changed} changed, {of_type.same} the same"
        )
        for path, some in of_type.fields.items():
            typer.echo(f"  {path}: {some.count} changed")
            for each in some.examples:
                typer.echo(f"    {each['id']}: {_shown(each['before'])} → {_shown(each['after'])}")
    for check, of_check in sorted(difference.findings.items()):
        typer.echo(f"findings   {check}: {of_check.gained} gained, {of_check.lost} lost")
    _show_failures("become dead letters", difference.failing)
    _show_failures("recovered", difference.recovered)
    _show_failures("dead letters as before", difference.still_failing)


def _show_failures(what: str, some: Some) -> None:
    if some.count:
        typer.echo(f"revisions  {what}: {some.count}")
    for each in some.examples:
        typer.echo(
            f"  {each['disclosure_id']} revision {each['revision']}: {each['cause']} in the {each['stage']}: "
            f"{each['message']}"
        )


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
