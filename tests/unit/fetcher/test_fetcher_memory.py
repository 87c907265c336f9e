"""What was seen and what is to be published hold together, whenever the fetcher dies."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import event as database_event
from sqlalchemy.exc import OperationalError

from services.fetcher.fleet.members import Member, joined
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import Expect
from services.fetcher.state.outbox import publish_pending
from services.fetcher.state.repository import MIGRATIONS, VERSION_TABLE
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.clock import SystemClock
from shared.errors import BusUnavailable, DatabaseUnavailable
from shared.schemas.events import FetchedEvent
from shared.topics import FETCHED
from tests.servers.databases import DIALECTS, NewDatabase
from tests.unit.fetcher.fetcher_serving import Served, answering, events, portal_at, send, with_settings

Serve = Callable[[str], Served]
NOW = SystemClock().now()


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    return new_database(request.param, (MIGRATIONS, VERSION_TABLE))


@pytest_asyncio.fixture
async def bus(means: PollContext) -> AsyncIterator[Bus]:
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


@pytest.fixture
async def member(means: PollContext) -> AsyncIterator[Member]:
    async with joined(means.seen, "one") as member:
        yield member


async def test_what_was_committed_is_published_once_and_in_order(
    serve: Serve, means: PollContext, bus: Bus, member: Member
) -> None:
    await poll(serve("pingxiang").portal, means)
    committed = await events(means)
    assert await publish_pending(member, bus, means.clock) == len(committed)
    assert await publish_pending(member, bus, means.clock) == 0
    by_key = {event.disclosure_id: event for event in await published(bus)}
    assert by_key == {event.disclosure_id: event for event in committed}
    (received, *_) = await bus.read(FETCHED, 0, 1)
    assert received.key == FetchedEvent.model_validate_json(received.value or b"").disclosure_id
    assert received.headers["ce_type"] == FETCHED.name


@pytest.mark.parametrize("takes", [True, False])
async def test_a_bus_that_dies_loses_nothing(
    takes: bool, serve: Serve, means: PollContext, bus: Bus, member: Member
) -> None:
    await poll(serve("xinqu").portal, means)
    committed = {event.id for event in await events(means)}
    with pytest.raises(BusUnavailable):
        await publish_pending(member, AwayBus(bus, takes), means.clock)  # type: ignore[arg-type]
    assert {event.id for event in await events(means)} == committed
    await publish_pending(member, bus, means.clock)
    assert {event.id for event in await published(bus)} == committed


async def test_a_commit_that_fails_leaves_neither_item_nor_event(serve: Serve, means: PollContext) -> None:
    served = serve("xinqu")
    engine = means.seen.engine.sync_engine

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


async def test_a_poll_that_is_cut_off_is_aborted_and_goes_on(serve: Serve, means: PollContext) -> None:
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


async def test_a_disclosure_that_is_old_rests_between_looks(serve: Serve, means: PollContext) -> None:
    served = serve("xinqu")
    first = await poll(served.portal, means)
    served.forget_requests()
    result = await poll(served.portal, with_settings(means, open_days=0))
    assert result.counts.resting == first.counts.new
    assert not any("/2020" in line and "1133" not in line for line in served.requests)


async def test_usual_polls_read_the_first_pages_only(serve: Serve, means: PollContext) -> None:
    served = serve("fengfeng")
    portal = served.portal.model_copy(update={"usual_pages": 2})
    assert (await poll(portal, means)).counts.pages == 7
    assert (await poll(portal, means)).counts.pages == 2
    again = portal.model_copy(update={"full_poll_days": 0.0})
    assert (await poll(again, means)).counts.pages == 7


async def test_a_title_cut_in_the_list_is_decided_by_its_article(means: PollContext, tmp_path: Path) -> None:
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
