"""Fetchers that share a database: one at a time works on a portal and on the outbox, whoever dies or is paused."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from services.fetcher.fleet import leases, members
from services.fetcher.fleet.members import SILENT_LOOKS, Member, joined
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.settings import FetcherSettings
from services.fetcher.state import outbox
from services.fetcher.state.outbox import publish_pending
from services.fetcher.state.repository import MIGRATIONS, VERSION_TABLE, Seen
from services.fetcher.state.tables import HoldState, ItemState
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.database import create_engine, transaction
from shared.errors import BusUnavailable, TakenOver
from shared.schemas.events import FetchedEvent
from shared.topics import FETCHED
from tests.servers.databases import DIALECTS, NewDatabase
from tests.unit.fetcher.fetcher_serving import Served, events

Serve = Callable[[str], Served]
NOW = datetime(2024, 2, 5, tzinfo=UTC)


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    return new_database(request.param, (MIGRATIONS, VERSION_TABLE))


@pytest_asyncio.fixture
async def pair(settings: FetcherSettings) -> AsyncIterator[tuple[Member, Member]]:
    """Two fetchers, each with connections of its own."""
    async with AsyncExitStack() as stack:
        members = []
        for name in ("one", "two"):
            engine = create_engine(settings.database_url)
            stack.push_async_callback(engine.dispose)
            members.append(await stack.enter_async_context(joined(Seen(engine), name)))
        yield members[0], members[1]


@pytest_asyncio.fixture
async def bus(settings: FetcherSettings) -> AsyncIterator[Bus]:
    opened = await open_bus(settings.bus_url)
    await opened.create_topics([FETCHED])
    yield opened
    await opened.close()


def item(name: str) -> ItemState:
    return ItemState(
        disclosure_id="d", portal=name, url="u", title="t", state="done", first_seen_at=NOW, checked_at=NOW
    )


async def take_for_dead(looking: Member) -> None:
    """Look so often that whoever tells no beat meanwhile is removed."""
    for _ in range(SILENT_LOOKS + 1):
        await looking.look()


async def test_a_portal_is_polled_by_one_at_a_time(pair: tuple[Member, Member]) -> None:
    one, two = pair
    memory = await one.seen.begin("sample", NOW)
    with pytest.raises(TakenOver, match="one"):
        await two.seen.begin("sample", NOW)
    await two.seen.begin("other", NOW)
    await memory.end("ok", None, "{}", NOW)
    before = (await two.seen.begin("sample", NOW)).before
    assert before is not None
    assert (before.outcome, before.fetcher) == ("ok", "one")


async def test_two_that_begin_at_the_same_time_are_one(pair: tuple[Member, Member]) -> None:
    for number in range(10):
        name = f"sample-{number}"
        begun = await asyncio.gather(*(each.seen.begin(name, NOW) for each in pair), return_exceptions=True)
        assert [type(each) for each in begun if isinstance(each, Exception)] == [TakenOver]


async def test_who_waited_for_what_another_took_is_refused(
    pair: tuple[Member, Member], settings: FetcherSettings
) -> None:
    one, two = pair
    await (await one.seen.begin("sample", NOW)).end("ok", None, "{}", NOW)
    engine = create_engine(settings.database_url)
    async with transaction(engine) as session:
        await session.get(HoldState, "sample", with_for_update=True)
        waiting = asyncio.create_task(two.seen.begin("sample", NOW))
        await asyncio.wait([waiting], timeout=0.3)
        assert not waiting.done()
        await leases.take(session, ["sample"], one.seen._member)
    with pytest.raises(TakenOver, match="one"):
        await waiting
    await engine.dispose()


async def test_what_a_paused_fetcher_writes_after_another_took_over_is_refused(
    pair: tuple[Member, Member],
) -> None:
    one, two = pair
    paused = await one.seen.begin("sample", NOW)
    await take_for_dead(two)
    memory = await two.seen.begin("sample", NOW)
    assert memory.before is not None
    assert memory.before.outcome == "running"
    await paused.keep(item("sample"))
    with pytest.raises(TakenOver):
        await paused.end("ok", None, "{}", NOW)
    with pytest.raises(TakenOver):
        await paused.keep(item("sample"))
    with pytest.raises(TakenOver):
        await one.seen.begin("further", NOW)
    with pytest.raises(TakenOver):
        await one.keep(asyncio.Event())
    assert await two.seen.items("sample") == {}
    state = await two.seen.portal("sample")
    assert state is not None
    assert (state.outcome, state.fetcher) == ("running", "two")
    await memory.keep(item("sample"))
    await memory.end("ok", None, "{}", NOW)
    assert set(await two.seen.items("sample")) == {"d"}


async def test_a_fetcher_that_tells_its_beat_is_never_taken_for_dead(pair: tuple[Member, Member]) -> None:
    one, two = pair
    await one.seen.begin("sample", NOW)
    for _ in range(3):
        for _ in range(SILENT_LOOKS - 1):
            await two.look()
        await one._beat()
    with pytest.raises(TakenOver):
        await two.seen.begin("sample", NOW)


async def test_who_left_holds_nothing_and_its_number_is_not_given_again(
    pair: tuple[Member, Member], settings: FetcherSettings
) -> None:
    _, two = pair
    async with joined(two.seen, "three") as three:
        left = await three.seen.begin("sample", NOW)
    async with joined(two.seen, "four") as four:
        assert four.seen._member > three.seen._member
        memory = await four.seen.begin("sample", NOW)
        with pytest.raises(TakenOver):
            await left.end("ok", None, "{}", NOW)
        await memory.end("ok", None, "{}", NOW)


async def test_only_a_fetchers_own_polls_without_an_end_are_aborted(pair: tuple[Member, Member]) -> None:
    one, two = pair
    for name in ("first", "second"):
        await one.seen.begin(name, NOW)
    await two.seen.begin("third", NOW)
    assert await one.seen.interrupted({"second"}) == ["first"]
    states = await one.seen.portals()
    assert {name: state.outcome for name, state in states.items()} == {
        "first": "aborted",
        "second": "running",
        "third": "running",
    }
    await two.seen.begin("first", NOW)


async def test_a_poll_that_another_takes_over_meanwhile_is_not_marked_as_aborted(
    pair: tuple[Member, Member], settings: FetcherSettings
) -> None:
    one, two = pair
    await one.seen.begin("sample", NOW)
    engine = create_engine(settings.database_url)
    async with transaction(engine) as session:
        hold = await session.get_one(HoldState, "sample", with_for_update=True)
        waiting = asyncio.create_task(one.seen.interrupted(()))
        await asyncio.wait([waiting], timeout=0.3)
        assert not waiting.done()
        hold.holder = two.seen._member
    assert await waiting == []
    state = await one.seen.portal("sample")
    assert state is not None
    assert state.outcome == "running"
    await engine.dispose()


async def test_a_poll_that_is_taken_over_ends_and_nothing_of_it_is_kept(
    serve: Serve, means: PollContext, pair: tuple[Member, Member]
) -> None:
    served = serve("fengfeng")
    one, two = pair
    half = asyncio.Event()
    polling = asyncio.create_task(
        poll(served.portal, replace(means, seen=one.seen), lambda counts: half.set() if counts.new == 2 else None)
    )
    await half.wait()
    await take_for_dead(two)
    memory = await two.seen.begin("fengfeng", NOW)
    taken = len(await events(means))
    with pytest.raises(TakenOver):
        await polling
    assert len(await events(means)) == taken
    state = await means.seen.portal("fengfeng")
    assert state is not None
    assert (state.outcome, state.fetcher) == ("running", "two")
    await memory.end("aborted", None, "{}", NOW)
    await poll(served.portal, replace(means, seen=two.seen))
    ids = [event.id for event in await events(means)]
    assert len(ids) == len(set(ids)) == len([item for item in served.disclosures if item["stage"] == 0])


class SlowBus:
    """A bus on which one publishing waits until it may go on; it is told of every batch."""

    def __init__(self, inner: Bus) -> None:
        self._inner = inner
        self.asked, self.goes_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    async def publish(self, messages: Sequence[Message]) -> None:
        self.asked.set()
        await self.goes_on.wait()
        await self._inner.publish(messages)


async def published(bus: Bus) -> list[str]:
    return [FetchedEvent.model_validate_json(each.value or b"").id for each in await bus.read(FETCHED, 0, 1000)]


async def test_one_fetcher_at_a_time_publishes(
    serve: Serve, means: PollContext, bus: Bus, pair: tuple[Member, Member]
) -> None:
    one, two = pair
    await poll(serve("xinqu").portal, means)
    wanted = [event.id for event in await events(means)]
    slow = SlowBus(bus)
    publishing = asyncio.create_task(publish_pending(one, slow, means.clock))  # type: ignore[arg-type]
    await slow.asked.wait()
    assert await publish_pending(two, bus, means.clock) == 0
    assert await published(bus) == []
    slow.goes_on.set()
    assert await publishing == len(wanted)
    assert await published(bus) == wanted
    assert await publish_pending(two, bus, means.clock) == 0


async def test_what_a_dead_fetcher_left_is_published_by_another(
    serve: Serve, means: PollContext, bus: Bus, pair: tuple[Member, Member]
) -> None:
    one, two = pair
    await poll(serve("xinqu").portal, means)
    wanted = {event.id for event in await events(means)}
    slow = SlowBus(bus)
    paused = asyncio.create_task(publish_pending(one, slow, means.clock))  # type: ignore[arg-type]
    await slow.asked.wait()
    await take_for_dead(two)
    assert await publish_pending(two, bus, means.clock) == len(wanted)
    slow.goes_on.set()
    await paused
    assert set(await published(bus)) == wanted
    assert await events(means) == []


async def test_who_lost_the_outbox_publishes_no_further_batch(
    serve: Serve, means: PollContext, bus: Bus, pair: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pair
    monkeypatch.setattr(outbox, "BATCH", 1)
    await poll(serve("xinqu").portal, means)
    first, *others = [event.id for event in await events(means)]
    slow, other = SlowBus(bus), SlowBus(bus)
    losing = asyncio.create_task(publish_pending(one, slow, means.clock))  # type: ignore[arg-type]
    await slow.asked.wait()
    await take_for_dead(two)
    taking_over = asyncio.create_task(publish_pending(two, other, means.clock))  # type: ignore[arg-type]
    await other.asked.wait()
    slow.goes_on.set()
    assert await losing == 1
    assert await published(bus) == [first]
    other.goes_on.set()
    await taking_over
    assert await published(bus) == [first, first, *others]  # what was under way as it was lost comes twice


async def test_a_fetcher_that_was_paused_publishes_nothing_more(
    serve: Serve, means: PollContext, bus: Bus, pair: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    await poll(serve("xinqu").portal, means)
    monkeypatch.setattr(members, "ALONE_SECONDS", 0.0)  # so long ago it told its last beat
    with pytest.raises(TakenOver):
        await publish_pending(pair[0], bus, means.clock)
    assert await published(bus) == []


async def test_a_fetcher_cut_off_from_the_bus_lets_another_publish(
    serve: Serve, means: PollContext, bus: Bus, pair: tuple[Member, Member]
) -> None:
    one, two = pair
    await poll(serve("xinqu").portal, means)
    cut_off = await open_bus(means.settings.bus_url)
    await cut_off.close()
    with pytest.raises(BusUnavailable):
        await publish_pending(one, cut_off, means.clock)
    assert await publish_pending(two, bus, means.clock) == len(await published(bus)) > 0
