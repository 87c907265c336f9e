"""`gongkai migrate`: harmless again and several at once, back when asked to, clear when it cannot."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.fetcher.state import repository
from services.store import tables
from shared.database import upgrade
from tests.servers.databases import DIALECTS, NewDatabase

GONGKAI = Path(sys.executable).with_name("gongkai")
AT_ONCE = 3


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    return new_database(request.param)


def started(url: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [GONGKAI, "migrate", *arguments],
        env=os.environ | {"GONGKAI_DATABASE": url, "GONGKAI_DATA": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def migrate(url: str, folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    process = started(url, folder, *arguments)
    out, error = process.communicate()
    return process.returncode, out, error


def test_several_at_once_and_once_more(url: str, tmp_path: Path) -> None:
    processes = [started(url, tmp_path) for _ in range(AT_ONCE)]
    assert [process.communicate() for process in processes] == [
        ("store: up to date\nfetcher: up to date\n", "")
    ] * AT_ONCE
    assert [process.returncode for process in processes] == [0] * AT_ONCE
    assert migrate(url, tmp_path)[0] == 0
    for migrations, table in (
        (tables.MIGRATIONS, tables.VERSION_TABLE),
        (repository.MIGRATIONS, repository.VERSION_TABLE),
    ):
        asyncio.run(upgrade(url, migrations, table))


def test_back_and_forth(url: str, tmp_path: Path) -> None:
    migrate(url, tmp_path)
    assert migrate(url, tmp_path, "--store", "0001", "--fetcher", "base")[:2] == (
        0,
        "store: back to 0001\nfetcher: back to base\n",
    )
    assert migrate(url, tmp_path)[0] == 0
    code, _, error = migrate(url, tmp_path, "--store", "7777")
    assert (code, error.count("\n")) == (2, 1)
    assert "7777" in error


def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    code, _, error = migrate("postgresql+asyncpg://user:secret@127.0.0.1:1/gongkai", tmp_path)
    assert (code, error.count("\n")) == (1, 1)
    assert "127.0.0.1:1/gongkai is away" in error
    assert "secret" not in error
