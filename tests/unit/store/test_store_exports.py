"""Whoever is slow to take an answer is in nobody's way; an export is what met the filter at its beginning."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import Message

from services.cli.export import export
from services.store.app import create_app
from services.store.exports import pages
from services.store.filters import RecordFilter
from services.store.queries import records
from services.store.settings import StoreSettings
from shared.errors import UsageError
from shared.ids import content_hash
from tests.servers.postgres import PostgresServer
from tests.unit.store.store_samples import ORIGINAL, Keep, Sample, budget_line

PART = 5
LINES = [budget_line(f"第{number}项", f"{number}.00", "213") for number in range(3 * PART)]
OLD = Sample(url="http://x.example/long", lines=LINES)
SMALL = Sample(url="http://x.example/small", lines=[budget_line("末项", "0.50", "205")])
AT_ONCE = 20
"""More exports than an engine has connections."""


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST", PART)


def lines(engine: AsyncEngine, **wanted: Any) -> AsyncIterator[bytes]:
    return pages.json_lines(engine, RecordFilter.model_validate(wanted))


async def rest(parts: AsyncIterator[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) async for part in parts for line in part.splitlines()]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_an_export_goes_on_after_its_connection_was_ended(
    keep: Keep, engine: AsyncEngine, postgres: PostgresServer
) -> None:
    await keep(OLD)
    parts = lines(engine, type="budget_line")
    first = await anext(parts)
    postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")
    assert len(first.splitlines()) + len(await rest(parts)) == len(LINES)


async def test_exports_nobody_takes_hold_up_no_writer(keep: Keep, engine: AsyncEngine) -> None:
    await keep(OLD)
    async with asyncio.timeout(20):
        waiting = [await pages.begun(lines(engine)) for _ in range(AT_ONCE)]
        await keep(SMALL)
    for parts in waiting:
        assert len(await rest(parts)) == 1 + len(LINES)


@pytest.mark.parametrize("path", ["/", "/api/v1/records", f"/files/{content_hash(ORIGINAL)}"])
async def test_answers_nobody_takes_hold_up_no_other(keep: Keep, settings: StoreSettings, path: str) -> None:
    await keep(SMALL)
    app = create_app(settings)
    begun, taken = asyncio.Semaphore(0), asyncio.Event()

    async def ask() -> Message:
        return {"type": "http.request"}

    async def take(message: Message) -> None:
        if message["type"] == "http.response.body":
            begun.release()
            await taken.wait()

    async with app.router.lifespan_context(app):
        request = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        slow = [asyncio.create_task(app({**request}, ask, take)) for _ in range(AT_ONCE)]
        try:
            async with asyncio.timeout(20):
                for _ in slow:
                    await begun.acquire()
        finally:
            taken.set()
            await asyncio.gather(*slow)


@pytest.mark.parametrize("few", [records.FEW, 1])
@pytest.mark.parametrize("sort", ["stored", "amount"])
@pytest.mark.parametrize("region", ["1301", None])
async def test_an_export_is_what_stood_at_its_beginning(
    keep: Keep, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, few: int, sort: str, region: str | None
) -> None:
    monkeypatch.setattr(records, "FEW", few)
    earlier = replace(OLD, lines=[budget_line("更早", "7.00")])
    await keep(earlier, replace(OLD, revision=2), SMALL)
    before = await rest(lines(engine, type="budget_line", sort=sort, region=region))
    assert {each["name"] for each in before} == {*(each["name"] for each in LINES), "末项"}
    parts = lines(engine, type="budget_line", sort=sort, region=region)
    begun = [json.loads(line) for line in (await anext(parts)).splitlines()]
    await keep(replace(OLD, revision=3, lines=[budget_line("新项", "9999.00")]))
    await keep(Sample(url="http://x.example/new", lines=[budget_line("另一项", "8888.00")]))
    assert begun + await rest(parts) == before
    after = await rest(lines(engine, type="budget_line", region=region))
    assert sorted(each["name"] for each in after) == ["另一项", "新项", "末项"]


@pytest.fixture
def folder(settings: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where to, with the store that the command line finds."""
    monkeypatch.setenv("GONGKAI_DATA", str(settings.data))
    monkeypatch.setenv("GONGKAI_DATABASE", settings.database_url)
    (tmp_path / "a file").touch()
    return tmp_path


async def test_the_command_writes_what_a_search_finds(keep: Keep, folder: Path) -> None:
    await keep(OLD, SMALL)
    await asyncio.to_thread(export, folder / "found.jsonl", ["q=水利局 末项"])
    (line,) = (folder / "found.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["name"] == "末项"


@pytest.mark.parametrize(
    ("file", "query", "told"),
    [
        ("a file/x.jsonl", [], "cannot be written: Not a directory"),
        ("nowhere/x.jsonl", [], "cannot be written: No such file"),
        ("x.jsonl", ["yaer=2024"], "yaer: there is no such condition; there are .*year"),
        ("x.jsonl", ["year=abc"], "year: .* integer.$"),
        ("x.jsonl", ["year=2024", "year=2025"], "year is given more than once"),
    ],
)
def test_the_command_says_what_is_wrong_and_leaves_nothing(
    folder: Path, file: str, query: list[str], told: str
) -> None:
    before = sorted(folder.rglob("*.jsonl*"))
    with pytest.raises(UsageError, match=told):
        export(folder / file, query)
    assert sorted(folder.rglob("*.jsonl*")) == before
