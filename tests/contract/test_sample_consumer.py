"""The sample consumer, a program of its own: what it keeps of a record topic on a real broker is what stands."""

import asyncio
import json
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaProducer

from shared.asyncapi import examples
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.schemas.events import NormalizedEvent
from shared.schemas.records import Fact
from shared.stage.codec import encode, tombstone
from shared.topics import NORMALIZED, RECORDS

PROGRAM: Final = Path(__file__).parents[2] / "docs" / "examples" / "latest_records.py"
FACTS: Final = RECORDS["fact"]
EVENT: Final = NormalizedEvent.model_validate(examples()[NORMALIZED.name])
FACT: Final = Fact.model_validate(examples()[FACTS.name])


@dataclass(frozen=True)
class Place:
    """A bus with the topic of facts, and where a stranger finds it."""

    bus: Bus
    servers: str
    topic: str


@pytest.fixture
async def place(kafka_url: str) -> AsyncIterator[Place]:
    servers, _, namespace = kafka_url.removeprefix("kafka://").partition("/")
    bus = await open_bus(kafka_url)
    await bus.create_topics([FACTS])
    yield Place(bus, servers, f"{namespace}.{FACTS.name}")
    await bus.close()


def fact(key: str, amount: str) -> Message:
    record = Fact.model_validate(FACT.model_dump() | {"id": key, "amount": amount})
    return encode(FACTS, key, record, EVENT)


def gone(key: str) -> Message:
    return tombstone(FACTS, key, EVENT)


@asynccontextmanager
async def transaction(place: Place, messages: Sequence[Message]) -> AsyncIterator[AIOKafkaProducer]:
    """A producer with `messages` written in a transaction that is still open."""
    name = f"{place.topic}.{messages[0].key}"
    async with AIOKafkaProducer(bootstrap_servers=place.servers, transactional_id=name) as producer:
        await producer.begin_transaction()
        for message in messages:
            await producer.send_and_wait(place.topic, message.value, message.key.encode())
        yield producer


PLAIN: Final = (
    "import runpy, signal, sys;"
    "sys.modules['cramjam'] = None;"
    "signal.signal(signal.SIGINT, signal.SIG_IGN);"
    "del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"
)
"""The program where aiokafka has no codecs beside Python's, started in the background of a script."""


async def consume(place: Place, file: Path, *, error: str = "", code: int = 0) -> dict[str, Any]:
    """Run the sample consumer to the end of the topic; key → the record it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PLAIN, PROGRAM, place.servers, place.topic, file, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(60):
        output, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (code, error)
    records = [json.loads(line) for line in output.splitlines()]
    return {record["id"]: record for record in records}


def amounts(records: dict[str, Any]) -> dict[str, str]:
    return {key: record["amount"] for key, record in records.items()}


async def test_it_keeps_the_latest_of_every_record_that_stands(place: Place, tmp_path: Path) -> None:
    keys = [f"r{number:02}" for number in range(40)]
    await place.bus.publish([fact(key, "1.00") for key in keys])
    await place.bus.publish([fact(key, "2.00") for key in keys[::2]])
    await place.bus.publish([gone(key) for key in keys[::5]])
    await place.bus.publish([fact(keys[0], "3.00"), gone("never-there")])
    expected = {key: "2.00" if number % 2 == 0 else "1.00" for number, key in enumerate(keys) if number % 5} | {
        keys[0]: "3.00"
    }
    kept = await consume(place, tmp_path / "facts.db")
    assert amounts(kept) == expected
    assert kept[keys[1]] == json.loads(fact(keys[1], "1.00").value or b"")


async def test_what_a_transaction_took_back_or_has_not_committed_is_not_read(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "facts.db"
    await place.bus.publish([fact("r1", "1.00"), fact("r2", "1.00")])
    async with transaction(place, [fact("r1", "9.99"), gone("r2"), fact("aborted", "1.00")]) as producer:
        assert amounts(await consume(place, file)) == {"r1": "1.00", "r2": "1.00"}
        await producer.abort_transaction()
    assert amounts(await consume(place, file)) == {"r1": "1.00", "r2": "1.00"}
    async with transaction(place, [fact("r1", "2.00"), gone("r2"), fact("open", "1.00")]) as producer:
        assert amounts(await consume(place, file)) == {"r1": "1.00", "r2": "1.00"}
        await producer.commit_transaction()
    assert amounts(await consume(place, file)) == {"r1": "2.00", "open": "1.00"}


async def test_it_reads_on_where_it_stopped_and_ends_where_a_fresh_start_ends(
    place: Place, tmp_path: Path
) -> None:
    file = tmp_path / "facts.db"
    await place.bus.publish([fact("r1", "1.00"), fact("r2", "1.00")])
    assert amounts(await consume(place, file)) == {"r1": "1.00", "r2": "1.00"}
    assert amounts(await consume(place, file)) == {"r1": "1.00", "r2": "1.00"}
    await place.bus.publish([gone("r1"), fact("r2", "2.00"), fact("r3", "1.00")])
    resumed = await consume(place, file)
    assert amounts(resumed) == {"r2": "2.00", "r3": "1.00"}
    assert await consume(place, tmp_path / "fresh.db") == resumed


async def test_it_follows_the_topic_until_it_is_interrupted(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "facts.db"
    await place.bus.publish([fact("r1", "1.00"), fact("r2", "1.00")])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PLAIN,
        PROGRAM,
        place.servers,
        place.topic,
        file,
        "--follow",
        stdout=PIPE,
        stderr=PIPE,
    )
    async with asyncio.timeout(60):
        await until_kept(file, {"r1", "r2"})
        await place.bus.publish([gone("r1"), fact("r3", "1.00")])
        await until_kept(file, {"r2", "r3"})
        process.send_signal(signal.SIGINT)
        output, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    assert [json.loads(line)["id"] for line in output.splitlines()] == ["r2", "r3"]


async def until_kept(file: Path, keys: set[str]) -> None:
    """Wait until the program's file has the records of `keys` and no others."""
    kept: set[str] = set()
    while kept != keys:
        await asyncio.sleep(0.05)
        with closing(sqlite3.connect(file)) as database, suppress(sqlite3.OperationalError):
            kept = {key for (key,) in database.execute("SELECT key FROM records")}


async def test_fields_and_versions_it_does_not_know_do_not_stop_it(place: Place, tmp_path: Path) -> None:
    later = fact("r1", "1.00")
    value = json.loads(later.value or b"") | {"metric": "a_metric_of_2030", "colour": {"deep": [1]}}
    await place.bus.publish([replace(later, value=json.dumps(value).encode())])
    await place.bus.create_topics([replace(FACTS, name="gongkai.facts.v2")])
    told = f"{place.topic.removesuffix('1')}2 is there too; this program reads {place.topic}.\n"
    assert await consume(place, tmp_path / "facts.db", error=told) == {"r1": value}
