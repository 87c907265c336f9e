"""A stage whose process is killed again and again: each event's output is there once, in order for its key."""

import asyncio
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


async def test_nothing_is_lost_and_nothing_twice(
    settings: Settings, bus: Bus, fetched: Callable[..., Message]
) -> None:
    chance = random.Random(11)
    await bus.publish([fetched(f"d{number % 40}", number) for number in range(1, 1201)])
    killed = 0
    while sum((await bus.lag("gongkai.parser", [FETCHED])).values()):
        process = subprocess.Popen(  # noqa: ASYNC220 - a program apart, not work of this loop
            [sys.executable, PROGRAM, str(settings.data)], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert process.stdout is not None
        for _ in range(chance.randrange(100, 400)):
            await asyncio.to_thread(process.stdout.readline)
            if not sum((await bus.lag("gongkai.parser", [FETCHED])).values()):
                break
        process.kill()
        process.wait()
        process.stdout.close()
        killed += 1
    assert killed > 2
    output: dict[str, list[str]] = defaultdict(list)
    async for message in scan(bus, PARSED):
        output[message.key].append(message.headers["ce_id"])
    assert output == {f"d{key}": [f"e{n}" for n in range(1, 1201) if n % 40 == key] for key in range(40)}
