"""Transactions: a producer a transactional id, of which Kafka lets only the last one made commit anything."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed
from aiokafka.structs import TopicPartition

from shared.bus.contract import Message
from shared.bus.kafka.cluster import Place
from shared.bus.kafka.connection import Connection, unavailable
from shared.bus.kafka.records import headers_of, partition_of
from shared.bus.progress import Position

START_SECONDS: Final = 20.0
COMMIT_SECONDS: Final = 20.0
OPEN_SECONDS: Final = 25.0
"""After which a broker ends a transaction by itself: longer than one may take here, so that it never cuts in."""
_BATCH_BYTES: Final = 512 * 1024
_START_RETRY_MILLISECONDS: Final = 200
"""A broker that has just come back is asked by every producer of every member at once."""
_RETRY_SECONDS: Final = 0.02
"""While the marks of the transaction before are written, the next one is refused."""
_CLOSE_SECONDS: Final = 5.0


class Producer:
    """Commits one transaction after the other; whoever starts next under its id ends what it left open.

    After a call that raised, what became of the transaction is not known: close it and start another one.
    """

    def __init__(self, connection: Connection, transactional_id: str) -> None:
        self._connection = connection
        self._id = connection.name(transactional_id)
        self._client: Any = None

    async def start(self) -> None:
        """Fence those before; returns once their transactions are over. Raises BusUnavailable."""
        client = AIOKafkaProducer(
            **self._connection.options(),
            transactional_id=self._id,
            transaction_timeout_ms=round(OPEN_SECONDS * 1000),
            compression_type="gzip",  # the one codec that every common client reads without extras
            max_batch_size=_BATCH_BYTES,
            retry_backoff_ms=_START_RETRY_MILLISECONDS,
        )
        starting = asyncio.create_task(client.start())
        try:
            with unavailable(f"begin transactions as {self._id}"):
                async with asyncio.timeout(START_SECONDS):
                    await asyncio.shield(starting)
        except BaseException:
            # It ends at its next request: elsewhere it could leave the connection behind that it is making.
            client.client.send = _cancel
            await asyncio.wait([starting], timeout=START_SECONDS)
            starting.cancel()
            starting.add_done_callback(_look)
            await _end(client)
            raise
        client._sender._retry_backoff = _RETRY_SECONDS
        self._client = client

    async def commit(
        self, output: Sequence[Message], group: str = "", offsets: Mapping[Place, Position] | None = None
    ) -> None:
        """Publish `output` and move the group to `offsets` in one transaction; raises BusUnavailable."""
        with unavailable(f"commit a transaction of {self._id}"):
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._client.begin_transaction()
                sent = await self._send(output)
                if offsets:
                    positions = {
                        TopicPartition(self._connection.name(place.topic), place.number): (at.next, at.text)
                        for place, at in offsets.items()
                    }
                    await self._client.send_offsets_to_transaction(positions, self._connection.name(group))
                await asyncio.gather(*sent)  # aiokafka commits also when a batch was refused
                await self._client.commit_transaction()

    async def close(self) -> None:
        """Drop the connections; an open transaction is left to whoever starts next under this id, or to time."""
        client, self._client = self._client, None
        if client is not None:
            await _end(client)

    async def _send(self, messages: Sequence[Message]) -> list[asyncio.Future[Any]]:
        by_partition: dict[tuple[str, int], list[Message]] = defaultdict(list)
        for message in messages:
            name = self._connection.name(message.topic)
            partitions = await self._client.partitions_for(name)
            by_partition[name, partition_of(message.key, len(partitions))].append(message)
        return [
            future
            for (name, partition), of_partition in by_partition.items()
            for future in await self._send_to(name, partition, of_partition)
        ]

    async def _send_to(self, name: str, partition: int, messages: Sequence[Message]) -> list[asyncio.Future[Any]]:
        sent: list[asyncio.Future[Any]] = []
        batch = self._client.create_batch()
        for message in messages:
            record = {
                "key": message.key.encode(),
                "value": message.value,
                "headers": headers_of(message),
                "timestamp": None,
            }
            if batch.append(**record) is None:  # it is full
                sent.append(await self._queue(batch, name, partition))
                batch = self._client.create_batch()
                batch.append(**record)
        sent.append(await self._queue(batch, name, partition))
        return sent

    async def _queue(self, batch: Any, name: str, partition: int) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = await self._client.send_batch(batch, name, partition=partition)
        future.add_done_callback(_look)
        return future


async def _end(client: Any) -> None:
    # stop() alone waits until brokers have taken everything, and its tasks ask for a coordinator for ever.
    client.client.send = _refuse
    accumulator = client._message_accumulator
    waiting = [batch for batches in accumulator._batches.values() for batch in batches]
    for batch in waiting:
        batch.drain_ready()  # its failure would be logged: nobody waits for it
    for batch in (*waiting, *accumulator._pending_batches):
        batch.future.add_done_callback(_look)
    accumulator.fail_all(ProducerClosed())
    for close in (client.client.close, client._sender.close, client.stop):
        with suppress(Exception):  # whatever its tasks were in the middle of
            async with asyncio.timeout(_CLOSE_SECONDS):
                await close()
    ended = client._txn_manager.wait_for_transaction_end()
    if ended is not None and ended.done():
        ended.exception()


def _look(future: asyncio.Future[Any]) -> None:
    """What nobody looks at is logged as an error."""
    if not future.cancelled():
        future.exception()


async def _refuse(*_arguments: Any, **_options: Any) -> Any:
    raise ProducerClosed


async def _cancel(*_arguments: Any, **_options: Any) -> Any:
    # aiokafka's start asks for a producer id again for ever when it is refused.
    raise asyncio.CancelledError
