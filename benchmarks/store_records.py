"""Fills a store with a million records and times the queries on them.

`python -m benchmarks.store_records [how many [URL of the database]]`; without a URL SQLite in a new folder, with
`postgresql` for it a new PostgreSQL server.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

import services.store
from services.store import stage
from services.store.filters import RecordFilter
from services.store.queries.records import page_of_records
from services.store.queries.totals import latest, totals
from shared import ids
from shared.archive.folder import FolderArchive
from shared.clock import SystemClock
from shared.database import create_engine, reading, upgrade
from shared.schemas.document import Document, Origin
from shared.schemas.events import NormalizedEvent
from shared.topics import RECORDS
from tests.servers.postgres import running_postgres

WORDS = (
    "水利防洪教育培训卫生健康社会保障农林交通运输住房公积金工资福利办公设备购置信息化运行维护公务接待绩效项目资金"
)


def lines(chance: random.Random, revision: str, disclosure: str, count: int) -> list[dict[str, Any]]:
    """One disclosure's records: mostly budget lines, then indicators, few of the rest."""
    kinds = chance.choices(["budget_line", "indicator", "project", "finding", "asset"], [60, 30, 6, 3, 1], k=count)
    return [
        _line(chance, kind, number, revision, disclosure) for number, kind in enumerate(["disclosure", *kinds])
    ]


def _line(chance: random.Random, kind: str, number: int, revision: str, disclosure: str) -> dict[str, Any]:
    text = "".join(chance.choices(WORDS, k=chance.randint(4, 30)))
    amount = f"{chance.lognormvariate(12, 2):.2f}"
    values: dict[str, Any] = {
        "name": text, "title": text, "message": text, "description": text, "category": text,
        "basis": None if kind == "budget_line" else text,
        "amount": amount, "budget": amount, "value": amount, "table": "expenditure", "column": "total",
        "code": f"2{chance.randint(1, 30):02}{chance.randint(1, 20):02}", "check": f"check_{number % 20}",
        "severity": "error", "scope": "project", "goals": [], "subjects": [], "attachments": [], "revision": 1,
        "department": f"样县{text[:3]}局", "fiscal_year": chance.randint(2019, 2025), "kind": "department_budget",
        "region_code": f"13{chance.randint(1, 11):02}{chance.randint(1, 20):02}",
    }  # fmt: skip
    place = {"document": "0" * 64, "table": 1, "row": number, "column": 2, "text": text}
    fields = {name: values.get(name) for name in RECORDS[kind].model.model_fields}
    own = {"record": kind, "id": f"r{revision}{number}", "disclosure_id": disclosure, "revision_id": revision}
    return {**fields, **own, "version": "0.1.0", "provenance": place}


async def fill(engine: AsyncEngine, archive: FolderArchive, disclosures: int, each: int) -> None:
    """Apply `disclosures` of `each` records."""
    chance = random.Random(1)  # noqa: S311 - the same figures every time
    for number in range(disclosures):
        disclosure, revision = f"d{number}", f"v{number}"
        body = "\n".join(
            json.dumps(line, ensure_ascii=False) for line in lines(chance, revision, disclosure, each)
        )
        document = Document(disclosure_id=disclosure, revision_id=revision, files=(), blocks=(), version="0.1.0")
        event = NormalizedEvent(
            id=ids.event_id("normalized", revision, "0.1.0"),
            disclosure_id=disclosure,
            revision_id=revision,
            revision=1,
            origin=Origin(),
            fetched_at=datetime.now(UTC),
            version="0.1.0",
            document=archive.put(document.model_dump_json().encode()),
            records=archive.put(body.encode()),
            counts={},
        )
        await stage.apply(event, archive, engine, SystemClock())


QUERIES: dict[str, dict[str, Any]] = {
    "first page": {},
    "type": {"type": "asset"},
    "region": {"region": "1303"},
    "region, year, type": {"region": "130305", "year": 2023, "type": "budget_line"},
    "year, type (many disclosures)": {"year": 2023, "type": "project"},
    "department": {"department": "水利"},
    "code": {"type": "budget_line", "code": "20105"},
    "code prefix, year": {"code": "201*", "year": 2021},
    "amount, rare": {"type": "budget_line", "min_amount": "900000000"},
    "amount, common": {"min_amount": "1000"},
    "largest": {"sort": "amount"},
    "largest projects of a region": {"sort": "amount", "type": "project", "region": "1305"},
    "check, severity": {"type": "finding", "check": "check_7", "severity": "error"},
    "text, two characters": {"q": "水利"},
    "text, rare": {"q": "公积金工资"},
    "text, nowhere": {"q": "氢能源产业园"},
    "text, a code": {"q": "20105"},
    "text, a code and a word": {"q": "20105 水利"},
    "text, a whole amount": {"q": "371883400"},
    "text, type, year, largest": {"q": "办公", "type": "project", "year": 2023, "sort": "amount"},
    "nothing meets it": {"type": "asset", "min_amount": "9000000000000"},
}


async def main(records: int, folder: Path, url: str) -> None:
    """Fill the database at `url` unless it is filled, then time each query, the best of five."""
    await upgrade(url, Path(services.store.__path__[0]) / "migrations", "store_version")
    engine = create_engine(url)
    async with reading(engine) as session:
        fresh = not await latest(session)
    if fresh:
        begin = time.perf_counter()
        await fill(engine, FolderArchive(folder / "archive"), records // 200, 199)
        seconds = time.perf_counter() - begin
        print(f"filled: {records} records, {records / seconds:.0f}/s")
    async with reading(engine) as session:
        for name, given in QUERIES.items():
            times = []
            for _ in range(5):
                begin = time.perf_counter()
                page = await page_of_records(session, RecordFilter.model_validate(given))
                times.append(time.perf_counter() - begin)
            print(f"{1000 * min(times):8.1f} ms  {len(page.items):4}  {name}")
        begin = time.perf_counter()
        await totals(session)
        print(f"{1000 * (time.perf_counter() - begin):8.1f} ms        totals")
    await engine.dispose()


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    place = Path(tempfile.mkdtemp(prefix="store-"))
    database = sys.argv[2] if len(sys.argv) > 2 else f"sqlite+aiosqlite:///{place / 'gongkai.db'}"
    with ExitStack() as stack:
        if database == "postgresql":
            server = stack.enter_context(running_postgres())
            database = server.url(server.create())
        asyncio.run(main(count, place, database))
