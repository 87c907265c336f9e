"""Messages that are too large go on no bus, and take nothing along."""

import pytest

from shared.bus.contract import Bus, Message
from shared.bus.sizes import MESSAGE_BYTES
from shared.errors import TooLarge
from shared.topics import FETCHED, PARSED
from tests.contract.test_bus import GROUP, drain, messages

LARGEST = Message(PARSED.name, "d", b"x" * (MESSAGE_BYTES - 1))
TOO_LARGE = Message(PARSED.name, "d", b"x" * MESSAGE_BYTES)


async def test_the_largest_message_goes_and_one_byte_more_does_not(bus: Bus) -> None:
    await bus.publish([LARGEST])
    with pytest.raises(TooLarge, match="1000001 bytes"):
        await bus.publish([LARGEST, TOO_LARGE])
    assert [message.value for message in await bus.read(PARSED, 0, 10)] == [LARGEST.value]


async def test_output_that_is_too_large_leaves_the_position_where_it_was(bus: Bus) -> None:
    await bus.publish(messages(1))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        received = await drain(consumer, 1)
        with pytest.raises(TooLarge):
            await consumer.commit(received, [TOO_LARGE])
        assert sum((await bus.lag(GROUP, [FETCHED])).values()) == 1
        await consumer.commit(received, [LARGEST])
    assert sum((await bus.lag(GROUP, [FETCHED])).values()) == 0
