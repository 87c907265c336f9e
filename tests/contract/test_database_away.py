"""PostgreSQL away: each way of it says so as something that passes, and afterwards the same engine works on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from shared import database
from shared.database import create_engine, reading, transaction
from shared.errors import DatabaseUnavailable
from tests.servers.databases import NewDatabase
from tests.servers.postgres import PostgresServer

PATIENCE_SECONDS = 60


@pytest.fixture
def server(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """The server, which a test may stop: it is up again afterwards."""
    yield postgres
    if not postgres.running:
        postgres.start()


@pytest.fixture
def url(server: PostgresServer, new_database: NewDatabase) -> str:
    address = new_database("postgresql")
    server.run("CREATE TABLE counter (value INT); INSERT INTO counter VALUES (0); GRANT ALL ON counter TO gongkai",
               address.rpartition("/")[2])  # fmt: skip
    return address


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(url)
    yield engine
    await engine.dispose()


async def run(session: AsyncSession, statement: str) -> None:
    await (await session.connection()).execute(text(statement))


async def add_one(engine: AsyncEngine) -> int:
    """The counter after one more."""
    async with transaction(engine) as session:
        found = await (await session.connection()).execute(
            text("UPDATE counter SET value = value + 1 RETURNING value")
        )
        return int(found.scalar_one())


async def test_a_stopped_server_passes_and_its_dead_connections_are_replaced_unseen(
    server: PostgresServer, engine: AsyncEngine
) -> None:
    assert await add_one(engine) == 1
    server.stop()
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable, match="is away"):
            await add_one(engine)
        with pytest.raises(DatabaseUnavailable, match="is away"):
            await reading(engine).__aenter__()
    server.start()
    assert await add_one(engine) == 2
    server.stop()
    server.start()
    assert await add_one(engine) == 3


@pytest.mark.parametrize("end", ["stop", "kill", "cut"])
async def test_what_a_transaction_wrote_before_the_server_went_is_not_kept(
    server: PostgresServer, engine: AsyncEngine, end: str
) -> None:
    ends = {
        "stop": server.stop,
        "kill": server.kill,
        "cut": lambda: server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'gongkai'"
        ),
    }

    async def broken_off(then: str) -> None:
        async with transaction(engine) as session:
            await run(session, "UPDATE counter SET value = 100")
            await asyncio.to_thread(ends[end])
            await run(session, then)

    with pytest.raises(DatabaseUnavailable):
        await broken_off("UPDATE counter SET value = 200")
    if not server.running:
        server.start()
    with pytest.raises(DatabaseUnavailable):
        await broken_off("COMMIT")
    if not server.running:
        server.start()
    assert await add_one(engine) == 1


async def test_a_server_that_hangs_is_not_waited_for_for_ever(
    server: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 1)
    monkeypatch.setattr(database, "CONNECT_SECONDS", 1)
    engine = create_engine(url)

    async def hang_within() -> None:
        async with transaction(engine) as session:
            await run(session, "UPDATE counter SET value = 100")
            with server.hung():
                await run(session, "UPDATE counter SET value = 200")

    async def hang_at_the_end(hanging: ExitStack) -> None:
        async with transaction(engine) as session:
            await run(session, "UPDATE counter SET value = 300")
            hanging.enter_context(server.hung())

    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await add_one(engine) == 1
        with server.hung():
            for _ in range(2):
                with pytest.raises(DatabaseUnavailable):
                    await add_one(engine)
        with pytest.raises(DatabaseUnavailable, match="in time"):
            await hang_within()
        with ExitStack() as hanging, pytest.raises(DatabaseUnavailable, match="in time"):
            await hang_at_the_end(hanging)
        assert await add_one(engine) in {2, 301}  # nobody can know whether that commit was made
    await engine.dispose()


async def test_a_lock_another_holds_is_not_waited_for_for_ever(
    url: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 1)
    hurried = create_engine(url)
    async with asyncio.timeout(PATIENCE_SECONDS), transaction(engine, lock="it"):
        async with transaction(hurried, lock="another"):
            pass
        with pytest.raises(DatabaseUnavailable, match="in time"):
            await transaction(hurried, lock="it").__aenter__()
    async with transaction(hurried, lock="it"):
        pass
    await hurried.dispose()


STATES = ["serialization_failure", "deadlock_detected", "disk_full", "out_of_memory", "lock_not_available",
          "query_canceled", "cannot_connect_now", "io_error", "read_only_sql_transaction"]  # fmt: skip


@pytest.mark.parametrize("state", STATES)
async def test_trouble_the_server_tells_of_passes(engine: AsyncEngine, state: str) -> None:
    async def be_told() -> None:
        async with transaction(engine) as session:
            await run(session, "UPDATE counter SET value = 100")
            await run(session, f"DO $$ BEGIN RAISE {state}; END $$")

    with pytest.raises(DatabaseUnavailable, match=state):
        await be_told()
    assert await add_one(engine) == 1


@pytest.mark.parametrize("value", ["\ud800", "\0", 2**40, 2**70])
async def test_what_no_database_takes_is_no_outage(engine: AsyncEngine, value: object) -> None:
    statement = text(f"SELECT CAST(:value AS {'TEXT' if isinstance(value, str) else 'INT'})")

    async def give() -> None:
        async with reading(engine) as session:
            await (await session.connection()).execute(statement, {"value": value})

    with pytest.raises(DBAPIError):
        await give()


async def test_a_server_without_room_for_one_more_connection(
    server: PostgresServer, url: str, engine: AsyncEngine
) -> None:
    server.run("ALTER ROLE gongkai CONNECTION LIMIT 1")
    other = create_engine(url)
    try:
        async with transaction(engine):
            with pytest.raises(DatabaseUnavailable, match="too many connections"):
                await add_one(other)
    finally:
        server.run("ALTER ROLE gongkai CONNECTION LIMIT -1")
    assert await add_one(other) == 1
    await other.dispose()


@pytest.mark.parametrize(
    ("part", "wrong"), [(":gongkai@", ":guess@"), ("test_", "none_"), ("127.0.0.1", "no.invalid")]
)
async def test_what_an_operator_mends_passes_and_the_password_is_not_told(url: str, part: str, wrong: str) -> None:
    engine = create_engine(url.replace(part, wrong))
    with pytest.raises(DatabaseUnavailable) as caught:
        await add_one(engine)
    assert "guess" not in str(caught.value)
    assert "gongkai@" not in str(caught.value).replace("gongkai:***@", "")
    await engine.dispose()


async def test_a_table_that_a_newer_gongkai_changed_passes(
    server: PostgresServer, url: str, engine: AsyncEngine
) -> None:
    async def look() -> None:
        async with reading(engine) as session:
            await run(session, "SELECT * FROM counter")

    await look()
    server.run("ALTER TABLE counter ADD COLUMN name TEXT", url.rpartition("/")[2])
    with pytest.raises(DatabaseUnavailable):
        await look()
    await look()
