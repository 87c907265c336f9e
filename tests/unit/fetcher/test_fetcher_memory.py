"""What was seen and what is to be published hold together, whenever the fetcher dies."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import event as database_event
from sqlalchemy.exc import OperationalError

from services.fetcher.outbox import publish_pending
from services.fetcher.poll import poll
from services.fetcher.portal import Expect
from services.fetcher.robots import Pace
from services.fetcher.schedule import Schedule, due_at
from services.fetcher.seen import Seen
from services.fetcher.tables import PortalState
from services.fetcher.visits import Means
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.clock import SystemClock
from shared.errors import BusUnavailable, DatabaseUnavailable
from shared.schemas.events import FetchedEvent
from shared.topics import FETCHED
from tests.unit.fetcher.fetcher_serving import Served, answering, events, portal_at, send, with_settings

Serve = Callable[[str], Served]
NOW = SystemClock().now()


@pytest_asyncio.fixture
async def bus(means: Means) -> AsyncIterator[Bus]:
    """An embedded bus with the fetched topic."""
    opened = await open_bus(means.settings.bus_url)
    await opened.create_topics([FETCHED])
    yield opened
    await opened.close()


async def published(bus: Bus) -> list[FetchedEvent]:
    return [FetchedEvent.model_validate_json(each.value or b"") for each in await bus.read(FETCHED, 0, 1000)]


class AwayBus:
    """A bus that takes what is published and then dies before it says so, or does not take it at all."""

    def __init__(self, inner: Bus, takes: bool) -> None:
        self._inner = inner
        self._takes = takes

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    async def publish(self, messages: Sequence[Message]) -> None:
        if self._takes:
            await self._inner.publish(messages)
        raise BusUnavailable("The bus is away.")


async def test_what_was_committed_is_published_once_and_in_order(serve: Serve, means: Means, bus: Bus) -> None:
    await poll(serve("pingxiang").portal, means)
    committed = await events(means)
    assert await publish_pending(means.seen, bus, means.clock) == len(committed)
    assert await publish_pending(means.seen, bus, means.clock) == 0
    by_key = {event.disclosure_id: event for event in await published(bus)}
    assert by_key == {event.disclosure_id: event for event in committed}
    (received, *_) = await bus.read(FETCHED, 0, 1)
    assert received.key == FetchedEvent.model_validate_json(received.value or b"").disclosure_id
    assert received.headers["ce_type"] == FETCHED.name


@pytest.mark.parametrize("takes", [True, False])
async def test_a_bus_that_dies_loses_nothing(takes: bool, serve: Serve, means: Means, bus: Bus) -> None:
    await poll(serve("xinqu").portal, means)
    committed = {event.id for event in await events(means)}
    with pytest.raises(BusUnavailable):
        await publish_pending(means.seen, AwayBus(bus, takes), means.clock)  # type: ignore[arg-type]
    assert {event.id for event in await events(means)} == committed
    await publish_pending(means.seen, bus, means.clock)
    assert {event.id for event in await published(bus)} == committed


async def test_a_commit_that_fails_leaves_neither_item_nor_event(serve: Serve, means: Means) -> None:
    served = serve("xinqu")
    engine = means.seen._engine.sync_engine

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO fetcher_outbox"):
            raise OperationalError(statement, None, Exception("disk full"))

    database_event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises((DatabaseUnavailable, OperationalError)):
        await poll(served.portal, means)
    database_event.remove(engine, "before_cursor_execute", fail)
    state = await means.seen.portal("xinqu")
    assert state is not None
    assert state.outcome == "aborted"
    assert await events(means) == []
    assert await means.seen.items("xinqu") == {}
    assert (await poll(served.portal, means)).counts.new == len(await events(means)) > 0


async def test_a_poll_that_is_cut_off_is_aborted_and_goes_on(serve: Serve, means: Means) -> None:
    served = serve("fengfeng")
    half = asyncio.Event()
    polling = asyncio.create_task(
        poll(served.portal, means, lambda counts: half.set() if counts.new == 2 else None)
    )
    await half.wait()
    polling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await polling
    state = await means.seen.portal("fengfeng")
    assert state is not None
    assert (state.outcome, state.success_at) == ("aborted", None)
    before = await events(means)
    assert len(before) >= 2
    result = await poll(served.portal, means)
    assert result.counts.new + len(before) == len(await events(means))
    assert len({event.disclosure_id for event in await events(means)}) == len(await events(means))


async def test_two_polls_of_a_portal_at_once_take_each_disclosure_once(serve: Serve, means: Means) -> None:
    served = serve("xinqu")
    await means.seen.begin("xinqu", NOW)
    apart = replace(means, pace=Pace())
    results = await asyncio.gather(poll(served.portal, means), poll(served.portal, apart))
    taken = await events(means)
    assert sum(result.counts.new for result in results) == len(taken)
    assert {event.revision for event in taken} == {1}
    assert len({event.disclosure_id for event in taken}) == len(taken)


async def test_polls_a_crash_left_under_way_are_found_at_the_start(means: Means) -> None:
    await means.seen.begin("sample", NOW)
    assert await means.seen.interrupted() == ["sample"]
    assert await means.seen.interrupted() == []


async def test_a_disclosure_that_is_old_rests_between_looks(serve: Serve, means: Means) -> None:
    served = serve("xinqu")
    first = await poll(served.portal, means)
    served.forget_requests()
    result = await poll(served.portal, with_settings(means, open_days=0))
    assert result.counts.resting == first.counts.new
    assert not any("/2020" in line and "1133" not in line for line in served.requests)


async def test_usual_polls_read_the_first_pages_only(serve: Serve, means: Means) -> None:
    served = serve("fengfeng")
    portal = served.portal.model_copy(update={"usual_pages": 2})
    assert (await poll(portal, means)).counts.pages == 7
    assert (await poll(portal, means)).counts.pages == 2
    again = portal.model_copy(update={"full_poll_days": 0.0})
    assert (await poll(again, means)).counts.pages == 7


async def test_a_title_cut_in_the_list_is_decided_by_its_article(means: Means, tmp_path: Path) -> None:
    asked = []
    row = '<li><a href="./a/t20240201_{0}.html">某县水利局关于{0}号的…</a><span>2024-02-01</span></li>'
    titles = {"1": "某县水利局关于1号的2024年部门预算公开", "2": "某县水利局关于2号的水库水位公告"}

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        number = request.path[-6:-5]
        listed = f"<ul>{row.format(1)}{row.format(2)}</ul>"
        page = f'<h1>{titles[number]}</h1><div id="zoom">正文</div>' if number in titles else listed
        send(request, 404 if "robots" in request.path else 200, page.encode())

    with answering(answer) as base_url:
        portal = portal_at("pingxiang", base_url, tmp_path).model_copy(update={"expect": Expect()})
        first = await poll(portal, means)
        asked.clear()
        second = await poll(portal, means)
    assert (first.counts.new, first.counts.noise) == (1, 1)
    assert (second.counts.unchanged, second.counts.noise) == (1, 1)
    assert not any("_2.html" in path for path in asked)
    assert [event.origin.title for event in await events(means)] == [titles["1"]]


def state(outcome: str, failures: int = 0) -> PortalState:
    return PortalState(name="pingxiang", outcome=outcome, failures=failures, started_at=NOW, finished_at=NOW)


def test_due_times(tmp_path: Path) -> None:
    portal = portal_at("pingxiang", "http://127.0.0.1:1", tmp_path)
    hour = timedelta(hours=1)
    assert due_at(portal, None, 6, NOW) == NOW
    assert due_at(portal, state("aborted"), 6, NOW) == NOW
    for outcome, failures, wait in [
        ("ok", 0, hour),
        ("unreachable", 1, hour),
        ("unreachable", 3, 4 * hour),
        ("challenged", 1, 6 * hour),
        ("challenged", 2, 12 * hour),
        ("empty", 40, 24 * hour),
    ]:
        due = due_at(portal, state(outcome, failures), 6, NOW) - NOW
        assert wait * 0.9 <= due <= wait * 1.1, outcome


class TellingSeen(Seen):
    """A memory that tells how polls end, as they do."""

    ends: asyncio.Queue[str]

    async def end(self, name: str, outcome: str, reason: str | None, counts: str, now: datetime) -> None:
        await super().end(name, outcome, reason, counts, now)
        self.ends.put_nowait(outcome)


async def test_portals_are_polled_when_due_and_when_asked(serve: Serve, means: Means) -> None:
    served = serve("xinqu")
    seen = TellingSeen(means.seen._engine)
    seen.ends = asyncio.Queue()
    schedule = Schedule([served.portal], replace(means, seen=seen))
    stop = asyncio.Event()
    running = asyncio.create_task(schedule.run(stop))
    async with asyncio.timeout(30):
        assert await seen.ends.get() == "ok"
        schedule.ask("xinqu")
        assert await seen.ends.get() == "unchanged"
    stop.set()
    await running
