"""How tasks are waited for: no longer than is good, or all together."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from shared.errors import DatabaseUnavailable

T = TypeVar("T")


async def bounded(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work` on the database, whatever its driver does; it goes on when the caller is cancelled.

    Raises DatabaseUnavailable after `seconds`; then `work` is cancelled and not waited for.
    """
    task = asyncio.create_task(work)
    task.add_done_callback(_heard)
    await asyncio.wait([task], timeout=max(0.0, seconds))
    if not task.done():
        task.cancel()
        raise DatabaseUnavailable("The database takes too long to answer.")
    return task.result()


async def together(main: Coroutine[Any, Any, T], *others: Coroutine[Any, Any, None]) -> T:
    """Run all to their ends and return the result of `main`; the first error ends them all, and is raised."""
    first = asyncio.create_task(main)
    tasks: list[asyncio.Task[Any]] = [first, *map(asyncio.create_task, others)]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()
    return first.result()


def _heard(task: asyncio.Task[Any]) -> None:
    """Nobody may be left to hear of the error: see it here, so that asyncio does not complain."""
    if not task.cancelled():
        task.exception()
