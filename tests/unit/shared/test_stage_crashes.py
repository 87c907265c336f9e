"""A stage whose process is killed again and again: each event's output is there once, in order for its key."""

import asyncio
import itertools
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from shared.bus.contract import Bus, Message
from shared.bus.scan import scan
from shared.settings import Settings
from shared.topics import FETCHED, PARSED

PROGRAM = Path(__file__).with_name("stage_program.py")


def read_lines(process: subprocess.Popen[str], count: int) -> None:
    """Read `count` lines of what the program prints, fewer when it ends."""
    assert process.stdout is not None
    with process.stdout as lines:
        for _ in itertools.islice(lines, count):
            pass


async def lag(bus: Bus) -> int:
    return sum((await bus.lag("gongkai.parser", [FETCHED])).values())


async def test_nothing_is_lost_and_nothing_twice(
    settings: Settings, bus: Bus, fetched: Callable[..., Message]
) -> None:
    chance = random.Random(11)
    await bus.publish([fetched(f"d{number % 40}", number) for number in range(1, 801)])
    killed = 0
    while await lag(bus):
        process = subprocess.Popen(  # noqa: ASYNC220 - a program apart, not work of this loop
            [sys.executable, PROGRAM, str(settings.data)], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        seen = asyncio.create_task(asyncio.to_thread(read_lines, process, chance.randrange(50, 250)))
        while await lag(bus) and not seen.done():
            await asyncio.wait([seen], timeout=0.05)
        process.kill()
        process.wait()
        await seen
        killed += 1
    assert killed > 2
    output: dict[str, list[str]] = defaultdict(list)
    async for message in scan(bus, PARSED):
        output[message.key].append(message.headers["ce_id"].partition("-")[0])
    assert output == {f"d{key}": [f"e{n}" for n in range(1, 801) if n % 40 == key] for key in range(40)}
