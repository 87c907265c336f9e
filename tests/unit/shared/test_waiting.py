"""Waiting for an event: it says whether the event came, and whoever cancels it is heard."""

import asyncio

import pytest

from shared.waiting import set_within


async def test_it_says_whether_the_event_came() -> None:
    event = asyncio.Event()
    assert not await set_within(event, 0.001)
    asyncio.get_running_loop().call_soon(event.set)
    assert await set_within(event, 20)
    assert await set_within(event, 0)


@pytest.mark.parametrize("turns", range(5))
async def test_a_cancellation_together_with_the_event_is_not_lost(turns: int) -> None:
    """The loop turns so often between the two; the task goes on waiting for the next event as a stage does."""
    event = asyncio.Event()

    async def wait_for_each() -> None:
        while True:
            await set_within(event, 20)
            event.clear()

    task = asyncio.create_task(wait_for_each())
    await asyncio.sleep(0)
    event.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=5)
    assert task in done
    assert task.cancelled()
