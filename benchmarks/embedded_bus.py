"""How much the embedded bus costs over bare SQLite: `python benchmarks/embedded_bus.py [messages]`.

Publishes the same messages in batches through the bus and into a plain table of the same file settings, reads
them back, and prints each time and the ratio of the two, measured in turns in one run.
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from shared import sqlite
from shared.bus.connect import open_bus
from shared.bus.contract import Message
from shared.topics import FETCHED

BATCH = 1000
ROUNDS = 3


def messages(count: int) -> list[Message]:
    return [
        Message(FETCHED.name, f"d{number % 97}", b"x" * 700, {"ce_id": str(number)}) for number in range(count)
    ]


def bare(path: Path, sent: Sequence[Message]) -> float:
    """Seconds to insert and read back through sqlite3 alone."""
    connection = sqlite3.connect(path, isolation_level=None)
    sqlite.prepare(connection.execute)
    connection.execute("CREATE TABLE log (number INTEGER PRIMARY KEY, key TEXT, value BLOB, headers TEXT)")
    began = time.perf_counter()
    for start in range(0, len(sent), BATCH):
        connection.execute("BEGIN IMMEDIATE")
        rows = [(each.key, each.value, str(dict(each.headers))) for each in sent[start : start + BATCH]]
        connection.executemany("INSERT INTO log (key, value, headers) VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")
    assert len(connection.execute("SELECT * FROM log").fetchall()) == len(sent)
    spent = time.perf_counter() - began
    connection.close()
    return spent


async def through_bus(path: Path, sent: Sequence[Message]) -> float:
    """Seconds to publish and to consume with commits."""
    bus = await open_bus(f"sqlite:///{path}")
    await bus.create_topics([FETCHED])
    began = time.perf_counter()
    for start in range(0, len(sent), BATCH):
        await bus.publish(sent[start : start + BATCH])
    async with bus.consumer("benchmark", [FETCHED], "one") as consumer:
        got = 0
        while got < len(sent):
            received = await consumer.poll(BATCH, 5)
            await consumer.commit(received, [])
            got += len(received)
    spent = time.perf_counter() - began
    await bus.close()
    return spent


def main() -> None:
    sent = messages(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(ROUNDS):
            peer = bare(Path(folder) / f"bare{turn}.db", sent)
            ours = asyncio.run(through_bus(Path(folder) / f"bus{turn}.db", sent))
            print(f"bare {peer:.2f} s, bus {ours:.2f} s, ratio {ours / peer:.2f}")


if __name__ == "__main__":
    main()
