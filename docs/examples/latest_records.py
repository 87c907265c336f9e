"""Keeps the latest state of every record of one gongkai topic in a SQLite file, and prints it as JSON lines.

    python latest_records.py localhost:29092 gongkai.facts.v1 facts.db

It reads on from where it stopped (without the file: from the start) up to what is there now; with --follow on.
Needs aiokafka and nothing else. docs/consuming.md says why each step is as it is.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sqlite3
import sys

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaConnectionError, UnknownTopicOrPartitionError

TABLES = """
CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS positions (topic TEXT, partition INTEGER, next INTEGER, PRIMARY KEY (topic, partition));
"""


def apply(database: sqlite3.Connection, batch: dict[TopicPartition, list[ConsumerRecord]]) -> None:
    """Take a batch over, its records and its positions in one transaction: a crash repeats and loses nothing."""
    with database:
        for partition, messages in batch.items():
            for message in messages:
                key = message.key.decode()
                if message.value is None:  # a tombstone: a later revision no longer has this record
                    database.execute("DELETE FROM records WHERE key = ?", (key,))
                else:  # whole, as published: fields not known here are kept, not refused
                    database.execute("REPLACE INTO records VALUES (?, ?)", (key, message.value.decode()))
            database.execute("REPLACE INTO positions VALUES (?, ?, ?)", (*partition, messages[-1].offset + 1))


def later_versions(topic: str, topics: set[str]) -> list[str]:
    """Topics of the same records in a version this program was not written for: it says so and reads on."""
    name, _, version = topic.rpartition(".v")
    found = [each for each in topics if each.startswith(f"{name}.v") and each.rpartition(".v")[2].isdecimal()]
    return sorted(each for each in found if int(each.rpartition(".v")[2]) > int(version))


def login() -> dict[str, str]:
    """How docker-compose.yml's broker lets in: as KAFKA_USER with KAFKA_PASSWORD, where they are set."""
    if "KAFKA_USER" not in os.environ:
        return {}
    user, password = os.environ["KAFKA_USER"], os.environ["KAFKA_PASSWORD"]
    how = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN"}
    return {**how, "sasl_plain_username": user, "sasl_plain_password": password}


async def read(servers: str, topic: str, database: sqlite3.Connection, follow: bool) -> None:
    """Bring `database` up to the end of `topic` as it is now; with `follow` go on with what comes."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=servers,
        isolation_level="read_committed",  # what a transaction took back was never published
        auto_offset_reset="earliest",
        **login(),
    )
    try:
        await consumer.start()
        for later in later_versions(topic, await consumer.topics()):
            print(f"{later} is there too; this program reads {topic}.", file=sys.stderr)
        partitions = consumer.assignment()
        stopped = {TopicPartition(*row[:2]): row[2] for row in database.execute("SELECT * FROM positions")}
        for partition in partitions:
            consumer.seek(partition, stopped.get(partition, 0))
        ends = await consumer.end_offsets(partitions)
        while follow or any([await consumer.position(each) < ends[each] for each in partitions]):
            apply(database, await consumer.getmany(timeout_ms=1000))
    except UnknownTopicOrPartitionError:
        sys.exit(f"There is no topic {topic} on {servers}.")
    except KafkaConnectionError as error:
        sys.exit(f"{servers} cannot be reached: {error}.")
    finally:
        await consumer.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="The latest state of every record of a topic.")
    parser.add_argument("servers", help="host:port of a broker, or several with commas between")
    parser.add_argument("topic", help="such as gongkai.facts.v1, after the namespace and a dot where there is one")
    parser.add_argument("file", help="SQLite file that keeps the records and how far they were read")
    parser.add_argument("--follow", action="store_true", help="go on with what comes")
    arguments = parser.parse_args()
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a script that starts it in its background has it ignored
    database = sqlite3.connect(arguments.file)
    database.executescript(TABLES)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(read(arguments.servers, arguments.topic, database, arguments.follow))
    for (value,) in database.execute("SELECT value FROM records ORDER BY key"):
        print(value)
    database.close()


if __name__ == "__main__":
    main()
