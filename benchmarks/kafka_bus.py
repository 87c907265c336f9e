"""What the bus on Kafka costs over aiokafka alone: `python -m benchmarks.kafka_bus [messages]`.

Copies the same messages from topic to topic, exactly once, in turns: through the bus on Kafka (a transaction a
partition, all at once), through the embedded bus, and by a bare aiokafka loop (one transactional producer). Each
turn has topics of its own and takes up to a batch at a time; a ratio is of the time to the bare loop's.
"""

import asyncio
import logging
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.kafka.launcher import running_kafka
from shared.bus.connect import open_bus
from shared.bus.contract import Message, Received
from shared.topics import FETCHED, PARSED

BATCHES: Final = (20, 200, 1000)
ROUNDS: Final = 3
GROUP: Final = "benchmark"


def messages(count: int) -> list[Message]:
    return [
        Message(FETCHED.name, f"d{number % 997}", f"{number} ".encode() * 100, {"ce_id": str(number)})
        for number in range(count)
    ]


async def through_bus(url: str, sent: Sequence[Message], batch: int) -> float:
    """Seconds to copy all messages with a commit of each partition's part of a batch."""
    bus = await open_bus(url)
    await bus.create_topics([FETCHED, PARSED])
    for start in range(0, len(sent), 1000):
        await bus.publish(sent[start : start + 1000])
    async with bus.consumer(GROUP, [FETCHED], "one") as consumer:
        done = 0
        began = time.perf_counter()
        while done < len(sent):
            by_partition: dict[int, list[Received]] = defaultdict(list)
            for message in await consumer.poll(batch, 5):
                by_partition[message.partition].append(message)
            await asyncio.gather(
                *[
                    consumer.commit(
                        part, [Message(PARSED.name, each.key, each.value, each.headers) for each in part]
                    )
                    for part in by_partition.values()
                ]
            )
            done += sum(map(len, by_partition.values()))
        spent = time.perf_counter() - began
    assert not sum((await bus.lag(GROUP, [FETCHED])).values())
    await bus.close()
    return spent


async def bare(servers: str, namespace: str, count: int, batch: int) -> float:
    """Seconds to copy what `through_bus` published under `namespace`, in a group of its own."""
    source, target = f"{namespace}.{FETCHED.name}", f"{namespace}.{PARSED.name}"
    consumer = AIOKafkaConsumer(
        source,
        bootstrap_servers=servers,
        group_id=f"{namespace}.bare",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, transactional_id=f"{namespace}.bare", compression_type="gzip"
    )
    await consumer.start()
    await producer.start()
    done = 0
    began = time.perf_counter()
    while done < count:
        found = await consumer.getmany(timeout_ms=5000, max_records=batch)
        async with producer.transaction():
            for record in (record for records in found.values() for record in records):
                await producer.send(target, record.value, record.key, headers=list(record.headers))
            offsets = {partition: records[-1].offset + 1 for partition, records in found.items()}
            await producer.send_offsets_to_transaction(offsets, f"{namespace}.bare")
        done += sum(map(len, found.values()))
    spent = time.perf_counter() - began
    await producer.stop()
    await consumer.stop()
    return spent


def main() -> None:
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    sent = messages(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    with running_kafka() as cluster, tempfile.TemporaryDirectory() as folder:
        for turn, batch in ((turn, batch) for turn in range(ROUNDS) for batch in BATCHES):
            name = f"turn{turn}-{batch}"
            kafka = asyncio.run(through_bus(f"{cluster.url}/{name}", sent, batch))
            peer = asyncio.run(bare(cluster.url.removeprefix("kafka://"), name, len(sent), batch))
            embedded = asyncio.run(through_bus(f"sqlite:///{Path(folder) / name}.db", sent, batch))
            rows = (("aiokafka", peer), ("bus on Kafka", kafka), ("embedded bus", embedded))
            figures = [f"{what} {len(sent) / spent:.0f}/s (ratio {spent / peer:.2f})" for what, spent in rows]
            print(f"batches of {batch}: " + ", ".join(figures), flush=True)


if __name__ == "__main__":
    main()
