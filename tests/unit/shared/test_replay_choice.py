"""Choosing events to read again, sending them at the stage's pace, and where a shadow lies."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from shared.bus.batches import BATCH
from shared.bus.contract import Bus, Message
from shared.clock import SystemClock
from shared.errors import Corrupt, UsageError
from shared.replay.choice import Choice, choose, events
from shared.replay.sending import LOOK_SECONDS, MOST_WAITING, copies, run_headers, send
from shared.replay.shadow import begin, drop, open_shadow, shadow_url
from shared.schemas.document import Origin
from shared.schemas.events import FetchedEvent, rank
from shared.settings import Settings
from shared.stage.codec import decode, encode
from shared.stage.dead_letters import REDRIVES, dead_letter
from shared.stage.redrive import REDRIVE_OF
from shared.stage.replayed import REPLAY, REPLAYED_AT, REPLAYED_BY
from shared.topics import FETCHED, PARSED
from shared.version import VERSION

Fetched = Callable[..., Message]
READERS = ("parser", "normalizer", "store")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def fetched(disclosure: str, revision: int, portal: str = "east", days: int = 0, content: str = "") -> Message:
    event = FetchedEvent(
        id=f"e{disclosure}{revision}",
        disclosure_id=disclosure,
        revision_id=f"v{disclosure}{content or revision}",
        revision=revision,
        origin=Origin(portal=portal),
        fetched_at=BEGAN + timedelta(days=days),
        version=VERSION,
        files=({"sha256": "0" * 64, "size": 1, "role": "article", "name": "预算", "url": "http://portal/1"},),
    )
    return encode(FETCHED, disclosure, event, event)


def parsed(message: Message, version: str) -> Message:
    event = FetchedEvent.model_validate_json(message.value or b"")
    more = {"version": version, "document": "0" * 64, "pages": 1, "tables": 0, "paragraphs": 1}
    model = PARSED.model.model_validate(event.model_dump(exclude={"files"}) | more)
    return encode(PARSED, event.disclosure_id, model, event)


async def chosen(bus: Bus, **choice: object) -> list[tuple[str, int]]:
    found = await choose(bus, "parser", Choice(**choice))  # type: ignore[arg-type]
    read = [decode(FetchedEvent, received) async for received in events(bus, found)]
    assert len(read) == len(found.places)
    return [(event.disclosure_id, event.revision) for event in read]


async def test_of_each_revision_the_last_event_is_taken_and_a_disclosures_in_order(bus: Bus) -> None:
    first, second = fetched("d1", 1), fetched("d1", 2)
    await bus.publish([first, fetched("d2", 1), second, fetched("d1", 3, content="1"), first])
    assert sorted(await chosen(bus)) == [("d1", 1), ("d1", 2), ("d1", 3), ("d2", 1)]
    assert [revision for disclosure, revision in await chosen(bus) if disclosure == "d1"] == [1, 2, 3]
    whole = await choose(bus, "parser", Choice())
    assert (len(whole.places), whole.others, whole.unreadable) == (4, 0, 0)
    offsets = {(received.partition, received.offset) for received in await bus.read(FETCHED, 0, 1)}
    assert not offsets & whole.places, "the event sent first was sent again later"


@pytest.mark.parametrize(
    ("choice", "taken"),
    [
        ({"portal": "west"}, {"d2"}),
        ({"disclosure": "d3"}, {"d3"}),
        ({"since": BEGAN + timedelta(days=1)}, {"d2", "d3"}),
        ({"until": BEGAN + timedelta(days=1)}, {"d1"}),
        ({"since": BEGAN + timedelta(days=1), "until": BEGAN + timedelta(days=2), "portal": "east"}, set()),
        ({"older_than": "0.10.0"}, {"d1", "d3"}),
        ({"older_than": "0.9"}, {"d3"}),
        ({"older_than": "0.10.0rc1"}, {"d1", "d3"}),
    ],
)
async def test_a_choice_takes_what_agrees_with_all_of_it(
    bus: Bus, choice: dict[str, object], taken: set[str]
) -> None:
    messages = [fetched("d1", 1), fetched("d2", 1, portal="west", days=1), fetched("d3", 1, days=2)]
    read = [parsed(messages[0], "0.9.0"), parsed(messages[1], "0.10.0"), parsed(messages[1], "0.2.0")]
    await bus.publish([*messages, *read, Message(FETCHED.name, "d4", b"{")])
    assert {disclosure for disclosure, _ in await chosen(bus, **choice)} == taken
    found = await choose(bus, "parser", Choice(**choice))  # type: ignore[arg-type]
    assert (len(found.places) + found.others, found.unreadable) == (3, 1)


async def test_copies_are_the_same_but_for_saying_what_they_are(bus: Bus) -> None:
    original = fetched("d1", 1)
    redriven = Message(
        FETCHED.name, "d1", original.value, {**original.headers, REDRIVES: "3", REDRIVE_OF: "parser/0/1"}
    )
    await bus.publish([redriven])
    whole = await choose(bus, "parser", Choice())
    async for _ in send(bus, "parser", copies(events(bus, whole), run_headers(SystemClock(), "again"))):
        pass
    _, copy = await bus.read(FETCHED, 0, 10)
    assert (copy.key, copy.value) == (original.key, original.value)
    own = {name: copy.headers[name] for name in copy.headers.keys() - original.headers.keys()}
    assert own.keys() == {REPLAY, REPLAYED_AT, REPLAYED_BY}
    assert (own[REPLAY], own[REPLAYED_BY]) == ("again", VERSION)
    assert datetime.fromisoformat(own[REPLAYED_AT]).tzinfo is not None


async def test_no_more_is_sent_while_much_is_waiting_for_the_stage(bus: Bus) -> None:
    count = 3 * MOST_WAITING
    await bus.publish([fetched(f"d{number}", 1) for number in range(count)])
    whole = await choose(bus, "parser", Choice())
    sent: list[int] = []

    async def replay() -> None:
        async for number in send(bus, "parser", copies(events(bus, whole), run_headers(SystemClock()))):
            sent.append(number)

    async def waiting() -> int:
        return sum((await bus.lag("gongkai.parser", [FETCHED])).values())

    sending = asyncio.create_task(replay())
    async with asyncio.timeout(60), bus.consumer("gongkai.parser", [FETCHED], "test") as parser:
        most = 0
        while not sending.done() or await waiting():
            most = max(most, await waiting())
            if got := await parser.poll(100, 0.05):
                await parser.commit(got, [])
    await sending
    assert sent[-1] == count
    assert most <= count + MOST_WAITING, "all were waiting before, none of the copies"


async def test_no_more_is_sent_while_much_is_waiting_for_a_stage_after_it(bus: Bus) -> None:
    await bus.publish([fetched(f"d{number}", 1) for number in range(2 * BATCH)])
    await bus.publish([parsed(fetched(f"d{number}", 1), VERSION) for number in range(MOST_WAITING)])
    whole = await choose(bus, "parser", Choice())
    sending = send(bus, "parser", copies(events(bus, whole), run_headers(SystemClock())))
    assert await anext(sending) == BATCH
    async with asyncio.timeout(30), bus.consumer("gongkai.parser", [FETCHED], "test") as parser:
        await parser.commit(await parser.poll(3 * BATCH, 5), [])
        with capture_logs() as logs:
            rest = asyncio.ensure_future(anext(sending))
            while not logs:  # noqa: ASYNC110 - the log is what tells
                await asyncio.sleep(LOOK_SECONDS / 10)
        assert {name: logs[0][name] for name in READERS} == {"parser": 0, "normalizer": MOST_WAITING, "store": 0}
        assert not rest.done()
        async with bus.consumer("gongkai.normalizer", [PARSED], "test") as normalizer:
            await normalizer.commit(await normalizer.poll(BATCH, 5), [])
            assert await rest == 2 * BATCH


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("0.2.0", "0.2.1"),
        ("0.9", "0.10"),
        ("0.2.0rc9", "0.2.1"),
        ("0.2.0.dev3", "0.3rc1"),
        ("0.1.9+local.9", "0.2"),
    ],
)
def test_a_newer_version_ranks_higher(lower: str, higher: str) -> None:
    assert rank(1, BEGAN, lower) < rank(1, BEGAN, higher) < rank(2, BEGAN, lower)


@pytest.mark.parametrize("version", ["0.2.0rc1", "0.2.0.dev3", "0.2.0+local.1"])
def test_a_pre_release_does_not_outrank_its_release(version: str) -> None:
    assert rank(1, BEGAN, version) <= rank(1, BEGAN, "0.2.0")


@pytest.mark.parametrize(
    ("live", "shadow"),
    [
        ("sqlite:////data/bus.db", "sqlite:////data/bus.shadow-next.db"),
        ("sqlite:///bus", "sqlite:///bus.shadow-next"),
        ("sqlite:////my.data/bus", "sqlite:////my.data/bus.shadow-next"),
        ("kafka://a:9092,b:9092", "kafka://a:9092,b:9092/shadow-next"),
        ("kafka://a:9092/", "kafka://a:9092/shadow-next"),
        ("kafka://a:9092/county", "kafka://a:9092/county.shadow-next"),
    ],
)
def test_a_shadow_lies_beside_the_live_bus(live: str, shadow: str) -> None:
    assert shadow_url(live, "next") == shadow


@pytest.mark.parametrize("name", ["", "../x", "Next", "a/b", "x" * 31])
def test_a_shadows_name_is_plain(name: str) -> None:
    with pytest.raises(UsageError):
        shadow_url("sqlite:///bus.db", name)


async def test_a_shadow_that_was_dropped_leaves_nothing(bus: Bus, settings: Settings) -> None:
    await bus.publish([fetched("d1", 1)])
    before = sorted(path.name for path in settings.data.iterdir())
    whole = await choose(bus, "parser", Choice())
    await begin(settings.bus_url, "next", copies(events(bus, whole), run_headers(SystemClock(), "next")))
    async with open_shadow(settings.bus_url, "next") as shadow:
        assert (shadow.stage, shadow.version, await shadow.waiting()) == ("parser", VERSION, 1)
        assert [each.key async for each in shadow.events()] == ["d1"]
    await drop(settings.bus_url, "next")
    assert sorted(path.name for path in settings.data.iterdir()) == before
    with pytest.raises(UsageError):
        async with open_shadow(settings.bus_url, "next"):
            pass
    assert sorted(path.name for path in settings.data.iterdir()) == before


async def copied(bus: Bus) -> AsyncIterator[Message]:
    async for message in copies(events(bus, await choose(bus, "parser", Choice())), run_headers(SystemClock())):
        yield message


async def test_a_shadow_is_not_finished_before_what_was_read_is_written(bus: Bus, settings: Settings) -> None:
    messages = [fetched("d1", 1), fetched("d2", 1)]
    await bus.publish(messages)
    await begin(settings.bus_url, "next", copied(bus))
    async with open_shadow(settings.bus_url, "next") as shadow:
        # As Kafka may show it for a moment: the position of a commit, and not yet its output.
        async with shadow.bus.consumer("gongkai.parser", [FETCHED], "test") as parser:
            got = await parser.poll(10, 5)
            await parser.commit(got, [])
        assert await shadow.waiting() == 2
        letter = dead_letter("parser", got[0], Corrupt("Torn."), SystemClock())
        await shadow.bus.publish([letter, parsed(messages[1], VERSION)])
        assert await shadow.waiting() == 1
        async with shadow.bus.consumer("gongkai.normalizer", [PARSED], "test") as normalizer:
            await normalizer.commit(await normalizer.poll(10, 5), [])
        assert await shadow.waiting() == 0


async def test_a_look_at_a_shadow_being_made_leaves_it(bus: Bus, settings: Settings) -> None:
    await bus.publish([fetched("d1", 1)])

    async def interrupted() -> AsyncIterator[Message]:
        async for message in copied(bus):
            with pytest.raises(UsageError, match="holds nothing yet"):
                async with open_shadow(settings.bus_url, "next"):
                    pass
            with pytest.raises(UsageError, match="There is a shadow next already"):
                await begin(settings.bus_url, "next", copied(bus))
            yield message

    await begin(settings.bus_url, "next", interrupted())
    async with open_shadow(settings.bus_url, "next") as shadow:
        assert await shadow.count() == 1


async def test_dropping_a_shadow_that_is_none_is_told(bus: Bus, settings: Settings) -> None:
    before = sorted(path.name for path in settings.data.iterdir())
    with pytest.raises(UsageError, match="There is no shadow nothing"):
        await drop(settings.bus_url, "nothing")
    assert sorted(path.name for path in settings.data.iterdir()) == before
