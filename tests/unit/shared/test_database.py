"""The database's frame: transactions that hold, errors that say it is away, migrations that may meet."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import create_engine, reading, transaction, upgrade
from shared.errors import DatabaseUnavailable, SettingsInvalid

FIRST = '''
"""The counters."""
import sqlalchemy as sa
from alembic import op
revision = "0001"
down_revision = None
def upgrade():
    op.create_table("counter", sa.Column("id", sa.Integer, primary_key=True), sa.Column("value", sa.Integer))
    op.create_table("step", sa.Column("counter", sa.Integer, sa.ForeignKey("counter.id")))
    op.execute("INSERT INTO counter VALUES (1, 0)")
'''
SECOND = '''
"""A name."""
import sqlalchemy as sa
from alembic import op
revision = "0002"
down_revision = "0001"
def upgrade():
    op.add_column("counter", sa.Column("name", sa.Text))
'''


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'data' / 'gongkai.db'}"


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    versions = tmp_path / "100% migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_counters.py").write_text(FIRST)
    return versions.parent


@pytest.fixture
async def engine(url: str, migrations: Path) -> AsyncIterator[AsyncEngine]:
    await upgrade(url, migrations, "version_test")
    engine = create_engine(url)
    yield engine
    await engine.dispose()


async def value(engine: AsyncEngine) -> int:
    async with reading(engine) as session:
        return int((await session.exec(text("SELECT value FROM counter"))).scalar_one())  # type: ignore[call-overload]


async def test_a_transaction_is_kept_whole_or_not_at_all(engine: AsyncEngine) -> None:
    async with transaction(engine) as session:
        await session.exec(text("UPDATE counter SET value = 1"))  # type: ignore[call-overload]

    async def break_off() -> None:
        async with transaction(engine) as session:
            await session.exec(text("UPDATE counter SET value = 2"))  # type: ignore[call-overload]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_off()
    assert await value(engine) == 1


async def test_writers_that_read_first_wait_for_each_other(engine: AsyncEngine) -> None:
    async def add_one() -> None:
        async with transaction(engine) as session:
            found = (await session.exec(text("SELECT value FROM counter"))).scalar_one()  # type: ignore[call-overload]
            await session.exec(text(f"UPDATE counter SET value = {found + 1}"))  # type: ignore[call-overload]

    await asyncio.gather(*[add_one() for _ in range(20)])
    assert await value(engine) == 20


async def test_foreign_keys_hold(engine: AsyncEngine) -> None:
    with pytest.raises(IntegrityError):
        async with transaction(engine) as session:
            await session.exec(text("INSERT INTO step VALUES (77)"))  # type: ignore[call-overload]


async def test_a_wrong_statement_is_a_bug_and_no_outage(engine: AsyncEngine) -> None:
    with pytest.raises(OperationalError):
        async with reading(engine) as session:
            await session.exec(text("SELECT * FROM nothing"))  # type: ignore[call-overload]


async def test_migrations_go_on_from_where_they_were_and_may_start_together(
    url: str, migrations: Path, engine: AsyncEngine
) -> None:
    (migrations / "versions" / "0002_name.py").write_text(SECOND)
    await asyncio.gather(*[upgrade(url, migrations, "version_test") for _ in range(3)])
    async with reading(engine) as session:
        names = (await session.exec(text("SELECT name FROM counter"))).all()  # type: ignore[call-overload]
    assert names == [(None,)]


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://user:secret@127.0.0.1:1/gongkai", "sqlite+aiosqlite:////proc/x"]
)
async def test_a_database_that_is_away_says_so_without_the_password(url: str, migrations: Path) -> None:
    engine = create_engine(url)
    for attempt in (transaction(engine), reading(engine)):
        with pytest.raises(DatabaseUnavailable) as caught:
            await attempt.__aenter__()
        assert "secret" not in str(caught.value)
    with pytest.raises(DatabaseUnavailable):
        await upgrade(url, migrations, "version_test")
    await engine.dispose()
    for thread in threading.enumerate():  # the driver's threads still speak to the loop after a failed connect
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)


@pytest.mark.parametrize("url", ["", "nonsense", "oracle9://x", "mysql+nodriver://x"])
def test_a_url_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        create_engine(url)


LONG = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 500000) SELECT sum(x) FROM n"


async def test_a_writer_cancelled_within_a_statement_holds_up_no_other(engine: AsyncEngine) -> None:
    writing = asyncio.Event()

    async def write() -> None:
        try:
            async with transaction(engine) as session:
                connection = await session.connection()
                await connection.execute(text("UPDATE counter SET value = value + 1"))
                writing.set()
                await connection.execute(text(LONG))
        finally:  # where the error lives, and with it all that it refers to
            async with asyncio.timeout(5), transaction(engine) as session:
                await (await session.connection()).execute(text("UPDATE counter SET value = value + 10"))

    writer = asyncio.create_task(write())
    await writing.wait()
    writer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writer
    assert await value(engine) == 10
