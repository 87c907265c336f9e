"""A stage under the runner on an embedded bus, as the services run it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from shared.archive.connect import open_archive
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message, Received
from shared.clock import SystemClock
from shared.schemas.document import Origin
from shared.schemas.events import FetchedEvent, FetchedFile
from shared.settings import Settings
from shared.stage.codec import encode
from shared.stage.context import Context
from shared.stage.contract import Stage
from shared.stage.runner import run_stage
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits
from shared.topics import FETCHED, Topic

Run = Callable[[FetchedEvent], Awaitable[Sequence[Message]]]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Takes back what a test or a service under test configured."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, workers=2, task_seconds=1, task_megabytes=256)


@pytest.fixture
async def bus(settings: Settings) -> AsyncIterator[Bus]:
    bus = await open_bus(settings.bus_url)
    yield bus
    await bus.close()


@pytest.fixture
async def workers(settings: Settings) -> AsyncIterator[WorkerPool]:
    async with WorkerPool(settings.workers, Limits(settings.task_seconds, settings.task_megabytes)) as pool:
        yield pool


@pytest.fixture
def fetched() -> Callable[..., Message]:
    """The message of a fetched event of disclosure `key`, told apart by `number`."""

    def message(key: str = "d1", number: int = 1) -> Message:
        event = FetchedEvent(
            id=f"e{number}",
            disclosure_id=key,
            revision_id=f"v{number}",
            revision=number,
            origin=Origin(),
            fetched_at=datetime(2024, 3, 1, tzinfo=UTC),
            version="1",
            files=(FetchedFile(sha256="0" * 64, size=1, role="article", name="预算公开", url="http://portal/1"),),
        )
        return encode(FETCHED, key, event, event)

    return message


@pytest.fixture
def running(
    settings: Settings, bus: Bus, workers: WorkerPool
) -> Callable[[Run], AbstractAsyncContextManager[asyncio.Task[None]]]:
    """Runs a parser stage made of a function within a context; leaving it stops the stage in an orderly way."""

    @asynccontextmanager
    async def context(run: Run) -> AsyncIterator[asyncio.Task[None]]:
        stop = asyncio.Event()
        archive = open_archive(settings.archive_url)
        given = Context(settings, bus, archive, workers, SystemClock(), stop)
        task = asyncio.create_task(run_stage(Stage("parser", FETCHED, run), given))
        try:
            yield task
        finally:
            stop.set()
            await task

    return context


@pytest.fixture
async def take(bus: Bus) -> Callable[[Topic, int], Awaitable[list[Received]]]:
    """The first `count` messages of a topic, waited for."""

    async def messages(topic: Topic, count: int) -> list[Received]:
        received: list[Received] = []
        async with asyncio.timeout(30), bus.consumer("test", [topic], "test") as consumer:
            while len(received) < count:
                received += await consumer.poll(count - len(received), 30)
        return received

    return messages
