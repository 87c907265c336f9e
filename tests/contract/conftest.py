"""The backends each contract suite runs on, and programs that use a bus from processes of their own."""

import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from shared.bus.connect import open_bus
from shared.bus.contract import Bus

Program = Callable[..., subprocess.Popen[str]]
Connect = Callable[[], Awaitable[Bus]]


@pytest.fixture(params=["sqlite", "kafka"])
def bus_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A bus with nothing on it, one backend after the other."""
    if request.param == "kafka":
        url: str = request.getfixturevalue("kafka_url")
        return url
    return f"sqlite:///{tmp_path / 'bus.db'}"


@pytest.fixture
async def connect(bus_url: str) -> AsyncIterator[Connect]:
    """Opens further connections to the bus, as other services would; closed after the test."""
    async with AsyncExitStack() as stack:

        async def opened() -> Bus:
            bus = await open_bus(bus_url)
            stack.push_async_callback(bus.close)
            return bus

        yield opened


@pytest.fixture
async def bus(connect: Connect) -> Bus:
    return await connect()


@pytest.fixture
def program(bus_url: str) -> Iterator[Program]:
    """Starts bus_program.py with the given arguments in a process of its own; killed after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, str(Path(__file__).with_name("bus_program.py")), bus_url, *map(str, arguments)]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.stdout.close()
