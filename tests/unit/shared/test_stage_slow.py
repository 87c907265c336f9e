"""A message that takes long, or never gets on, holds up no other for long."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from shared.bus.contract import Bus, Message
from shared.errors import Stalled, TransientError
from shared.schemas.events import DeadLetter, FetchedEvent
from shared.stage import runner, slots
from shared.stage.codec import encode
from shared.stage.runner import WINDOW
from shared.topics import DEAD_LETTERS, FETCHED, PARSED
from tests.unit.shared.test_stage_runner import Fetched, Running, Take, lag, parsed


async def test_a_message_whose_worker_does_not_get_on_is_tried_twice_and_is_then_a_dead_letter(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    tries: list[str] = []

    async def run(event: FetchedEvent) -> Sequence[Message]:
        if event.disclosure_id != "stuck":
            return await parsed(event)
        tries.append(event.id)
        if len(tries) == 1:
            raise TransientError("The archive is away.")
        raise Stalled("A worker process did not get on for 600 s.")

    await bus.publish([fetched("stuck", 1), fetched("stuck", 2), fetched("next", 3)])
    async with running(run):
        letters = [
            DeadLetter.model_validate_json(each.value or b"") for each in await take(DEAD_LETTERS["parser"], 2)
        ]
        (done,) = await take(PARSED, 1)
    assert [(letter.cause, letter.key) for letter in letters] == [("timed_out", "stuck")] * 2
    assert "tried 2 times" in letters[0].message
    assert tries == ["e1"] * 3 + ["e2"] * 2
    assert done.key == "next"
    assert await lag(bus) == 0


async def test_what_stands_behind_slow_messages_goes_on(
    running: Running, take: Take, bus: Bus, fetched: Fetched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "SLOW_SECONDS", 0.05)
    others = {f"d{number}" for number in range(2 * WINDOW)}
    met: set[str] = set()
    all_met = asyncio.Event()

    async def run(event: FetchedEvent) -> Sequence[Message]:
        if event.disclosure_id.startswith("slow"):
            await all_met.wait()
        else:
            met.add(event.disclosure_id)
            if met == others:
                all_met.set()
        return [encode(PARSED, event.disclosure_id, event, event)]

    slow = [fetched("slow1", 1), fetched("slow2", 2)]  # as many as there are workers
    await bus.publish([*slow, *(fetched(key, 3) for key in others)])
    async with running(run):
        assert {each.key for each in await take(PARSED, len(others) + 2)} == others | {"slow1", "slow2"}
    assert await lag(bus) == 0


async def test_what_stands_behind_a_slow_message_is_published_before_it_ends(
    running: Running, take: Take, bus: Bus, fetched: Fetched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "SLOW_SECONDS", 0.05)
    monkeypatch.setattr(runner, "PASS_SECONDS", 0.05)
    monkeypatch.setattr(runner, "STOP_SECONDS", 0.05)
    released = asyncio.Event()
    tries: list[str] = []

    async def run(event: FetchedEvent) -> Sequence[Message]:
        tries.append(event.id)
        if event.disclosure_id == "slow" and event.revision == 1:
            await released.wait()
        return await parsed(event)

    others = {f"d{number}" for number in range(3 * WINDOW)}
    await bus.publish([fetched("slow", 1), fetched("slow", 2), *(fetched(key, 3) for key in others)])
    async with running(run):
        assert {each.key for each in await take(PARSED, len(others))} == others
        assert await lag(bus) == 2
    released.set()
    async with running(run):  # what was published before it is not done again
        assert [each.key for each in (await take(PARSED, len(others) + 2))[-2:]] == ["slow", "slow"]
    assert await lag(bus) == 0
    assert len(tries) == len(others) + 3  # the slow one's first try was ended


async def test_no_more_is_published_before_a_slow_message_than_can_be_kept(
    running: Running, take: Take, bus: Bus, fetched: Fetched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "SLOW_SECONDS", 0.05)
    monkeypatch.setattr(runner, "PASS_SECONDS", 0.05)
    monkeypatch.setattr(runner, "MOST_AHEAD", 7)
    released, met = asyncio.Event(), asyncio.Event()
    others = [f"d{number}" for number in range(200)]
    seen: set[str] = set()

    async def run(event: FetchedEvent) -> Sequence[Message]:
        if event.disclosure_id == "slow":
            await released.wait()
        seen.add(event.disclosure_id)
        if len(seen) == len(others):
            met.set()
        return await parsed(event)

    await bus.publish([fetched("slow", 1), *(fetched(key, 3) for key in others)])
    place = await bus.partition(FETCHED, "slow")
    behind = [key for key in others if await bus.partition(FETCHED, key) == place]
    assert len(behind) > 7
    async with running(run):
        await met.wait()
        published = {each.key for each in await take(PARSED, len(others) - len(behind) + 7)}
        assert len(published & {*behind}) == 7
        released.set()
        await take(PARSED, len(others) + 1)
    assert await lag(bus) == 0


async def test_each_disclosure_leaves_a_line_in_the_log(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    await bus.publish([fetched("d1", 1), fetched("d2", 1)])
    with capture_logs(processors=[merge_contextvars]) as logs:
        async with running(parsed):
            await take(PARSED, 2)
    done = [each for each in logs if each["event"] == "done"]
    assert {(each["disclosure_id"], each["stage"], each["messages"]) for each in done} == {
        ("d1", "parser", 1),
        ("d2", "parser", 1),
    }
