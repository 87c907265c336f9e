"""How often portals are polled, what a poll may ask for, and that nobody waits for another's pace."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.fetcher.fleet.circuits import FIRST_SECONDS, Circuits
from services.fetcher.fleet.due import Due, due_at, interval, opening
from services.fetcher.http.politeness import Pace
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import Portal, host_of
from services.fetcher.state.tables import PortalState
from shared.clock import SystemClock
from tests.unit.fetcher.fetcher_clock import SetClock
from tests.unit.fetcher.fetcher_serving import answering, with_settings
from tests.unit.fetcher.fetcher_sites import Site, pages, portal_of, rows

MARCH, MAY = datetime(2024, 3, 5, 4, tzinfo=UTC), datetime(2024, 5, 5, 4, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def portal(**changes: object) -> Portal:
    return portal_of("static_html", ["/list.htm"], "http://www.qingshi.example", **changes)


def state(now: datetime, quiet: timedelta | None) -> PortalState:
    changed_at = None if quiet is None else now - quiet
    return PortalState(name="sample", outcome="ok", started_at=now, finished_at=now, changed_at=changed_at)


@pytest.mark.parametrize(
    ("now", "quiet", "expected"),
    [
        (MARCH, None, HOUR),
        (MARCH, DAY, HOUR / 2),
        (MARCH, 30 * DAY, HOUR),
        (MARCH, 90 * DAY, 2 * HOUR),
        (MARCH, 400 * DAY, 4 * HOUR),
        (MAY, None, 6 * HOUR),
        (MAY, DAY, 3 * HOUR),
        (MAY, 400 * DAY, DAY),
    ],
)
def test_the_interval_follows_the_season_and_the_portals_rhythm(
    now: datetime, quiet: timedelta | None, expected: timedelta
) -> None:
    assert interval(portal(), state(now, quiet), now) == expected
    assert interval(portal(interval_minutes=7), state(now, quiet), now) == timedelta(minutes=7)
    due = due_at(portal(), state(now, quiet), 6, now) - now
    assert 0.9 * expected <= due <= 1.1 * expected


@pytest.mark.parametrize(
    ("hour", "opens"),
    [(6, timedelta(hours=2)), (8, timedelta(0)), (21, timedelta(0)), (22, timedelta(hours=10))],
)
def test_a_portal_is_polled_within_its_opening_hours(hour: int, opens: timedelta) -> None:
    moment = datetime(2024, 3, 5, tzinfo=UTC) + timedelta(hours=hour - 8)
    closed = portal(open_hours=(8, 22))
    assert opening(closed, moment) - moment == opens
    assert due_at(closed, None, 6, moment) - moment == opens
    asked = state(moment, None)
    asked.asked = True
    assert due_at(closed, asked, 6, moment) == moment


def test_a_portal_that_was_never_polled_does_not_wait_for_ever_for_those_that_are_overdue() -> None:
    due = Due()
    for minute in range(3):
        now = MAY + timedelta(minutes=minute)
        due.put("known", MAY + timedelta(seconds=minute + 1), now)
        due.put("new", due_at(portal(), None, 6, now), now)
    assert due.names(now) == ["new", "known"]
    due.put("new", now + HOUR, now)
    assert due.names(now) == ["known"]


def test_a_host_that_is_away_is_tried_by_one_portal_for_all() -> None:
    now = [0.0]
    circuits = Circuits(lambda: now[0])
    circuits.ended("a.example", "unreachable")
    assert not circuits.is_open("a.example")
    circuits.ended("a.example", "unreachable")
    assert circuits.is_open("a.example")
    assert not circuits.is_open("b.example")
    now[0] = FIRST_SECONDS
    assert not circuits.is_open("a.example")
    circuits.ended("a.example", "unreachable")
    now[0] += FIRST_SECONDS
    assert circuits.is_open("a.example")
    circuits.ended("a.example", "unchanged")
    assert not circuits.is_open("a.example")


def test_one_host_under_two_names_is_one() -> None:
    assert host_of("http://www.qingshi.example/a") == host_of("https://QINGSHI.example/b")
    assert host_of("http://a@qingshi.example:80/") == host_of("http://b:c@qingshi.example./") == "qingshi.example"
    assert host_of("http://qingshi.example:81/") != host_of("http://qingshi.example/")


async def test_who_waits_for_its_host_holds_nothing_that_others_need() -> None:
    pace = Pace(at_once=1)
    taken: list[str] = []

    async def ask(url: str, pause: float) -> None:
        async with pace.turn(url, pause):
            taken.append(url)

    await ask("http://slow.example/1", 3600)
    waiting = [asyncio.create_task(ask(f"http://slow.example/{number}", 3600)) for number in range(50)]
    async with asyncio.timeout(5):
        for number in range(20):
            await ask(f"http://other.example/{number}", 0)
    assert len(taken) == 21
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_of_one_host_no_two_requests_are_under_way() -> None:
    pace = Pace(at_once=9)
    under_way, most = 0, 0

    async def ask(url: str) -> None:
        nonlocal under_way, most
        async with pace.turn(url, 0):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(
        *(ask(f"http://{www}one.example/{number}") for www in ("", "www.") for number in range(9))
    )
    assert most == 1


def listed(count: int, year: int) -> tuple[list[tuple[str, str]], dict[str, str]]:
    titles = [f"青石县第{number}中学{year}年单位预算公开" for number in range(count)]
    paths = [f"/info/{year}/{number + 100}.htm" for number in range(count)]
    return list(zip(paths, titles, strict=True)), pages(*paths, of=tuple(titles))


async def test_former_years_wait_until_the_new_rows_are_taken(means: PollContext) -> None:
    old, old_pages = listed(8, 2019)
    new, new_pages = listed(2, 2024)
    listing = rows(*old, date="2019-03-01") + rows(*new, date="2024-03-01")
    site = Site({"/list.htm": listing, **old_pages, **new_pages})
    clock = SetClock(datetime(2024, 3, 5, tzinfo=UTC))
    with answering(site) as base_url:
        slow = portal_of("static_html", ["/list.htm"], base_url)
        context = with_settings(means, backfill_requests=3)
        context = PollContext(context.settings, context.seen, context.archive, clock)
        counts = [(await poll(slow, context)).counts for _ in range(3)]
    assert [(each.new, each.waiting) for each in counts] == [(5, 5), (3, 2), (2, 0)]
    assert [path for path in site.asked if "/info/" in path][:2] == [f"GET {path}" for path, _ in new]


async def test_a_poll_looks_again_at_no_more_than_its_share_and_at_all_in_turn(means: PollContext) -> None:
    known, known_pages = listed(9, SystemClock().now().year)
    site = Site({"/list.htm": rows(*known, date=SystemClock().now().date().isoformat()), **known_pages})
    with answering(site) as base_url:
        sample = portal_of("static_html", ["/list.htm"], base_url)
        assert (await poll(sample, means)).counts.new == 9
        site.asked.clear()
        results = [await poll(sample, with_settings(means, recheck_requests=4)) for _ in range(3)]
    assert [(each.counts.unchanged, each.counts.resting) for each in results] == [(4, 5), (4, 5), (4, 5)]
    asked = {line for line in site.asked if "/info/" in line}
    assert len(asked) == 9
