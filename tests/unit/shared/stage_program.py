"""A program that runs a stage with a worker process until it is killed; prints each event it works on."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.archive.connect import open_archive
from shared.bus.connect import open_bus
from shared.bus.contract import Message
from shared.clock import SystemClock
from shared.schemas.events import FetchedEvent
from shared.settings import Settings
from shared.stage.codec import encode
from shared.stage.context import Context
from shared.stage.contract import Stage
from shared.stage.runner import run_stage
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits
from shared.topics import FETCHED, PARSED


async def main(data: str) -> None:
    settings = Settings(data=Path(data))
    bus = await open_bus(settings.bus_url)
    archive = open_archive(settings.archive_url)
    async with WorkerPool(1, Limits(60, 512)) as workers:

        async def run(event: FetchedEvent) -> Sequence[Message]:
            print(event.id, flush=True)
            await workers.call(archive.put, event.id.encode())
            return [encode(PARSED, event.disclosure_id, event, event)]

        context = Context(settings, bus, archive, workers, SystemClock(), asyncio.Event())
        await run_stage(Stage("parser", FETCHED, run), context)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
