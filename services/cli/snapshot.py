"""The state of an installation as files in a folder, and back: topics, positions of the stages, database tables.

Where bus and database are SQLite, both are copied as they are at one moment. Elsewhere positions, database and
topics are looked at one after the other, so that each has at least what the one before it relies on: what was
under way is done again, under the same ids.
"""

import asyncio
import base64
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

import cramjam
from sqlalchemy import Connection, MetaData, Select, Table, column, select, text
from sqlalchemy import table as table_of
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.fetcher.state import repository
from services.store import tables
from shared.bus.contract import Bus, Message, Received
from shared.bus.progress import Position
from shared.bus.scan import scan
from shared.database import create_engine, reading, transaction, upgrade
from shared.errors import UsageError
from shared.sqlite import BUSY_SECONDS
from shared.topics import TOPICS, Topic, group

OWNERS: Final = (tables, repository)
Positions = Mapping[str, Mapping[tuple[str, int], Position]]
"""Stage → (topic, partition) → what it has done."""
_AT_ONCE: Final = 500
_PAGES: Final = 4_096


def copy_files(sources: Sequence[Path], target: Path) -> None:
    """Copy SQLite files into the folder `target` as all of them are at one moment; writers wait for that only."""
    with ExitStack() as stack:
        opened = [stack.enter_context(closing(_open(each))) for each in sources]
        with ExitStack() as locks:
            for each in sources:
                lock = locks.enter_context(closing(_open(each)))
                lock.execute("BEGIN IMMEDIATE")
            for connection in opened:
                connection.execute("BEGIN")
                connection.execute(
                    "SELECT count(*) FROM sqlite_schema"
                ).fetchone()  # it sees this state from now on
        for source, connection in zip(sources, opened, strict=True):
            with closing(sqlite3.connect(target / source.name)) as copy:
                connection.backup(copy, pages=_PAGES)


async def positions(bus: Bus) -> Positions:
    """How far each stage is in what it reads."""
    return {stage: await bus.positions(group(stage), [topic]) for topic in TOPICS for stage in topic.consumers}


async def write_topics(bus: Bus, reached: Positions, folder: Path) -> None:
    """All messages, a file a topic in `folder`, with the stages that have done them by `reached`."""
    for topic in TOPICS:
        lines = [json.dumps(_line(each, topic, reached)) async for each in scan(bus, topic)]
        packed = bytes(cramjam.zstd.compress("\n".join(lines).encode(), level=3))
        await asyncio.to_thread((folder / f"{topic.name}.zst").write_bytes, packed)


async def read_topics(folder: Path, bus: Bus) -> None:
    """Publish what `write_topics` kept on an empty bus, and let each stage go on where it was."""
    await bus.create_topics(TOPICS)
    for topic in TOPICS:
        if await bus.read(topic, 0, 1):
            raise UsageError(f"{topic.name} has messages already; a backup is put back on an empty bus.")
    for topic in TOPICS:
        packed = await asyncio.to_thread((folder / f"{topic.name}.zst").read_bytes)
        lines = [json.loads(line) for line in bytes(cramjam.zstd.decompress(packed)).splitlines()]
        for start in range(0, len(lines), _AT_ONCE):
            await bus.publish([_message(topic, line) for line in lines[start : start + _AT_ONCE]])
        for stage in topic.consumers:
            await _go_on(bus, topic, stage, lines)


async def write_tables(url: str, folder: Path) -> dict[str, str]:
    """Each table of a PostgreSQL database as one state has it, in `folder`; the tables' versions are returned."""
    await _migrate(url)
    async with _engine(url) as engine, reading(engine) as session:
        connection = await session.connection()
        for table in await connection.run_sync(_tables):
            driver = await _driver(connection)
            await driver.copy_from_table(table.name, output=folder / f"{table.name}.copy", format="binary")
        return await _versions(connection)


async def read_tables(url: str, folder: Path, versions: Mapping[str, str]) -> None:
    """Fill an empty PostgreSQL database with what `write_tables` kept, tables of `versions`; raises UsageError."""
    await _migrate(url)
    async with _engine(url) as engine, transaction(engine) as session:
        connection = await session.connection()
        if await _versions(connection) != versions:
            raise UsageError("The backup is of another gongkai: put it back with that one, then migrate.")
        for table in await connection.run_sync(_tables):
            driver = await _driver(connection)
            if table.name in versions:
                continue
            if (await connection.execute(table.select().limit(1))).first() is not None:
                raise UsageError(f"{table.name} has rows already; a backup is put back in an empty database.")
            await driver.copy_to_table(table.name, source=folder / f"{table.name}.copy", format="binary")
            for statement in _sequences(table):
                await connection.execute(text(statement))


async def _migrate(url: str) -> None:
    for owner in OWNERS:
        await upgrade(url, owner.MIGRATIONS, owner.VERSION_TABLE)


async def _versions(connection: AsyncConnection) -> dict[str, str]:
    """Table of versions → how far its owner's tables are."""
    found = {}
    for owner in OWNERS:
        query: Select[Any] = select(column("version_num")).select_from(table_of(owner.VERSION_TABLE))
        found[owner.VERSION_TABLE] = str((await connection.execute(query)).scalar_one())
    return found


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_SECONDS)


def _line(message: Received, topic: Topic, reached: Positions) -> dict[str, Any]:
    value = None if message.value is None else base64.b64encode(message.value).decode()
    place = message.topic, message.partition
    done = [
        stage for stage in topic.consumers if place in reached[stage] and reached[stage][place].has(message.offset)
    ]
    return {"key": message.key, "value": value, "headers": dict(message.headers), "done": done}


def _message(topic: Topic, line: Mapping[str, Any]) -> Message:
    value = None if line["value"] is None else base64.b64decode(line["value"])
    return Message(topic.name, line["key"], value, line["headers"])


async def _go_on(bus: Bus, topic: Topic, stage: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """Commit for `stage` what it had done: of each key the first so many messages."""
    done = Counter(line["key"] for line in lines if stage in line["done"])
    left = sum(done.values())
    async with bus.consumer(group(stage), [topic], "restore") as consumer:
        while left:
            received = await consumer.poll(_AT_ONCE, 10)
            finished: dict[int, list[Received]] = defaultdict(list)
            for each in received:
                if done[each.key]:
                    done[each.key] -= 1
                    left -= 1
                    finished[each.partition].append(each)
            for of_partition in finished.values():
                await consumer.commit(of_partition, [])


@asynccontextmanager
async def _engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


async def _driver(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


def _tables(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    return metadata.sorted_tables


def _sequences(table: Table) -> Iterator[str]:
    for key in table.primary_key.columns:
        if key.autoincrement and key.server_default is not None:
            name = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
            yield f"SELECT setval({name}, (SELECT max({key.name}) FROM {table.name}))"  # noqa: S608 - all of it is ours
