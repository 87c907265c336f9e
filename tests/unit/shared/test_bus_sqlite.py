"""The embedded bus's own matters: its file, its locks, and members of the group that are gone."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import schemas
from shared.bus.connect import open_bus
from shared.bus.contract import Message, Received
from shared.bus.scan import scan
from shared.bus.sqlite.bus import SqliteBus
from shared.errors import BusUnavailable, Damaged, SettingsInvalid
from shared.processes import Process
from shared.topics import FETCHED, RECORDS

EXAMPLES = Path(schemas.__file__).with_name("examples.json")
HEADERS = {"ce_type": "gongkai.facts.v1", "ce_source": "gongkai/normalizer", "content-type": "application/json"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "bus 总线.db"


def change(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize("url", ["", "bus.db", "sqlite://", "sqlite:///", "redis://host", "kafka://host"])
async def test_a_url_without_a_backend_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="GONGKAI_BUS"):
        await open_bus(url)


async def test_a_file_that_is_no_bus_is_refused_by_name(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("not a database at all, but long enough to be looked at" * 100)
    with pytest.raises(Damaged, match=r"notes\.txt"):
        await open_bus(f"sqlite:///{other}")


async def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    await (await SqliteBus.open(path)).close()
    change(path, "PRAGMA user_version = 99")
    with pytest.raises(SettingsInvalid, match="newer"):
        await SqliteBus.open(path)


async def test_a_folder_that_cannot_be_made_is_the_bus_being_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BusUnavailable):
        await SqliteBus.open(tmp_path / "file" / "bus.db")


async def test_a_log_that_stays_locked_is_the_bus_being_away_and_then_back(path: Path) -> None:
    bus = await SqliteBus.open(path)
    await bus.call(lambda: bus.log.connection.execute("PRAGMA busy_timeout = 20").close())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusUnavailable, match="locked"):
        await bus.publish([Message(FETCHED.name, "d1", b"1")])
    other.execute("ROLLBACK")
    other.close()
    await bus.publish([Message(FETCHED.name, "d1", b"2")])
    assert [message.value for message in await bus.read(FETCHED, 0, 10)] == [b"2"]
    await bus.close()


@given(
    messages=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8")), st.none() | st.binary(), st.text(st.characters(codec="utf-8"))
        )
    )
)
async def test_any_text_and_bytes_come_back(messages: list[tuple[str, bytes | None, str]]) -> None:
    bus = await SqliteBus.open(Path(":memory:"))
    await bus.publish([Message(FETCHED.name, key, value, {"h": header}) for key, value, header in messages])
    found = await bus.read(FETCHED, 0, 1000)
    assert [(each.key, each.value, each.headers["h"]) for each in found] == messages
    await bus.close()


async def test_messages_that_name_the_same_again_and_again_take_a_third_of_their_length(path: Path) -> None:
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    messages = [
        Message(
            topic.name,
            f"{topic.name}{number}",
            json.dumps(examples[topic.name] | {"id": number}).encode(),
            HEADERS,
        )
        for topic in RECORDS.values()
        for number in range(200)
    ]
    bus = await SqliteBus.open(path)
    await bus.publish(messages)
    found: list[Received] = []
    for topic in RECORDS.values():
        found += [message async for message in scan(bus, topic)]
    assert sorted((each.key, each.value or b"") for each in found) == sorted(
        (each.key, each.value or b"") for each in messages
    )
    assert {tuple(each.headers.items()) for each in found} == {tuple(HEADERS.items())}
    ((pages,),) = await bus.call(lambda: bus.log.connection.execute("PRAGMA page_count").fetchall())
    whole = sum(len(each.value or b"") + len(json.dumps(HEADERS)) for each in messages)
    assert 4096 * pages < whole / 3
    await bus.close()


async def test_what_another_process_began_a_topic_with_serves_both(path: Path) -> None:
    first, second = await SqliteBus.open(path), await SqliteBus.open(path)
    for bus, value in ((first, b"1"), (second, b"2"), (first, b"3")):
        await bus.publish([Message(FETCHED.name, "d1", value * 100)])
    for bus in (first, second):
        assert [message.value for message in await bus.read(FETCHED, 0, 9)] == [b"1" * 100, b"2" * 100, b"3" * 100]
        await bus.close()


@pytest.mark.parametrize(
    ("process", "expires_in", "holds"),
    [
        (lambda this: this._replace(boot="an earlier one"), 1000, False),
        (lambda this: this._replace(started="0"), 1000, False),
        (lambda this: this._replace(number_space="another container"), 1000, True),
        (lambda this: this._replace(number_space="another container"), -1000, False),
        (lambda this: this, -1000, False),
        (lambda this: this, 1000, True),
    ],
    ids=["earlier boot", "number used again", "other container", "its lease over", "lease over", "alive"],
)
async def test_a_member_holds_its_partitions_while_it_may_be_alive(
    path: Path, process: Callable[[Process], Process], expires_in: float, holds: bool
) -> None:
    bus = await SqliteBus.open(path)
    await bus.publish([Message(FETCHED.name, f"d{number}", b"") for number in range(40)])
    async with bus.consumer("g", [FETCHED], "first"):
        change(
            path,
            "UPDATE members SET process = ?, expires_at = expires_at + ?",
            json.dumps(process(Process.this())),
            expires_in,
        )
        async with bus.consumer("g", [FETCHED], "second") as second:
            received = await second.poll(100, 0)
    await bus.close()
    assert (len(received) < 40) == holds
