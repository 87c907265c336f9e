"""What a database and the record topics hold, as whole contents to compare byte for byte."""

import asyncio
import json
from collections import Counter, defaultdict

from sqlalchemy import inspect
from sqlmodel import col, select

from services.store.tables import Record, RecordBody, Revision
from shared.bus.connect import open_bus
from shared.bus.scan import scan
from shared.database import create_engine, reading
from shared.topics import DEAD_LETTERS, FETCHED, NORMALIZED, PARSED, RECORDS, TOPICS

Row = tuple[str, int, bool, str]


def stored(database: str) -> list[Row]:
    """Every stored record: revision id, revision, whether that stands, its JSON; in no order of coming."""

    async def read() -> list[Row]:
        engine = create_engine(database)
        query = (
            select(Revision.revision_id, Revision.revision, Revision.standing, RecordBody.body)
            .join(Record, col(Record.revision) == col(Revision.key))
            .join(RecordBody, col(RecordBody.position) == col(Record.position))
        )
        try:
            async with reading(engine) as session:
                return sorted((a, b, bool(c), d) for a, b, c, d in await session.exec(query))
        finally:
            await engine.dispose()

    return asyncio.run(read())


def readings(database: str) -> Counter[tuple[str, int]]:
    """(revision id, revision) → how often it is stored; nothing is while there are no tables."""

    async def read() -> Counter[tuple[str, int]]:
        engine = create_engine(database)
        try:
            async with reading(engine) as session:
                connection = await session.connection()
                if not await connection.run_sync(
                    lambda sync: inspect(sync).has_table(str(Revision.__tablename__))
                ):
                    return Counter()
                return Counter(list(await session.exec(select(Revision.revision_id, Revision.revision))))
        finally:
            await engine.dispose()

    return asyncio.run(read())


def standing(rows: list[Row]) -> dict[str, bytes]:
    """Record id → JSON of every record that stands in the database."""
    return {json.loads(body)["id"]: body.encode() for _, _, stands, body in rows if stands}


def on_topics(bus_url: str) -> dict[str, bytes]:
    """Record id → JSON, as a consumer has it that reads every record topic from its start."""

    async def read() -> dict[str, bytes]:
        latest: dict[str, bytes] = {}
        bus = await open_bus(bus_url)
        try:
            for topic in RECORDS.values():
                async for message in scan(bus, topic):
                    latest.pop(message.key, None)
                    if message.value is not None:
                        latest[message.key] = message.value
        finally:
            await bus.close()
        return latest

    return asyncio.run(read())


def dead_letters(bus_url: str) -> Counter[str]:
    """Cause → number of dead letters of all stages."""

    async def read() -> Counter[str]:
        causes: Counter[str] = Counter()
        bus = await open_bus(bus_url)
        try:
            for topic in DEAD_LETTERS.values():
                async for message in scan(bus, topic):
                    causes[json.loads(message.value or b"{}")["cause"]] += 1
        finally:
            await bus.close()
        return causes

    return asyncio.run(read())


def behind(bus_url: str) -> int:
    """How many messages of all topics their readers have not committed yet."""

    async def read() -> int:
        bus = await open_bus(bus_url)
        try:
            lags = [await bus.lag(f"gongkai.{reader}", [topic]) for topic in TOPICS for reader in topic.consumers]
        finally:
            await bus.close()
        return sum(sum(lag.values()) for lag in lags)

    return asyncio.run(read())


def disorder(bus_url: str) -> list[tuple[str, str, list[int]]]:
    """(topic, disclosure, its revisions as they come) where a topic has an older one after a newer one."""

    async def read() -> list[tuple[str, str, list[int]]]:
        revisions: dict[tuple[str, str], list[int]] = defaultdict(list)
        bus = await open_bus(bus_url)
        try:
            for topic in (FETCHED, PARSED, NORMALIZED):
                async for message in scan(bus, topic):
                    revisions[topic.name, message.key].append(json.loads(message.value or b"")["revision"])
        finally:
            await bus.close()
        return [(*place, come) for place, come in revisions.items() if come != sorted(come)]

    return asyncio.run(read())
