"""The bus of the settings, for commands that look into topics."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared import logs
from shared.bus.connect import open_bus
from shared.bus.contract import Bus
from shared.settings import Settings
from shared.sqlite import require_file
from shared.topics import TOPICS

T = TypeVar("T")


def on_bus(work: Callable[[Bus], Awaitable[T]]) -> T:
    """What `work` returns on the bus of the settings, its topics made; logs go to stderr meanwhile."""
    settings = Settings.read()
    logs.configure(settings)
    require_file(settings.bus_url)

    async def run() -> T:
        bus = await open_bus(settings.bus_url)
        try:
            await bus.create_topics(TOPICS)
            return await work(bus)
        finally:
            await bus.close()

    return asyncio.run(run())
