"""The stage runner: order, retries, dead letters, stopping; what was begun and not committed is done again."""

import asyncio
import base64
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime

from prometheus_client import REGISTRY

from shared.bus.contract import Bus, Message, Received
from shared.bus.sizes import MESSAGE_BYTES
from shared.errors import ArchiveUnavailable, Corrupt
from shared.schemas.events import DeadLetter, FetchedEvent
from shared.stage.codec import decode, encode
from shared.stage.dead_letters import REDRIVES
from shared.stage.replayed import REPLAY, REPLAYED_AT, REPLAYED_BY
from shared.topics import DEAD_LETTERS, FETCHED, PARSED, RECORDS, Topic

Run = Callable[[FetchedEvent], Awaitable[Sequence[Message]]]
Running = Callable[[Run], AbstractAsyncContextManager[asyncio.Task[None]]]
Take = Callable[[Topic, int], Awaitable[list[Received]]]
Fetched = Callable[..., Message]
LETTERS = DEAD_LETTERS["parser"]


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def parsed(event: FetchedEvent) -> Sequence[Message]:
    return [encode(PARSED, event.disclosure_id, event, event)]


async def lag(bus: Bus) -> int:
    return sum((await bus.lag("gongkai.parser", [FETCHED])).values())


async def test_each_event_causes_its_output_once(running: Running, take: Take, bus: Bus, fetched: Fetched) -> None:
    before = metric("gongkai_events_total", stage="parser", outcome="done")
    await bus.publish([fetched(f"d{number}", number) for number in range(1, 201)])
    async with running(parsed):
        output = await take(PARSED, 200)
    assert sorted(message.headers["ce_id"].partition("-")[0] for message in output) == sorted(
        f"e{n}" for n in range(1, 201)
    )
    assert await lag(bus) == 0
    assert len(await bus.read(PARSED, 0, 300)) == 200
    assert metric("gongkai_events_total", stage="parser", outcome="done") == before + 200


async def test_events_of_a_key_run_in_order_and_other_keys_meanwhile(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    order: list[int] = []
    met: set[str] = set()
    others = asyncio.Event()

    async def run(event: FetchedEvent) -> Sequence[Message]:
        if event.disclosure_id == "slow":
            await others.wait()
            order.append(event.revision)
        else:
            met.add(event.disclosure_id)
            if len(met) == 30:
                others.set()
        return await parsed(event)

    for number in range(1, 11):
        await bus.publish([fetched("slow", number), *[fetched(f"{key}{number}", 1) for key in "abc"]])
    async with running(run):
        await take(PARSED, 40)
    assert order == list(range(1, 11))


async def test_an_event_sees_what_the_one_before_it_of_its_key_published(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    seen: dict[str, list[int]] = defaultdict(list)

    async def run(event: FetchedEvent) -> Sequence[Message]:
        before = await bus.latest(PARSED, event.disclosure_id)
        seen[event.disclosure_id].append(decode(FetchedEvent, before).revision if before else 0)
        return await parsed(event)

    for number in range(1, 11):
        await bus.publish([fetched(key, number) for key in ("a", "b", "c")])
    async with running(run):
        await take(PARSED, 30)
    assert dict(seen) == {key: list(range(10)) for key in ("a", "b", "c")}


async def test_what_a_replayed_event_causes_tells_of_the_replay_and_is_as_old_as_that(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    months_old = fetched("d1", 1)
    replay = {REPLAY: "trial", REPLAYED_AT: datetime.now(UTC).isoformat(), REPLAYED_BY: "1"}
    redriven = {REDRIVES: "1"}
    young = metric("gongkai_event_age_seconds_bucket", stage="parser", le="60.0")
    await bus.publish([replace(months_old, headers={**months_old.headers, **replay, **redriven})])
    async with running(parsed):
        (output,) = await take(PARSED, 1)
    assert output.headers.items() >= replay.items()
    assert REDRIVES not in output.headers
    assert metric("gongkai_event_age_seconds_bucket", stage="parser", le="60.0") == young + 1


async def test_output_no_bus_takes_is_a_dead_letter(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    async def run(event: FetchedEvent) -> Sequence[Message]:
        if event.disclosure_id == "huge":
            return [Message(PARSED.name, "huge", b"x" * (MESSAGE_BYTES + 1))]
        return await parsed(event)

    await bus.publish([fetched("huge", 1), fetched("good", 1)])
    async with running(run):
        (letter,) = await take(LETTERS, 1)
        (good,) = await take(PARSED, 1)
    assert decode(DeadLetter, letter).cause == "too_large"
    assert good.key == "good"


async def test_no_more_events_run_at_once_than_there_are_workers(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    at_once, most = 0, 0

    async def run(event: FetchedEvent) -> Sequence[Message]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.to_thread(lambda: None)
        at_once -= 1
        return await parsed(event)

    await bus.publish([fetched(f"d{number}", number) for number in range(1, 31)])
    async with running(run):
        await take(PARSED, 30)
    assert most == 2


async def test_a_message_that_is_no_event_becomes_a_dead_letter_and_stops_nobody(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    value = b'{"no": "event \xff'
    await bus.publish([Message(FETCHED.name, "d1", value, {"ce_id": "bad"}), fetched("d1", 2)])
    async with running(parsed):
        await take(PARSED, 1)
    (letter,) = await bus.read(LETTERS, 0, 10)
    read = DeadLetter.model_validate_json(letter.value or b"")
    assert (read.cause, read.stage, read.key, read.topic) == ("undecodable", "parser", "d1", FETCHED.name)
    assert base64.b64decode(read.value or "") == value
    assert read.headers == {"ce_id": "bad"}
    assert "Undecodable" in read.stack


async def test_a_permanent_error_becomes_a_dead_letter_with_its_cause(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    async def run(event: FetchedEvent) -> Sequence[Message]:
        raise Corrupt(f"File {event.revision} is damaged.")

    before = metric("gongkai_dead_letters_total", stage="parser", cause="corrupt")
    await bus.publish([fetched("d1", 7)])
    async with running(run):
        (letter,) = await take(LETTERS, 1)
    read = DeadLetter.model_validate_json(letter.value or b"")
    assert (read.cause, read.message, read.attempt) == ("corrupt", "File 7 is damaged.", 1)
    assert letter.key == "d1"
    assert await lag(bus) == 0
    assert metric("gongkai_dead_letters_total", stage="parser", cause="corrupt") == before + 1


async def test_a_stage_that_breaks_leaves_a_dead_letter_with_the_stack(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    async def run(event: FetchedEvent) -> Sequence[Message]:
        raise ZeroDivisionError(f"revision {event.revision}")

    await bus.publish([fetched()])
    async with running(run):
        (letter,) = await take(LETTERS, 1)
    read = DeadLetter.model_validate_json(letter.value or b"")
    assert read.cause == "stage_failed"
    assert "ZeroDivisionError: revision 1" in read.stack
    assert __file__ in read.stack


async def test_a_transient_error_is_tried_again_and_never_dead_lettered(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    tries = 0

    async def run(event: FetchedEvent) -> Sequence[Message]:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ArchiveUnavailable("The archive is away.")
        return await parsed(event)

    before = metric("gongkai_retries_total", stage="parser", cause="archive_unavailable")
    await bus.publish([fetched()])
    async with running(run):
        await take(PARSED, 1)
    assert tries == 3
    assert not await bus.read(LETTERS, 0, 10)
    assert metric("gongkai_retries_total", stage="parser", cause="archive_unavailable") == before + 2


async def test_the_trace_goes_on_from_input_to_output_and_dead_letters(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    async def run(event: FetchedEvent) -> Sequence[Message]:
        if event.revision == 2:
            raise Corrupt("Damaged.")
        return await parsed(event)

    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    traced = [
        Message(each.topic, each.key, each.value, {**each.headers, "traceparent": parent})
        for each in (fetched("d1", 1), fetched("d2", 2))
    ]
    await bus.publish([*traced, fetched("d3", 3)])
    async with running(run):
        output = {message.key: message.headers["traceparent"] for message in await take(PARSED, 2)}
        (letter,) = await take(LETTERS, 1)
    for span in (output["d1"], letter.headers["traceparent"]):
        assert span.startswith("00-0af7651916cd43dd8448eb211c80319c-")
        assert span.endswith("-00")
        assert span != parent
    assert output["d3"].endswith("-01")


async def test_stopping_in_the_middle_leaves_the_rest_to_be_done_by_the_next_run(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    begun = asyncio.Event()

    async def stuck(event: FetchedEvent) -> Sequence[Message]:
        if event.revision == 1:
            return await parsed(event)
        begun.set()
        await asyncio.Event().wait()
        return []

    await bus.publish([fetched("d1", number) for number in (1, 2, 3)])
    async with running(stuck):
        await begun.wait()
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 8
    assert len(await bus.read(PARSED, 0, 10)) == 1
    assert await lag(bus) == 2
    async with running(parsed):
        output = await take(PARSED, 3)
    assert [message.headers["ce_id"].partition("-")[0] for message in output] == ["e1", "e2", "e3"]


async def test_a_stage_that_lost_its_partitions_does_nothing_twice(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    await bus.publish([fetched(f"d{number}", number) for number in range(1, 101)])
    async with running(parsed), running(parsed):
        async with running(parsed):
            await take(PARSED, 30)
        output = await take(PARSED, 100)
    assert sorted(message.headers["ce_id"].partition("-")[0] for message in output) == sorted(
        f"e{n}" for n in range(1, 101)
    )
    assert len(await bus.read(PARSED, 0, 200)) == 100


async def test_what_is_given_again_while_it_is_under_way_is_done_once_and_holds_up_nobody(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    lies_in = {name: await bus.partition(FETCHED, name) for name in map("d{}".format, range(100))}
    going = [name for name, partition in lies_in.items() if partition == 1]
    staying = next(name for name, partition in lies_in.items() if partition == 0)
    back = asyncio.Event()
    runs: defaultdict[str, int] = defaultdict(int)
    seen: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def run(event: FetchedEvent) -> Sequence[Message]:
        runs[event.id] += 1
        seen[event.id].set()
        if event.disclosure_id == going[0]:
            await back.wait()
        return await parsed(event)

    await bus.publish([fetched(going[0], 1), fetched(going[0], 2)])
    async with running(run):
        await seen["e1"].wait()
        async with bus.consumer("gongkai.parser", [FETCHED], "another"):
            await bus.publish([fetched(staying, 3)])
            await take(PARSED, 1)  # the stage has noticed that another member has the partition
        await bus.publish([fetched(going[1], 4)])
        await seen["e4"].wait()  # and that it is back
        back.set()
        output = await take(PARSED, 4)
    assert sorted(message.headers["ce_id"].partition("-")[0] for message in output) == ["e1", "e2", "e3", "e4"]
    assert dict(runs) == {"e1": 1, "e2": 1, "e3": 1, "e4": 1}


async def test_published_records_and_findings_are_counted(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    async def run(event: FetchedEvent) -> Sequence[Message]:
        finding = json.dumps({"check": "parts_sum_to_total", "severity": "error"}).encode()
        return [
            Message(RECORDS["finding"].name, "r1", finding),
            Message(RECORDS["budget_line"].name, "r2", b"{}"),
            Message(RECORDS["budget_line"].name, "r3", None),
            *await parsed(event),
        ]

    before = metric("gongkai_records_total", type="budget_line")
    await bus.publish([fetched()])
    async with running(run):
        await take(PARSED, 1)
    assert metric("gongkai_records_total", type="budget_line") == before + 1
    assert metric("gongkai_findings_total", check="parts_sum_to_total", severity="error") >= 1
