"""Ways to write a revision's records to PostgreSQL: `python -m benchmarks.store_writes [URL of a database]`.

Writes the same rows (record, body, search text) of 100, 500 and 2000 records in a transaction each, by executemany
as SQLAlchemy does it, by UNNEST of arrays through SQLAlchemy, and by COPY past it; in turns in one run. Prints
milliseconds a revision, the median, and the ratio to executemany. Without a URL it starts a server of its own.
"""

import asyncio
import itertools
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import TableClause
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.store import search
from services.store.bulk import unnested
from services.store.search import pairs
from services.store.tables import MIGRATIONS, MOST_RECORDS, RECORD, RECORD_BODY, VERSION_TABLE, StoreTable
from shared.database import create_engine, transaction, upgrade
from tests.servers.postgres import running_postgres

ROUNDS: Final = 15
SIZES: Final = (100, 500, 2000)
REVISION: Final = StoreTable.metadata.tables["revision"]
Rows = Sequence[Mapping[str, object]]
Way = Callable[[AsyncConnection, TableClause, Rows], Awaitable[None]]


async def by_executemany(connection: AsyncConnection, table: TableClause, rows: Rows) -> None:
    await connection.execute(table.insert(), [dict(row) for row in rows])


async def by_unnest(connection: AsyncConnection, table: TableClause, rows: Rows) -> None:
    await connection.execute(unnested(table, rows))


async def by_copy(connection: AsyncConnection, table: TableClause, rows: Rows) -> None:
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    names = list(rows[0])
    values = [tuple(row[name] for name in names) for row in rows]
    await raw.copy_records_to_table(table.name, records=values, columns=names)


WAYS: Final[dict[str, Way]] = {"executemany": by_executemany, "UNNEST": by_unnest, "COPY": by_copy}


def made(revision: int, count: int) -> list[tuple[TableClause, Rows]]:
    """The rows of a revision, by table."""
    chance = random.Random(revision)  # noqa: S311 - the same rows for every way
    places = range(revision * MOST_RECORDS, revision * MOST_RECORDS + count)
    names = ["".join(map(chr, chance.choices(range(0x4E00, 0x5000), k=chance.randint(4, 30)))) for _ in places]
    empty = dict.fromkeys(("check_name", "severity", "status"))
    records = [
        {"position": place, "revision": revision, "id": f"r{place}", "type": "budget_line",
         "code": f"{place % 999}", "amount": place % 100_003, "table_name": "expenditure",
         "column_name": "total", **empty}
        for place in places
    ]  # fmt: skip
    named = list(zip(places, names, strict=True))
    bodies = [{"position": place, "body": f'{{"name": "{name}"}}' * 12} for place, name in named]
    texts = [{"position": place, "text": pairs([name])} for place, name in named]
    return [(RECORD, records), (RECORD_BODY, bodies), (search.POSTGRESQL, texts)]


async def time_one(engine: AsyncEngine, way: Way, revision: int, count: int) -> float:
    """Milliseconds of the transaction that writes a new revision's rows."""
    rows = made(revision, count)
    async with transaction(engine) as session:
        await (await session.connection()).execute(REVISION.insert(), [named(revision)])
    began = time.perf_counter()
    async with transaction(engine, lock=f"disclosure {revision}") as session:
        connection = await session.connection()
        for table, each in rows:
            await way(connection, table, each)
    return 1000 * (time.perf_counter() - began)


def named(revision: int) -> dict[str, object]:
    """The row of a revision with a key and nothing else to tell."""
    counts = dict.fromkeys(("revision", "published_on", "errors", "warnings", "infos", "unread"), 0)
    texts = dict.fromkeys(("disclosure_id", "event_id", "document", "version", "searched", "counts"), "")
    now = datetime.now(UTC)
    own = {"key": revision, "revision_id": f"v{revision}", "records": f"{revision}", "standing": False}
    return {**counts, **texts, **own, "fetched_at": now, "applied_at": now}


async def measure(url: str) -> None:
    """Print the figures of every way and size."""
    await upgrade(url, MIGRATIONS, VERSION_TABLE)
    engine = create_engine(url)
    revisions = itertools.count(1)
    for count in SIZES:
        times: dict[str, list[float]] = {name: [] for name in WAYS}
        for _ in range(ROUNDS):
            for name, way in WAYS.items():
                times[name].append(await time_one(engine, way, next(revisions), count))
        medians = {name: statistics.median(each) for name, each in times.items()}
        for name, median in medians.items():
            print(f"{count:5} records  {name:12} {median:7.1f} ms  ratio {median / medians['executemany']:.2f}")
    await engine.dispose()


def main() -> None:
    with ExitStack() as stack:
        if len(sys.argv) > 1:
            url = sys.argv[1]
        else:
            server = stack.enter_context(running_postgres())
            url = server.url(server.create())
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
