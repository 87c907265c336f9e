"""The fetcher as a service: polls portals when they are due, publishes what they show."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog
from fastapi import FastAPI

from services.fetcher import api
from services.fetcher.counts import PollResult, Watch, unwatched
from services.fetcher.discovery import Proposal, Tell, propose
from services.fetcher.fleet.members import Member, joined
from services.fetcher.fleet.scheduler import Schedule
from services.fetcher.fleet.tasks import together
from services.fetcher.http.politeness import Pace
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import Portal
from services.fetcher.portal_files import load_portals
from services.fetcher.reading import LIMITS, Reader
from services.fetcher.rehearsal import Rehearsal, rehearse
from services.fetcher.settings import FetcherSettings
from services.fetcher.state import outbox
from services.fetcher.state.repository import MIGRATIONS, VERSION_TABLE, Seen
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.bus.connect import open_bus
from shared.bus.contract import Bus
from shared.clock import Clock, SystemClock
from shared.database import create_engine, upgrade
from shared.errors import Corrupt, PortalInvalid, TakenOver
from shared.service import Context, create_service
from shared.stage.worker import WorkerPool
from shared.topics import FETCHED
from shared.tracing.connect import open_traces
from shared.tracing.contract import NO_TRACES, Traces

TAKEN_SECONDS: Final = 1.0
READERS: Final = 2

log = structlog.get_logger()


def create_app(settings: FetcherSettings) -> FastAPI:
    """The service over the portal files of its settings; raises PortalInvalid."""
    portals = load_portals(settings.portals)
    running: list[api.Running] = []

    async def work(context: Context) -> None:
        if not portals:
            log.warning(
                "no portal files, nothing is watched", folder=str(settings.portals), setting="GONGKAI_PORTALS"
            )
        name, bus, stop = context.member_name(), context.bus, context.stop
        async with (
            open_means(settings, context.archive, context.clock, context.traces) as reading,
            joined(reading.seen, name) as member,
        ):
            means = replace(reading, seen=member.seen, pace=Pace(member.check, settings.requests_at_once))
            running[:] = [api.Running(portals, means, bus)]
            try:
                await together(
                    Schedule(portals, means).run(bus, name, stop),
                    outbox.keep_publishing(member, bus, means.clock, settings.outbox_seconds, stop),
                    member.keep(stop),
                )
            finally:
                running.clear()

    return create_service("fetcher", settings, work, [api.router(lambda: running[0] if running else None)])


@asynccontextmanager
async def open_means(
    settings: FetcherSettings, archive: Archive, clock: Clock, traces: Traces = NO_TRACES
) -> AsyncIterator[PollContext]:
    """The means of polls over the settings' database, brought up to date.

    Raises DatabaseUnavailable, and ArchiveUnavailable where the archive is not the one that has what was seen.
    """
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    engine = create_engine(settings.database_url)
    try:
        seen = Seen(engine)
        if key := await seen.archived():
            with suppress(KeyError, Corrupt):  # one thing lost is not the archive
                await asyncio.to_thread(archive.get, key)
        async with WorkerPool(READERS, LIMITS, "fetcher") as pool:
            yield PollContext(settings, seen, archive, clock, traces=traces, reader=Reader(pool))
    finally:
        await engine.dispose()


async def poll_once(name: str, settings: FetcherSettings, watch: Watch = unwatched) -> PollResult:
    """Poll one portal now, without a service, and publish what it showed; waits while a fetcher polls it.

    Raises PortalInvalid when no portal file has the name, and what opening bus, archive and database raise.
    """
    portal = named(name, settings)
    bus = await open_bus(settings.bus_url)
    traces = open_traces(settings, "fetcher")
    done = asyncio.Event()
    try:
        await bus.create_topics([FETCHED])
        async with (
            open_means(settings, open_archive(settings.archive_url), SystemClock(), traces) as reading,
            joined(reading.seen, f"{socket.gethostname()}-{os.getpid()}") as member,
        ):
            means = replace(reading, seen=member.seen, pace=Pace(member.check, settings.requests_at_once))
            return await together(_poll_and_publish(portal, means, member, bus, watch, done), member.keep(done))
    finally:
        await bus.close()
        await traces.close()


async def rehearse_poll(name: str, settings: FetcherSettings, tell: Tell) -> Rehearsal:
    """What a poll of a portal would take and leave; nothing is kept or published. Raises PortalInvalid."""
    portal = named(name, settings)
    async with _own_means(settings) as means:
        return await rehearse(portal, means, tell)


async def propose_portal(
    url: str, settings: FetcherSettings, allow_private: tuple[str, ...], tell: Tell
) -> Proposal:
    """Look around a portal from `url` and propose its file; nothing is kept or published."""
    async with _own_means(settings) as means:
        return await propose(url, means, allow_private, tell)


@asynccontextmanager
async def _own_means(settings: FetcherSettings) -> AsyncIterator[PollContext]:
    """The means of a poll that is forgotten."""
    with TemporaryDirectory() as folder:
        own = settings.model_copy(update={"data": Path(folder), "database": "", "archive": ""})
        async with open_means(own, open_archive(own.archive_url), SystemClock()) as means:
            yield means


async def _poll_and_publish(
    portal: Portal, means: PollContext, member: Member, bus: Bus, watch: Watch, done: asyncio.Event
) -> PollResult:
    try:
        while True:
            try:
                return await poll(portal, means, watch)
            except TakenOver as error:
                log.info("waits for another fetcher", portal=portal.name, reason=str(error))
                await asyncio.sleep(TAKEN_SECONDS)
            finally:
                await outbox.publish_pending(member, bus, means.clock)
    finally:
        done.set()


def named(name: str, settings: FetcherSettings) -> Portal:
    """The portal of this name; raises PortalInvalid."""
    portals = {portal.name: portal for portal in load_portals(settings.portals)}
    if name not in portals:
        there = ", ".join(portals) or "none"
        raise PortalInvalid(f"No file in {settings.portals} has a portal {name!r}; there are {there}.")
    return portals[name]
