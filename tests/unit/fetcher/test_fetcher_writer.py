"""What polls learn is written by one writer: many in a transaction, each failing alone, none lost to another."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event as database_event
from sqlmodel import select

from services.fetcher.http.revalidation import PollContext
from services.fetcher.state.tables import AddressState, ItemState, OutboxRow, RevisionState
from services.fetcher.state.writer import MOST_STEPS
from shared.bus.contract import Message
from shared.database import reading
from shared.errors import TakenOver

NOW = datetime(2024, 2, 5, tzinfo=UTC)


def item(name: str, portal: str, missed: int = 0) -> ItemState:
    return ItemState(
        disclosure_id=name,
        portal=portal,
        url="u",
        title="t",
        state="done",
        revision=1,
        missed=missed,
        first_seen_at=NOW,
        checked_at=NOW,
    )


def address(portal: str, key: str) -> AddressState:
    return AddressState(portal=portal, key=key, url="u", sha256="0", size=1, found_at="u", whole_at=NOW)


def revision(name: str) -> RevisionState:
    return RevisionState(disclosure_id=name, revision=1, revision_id="r", event_id=f"e-{name}", fetched_at=NOW)


async def test_two_hundred_polls_at_once_take_few_transactions(means: PollContext) -> None:
    begun: list[str] = []
    engine = means.seen.engine.sync_engine
    database_event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_r: begun.append(statement))

    async def one(portal: str) -> None:
        memory = await means.seen.begin(portal, NOW)
        for number in range(5):
            await memory.keep(item(f"{portal}-{number}", portal), [address(portal, str(number))])
        await memory.end("ok", None, "{}", NOW)

    await asyncio.gather(*(one(f"portal-{number}") for number in range(200)))
    assert sum(statement.startswith("BEGIN IMMEDIATE") for statement in begun) < 20
    assert len(await means.seen.items("portal-199")) == 5
    assert {state.outcome for state in (await means.seen.portals()).values()} == {"ok"}


async def test_what_a_poll_learned_is_known_to_the_next(means: PollContext) -> None:
    memory = await means.seen.begin("sample", NOW)
    await memory.keep(item("a", "sample"), [address("sample", "k")])
    assert memory.address("k") is not None
    memory.read_whole(NOW)
    await memory.end("ok", None, "{}", NOW)
    other = await means.seen.begin("other", NOW)
    assert (other.before, other.items, other.address("k")) == (None, {}, None)
    again = await means.seen.begin("sample", NOW)
    assert again.before is not None
    assert (again.before.whole_at, set(again.items)) == (NOW, {"a"})
    assert again.address("k") is not None


async def test_a_step_that_cannot_be_written_fails_alone_and_its_poll_is_aborted(means: PollContext) -> None:
    message = Message("t", "k", b"v", {})
    sound, broken = await means.seen.begin("sound", NOW), await means.seen.begin("broken", NOW)
    await broken.record(item("b", "broken"), [], revision("b"), message)
    await broken.record(item("c", "broken"), [], revision("b"), message)
    await sound.record(item("a", "sound"), [], revision("a"), message)
    ends = await asyncio.gather(
        sound.end("ok", None, "{}", NOW), broken.end("ok", None, "{}", NOW), return_exceptions=True
    )
    assert ends[0] is None
    assert isinstance(ends[1], Exception)
    states = await means.seen.portals()
    assert (states["sound"].outcome, states["broken"].outcome) == ("ok", "aborted")
    assert [row.event_id for row in await means.seen.unpublished(9)] == ["e-b", "e-a"]
    assert set(await means.seen.items("broken")) == {"b"}


async def test_what_lies_is_committed_without_anybody_waiting(means: PollContext) -> None:
    memory = await means.seen.begin("sample", NOW)
    await memory.keep(item("a", "sample"))
    await asyncio.wait_for(memory._handed[0], 5)
    assert set(await means.seen.items("sample")) == {"a"}


async def test_a_poll_with_more_steps_than_a_batch_keeps_all(means: PollContext) -> None:
    memory = await means.seen.begin("sample", NOW)
    for number in range(MOST_STEPS + 10):
        await memory.keep(item(f"i-{number}", "sample"))
    await memory.end("ok", None, "{}", NOW)
    assert len(await means.seen.items("sample")) == MOST_STEPS + 10


async def test_a_begin_that_is_cancelled_leaves_the_portal_free(means: PollContext) -> None:
    beginning = asyncio.create_task(means.seen.begin("sample", NOW))
    await asyncio.sleep(0)
    beginning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beginning
    memory = await means.seen.begin("sample", NOW)
    await memory.end("ok", None, "{}", NOW)


async def test_a_full_read_counts_what_it_missed(means: PollContext) -> None:
    memory = await means.seen.begin("sample", NOW)
    for name, times in (("here", 2), ("away", 1)):
        await memory.keep(item(name, "sample", times))
    await memory.listed({"here"})
    await memory.end("ok", None, "{}", NOW)
    missed = {name: each.missed for name, each in (await means.seen.items("sample")).items()}
    assert missed == {"here": 0, "away": 2}


async def test_who_is_no_member_may_not_begin(means: PollContext) -> None:
    with pytest.raises(TakenOver):
        await type(means.seen)(means.seen.engine).begin("sample", NOW)


async def test_messages_that_were_published_long_ago_go_but_a_disclosures_newest(means: PollContext) -> None:
    memory = await means.seen.begin("sample", NOW)
    for number in range(1, 4):
        taken = RevisionState(
            disclosure_id="a", revision=number, revision_id=f"r{number}", event_id=f"e{number}", fetched_at=NOW
        )
        await memory.record(item("a", "sample"), [], taken, Message("t", "a", f"v{number}".encode(), {}))
        await memory.record(
            item("b", "sample"),
            [],
            taken.model_copy(update={"disclosure_id": "b", "event_id": f"b{number}"}),
            Message("t", "b", b"other", {}),
        )
    await memory.end("ok", None, "{}", NOW)
    rows = await means.seen.unpublished(9)
    of_a = [row for row in rows if row.key == "a"]
    await means.seen.published([row for row in rows if row.key == "b"], NOW)
    for days, row in zip((0, 20, 31), of_a, strict=True):
        await means.seen.published([row], NOW + timedelta(days=days))
    assert await means.seen.last_message("a") == b"v3"
    async with reading(means.seen.engine) as session:
        left = {row.event_id for row in await session.exec(select(OutboxRow))}
    assert left == {"e2", "e3", "b1", "b2", "b3"}
