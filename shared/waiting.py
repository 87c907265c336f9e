"""Waiting for an event for a while, without losing a cancellation."""

import asyncio


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    """Whether `event` is set, or comes to be, within so many seconds.

    Not `asyncio.wait_for`, which in Python 3.11 takes a cancellation that comes together with the event for the
    event alone: whoever cancelled the task would wait for its end for ever.
    """
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
