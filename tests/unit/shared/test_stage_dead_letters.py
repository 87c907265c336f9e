"""Dead letters: found by cause or place, sent again with a count, a cap, and not a second time."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from shared.bus.contract import Bus, Message, Received
from shared.errors import Corrupt, Unsupported
from shared.schemas.events import FetchedEvent
from shared.stage.codec import encode
from shared.stage.dead_letters import REDRIVES, Choice, find, plan, replay
from shared.topics import DEAD_LETTERS, FETCHED, PARSED, Topic

Running = Callable[[Callable[[FetchedEvent], Awaitable[Sequence[Message]]]], AbstractAsyncContextManager[Any]]
Take = Callable[[Topic, int], Awaitable[list[Received]]]
Fetched = Callable[..., Message]
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


async def test_a_plan_changes_nothing(running: Running, take: Take, bus: Bus, fetched: Fetched) -> None:
    await fail(3, running, take, bus, fetched)
    planned = await plan(bus, "parser", Choice())
    assert len(planned.send) == 3
    assert len(await bus.read(FETCHED, 0, 100)) == 3


async def test_the_original_message_is_sent_again_and_succeeds_once_mended(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    await fail(4, running, take, bus, fetched)
    originals = {message.key: message for message in await bus.read(FETCHED, 0, 100)}
    assert await replay(bus, await plan(bus, "parser", Choice(cause="unsupported"))) == 2
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
    await replay(bus, await plan(bus, "parser", Choice()))
    again = await plan(bus, "parser", Choice())
    assert (len(again.send), len(again.sent_before)) == (0, 2)


async def test_a_message_that_fails_again_and_again_reaches_the_cap(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    await fail(1, running, take, bus, fetched)
    for turn in (1, 2):
        assert await replay(bus, await plan(bus, "parser", Choice(), most_redrives=2)) == 1
        async with running(failing):
            await take(LETTERS, 1)
        attempts = [found.letter.attempt async for found in find(bus, "parser", Choice())]
        assert attempts == list(range(1, turn + 2))
    planned = await plan(bus, "parser", Choice(), most_redrives=2)
    assert (len(planned.send), len(planned.sent_before), len(planned.over_cap)) == (0, 2, 1)
