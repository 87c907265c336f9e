"""What an older gongkai left comes up under this one with every record, revision and citation."""

import asyncio
import json
import sqlite3
import tarfile
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shared.bus.scan import scan
from shared.topics import FETCHED, PARSED, RECORDS
from tests.e2e.contents import dead_letters, on_topics, standing, stored
from tests.e2e.rereading import Installation, installed, serving

VERSIONS = [path.name.removesuffix(".tar.xz") for path in Path(__file__).parent.glob("*.tar.xz")]
READINGS = """
    SELECT revision.revision_id, revision.revision, revision.standing, record_body.body
    FROM revision JOIN record ON record.revision = revision.key JOIN record_body USING (position)
"""
FILES = """
    SELECT revision.revision_id, sha256, name
    FROM disclosure_file JOIN revision ON disclosure_file.revision = revision.key
"""


@pytest.fixture(params=VERSIONS)
async def old(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation of that version, stopped."""
    with tarfile.open(Path(__file__).with_name(f"{request.param}.tar.xz")) as packed:
        packed.extractall(tmp_path, filter="data")
    async with installed(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'bus.db'}") as installation:
        yield installation


async def test_all_that_was_there_is_there(old: Installation) -> None:
    data = old.settings.data
    readings, files, messages = rows(data, READINGS), rows(data, FILES), await published(old)
    assert len({name for name, *_ in readings}) == 3
    would = await old.gongkai("migrate", "--dry-run")
    assert "store: would go through" in would.stdout, would.stderr
    async with serving(old):
        await old.settle()
    assert rows(data, READINGS) == readings
    assert rows(data, FILES) == files
    assert await published(old) == messages
    assert all(old.archive.has(json.loads(body)["provenance"]["document"]) for *_, body in readings)
    assert await asyncio.to_thread(dead_letters, old.settings.bus_url) == {"corrupt": 1}
    checked = await old.gongkai("check")
    assert checked.returncode == 0, checked.stdout
    assert "store: up to date" in (await old.gongkai("migrate", "--dry-run")).stdout


async def test_the_next_revision_replaces_what_the_older_one_published(old: Installation) -> None:
    text = "青石县水利局2026年部门预算信息公开\n\n2026年预算收入13.00万元。\n"
    async with serving(old):
        disclosure = await old.fetch("1.txt", text.encode(), revision=3)
        await old.settle()
    stands = standing(await asyncio.to_thread(stored, old.settings.database_url))
    assert await asyncio.to_thread(on_topics, old.settings.bus_url) == stands
    amounts = [json.loads(body) for body in stands.values() if json.loads(body)["disclosure_id"] == disclosure]
    assert [each["amount"] for each in amounts if each.get("metric") == "income_total"] == ["130000.00"]


def rows(data: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(data / "gongkai.db")) as database:
        return sorted(database.execute(query).fetchall())


async def published(old: Installation) -> dict[str, list[bytes | None]]:
    return {
        topic.name: [each.value async for each in scan(old.bus, topic)]
        for topic in (FETCHED, PARSED, *RECORDS.values())
    }
