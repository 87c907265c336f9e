"""What every bus knows of a key: where its messages lie, and which was the last."""

from shared.bus.contract import Bus, Message
from shared.topics import FETCHED, PARSED
from tests.contract.test_bus import GROUP, drain, messages


async def test_the_partition_of_a_key_is_where_its_messages_lie(bus: Bus) -> None:
    foretold = {f"d{number}": await bus.partition(FETCHED, f"d{number}") for number in range(20)}
    await bus.publish(messages(20, keys=20))
    assert {message.key: message.partition for message in await bus.read(FETCHED, 0, 100)} == foretold


async def test_the_latest_message_of_a_key_is_the_last_that_was_committed(bus: Bus) -> None:
    assert await bus.latest(PARSED, "d1") is None
    await bus.publish(messages(30, topic=PARSED.name))
    assert await bus.latest(PARSED, "nobody") is None
    found = await bus.latest(PARSED, "d3")
    assert found is not None
    assert (found.topic, found.key, found.value) == (PARSED.name, "d3", b"23")
    await bus.publish(messages(1, keys=1))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        await consumer.commit(await drain(consumer, 1), [Message(PARSED.name, "d3", None)])
    gone = await bus.latest(PARSED, "d3")
    assert gone is not None
    assert gone.value is None
    assert gone.offset > found.offset
