"""Dead letters: grouped, found by what they have, sent again with a count, a cap, and not a second time."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from structlog.testing import capture_logs

from shared.bus.batches import BATCH, publish
from shared.bus.contract import Bus, Message, Received
from shared.clock import SystemClock
from shared.errors import Corrupt, Unsupported
from shared.schemas.document import Origin
from shared.schemas.events import FetchedEvent, NormalizedEvent, ParsedEvent
from shared.stage.codec import encode
from shared.stage.dead_letters import LONGEST_VALUE, REDRIVES, Choice, dead_letter, find, groups
from shared.stage.redrive import CAP, Tally, due
from shared.topics import DEAD_LETTERS, FETCHED, NORMALIZED, PARSED, StageName, Topic

Running = Callable[[Callable[[FetchedEvent], Awaitable[Sequence[Message]]]], AbstractAsyncContextManager[Any]]
Take = Callable[[Topic, int], Awaitable[list[Received]]]
Fetched = Callable[..., Message]
M = TypeVar("M", ParsedEvent, NormalizedEvent)
LETTERS = DEAD_LETTERS["parser"]


async def failing(event: FetchedEvent) -> Sequence[Message]:
    raise (Corrupt if event.revision % 2 else Unsupported)(f"Revision {event.revision}.")


async def working(event: FetchedEvent) -> Sequence[Message]:
    return [encode(PARSED, event.disclosure_id, event, event)]


async def fail(count: int, running: Running, take: Take, bus: Bus, fetched: Fetched) -> None:
    await bus.publish([fetched(f"d{number}", number) for number in range(1, count + 1)])
    async with running(failing):
        await take(LETTERS, count)


async def test_they_are_found_by_cause_and_by_place(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    await fail(6, running, take, bus, fetched)
    everything = [found async for found in find(bus, "parser", Choice())]
    corrupt = [found async for found in find(bus, "parser", Choice(cause="corrupt"))]
    assert len(everything) == 6
    assert {found.letter.message for found in corrupt} == {"Revision 1.", "Revision 3.", "Revision 5."}
    one = everything[2]
    assert [found async for found in find(bus, "parser", Choice(partition=one.partition, offset=one.offset))] == [
        one
    ]


async def redrive(bus: Bus, choice: Choice, cap: int = CAP, stage: StageName = "parser") -> Tally:
    tally = Tally()
    async for _ in publish(bus, due(bus, stage, choice, cap, tally)):
        pass
    return tally


async def letters_of(bus: Bus, messages: Sequence[Message]) -> None:
    """Publish `messages`, and a dead letter of each as the parser writes it."""
    await bus.publish(messages)
    for received in await bus.read(FETCHED, 0, len(messages)):
        await bus.publish([dead_letter("parser", received, Corrupt("Torn."), SystemClock())])


async def test_they_are_grouped_by_cause_with_their_count_and_age(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    began = datetime.now(UTC)
    await fail(5, running, take, bus, fetched)
    corrupt, unsupported = await groups(bus, "parser", Choice())
    assert (corrupt.cause, corrupt.count, unsupported.cause, unsupported.count) == ("corrupt", 3, "unsupported", 2)
    assert began <= corrupt.oldest <= corrupt.newest <= datetime.now(UTC)


async def test_they_are_chosen_by_time_and_portal(bus: Bus, fetched: Fetched) -> None:
    event = FetchedEvent.model_validate_json(fetched("d2", 2).value or b"")
    of_portal = event.model_copy(update={"origin": Origin(portal="example-county")})
    no_event = Message(FETCHED.name, "d3", b"{")
    await letters_of(bus, [fetched(), encode(FETCHED, "d2", of_portal, of_portal), no_event])

    async def chosen(choice: Choice) -> list[str]:
        return sorted([found.letter.key async for found in find(bus, "parser", choice)])

    assert await chosen(Choice(portal="example-county")) == ["d2"]
    (at,) = [found.letter.failed_at async for found in find(bus, "parser", Choice(portal="example-county"))]
    moment = timedelta(microseconds=1)
    assert "d2" in await chosen(Choice(since=at, until=at + moment))
    assert "d2" not in await chosen(Choice(since=at + moment)) + await chosen(Choice(until=at))
    assert await chosen(Choice(since=at - timedelta(days=1))) == ["d1", "d2", "d3"]


async def test_a_dry_run_changes_nothing(running: Running, take: Take, bus: Bus, fetched: Fetched) -> None:
    await fail(3, running, take, bus, fetched)
    tally = Tally()
    assert len([message async for message in due(bus, "parser", Choice(), CAP, tally)]) == 3
    assert tally == Tally(sent=3)
    assert len(await bus.read(FETCHED, 0, 100)) == 3


async def test_the_original_message_is_sent_again_and_succeeds_once_mended(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    await fail(4, running, take, bus, fetched)
    originals = {message.key: message for message in await bus.read(FETCHED, 0, 100)}
    assert await redrive(bus, Choice(cause="unsupported")) == Tally(sent=2)
    for message in (await bus.read(FETCHED, 0, 100))[4:]:
        original = originals[message.key]
        assert (message.value, message.partition) == (original.value, original.partition)
        assert message.headers[REDRIVES] == "1"
        assert original.headers.items() <= message.headers.items()
    async with running(working):
        assert {message.key for message in await take(PARSED, 2)} == {"d2", "d4"}


async def test_a_dead_letter_is_not_sent_a_second_time(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    await fail(2, running, take, bus, fetched)
    assert await redrive(bus, Choice()) == Tally(sent=2)
    assert await redrive(bus, Choice()) == Tally(sent_before=2)


async def test_a_message_that_fails_again_and_again_reaches_the_cap(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    await fail(1, running, take, bus, fetched)
    for turn in (1, 2):
        assert (await redrive(bus, Choice(), cap=2)).sent == 1
        async with running(failing):
            await take(LETTERS, 1)
        attempts = [found.letter.attempt async for found in find(bus, "parser", Choice())]
        assert attempts == list(range(1, turn + 2))
    assert await redrive(bus, Choice(), cap=2) == Tally(sent_before=2, over_cap=1)


async def test_letters_written_while_redriving_wait_for_the_next_time(bus: Bus, fetched: Fetched) -> None:
    await letters_of(bus, [fetched()])
    tally = Tally()
    async for message in due(bus, "parser", Choice(), CAP, tally):
        await bus.publish([message])
        (received,) = (await bus.read(FETCHED, 0, 10))[1:]
        await bus.publish([dead_letter("parser", received, Corrupt("Torn still."), SystemClock())])
    assert tally == Tally(sent=1)


async def test_what_was_sent_before_an_interruption_is_not_sent_again_after_it(bus: Bus, fetched: Fetched) -> None:
    count = 2 * BATCH + 10
    await letters_of(bus, [fetched(f"d{number}", number) for number in range(1, count + 1)])
    async for sent in publish(bus, due(bus, "parser", Choice(), CAP, Tally())):
        assert sent == BATCH
        break
    assert await redrive(bus, Choice()) == Tally(sent=count - BATCH, sent_before=BATCH)
    sent_again = (await bus.read(FETCHED, 0, 3 * count))[count:]
    assert sorted(message.key for message in sent_again) == sorted(f"d{n}" for n in range(1, count + 1))


@pytest.mark.parametrize(
    "value", [b'{"no": "event \xff', b"x" * (LONGEST_VALUE + 1), None], ids=["bad", "long", "none"]
)
async def test_what_is_no_event_is_sent_again_as_it_was(bus: Bus, value: bytes | None) -> None:
    await letters_of(bus, [Message(FETCHED.name, "d1", value, {"ce_id": "bad"})])
    (letter,) = await bus.read(LETTERS, 0, 10)
    assert len(letter.value or b"") < 1_000_000
    assert await redrive(bus, Choice()) == Tally(sent=1)
    original, again = await bus.read(FETCHED, 0, 10)
    assert (again.value, again.headers["ce_id"]) == (original.value, "bad")


async def test_a_long_message_that_its_topic_no_longer_has_is_named(bus: Bus) -> None:
    gone = Received(FETCHED.name, "d1", b"x" * (LONGEST_VALUE + 1), {}, 0, 77)
    await bus.publish([dead_letter("parser", gone, Corrupt("Torn."), SystemClock())])
    assert await redrive(bus, Choice()) == Tally(gone=1)


def of_revision(model: type[M], number: int, document: str = "0") -> M:
    """The event of revision `number` of d1, read from `document`."""
    content = {
        "document": document * 64,
        "records": "0" * 64,
        "counts": {},
        "pages": 1,
        "tables": 0,
        "paragraphs": 1,
    }
    about = {"id": f"e{number}", "disclosure_id": "d1", "revision_id": f"v{number}", "revision": number}
    made = {"origin": Origin(), "fetched_at": datetime(2024, 3, number, tzinfo=UTC), "version": "1"}
    return model.model_validate(content | about | made)


async def stored_not(bus: Bus, *values: bytes | None) -> None:
    """Publish `values` as normalized events, and a dead letter of each as the store writes it."""
    for value in values:
        await bus.publish([Message(NORMALIZED.name, "d1", value)])
        received = await bus.latest(NORMALIZED, "d1")
        assert received is not None
        await bus.publish([dead_letter("store", received, Corrupt("Torn."), SystemClock())])


async def test_for_the_store_the_normalizer_makes_the_event_anew_of_the_last_document(bus: Bus) -> None:
    parsed = [of_revision(ParsedEvent, 1), of_revision(ParsedEvent, 1, "1"), of_revision(ParsedEvent, 2)]
    await bus.publish([encode(PARSED, "d1", event, event) for event in parsed])
    await bus.publish([Message(PARSED.name, "d1", b"{")])
    await stored_not(bus, of_revision(NormalizedEvent, 1).model_dump_json().encode())
    before = await bus.latest(NORMALIZED, "d1")
    assert await redrive(bus, Choice(), stage="store") == Tally(sent=1)
    again = await bus.latest(PARSED, "d1")
    assert again is not None
    assert ParsedEvent.model_validate_json(again.value or b"") == parsed[1]
    assert (again.headers["ce_id"].partition("-")[0], again.headers[REDRIVES]) == (parsed[1].id, "1")
    assert await bus.latest(NORMALIZED, "d1") == before, "only the normalizer says what stands"


async def test_what_fails_in_the_store_again_and_again_reaches_the_cap(bus: Bus) -> None:
    event, parsed = of_revision(NormalizedEvent, 1), of_revision(ParsedEvent, 1)
    await bus.publish([encode(PARSED, "d1", parsed, parsed)])
    for turn in (1, 2):
        await stored_not(bus, event.model_dump_json().encode())
        assert await redrive(bus, Choice(), 2, "store") == Tally(sent=1, sent_before=turn - 1)
    await stored_not(bus, event.model_dump_json().encode())
    assert await redrive(bus, Choice(), 2, "store") == Tally(sent_before=2, over_cap=1)


async def test_what_is_no_normalized_event_is_left_and_named(bus: Bus) -> None:
    parsed = of_revision(ParsedEvent, 1)
    await bus.publish([encode(PARSED, "d1", parsed, parsed)])
    await stored_not(bus, b"{", None, of_revision(NormalizedEvent, 2).model_dump_json().encode())
    letters = [found.place async for found in find(bus, "store", Choice())]
    with capture_logs() as logs:
        assert await redrive(bus, Choice(), stage="store") == Tally(no_event=2, gone=1)
    assert [each["place"] for each in logs] == letters[:2]


async def test_a_foreign_message_among_the_letters_stops_nobody(bus: Bus, fetched: Fetched) -> None:
    await bus.publish([Message(LETTERS.name, "d0", b"{}")])
    await letters_of(bus, [fetched()])
    assert [found.letter.key async for found in find(bus, "parser", Choice())] == ["d1"]
