"""Ways to write a revision's records to PostgreSQL: `python benchmarks/store_writes.py [URL of an empty database]`.

Writes the same rows (record, body, search text) of 100, 500 and 2000 records in a transaction each, by executemany
as SQLAlchemy does it, by UNNEST of arrays through SQLAlchemy, and by COPY past it; in turns in one run. Prints
milliseconds a revision, the median, and the ratio to executemany. Without a URL it starts a server of its own.
"""

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.store.bulk import unnested
from services.store.search import SEARCHED, pairs
from services.store.tables import MIGRATIONS, MOST_RECORDS, VERSION_TABLE, Record, RecordBody
from shared.database import create_engine, transaction, upgrade
from tests.servers.postgres import running_postgres

ROUNDS: Final = 15
SIZES: Final = (100, 500, 2000)
Rows = Sequence[Mapping[str, object]]
Way = Callable[[AsyncConnection, Table, Rows], Awaitable[None]]


async def by_executemany(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    await connection.execute(table.insert(), [dict(row) for row in rows])


async def by_unnest(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    await connection.execute(unnested(table, rows))


async def by_copy(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    names = list(rows[0])
    values = [tuple(row[name] for name in names) for row in rows]
    await raw.copy_records_to_table(table.name, records=values, columns=names)


WAYS: Final[dict[str, Way]] = {"executemany": by_executemany, "UNNEST": by_unnest, "COPY": by_copy}


def made(revision: int, count: int) -> list[tuple[Table, Rows]]:
    """The rows of a revision, by table."""
    chance = random.Random(revision)  # noqa: S311 - the same rows for every way
    places = range(revision * MOST_RECORDS, revision * MOST_RECORDS + count)
    names = ["".join(map(chr, chance.choices(range(0x4E00, 0x5000), k=chance.randint(4, 30)))) for _ in places]
    empty = dict.fromkeys(("check_name", "severity", "status"))
    records = [
        {"position": place, "revision": revision, "id": f"r{place}", "type": "budget_line", "code": f"{place % 999}",
         "amount": place % 100_003, "table_name": "expenditure", "column_name": "total", **empty}
        for place in places
    ]  # fmt: skip
    bodies = [{"position": place, "body": f'{{"name": "{name}"}}' * 12} for place, name in zip(places, names, strict=True)]
    texts = [{"position": place, **pairs(name)} for place, name in zip(places, names, strict=True)]
    return [(Record.__table__, records), (RecordBody.__table__, bodies), (SEARCHED, texts)]


async def time_one(engine: AsyncEngine, way: Way, revision: int, count: int) -> float:
    """Milliseconds of the transaction that writes a new revision's rows."""
    rows = made(revision, count)
    async with transaction(engine) as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            "INSERT INTO revision SELECT (jsonb_populate_record(r, $1)).* FROM revision r WHERE key = 0", ({"key": revision},)
        )
    began = time.perf_counter()
    async with transaction(engine, lock=f"disclosure {revision}") as session:
        connection = await session.connection()
        for table, each in rows:
            await way(connection, table, each)
    return 1000 * (time.perf_counter() - began)
