"""A program that publishes to a bus, or copies from topic to topic, until it is done or killed."""

import asyncio
import sys

from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.errors import BusUnavailable
from shared.topics import FETCHED, PARSED


async def publish(bus: Bus, key: str, batches: int, size: int) -> None:
    """`batches` batches of `size` messages of one key; the number of a batch is printed once it is published."""
    for number in range(batches):
        values = [f"{number} {place}".encode() for place in range(size)]
        await bus.publish([Message(FETCHED.name, key, value) for value in values])
        print(number, flush=True)


async def copy(bus: Bus, group: str, name: str) -> None:
    """Consume, process, produce, until killed; prints how many of each commit."""
    async with bus.consumer(group, [FETCHED], name) as consumer:
        print("joined", flush=True)
        while True:
            try:
                received = await consumer.poll(3, 0.2)
                output = [Message(PARSED.name, message.key, message.value) for message in received]
                await consumer.commit(received, output)
            except BusUnavailable:
                await consumer.rewind()
            else:
                print(len(received), flush=True)


async def main(url: str, what: str, *rest: str) -> None:
    bus = await open_bus(url)
    try:
        if what == "publish":
            key, batches, size = rest
            await publish(bus, key, int(batches), int(size))
        else:
            group, name = rest
            await copy(bus, group, name)
    finally:
        await bus.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
