"""A producer that is not wanted any more lets go, whatever it is in the middle of."""

import asyncio

from shared.bus.kafka.connection import Connection
from shared.bus.kafka.producers import Producer
from shared.settings import KafkaSettings


async def test_a_producer_that_is_stopped_at_any_moment_of_its_start_lets_go(kafka_url: str) -> None:
    connection = Connection.parse(kafka_url, KafkaSettings())
    for milliseconds in range(60):
        starting = asyncio.create_task(Producer(connection, f"stopped-{milliseconds}").start())
        await asyncio.wait([starting], timeout=milliseconds / 1000)
        starting.cancel()
        _, waiting = await asyncio.wait([starting], timeout=15)
        assert not waiting, f"stopped after {milliseconds} ms it goes on"
