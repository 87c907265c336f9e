"""Messages of others, as large as a bus takes them: their dead letters go on the bus, and a stage goes on."""

import hashlib
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from shared.bus.contract import Bus, Message
from shared.bus.sizes import MESSAGE_BYTES, check_sizes
from shared.schemas.events import DeadLetter
from shared.stage.dead_letters import LONGEST_VALUE, Choice
from shared.stage.redrive import Tally
from shared.stage.replayed import REPLAY
from shared.topics import FETCHED, PARSED
from tests.unit.shared.test_stage_dead_letters import LETTERS, Fetched, Running, Take, redrive, working

LONG = "{" + "x" * 349_998 + "}"
MANY = {f"h{number}": "\x01" * 200 for number in range(2_000)}


@pytest.mark.parametrize(
    ("key", "value", "headers"),
    [
        (LONG, b"key and value swapped", {}),
        ("字" * 330_000, b"{}", {}),
        ("\x01" * 900_000, b"x", {}),
        ("d1", b"{}", {"note": "n" * 950_000}),
        ("d1", b"{}", {"n" * 950_000: "note"}),
        ("d1", b"{}", MANY),
        ("d1", b"{}", {"gongkai-redrives": "9" * 100_000}),
        (LONG, b"{" * 600_000, {"note": "n" * 40_000}),
        ("k" * 200_000, b"v" * LONGEST_VALUE, {"note": "\x01" * 250}),
    ],
    ids=["key", "wide key", "control key", "header", "header name", "many", "count", "all", "together"],
)
async def test_a_letter_of_whatever_a_bus_takes_goes_on_the_bus_and_the_next_message_goes_on(
    running: Running,
    take: Take,
    bus: Bus,
    fetched: Fetched,
    key: str,
    value: bytes,
    headers: dict[str, str],
) -> None:
    foreign = Message(FETCHED.name, key, value, headers)
    check_sizes([foreign])
    await bus.publish([foreign, fetched("d2", 2)])
    with capture_logs() as logs:
        async with running(working):
            (letter,) = await take(LETTERS, 1)
            assert [message.key for message in await take(PARSED, 1)] == ["d2"]
    check_sizes([letter])
    assert len(letter.key) < 400
    assert len(str(logs)) < 20_000, "no log line repeats what is long"
    if key != "d1":
        assert f"({len(key.encode())} bytes, sha256 {hashlib.sha256(key.encode()).hexdigest()})" in letter.key
    assert await redrive(bus, Choice()) == Tally(sent=1)
    again = (await bus.read(FETCHED, 0, 10))[-1]
    assert (again.key, again.value) == (key, value)
    assert {name: text for name, text in again.headers.items() if not name.startswith("gongkai-redrive")} == {
        name: text for name, text in headers.items() if not name.startswith("gongkai-redrive")
    }


async def test_what_carried_headers_make_too_large_is_a_dead_letter(
    running: Running, take: Take, bus: Bus, fetched: Fetched
) -> None:
    sent = fetched("d1", 1)
    room = MESSAGE_BYTES - len(f"d1{REPLAY}{''.join(map(''.join, sent.headers.items()))}") - len(sent.value or b"")
    await bus.publish([replace(sent, headers={**sent.headers, REPLAY: "r" * room}), fetched("d2", 2)])
    async with running(working):
        (letter,) = await take(LETTERS, 1)
        assert [message.key for message in await take(PARSED, 1)] == ["d2"]
    assert DeadLetter.model_validate_json(letter.value or b"").cause == "too_large"
