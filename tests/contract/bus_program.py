"""A program that publishes to a bus, or copies from topic to topic, until it is done, stopped or killed."""

import asyncio
import sys

from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message, Received
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


async def hold(bus: Bus, group: str, name: str, count: int) -> None:
    """Take `count` messages, print so, and commit them once a line comes; prints what became of it."""
    async with bus.consumer(group, [FETCHED], name) as consumer:
        received: list[Received] = []
        while len(received) < count:
            received += await consumer.poll(count - len(received), 1)
        print("holds", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        try:
            await consumer.commit(received, [Message(PARSED.name, each.key, each.value) for each in received])
            print("committed", flush=True)
        except BusUnavailable:
            print("refused", flush=True)


async def main(url: str, what: str, *rest: str) -> None:
    bus = await open_bus(url)
    try:
        if what == "publish":
            key, batches, size = rest
            await publish(bus, key, int(batches), int(size))
        elif what == "hold":
            group, name, count = rest
            await hold(bus, group, name, int(count))
        else:
            group, name = rest
            await copy(bus, group, name)
    finally:
        await bus.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
