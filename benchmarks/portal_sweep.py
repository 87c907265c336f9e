"""What many portals cost: `python -m benchmarks.portal_sweep [--portals 2850] [--minutes 60] [--pace 3]`.

A fetcher as it runs, with its scheduler, writer, outbox and workers, over generated portals on loopback that are
all to be polled every `--minutes`. Prints for the first poll of all and for three intervals after it: seconds of
processor, workers included, MiB of memory, polls, and how long after a publication on every portal its events were
there. Fewer minutes are a shorter hour: the same work in less time.
"""

import argparse
import asyncio
import logging
import os
import statistics
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
import structlog
from sqlmodel import col, select

from benchmarks.generated_portals import Portals, served
from benchmarks.request_cost import portal, spent
from services.fetcher.app import open_means
from services.fetcher.fleet.members import Member, joined
from services.fetcher.fleet.scheduler import Schedule
from services.fetcher.fleet.tasks import together
from services.fetcher.http.politeness import Pace
from services.fetcher.http.revalidation import PollContext
from services.fetcher.settings import FetcherSettings
from services.fetcher.state import outbox
from services.fetcher.state.tables import RevisionState
from shared import database
from shared.archive.connect import open_archive
from shared.bus.connect import open_bus
from shared.bus.contract import Bus
from shared.clock import SystemClock
from shared.topics import FETCHED, POLL_REQUESTS

INTERVALS: Final = 3


def memory() -> float:
    """MiB of this process and its workers."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    pages = [int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in ("self", *children)]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


async def watch(portals: Portals, minutes: float, means: PollContext, stop: asyncio.Event) -> None:
    """Print what the first poll of all portals and each interval after it took."""
    began, processor = time.perf_counter(), spent()
    while True:
        await asyncio.sleep(5)
        states = await means.seen.portals()
        if sum(state.finished_at is not None for state in states.values()) == portals.count:
            break
    outcomes = {state.outcome for state in states.values()}
    seconds = time.perf_counter() - began
    print(f"first: {spent() - processor:.1f} s of processor in {seconds:.0f} s, {memory():.0f} MiB, {outcomes}")
    for number in range(INTERVALS):
        published, processor = means.clock.now(), spent()
        async with httpx.AsyncClient() as http:
            await http.post(f"{portals.base_url(0)}/__publish")
        await asyncio.sleep(minutes * 60 * 1.15)
        query = select(RevisionState.fetched_at).where(col(RevisionState.fetched_at) > published)
        async with database.reading(means.seen.engine) as session:
            took = sorted((moment - published).total_seconds() for moment in await session.exec(query))
        polled = [
            each for each in (await means.seen.portals()).values() if (each.finished_at or published) > published
        ]
        late = (
            f"median {statistics.median(took):.0f} s, p99 {took[int(0.99 * len(took))]:.0f} s" if took else "none"
        )
        print(
            f"interval {number + 1}: {spent() - processor:.1f} s of processor, {memory():.0f} MiB, "
            f"{len(polled)} portals polled, {len(took)} publications fetched after {late}",
            flush=True,
        )
    stop.set()


async def run(portals: Portals, minutes: float, pace: float) -> None:
    """Run the fetcher for the first poll of all and for INTERVALS intervals."""
    hosts = [portals.host(number) for number in range(portals.count)]
    watched = [
        portal(portals, number, pace_seconds=pace, interval_minutes=minutes, allow_private=hosts)
        for number in range(portals.count)
    ]
    with TemporaryDirectory() as folder:
        settings = FetcherSettings(data=Path(folder), contact="benchmark")
        bus, stop = await open_bus(settings.bus_url), asyncio.Event()
        await bus.create_topics([FETCHED, POLL_REQUESTS])
        async with (
            open_means(settings, open_archive(settings.archive_url), SystemClock()) as reading,
            joined(reading.seen, "benchmark") as member,
        ):
            means = replace(reading, seen=member.seen, pace=Pace(member.check, settings.requests_at_once))
            await together(
                watch(portals, minutes, means, stop),
                Schedule(watched, means).run(bus, "benchmark", stop),
                publishing(member, means, bus, stop),
                member.keep(stop),
            )
        await bus.close()


async def publishing(member: Member, means: PollContext, bus: Bus, stop: asyncio.Event) -> None:
    """Publish what the polls find, as the service does."""
    await outbox.keep_publishing(member, bus, means.clock, means.settings.outbox_seconds, stop)


def main() -> None:
    """Serve the portals from a process of their own and watch them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--portals", type=int, default=2850)
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--pace", type=float, default=3)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with served(asked.portals, asked.articles) as portals:
        asyncio.run(run(portals, asked.minutes, asked.pace))


if __name__ == "__main__":
    main()
