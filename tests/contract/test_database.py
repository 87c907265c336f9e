"""What every database does: transactions that hold, readers of one state, migrations that may meet."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from shared import database
from shared.database import create_engine, downgrade, reading, transaction, upgrade
from shared.errors import DatabaseUnavailable, SettingsInvalid, UsageError
from tests.servers.databases import DIALECTS, NewDatabase

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
def downgrade():
    op.drop_table("step")
    op.drop_table("counter")
'''
SECOND = '''
"""A name."""
import sqlalchemy as sa
from alembic import op
revision = "0002"
down_revision = "0001"
def upgrade():
    op.add_column("counter", sa.Column("name", sa.Text))
def downgrade():
    op.drop_column("counter", "name")
'''


BROKEN = '''
"""A change that fails half way."""
import sqlalchemy as sa
from alembic import op
revision = "0003"
down_revision = "0002"
def upgrade():
    op.add_column("counter", sa.Column("colour", sa.Text))
    op.execute("INSERT INTO counter VALUES (1, 0, NULL, NULL)")
'''


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    return new_database(request.param)


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


async def run(session: AsyncSession, statement: str) -> list[tuple[Any, ...]]:
    result = await (await session.connection()).execute(text(statement))
    return [tuple(row) for row in result] if result.returns_rows else []


async def value(engine: AsyncEngine) -> int:
    async with reading(engine) as session:
        return int((await run(session, "SELECT value FROM counter"))[0][0])


async def test_a_transaction_is_kept_whole_or_not_at_all(engine: AsyncEngine) -> None:
    async with transaction(engine) as session:
        await run(session, "UPDATE counter SET value = 1")

    async def break_off() -> None:
        async with transaction(engine) as session:
            await run(session, "UPDATE counter SET value = 2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_off()
    assert await value(engine) == 1


async def test_writers_under_one_lock_that_read_first_wait_for_each_other(engine: AsyncEngine) -> None:
    async def add_one() -> None:
        async with transaction(engine, lock="the counter") as session:
            found = (await run(session, "SELECT value FROM counter"))[0][0]
            await run(session, f"UPDATE counter SET value = {found + 1}")

    await asyncio.gather(*[add_one() for _ in range(20)])
    assert await value(engine) == 20


async def test_a_reader_sees_one_state_whatever_is_written_meanwhile(engine: AsyncEngine) -> None:
    async with reading(engine) as session:
        before = await run(session, "SELECT value FROM counter")
        async with transaction(engine) as other:
            await run(other, "UPDATE counter SET value = 7")
        assert await run(session, "SELECT value FROM counter") == before
    assert await value(engine) == 7


async def test_foreign_keys_hold(engine: AsyncEngine) -> None:
    with pytest.raises(IntegrityError):
        async with transaction(engine) as session:
            await run(session, "INSERT INTO step VALUES (77)")


async def test_a_wrong_statement_is_a_bug_and_no_outage(engine: AsyncEngine) -> None:
    with pytest.raises(DBAPIError):
        async with reading(engine) as session:
            await run(session, "SELECT value value value FROM counter")


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM missing", "SELECT colour FROM counter", "INSERT INTO counter (id, colour) VALUES (2, 3)"],
)
async def test_a_table_or_column_that_is_not_there_passes(engine: AsyncEngine, statement: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"missing|colour"):
        async with transaction(engine) as session:
            await run(session, statement)


async def test_migrations_go_on_from_where_they_were_and_may_start_together(
    url: str, migrations: Path, engine: AsyncEngine
) -> None:
    (migrations / "versions" / "0002_name.py").write_text(SECOND)
    await asyncio.gather(*[upgrade(url, migrations, "version_test") for _ in range(3)])
    async with reading(engine) as session:
        assert await run(session, "SELECT id, value, name FROM counter") == [(1, 0, None)]


async def test_a_migration_that_fails_leaves_the_database_as_it_was(
    url: str, migrations: Path, engine: AsyncEngine
) -> None:
    (migrations / "versions" / "0002_name.py").write_text(SECOND)
    (migrations / "versions" / "0003_broken.py").write_text(BROKEN)
    with pytest.raises(IntegrityError, match="counter"):
        await upgrade(url, migrations, "version_test")
    async with reading(engine) as session:
        assert await run(session, "SELECT * FROM counter") == [(1, 0)]
        assert await run(session, "SELECT version_num FROM version_test") == [("0001",)]


async def test_migrations_are_taken_back_and_made_again(url: str, migrations: Path, engine: AsyncEngine) -> None:
    (migrations / "versions" / "0002_name.py").write_text(SECOND)
    await upgrade(url, migrations, "version_test")
    await downgrade(url, migrations, "version_test", "0001")
    async with reading(engine) as session:
        assert await run(session, "SELECT * FROM counter") == [(1, 0)]
    await downgrade(url, migrations, "version_test", "base")
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda opened: inspect(opened).get_table_names()) == ["version_test"]
    await upgrade(url, migrations, "version_test")
    assert await value(engine) == 0


async def test_tables_of_a_newer_gongkai_are_left_alone(url: str, migrations: Path, engine: AsyncEngine) -> None:
    newest = migrations / "versions" / "0002_name.py"
    newest.write_text(SECOND)
    await upgrade(url, migrations, "version_test")
    newest.unlink()
    with pytest.raises(UsageError, match="version_test 0002"):
        await upgrade(url, migrations, "version_test")
    with pytest.raises(UsageError, match="0009"):
        await downgrade(url, migrations, "version_test", "0009")
    assert await value(engine) == 0


JOIN_SECONDS = 20.0


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://user:secret@127.0.0.1:1/gongkai", "sqlite+aiosqlite:////proc/x"]
)
async def test_a_database_that_is_away_says_so_without_the_password(url: str, migrations: Path) -> None:
    others = set(threading.enumerate())  # of fixtures that outlive this test
    engine = create_engine(url)
    for attempt in (transaction(engine), reading(engine)):
        with pytest.raises(DatabaseUnavailable) as caught:
            await attempt.__aenter__()
        assert "secret" not in str(caught.value)
    with pytest.raises(DatabaseUnavailable):
        await upgrade(url, migrations, "version_test")
    await engine.dispose()
    for thread in set(threading.enumerate()) - others:  # they still speak to the loop after a failed connect
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, JOIN_SECONDS)


@pytest.mark.parametrize("url", ["", "nonsense", "oracle9://x", "mysql+nodriver://x"])
def test_a_url_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        create_engine(url)


LONG = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000) SELECT sum(x) FROM n"


async def test_a_writer_cancelled_within_a_statement_holds_up_no_other(engine: AsyncEngine) -> None:
    writing = asyncio.Event()

    async def write() -> None:
        try:
            async with transaction(engine) as session:
                await run(session, "UPDATE counter SET value = value + 1")
                writing.set()
                await run(session, LONG)
        finally:  # where the error lives, and with it all that it refers to
            async with asyncio.timeout(5), transaction(engine) as session:
                await run(session, "UPDATE counter SET value = value + 10")

    writer = asyncio.create_task(write())
    await writing.wait()
    writer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writer
    assert await value(engine) == 10


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize("at", ["lock", "statement", "commit"])
async def test_a_writer_cancelled_again_and_again_holds_up_no_other(
    engine: AsyncEngine, url: str, times: int, at: str
) -> None:
    reached = asyncio.Event()

    async def write() -> None:
        if at == "lock":
            reached.set()
        async with transaction(engine) as session:
            await run(session, "UPDATE counter SET value = value + 1")
            if at == "statement":
                reached.set()
                await run(session, LONG)
            reached.set()

    other = create_engine(url)
    async with transaction(other) as session:  # another writer is at work while it comes
        await run(session, "UPDATE counter SET value = value")
        writer = asyncio.create_task(write())
        if at == "lock":
            await reached.wait()
            await cancelled(writer, times)
    if at != "lock":
        await reached.wait()
        await cancelled(writer, times)
    async with asyncio.timeout(5), transaction(engine) as session:
        await run(session, "UPDATE counter SET value = value + 10")
    await asyncio.gather(writer, return_exceptions=True)
    await other.dispose()
    assert await value(engine) in {10, 11}


async def cancelled(task: asyncio.Task[None], times: int) -> None:
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_the_writers_of_a_process_wait_for_each_other_and_none_gives_up(
    engine: AsyncEngine, url: str
) -> None:
    engines = [create_engine(url), create_engine(url)]

    async def write(number: int) -> None:
        async with transaction(engines[number % 2], lock="counter") as session:
            await run(session, "UPDATE counter SET value = value + 1")

    await asyncio.gather(*(write(number) for number in range(60)))
    for each in engines:
        await each.dispose()
    assert await value(engine) == 60


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_slow_query_is_ended_and_a_slow_writer_is_not(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 0.05)
    with pytest.raises(DatabaseUnavailable, match="interrupted"):
        async with reading(engine) as session:
            await run(session, LONG)
    async with transaction(engine) as session:
        await run(session, LONG)
        await run(session, "UPDATE counter SET value = value + 1")
    assert await value(engine) == 1
