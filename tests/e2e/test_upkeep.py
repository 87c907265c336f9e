"""An installation looked after: checked, backed up while it works, put back, its archive verified and pruned."""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.bus.contract import Message
from shared.topics import FETCHED, RECORDS
from tests.e2e.contents import on_topics, standing, stored
from tests.e2e.rereading import Installation, installed, serving
from tests.servers.databases import NewDatabase

KINDS = ("embedded", "distributed")
TEXT = "示例县{}局2026年部门预算信息公开\n\n2026年预算收入{}万元。\n"


def urls(request: pytest.FixtureRequest, folder: Path, kind: str) -> tuple[str, str]:
    """Bus and database of a new installation."""
    if kind == "embedded":
        return f"sqlite:///{folder / 'bus.db'}", f"sqlite+aiosqlite:///{folder / 'gongkai.db'}"
    new_database: NewDatabase = request.getfixturevalue("new_database")
    kafka: str = request.getfixturevalue("kafka_url")
    return f"{kafka}-{folder.name}", new_database("postgresql")


@pytest.fixture(params=KINDS)
async def live(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Installation]:
    (tmp_path / "data").mkdir()
    async with installed(tmp_path / "data", *urls(request, tmp_path / "data", request.param)) as installation:
        yield installation


@pytest.fixture
async def other(request: pytest.FixtureRequest, live: Installation, tmp_path: Path) -> AsyncIterator[Installation]:
    """Another place of the same kind, with nothing on it."""
    kind = "embedded" if live.settings.bus_url.startswith("sqlite") else "distributed"
    (tmp_path / "other").mkdir()
    if kind == "embedded":
        yield Installation(
            live.settings.model_copy(update={"data": tmp_path / "other", "bus": "", "database": ""}),
            live.bus, live.archive,
        )  # fmt: skip
        return
    async with installed(tmp_path / "other", *urls(request, tmp_path / "other", kind)) as installation:
        yield installation


async def publish(live: Installation, numbers: range) -> None:
    for number in numbers:
        await live.fetch(f"{number}.txt", TEXT.format("甲乙丙丁戊己庚辛"[number % 8], number).encode())


async def test_a_backup_made_while_it_works_is_a_whole_one(
    live: Installation, other: Installation, tmp_path: Path
) -> None:
    async with serving(live):
        writing = asyncio.create_task(publish(live, range(60)))
        while len(live.fetched) < 20:  # noqa: ASYNC110 - somebody else writes
            await asyncio.sleep(0.01)
        done = await live.gongkai("backup", str(tmp_path / "backup"))
        assert done.returncode == 0, done.stderr
        await writing
        await live.settle()
        checked = await live.gongkai("check")
        assert checked.returncode == 0, checked.stdout
    put_back = await other.gongkai("restore", str(tmp_path / "backup"))
    assert put_back.returncode == 0, put_back.stderr
    async with installed(other.settings.data, other.settings.bus_url, other.settings.database_url) as again:
        async with serving(again):
            await again.settle()
        came = {each.key for each in await again.bus.read(FETCHED, 0, 1000)}
        assert 20 <= len(came) <= 60
        checked = await again.gongkai("check")
        assert checked.returncode == 0, checked.stdout
        assert "0 differences" in checked.stdout
        whole = standing(await asyncio.to_thread(stored, live.settings.database_url))
        there = standing(await asyncio.to_thread(stored, again.settings.database_url))
        assert there
        assert there.items() <= whole.items()
        assert await asyncio.to_thread(on_topics, again.settings.bus_url) == there
    refused = await other.gongkai("restore", str(tmp_path / "backup"))
    assert refused.returncode == 2, refused.stdout


@pytest.mark.parametrize("live", ["embedded"], indirect=True)
async def test_each_difference_is_named(live: Installation) -> None:
    await live.fetch_samples()
    async with serving(live):
        await live.settle()
    assert (await live.gongkai("check")).returncode == 0
    file = live.fetched[0].files[0]
    live.archive.remove(file.sha256)
    await live.bus.publish([Message(RECORDS["fact"].name, "r-nobodys", b"{}")])
    with closing(sqlite3.connect(live.settings.data / "gongkai.db")) as database:
        ((lost,),) = database.execute("SELECT disclosure_id FROM revision WHERE standing LIMIT 1")
        database.execute("UPDATE revision SET standing = 0 WHERE disclosure_id = ?", (lost,))
        database.commit()
    checked = await live.gongkai("check")
    assert checked.returncode == 1
    differences = [line for line in checked.stdout.splitlines() if line.startswith("differs")]
    assert any(file.name in line and file.sha256 in line for line in differences)
    assert any("r-nobodys" in line for line in differences)
    assert any(line.startswith(f"differs\t{lost}: other records") for line in differences)


@pytest.mark.parametrize("live", ["embedded"], indirect=True)
async def test_what_replays_can_make_again_is_let_go_of_and_what_was_published_is_kept(live: Installation) -> None:
    first = TEXT.format("水利", 1).encode()
    await live.fetch("1.txt", first)
    async with serving(live):
        await live.settle()
        await live.fetch("1.txt", TEXT.format("水利", 2).encode(), revision=2)
        await live.settle()
    young = await live.gongkai("archive", "prune", "--keep", "evidence")
    assert "removed 0 files" in young.stdout
    for path in live.settings.data.glob("archive/??/*"):
        os.utime(path, (time.time() - 31 * 86_400,) * 2)
    before = {each.key for each in live.archive.all()}
    would = await live.gongkai("archive", "prune", "--keep", "evidence", "--dry-run")
    assert "would remove 2 files" in would.stdout, would.stdout + would.stderr
    assert {each.key for each in live.archive.all()} == before
    done = await live.gongkai("archive", "prune", "--keep", "evidence")
    assert "removed 2 files" in done.stdout
    assert all(live.archive.has(file.sha256) for event in live.fetched for file in event.files)
    assert (await live.gongkai("archive", "verify")).returncode == 0
    assert (await live.gongkai("check")).returncode == 0
    async with serving(live):  # and one revision more
        await live.fetch("1.txt", first, revision=3)
        await live.settle()
    assert (await live.gongkai("check")).returncode == 0


@pytest.mark.parametrize("live", ["embedded"], indirect=True)
async def test_a_damaged_and_a_missing_file_of_the_archive_are_named(live: Installation) -> None:
    await publish(live, range(3))
    damaged, missing = (event.files[0].sha256 for event in live.fetched[:2])
    (live.settings.data / "archive" / damaged[:2] / damaged).write_bytes(b"x")
    live.archive.remove(missing)
    told = await live.gongkai("archive", "verify")
    assert told.returncode == 1
    assert told.stdout.splitlines()[:2] == [f"damaged\t{damaged}", f"missing\t{missing}"]
