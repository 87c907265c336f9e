"""A program that publishes to a bus, or copies from topic to topic, until it is done or killed."""

import asyncio
import sys

from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.errors import BusUnavailable
from shared.topics import FETCHED, PARSED

BATCH = 10
GROUP = "copy"


async def publish(bus: Bus, name: str, batches: int) -> None:
    """`batches` batches, each of one key; the number of a batch is printed once it is published."""
    for number in range(batches):
        values = [f"{number} {place}".encode() for place in range(BATCH)]
        await bus.publish([Message(FETCHED.name, name, value) for value in values])
        print(number, flush=True)


async def copy(bus: Bus, name: str) -> None:
    """Consume, process, produce, until killed; prints how many of each commit."""
    async with bus.consumer(GROUP, [FETCHED], name) as consumer:
        print("joined", flush=True)
        while True:
            try:
                received = await consumer.poll(7, 1.0)
                output = [Message(PARSED.name, message.key, message.value) for message in received]
                await consumer.commit(received, output)
            except BusUnavailable:
                await consumer.rewind()
            else:
                print(len(received), flush=True)


async def main(url: str, what: str, name: str, batches: str = "0") -> None:
    bus = await open_bus(url)
    try:
        await (publish(bus, name, int(batches)) if what == "publish" else copy(bus, name))
    finally:
        await bus.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
