"""Clocks that jump, leap days, a machine asleep: nothing doubled, nothing left out, no storm of polls."""

import asyncio
import functools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.fleet.due import due_at, opening
from services.fetcher.fleet.scheduler import Schedule
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import Portal
from services.fetcher.sites.dates import CHINA
from services.fetcher.state.tables import PortalState
from shared.bus.connect import open_bus
from shared.topics import POLL_REQUESTS
from tests.unit.fetcher.fetcher_clock import SetClock
from tests.unit.fetcher.fetcher_serving import Served, events, portal_at

Serve = Callable[[str], Served]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGIN = datetime(2024, 2, 28, 15, 30, tzinfo=UTC)
"""Half an hour before the leap day in China."""
moments = st.floats(-1500, 3000).map(lambda days: BEGIN + days * DAY) | st.floats(0, 3).map(
    lambda days: BEGIN + days * DAY
)


@pytest.mark.parametrize(
    "moves",
    [
        [HOUR, HOUR, -HOUR, HOUR],
        [-HOUR, HOUR, HOUR, HOUR],
        [DAY, DAY, -DAY, HOUR],
        [7 * DAY, HOUR, HOUR, HOUR],
        [400 * DAY, HOUR, -400 * DAY, HOUR],
        [-400 * DAY, HOUR, 400 * DAY, HOUR],
    ],
    ids=["forth and back", "back and forth", "over the leap day", "asleep", "a year ahead", "a year behind"],
)
async def test_every_disclosure_and_correction_is_taken_once(
    moves: Sequence[timedelta], serve: Serve, means: PollContext
) -> None:
    served, clock = serve("xinqu"), SetClock(BEGIN)
    context = replace(means, clock=clock)
    for number, move in enumerate([timedelta(0), *moves]):
        clock.moment += move
        if number == 2:
            served.control("publish")
        await poll(served.portal, context)
    served.fault("republish")
    for _ in range(8):
        clock.moment += DAY
        await poll(served.portal, context)
    taken = await events(means)
    first = [event.disclosure_id for event in taken if event.revision == 1]
    wanted = [item for item in served.disclosures if item["stage"] <= 1]
    assert len(set(first)) == len(first) == len(wanted)
    assert len({event.disclosure_id for event in taken if event.revision > 1}) == 1
    assert len({event.id for event in taken}) == len(taken)
    assert all(event.origin.withdrawn_at is None for event in taken)


async def test_after_a_week_asleep_each_portal_is_polled_once(serve: Serve, means: PollContext) -> None:
    portals, clock = [serve(name) for name in ("xinqu", "fengfeng")], SetClock(BEGIN)
    bus, stop = await open_bus(means.settings.bus_url), asyncio.Event()
    await bus.create_topics([POLL_REQUESTS])
    schedule = Schedule([each.portal for each in portals], replace(means, clock=clock))

    async def polled(at: datetime) -> None:
        while any([(await finished(means, each)) != at for each in portals]):  # noqa: ASYNC110 - in the database
            await asyncio.sleep(0.05)

    running = asyncio.create_task(schedule.run(bus, "test", stop))
    async with asyncio.timeout(120):
        await polled(clock.moment)
        for each in portals:
            each.forget_requests()
        clock.moment += 7 * DAY
        await polled(clock.moment)
        asked = [len(each.requests) for each in portals]
        clock.moment += timedelta(minutes=1)
        await poll_once_more(schedule)
        stop.set()
        await running
    assert [len(each.requests) for each in portals] == asked
    await bus.close()


async def finished(means: PollContext, served: Served) -> datetime | None:
    state = await means.seen.portal(served.name)
    return state.finished_at if state else None


async def poll_once_more(schedule: Schedule) -> None:
    """Wait until the schedule has looked twice more what is due."""
    for _ in range(2):
        before = schedule._read_next
        while schedule._read_next == before:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)


@functools.cache
def county() -> Portal:
    """A portal polled every hour, that nobody asks."""
    with tempfile.TemporaryDirectory() as folder:
        return portal_at("pingxiang", "http://127.0.0.1:1", Path(folder))


@given(moments, st.sampled_from(["ok", "unchanged", "unreachable", "challenged"]), st.integers(1, 9))
def test_the_next_poll_lies_ahead_and_within_days(moment: datetime, outcome: str, failures: int) -> None:
    portal = county()
    state = PortalState(
        name="pingxiang",
        outcome=outcome,
        failures=failures,
        started_at=moment,
        finished_at=moment,
        changed_at=moment,
    )
    assert timedelta(minutes=20) < due_at(portal, state, 6, moment) - moment < 18 * DAY


@given(moments, st.integers(0, 23), st.integers(1, 24))
def test_a_portal_opens_within_a_day_at_its_hour(moment: datetime, opens: int, length: int) -> None:
    closes = min(24, opens + length)
    at = opening(county().model_copy(update={"open_hours": (opens, closes)}), moment)
    assert moment <= at < moment + DAY
    assert opens <= at.astimezone(CHINA).hour < closes
