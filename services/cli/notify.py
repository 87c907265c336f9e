"""`gongkai notify RULES`: tells people, by mail, chat or web hook, of what comes on the topics."""

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from services.cli.bus import on_bus
from services.notify.outbox import Outbox
from services.notify.rules import Rules
from services.notify.run import check_addresses, foreseen, run
from shared import logs
from shared.bus.connect import open_bus
from shared.bus.contract import Bus
from shared.clock import SystemClock
from shared.settings import Settings
from shared.topics import TOPICS

OUTBOX = "notify.db"


def notify(
    rules: Annotated[Path, typer.Argument(help="YAML file of channels and rules", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option(help="print what would be told of all there is, and end")] = False,
) -> None:
    """Tell of what comes from now on; keeps what it told under GONGKAI_DATA and goes on there after a stop."""
    loaded = Rules.load(rules)
    check_addresses(loaded)
    if dry_run:
        on_bus(lambda bus: _print(bus, loaded))
        return
    settings = Settings.read()
    logs.configure(settings)
    asyncio.run(_run(settings, loaded))


async def _print(bus: Bus, rules: Rules) -> None:
    async for notice in foreseen(bus, rules):
        typer.echo(f"{notice.channel}\t{notice.rule}\t{notice.text}")


async def _run(settings: Settings, rules: Rules) -> None:
    with closing(Outbox(settings.data / OUTBOX)) as outbox:
        bus = await open_bus(settings.bus_url)
        try:
            await bus.create_topics(TOPICS)
            await run(bus, rules, outbox, SystemClock(), settings.instance or "notify")
        finally:
            await bus.close()
