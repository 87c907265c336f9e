"""The fetcher as a service: polls portals when they are due, publishes what they show."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from services.fetcher import api, outbox
from services.fetcher.counts import PollResult, Watch, unwatched
from services.fetcher.poll import poll
from services.fetcher.portal import Portal
from services.fetcher.portal_files import load_portals
from services.fetcher.schedule import Schedule
from services.fetcher.seen import MIGRATIONS, VERSION_TABLE, Seen
from services.fetcher.settings import FetcherSettings
from services.fetcher.visits import Means
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.bus.connect import open_bus
from shared.clock import Clock, SystemClock
from shared.database import create_engine, upgrade
from shared.errors import PortalInvalid
from shared.service import Context, create_service
from shared.topics import FETCHED

log = structlog.get_logger()


def create_app(settings: FetcherSettings) -> FastAPI:
    """The service over the portal files of its settings; raises PortalInvalid."""
    portals = load_portals(settings.portals)
    running: list[tuple[Schedule, Means]] = []

    async def work(context: Context) -> None:
        if not portals:
            log.warning(
                "no portal files, nothing is watched", folder=str(settings.portals), setting="GONGKAI_PORTALS"
            )
        async with open_means(settings, context.archive, context.clock) as means:
            schedule = Schedule(portals, means)
            running[:] = [(schedule, means)]
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(schedule.run(context.stop))
                    group.create_task(
                        outbox.keep_publishing(
                            means.seen, context.bus, context.clock, settings.outbox_seconds, context.stop
                        )
                    )
            finally:
                running.clear()

    return create_service("fetcher", settings, work, [api.router(lambda: running[0] if running else None)])


@asynccontextmanager
async def open_means(settings: FetcherSettings, archive: Archive, clock: Clock) -> AsyncIterator[Means]:
    """The means of polls over the settings' database, brought up to date; raises DatabaseUnavailable."""
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    engine = create_engine(settings.database_url)
    try:
        yield Means(settings, Seen(engine), archive, clock)
    finally:
        await engine.dispose()


async def poll_once(name: str, settings: FetcherSettings, watch: Watch = unwatched) -> PollResult:
    """Poll one portal now, without a service, and publish what it showed.

    Raises PortalInvalid when no portal file has the name, and what opening bus, archive and database raise.
    """
    portal = _named(name, settings)
    bus = await open_bus(settings.bus_url)
    try:
        await bus.create_topics([FETCHED])
        async with open_means(settings, open_archive(settings.archive_url), SystemClock()) as means:
            try:
                return await poll(portal, means, watch)
            finally:
                await outbox.publish_pending(means.seen, bus, means.clock)
    finally:
        await bus.close()


def _named(name: str, settings: FetcherSettings) -> Portal:
    portals = {portal.name: portal for portal in load_portals(settings.portals)}
    if name not in portals:
        there = ", ".join(portals) or "none"
        raise PortalInvalid(f"No file in {settings.portals} has a portal {name!r}; there are {there}.")
    return portals[name]
