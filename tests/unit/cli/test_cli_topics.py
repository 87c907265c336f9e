"""`gongkai tail`: every message once, and no more of the topic read again than it must be."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from shared.bus.contract import Message, Received
from shared.bus.scan import messages
from shared.bus.sqlite.bus import SqliteBus
from shared.settings import Settings
from shared.topics import FETCHED, TOPICS, Topic

GONGKAI = Path(sys.executable).with_name("gongkai")
COUNT = 200


class ReadBus(SqliteBus):
    """The embedded bus, which remembers how many messages it gave."""

    given = 0

    async def read(self, topic: Topic, start: int, limit: int) -> Sequence[Received]:
        found = await super().read(topic, start, limit)
        self.given += len(found)
        return found


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[ReadBus]:
    bus = await ReadBus.open(Path(Settings.read(data=tmp_path).bus_url.removeprefix("sqlite:///")))
    await bus.create_topics(TOPICS)
    yield bus
    await bus.close()


def numbered(first: int, count: int) -> list[Message]:
    return [Message(FETCHED.name, f"d{number}", b"1") for number in range(first, first + count)]


async def test_following_reads_on_and_not_from_the_start(bus: ReadBus) -> None:
    await bus.publish(numbered(0, COUNT))
    following = messages(bus, [FETCHED], follow=True)
    async with asyncio.timeout(30):
        seen = [(await anext(following)).key for _ in range(COUNT)]
        for number in range(COUNT, COUNT + 3):
            await bus.publish(numbered(number, 1))
            seen.append((await anext(following)).key)
    assert seen == [f"d{number}" for number in range(COUNT + 3)]
    assert bus.given < 2 * COUNT


async def test_without_following_it_ends(bus: ReadBus) -> None:
    await bus.publish(numbered(0, 3))
    assert [each.key async for each in messages(bus, [FETCHED], follow=False)] == ["d0", "d1", "d2"]
    assert [each async for each in messages(bus, [TOPICS[0]], follow=False)] == []


async def test_what_comes_is_shown_at_once(bus: ReadBus, tmp_path: Path) -> None:
    tail = await asyncio.create_subprocess_exec(
        GONGKAI,
        "tail",
        "fetched",
        "--follow",
        env=os.environ | {"GONGKAI_DATA": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert tail.stdout is not None
    try:
        async with asyncio.timeout(60):
            for number in range(3):
                await bus.publish(numbered(number, 1))
                assert await tail.stdout.readline() == f"d{number}\t1\n".encode()
    finally:
        tail.kill()
        await tail.wait()
