"""How many events of a stage run at once: one that takes long gives its slot to the next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

SLOW_SECONDS: Final = 10.0
SPARE: Final = 1
"""Slow runs beside the slots; each may need a worker process more."""


class Slots:
    """`count` slots, and SPARE places for runs that have taken SLOW_SECONDS."""

    def __init__(self, count: int) -> None:
        self._slots = asyncio.Semaphore(count)
        self._spare = asyncio.Semaphore(SPARE)

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """A slot while the block runs; where it is slow, a spare place as soon as there is one."""
        await self._slots.acquire()
        holds = self._slots

        async def step_aside() -> None:
            nonlocal holds
            await asyncio.sleep(SLOW_SECONDS)
            await self._spare.acquire()
            holds = self._spare
            self._slots.release()

        aside = asyncio.create_task(step_aside())
        try:
            yield
        finally:
            aside.cancel()
            await asyncio.wait([aside])
            holds.release()
