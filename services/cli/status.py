"""`gongkai status`: the state of portals, topics and the database, whether or not services run."""

import asyncio

import typer

from services.fetcher.api import statuses
from services.fetcher.app import open_means
from services.fetcher.portal_files import load_portals
from services.fetcher.settings import FetcherSettings
from services.store.queries.totals import totals
from services.store.tables import MIGRATIONS, VERSION_TABLE
from shared import logs
from shared.archive.connect import open_archive
from shared.bus.connect import open_bus
from shared.clock import SystemClock
from shared.database import create_engine, reading, upgrade
from shared.settings import Settings
from shared.sqlite import require_file
from shared.stage.dead_letters import Choice, groups
from shared.topics import DEAD_LETTERS, TOPICS, group


def status() -> None:
    """Portals with their outcome, messages each stage has not done, dead letters, what is stored."""
    settings = FetcherSettings.read()
    logs.configure(settings)
    for url in (settings.bus_url, settings.database_url):
        require_file(url)
    asyncio.run(_show(settings))


async def _show(settings: FetcherSettings) -> None:
    async with open_means(settings, open_archive(settings.archive_url), SystemClock()) as means:
        for portal in await statuses(list(load_portals(settings.portals)), means):
            last = f"{portal.finished_at:%Y-%m-%d %H:%M}" if portal.finished_at else "never"
            typer.echo(f"portal     {portal.name}: {portal.outcome or 'not polled'}, {last}")
    await _show_stages(settings)
    await _show_store(settings)


async def _show_stages(settings: Settings) -> None:
    bus = await open_bus(settings.bus_url)
    try:
        await bus.create_topics(TOPICS)
        for name, topic in DEAD_LETTERS.items():
            reads = [each for each in TOPICS if name in each.consumers]
            waiting = sum((await bus.lag(group(name), reads)).values())
            dead = sum(group.count for group in await groups(bus, name, Choice()))
            typer.echo(f"stage      {name}: {waiting} waiting, {dead} on {topic.name}")
    finally:
        await bus.close()


async def _show_store(settings: Settings) -> None:
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    engine = create_engine(settings.database_url)
    try:
        async with reading(engine) as session:
            stored = await totals(session)
    finally:
        await engine.dispose()
    typer.echo(f"store      {stored.disclosures} disclosures, {stored.revisions} revisions")
    for kind, count in stored.records.items():
        typer.echo(f"records    {kind}: {count}")
