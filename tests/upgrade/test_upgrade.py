"""What an older gongkai left comes up under this one with every record, revision and citation."""

import asyncio
import json
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from shared.bus.scan import scan
from shared.database import create_engine, reading
from shared.topics import FETCHED, PARSED, RECORDS
from tests.e2e.contents import dead_letters, on_topics, standing, stored
from tests.e2e.rereading import Installation, installed, serving
from tests.servers.databases import DIALECTS, NewDatabase
from tests.servers.postgres import PostgresServer

VERSIONS = [path.name.removesuffix(".tar.xz") for path in Path(__file__).parent.glob("*.tar.xz")]
READINGS = """
    SELECT revision.revision_id, revision.revision, revision.standing, record_body.body
    FROM revision JOIN record ON record.revision = revision.key JOIN record_body USING (position)
"""
FILES = """
    SELECT revision.revision_id, sha256, name
    FROM disclosure_file JOIN revision ON disclosure_file.revision = revision.key
"""


@pytest.fixture(params=[(version, dialect) for version in VERSIONS for dialect in DIALECTS], ids="-".join)
async def old(
    request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path
) -> AsyncIterator[Installation]:
    """An installation of that version on such a database, stopped."""
    version, dialect = request.param
    with tarfile.open(Path(__file__).with_name(f"{version}.tar.xz")) as packed:
        packed.extractall(tmp_path, filter="data")
    data, database = tmp_path / dialect, ""
    if dialect == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        database = new_database(dialect)
        server.run_file(data / "database.sql", database.rpartition("/")[2])
    async with installed(data, f"sqlite:///{data / 'bus.db'}", database) as installation:
        yield installation


async def test_all_that_was_there_is_there(old: Installation) -> None:
    readings, files, messages = await rows(old, READINGS), await rows(old, FILES), await published(old)
    assert len({name for name, *_ in readings}) == 3
    would = await old.gongkai("migrate", "--dry-run")
    assert "store: would go through" in would.stdout, would.stderr
    async with serving(old):
        await old.settle()
    assert await rows(old, READINGS) == readings
    assert await rows(old, FILES) == files
    assert await published(old) == messages
    assert all(old.archive.has(json.loads(body)["provenance"]["document"]) for *_, body in readings)
    assert await asyncio.to_thread(dead_letters, old.settings.bus_url) == {"corrupt": 1}
    checked = await old.gongkai("check")
    assert checked.returncode == 0, checked.stdout
    assert "store: up to date" in (await old.gongkai("migrate", "--dry-run")).stdout


async def test_the_next_revision_replaces_what_the_older_one_published(old: Installation) -> None:
    published = "青石县水利局2026年部门预算信息公开\n\n2026年预算收入13.00万元。\n"
    async with serving(old):
        disclosure = await old.fetch("1.txt", published.encode(), revision=3)
        await old.settle()
    stands = standing(await asyncio.to_thread(stored, old.settings.database_url))
    assert await asyncio.to_thread(on_topics, old.settings.bus_url) == stands
    amounts = [json.loads(body) for body in stands.values() if json.loads(body)["disclosure_id"] == disclosure]
    assert [each["amount"] for each in amounts if each.get("metric") == "income_total"] == ["130000.00"]


async def rows(old: Installation, query: str) -> list[tuple[Any, ...]]:
    engine = create_engine(old.settings.database_url)
    try:
        async with reading(engine) as session:
            return sorted(tuple(row) for row in await (await session.connection()).execute(text(query)))
    finally:
        await engine.dispose()


async def published(old: Installation) -> dict[str, list[bytes | None]]:
    return {
        topic.name: [each.value async for each in scan(old.bus, topic)]
        for topic in (FETCHED, PARSED, *RECORDS.values())
    }
