"""The database: an engine from its URL, sessions in one transaction, when it is away; what each dialect needs."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Integer, String, TypeDecorator, event, text
from sqlalchemy import exc as sqlalchemy_errors
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only
from sqlmodel.ext.asyncio.session import AsyncSession

from shared import sqlite
from shared.database_errors import passes, unavailable
from shared.errors import DatabaseUnavailable, SettingsInvalid, UsageError
from shared.settings import masked

CONNECT_SECONDS: Final = 10.0
STATEMENT_SECONDS: Final = 30.0
"""Longer no statement takes, nor waits for a lock or a server that hangs; migrations and SQLite's writers may."""
_WRITES: Final = "gongkai_writes"
_MIGRATION_LOCK: Final = "gongkai migrations"
_SESSION: Final = {
    "application_name": "gongkai",
    # What a client that froze or was cut off holds is freed, half a minute and two minutes after.
    "idle_in_transaction_session_timeout": "30000",
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "20",
    "tcp_keepalives_count": "3",
    "jit": "off",  # compiling costs more than any of our queries
}
_ONE_STATE: Final[dict[str, dict[str, Any]]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
}
"""Dialect → what lets every statement of a transaction see the same; SQLite does so unasked."""
_DRIVERS: Final = dict.fromkeys(("postgres", "postgresql"), "postgresql+asyncpg") | {"sqlite": "sqlite+aiosqlite"}
_turns: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, defaultdict[str, asyncio.Lock]]] = WeakKeyDictionary()
"""The writers' turns on each file of SQLite."""
_migrating: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]] = WeakKeyDictionary()
"""One migration at a time: all of them speak to `alembic.op`, of which a process has one."""

Number: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A column of 64-bit integers, rows' own numbers too: SQLite gives those only where the column is an INTEGER."""

CodePoints: Final = String().with_variant(String(collation="C"), "postgresql")
"""A column of text in the order of its code points, which is SQLite's, whatever order the database server has."""


class Moment(TypeDecorator[datetime]):
    """A column of aware times, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


def create_engine(url: str) -> AsyncEngine:
    """The engine for `url` (`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`); raises SettingsInvalid.

    SQLite: write-ahead log, foreign keys enforced, waits 8 s for another writer; its folder is made.
    PostgreSQL: connections that died are replaced unseen, and none is waited for longer than the limits above.
    """
    return _create_engine(url, STATEMENT_SECONDS)


@asynccontextmanager
async def transaction(engine: AsyncEngine, lock: str = "") -> AsyncIterator[AsyncSession]:
    """A session in one writing transaction: committed at the end, rolled back on any error.

    With `lock`, any text, one at a time: the others that name the same wait, and then see what it committed.
    Raises DatabaseUnavailable when the database is away, locked or full; whether a commit that raises it was
    made, nobody can know. Damaged where SQLite's file is.
    """
    writing = engine.execution_options(**{_WRITES: True})
    async with _turn(engine):
        with _away(engine):
            async with AsyncSession(writing, expire_on_commit=False) as session:
                await _connect(session)
                if lock:
                    await session.run_sync(lambda opened: _take(opened.connection(), lock))
                yield session
                await _unbroken(session.commit())


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session that sees one state of the database and writes nothing; raises DatabaseUnavailable."""
    with _away(engine):
        reads = engine.execution_options(**_ONE_STATE.get(engine.dialect.name, {}))
        async with AsyncSession(reads, expire_on_commit=False) as session:
            await _connect(session)
            yield session


async def upgrade(url: str, migrations: Path, version_table: str) -> None:
    """Bring the database to the newest of `migrations` (a folder with `versions/`), in one transaction.

    Processes that start together wait for each other. Raises DatabaseUnavailable, and UsageError when a newer
    gongkai has been at work on the database.
    """
    await _migrate(url, migrations, version_table, "head")


async def pending(url: str, migrations: Path, version_table: str) -> list[str]:
    """The migrations that `upgrade` would go through, in their order; nothing is changed.

    Raises DatabaseUnavailable, and UsageError when a newer gongkai has been at work on the database.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def look(connection: Connection) -> list[str]:
        at = MigrationContext.configure(connection, opts={"version_table": version_table}).get_current_heads()
        try:
            steps = list(script.iterate_revisions("head", at))
        except CommandError as error:
            raise UsageError(f"From {version_table} {''.join(at)} this gongkai knows no way to head.") from error
        return [f"{step.revision} ({step.doc})" for step in reversed(steps)]

    engine = create_engine(url)
    try:
        async with reading(engine) as session:
            return await session.run_sync(lambda opened: look(opened.connection()))
    finally:
        await engine.dispose()


async def downgrade(url: str, migrations: Path, version_table: str, target: str) -> None:
    """Take back the migrations after `target`, or all for `base`, with the data that only they have room for.

    Raises DatabaseUnavailable, and UsageError when `target` is none of those the database has.
    """
    await _migrate(url, migrations, version_table, target)


def on_sqlite(session: AsyncSession) -> bool:
    """Whether the session's database is SQLite, where a query must be put in another way."""
    return session.get_bind().dialect.name == "sqlite"


def _create_engine(url: str, statement_seconds: float | None) -> AsyncEngine:
    try:
        address = _address(url)
        embedded = address.get_backend_name() == "sqlite"
        patience = {"timeout": CONNECT_SECONDS, "command_timeout": statement_seconds, "server_settings": _SESSION}
        connect = {} if embedded else patience
        engine = create_async_engine(address, pool_pre_ping=not embedded, connect_args=connect)
    except (sqlalchemy_errors.ArgumentError, ImportError, ValueError) as error:  # the last is a port's
        raise SettingsInvalid(
            f"The database {masked(url)!r} is none gongkai can use ({masked(error)}); give postgresql+asyncpg://… "
            "or sqlite+aiosqlite:///… (GONGKAI_DATABASE)."
        ) from error
    if embedded:
        _prepare_folder(address)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        event.listen(engine.sync_engine, "invalidate", _end_sqlite)
    else:
        event.listen(engine.sync_engine, "handle_error", _give_up_waiting)
    return engine


def _address(url: str) -> URL:
    """The URL with the driver it goes by: `postgresql://` is what everybody else calls it."""
    address = make_url(url)
    driver = _DRIVERS.get(address.drivername)
    return address.set(drivername=driver) if driver else address


def _prepare_folder(address: URL) -> None:
    if not address.database or address.database == ":memory:":
        return
    folder = Path(address.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"The database's folder {folder} cannot be made: {error.strerror}.") from error


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins, below, not the driver
    cursor = connection.cursor()
    sqlite.prepare(cursor.execute)
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # In SQLite a transaction that reads first and then writes cannot wait for another writer; one that says at
    # once that it will write can.
    writes = connection.get_execution_options().get(_WRITES, False)
    seconds = None if writes else STATEMENT_SECONDS
    await_only(sqlite.limit(connection.connection.driver_connection, seconds))
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _end_sqlite(connection: DBAPIConnection, _record: object, _error: BaseException | None) -> None:
    # A task cancelled within a statement has its connection closed, which ends a transaction only once the last
    # cursor is gone; the error's traceback may hold one for long, and with it the lock on the database.
    connection.rollback()


def _give_up_waiting(context: ExceptionContext) -> None:
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True  # its connection would only be waited for again, to roll back
        raise DatabaseUnavailable("The database does not answer in time.") from context.original_exception


def _take(connection: Connection, lock: str) -> None:
    """Wait for the lock and keep it to the end of the transaction; on SQLite whoever writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": lock})


async def _connect(session: AsyncSession) -> None:
    """Raises DatabaseUnavailable for whatever keeps it from a connection: also a wrong password may be mended.

    A file that is damaged is Damaged.
    """
    try:
        await _unbroken(session.connection())
    except (OSError, sqlalchemy_errors.DBAPIError) as error:
        raise unavailable(session.get_bind().engine, error) from error


async def _unbroken(step: Coroutine[object, object, object]) -> None:
    """Await `step` to its end, however often cancelled.

    1. BEGIN waits in the driver's thread; 2. the task is cancelled, its connection goes back to the pool; 3. the
    thread gets its lock: nobody would ever end that transaction, and every other writer would wait.
    """
    task = asyncio.ensure_future(step)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        with suppress(BaseException):
            task.result()
        raise cancelled
    task.result()


@asynccontextmanager
async def _turn(engine: AsyncEngine) -> AsyncIterator[None]:
    """The one writing transaction that SQLite takes at a time; those of a process wait here, in their order.

    Raises DatabaseUnavailable when the turn does not come in time. PostgreSQL has locks of its own.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    turn = _turns.setdefault(asyncio.get_running_loop(), defaultdict(asyncio.Lock))[str(engine.url.database)]
    try:
        async with asyncio.timeout(STATEMENT_SECONDS):
            await turn.acquire()
    except TimeoutError as error:
        raise unavailable(engine.sync_engine, OSError("another writer does not come to its end")) from error
    try:
        yield
    finally:
        turn.release()


@contextmanager
def _away(engine: AsyncEngine) -> Iterator[None]:
    try:
        yield
    except (sqlalchemy_errors.DBAPIError, sqlalchemy_errors.TimeoutError) as error:
        if passes(error):
            raise unavailable(engine.sync_engine, error) from error
        raise


async def _migrate(url: str, migrations: Path, version_table: str, target: str) -> None:
    running = _migrating.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    engine = _create_engine(url, statement_seconds=None)
    try:
        async with running, _turn(engine):
            with _away(engine):
                async with AsyncSession(engine.execution_options(**{_WRITES: True})) as session:
                    await _connect(session)
                    connection = await session.connection()
                    await connection.run_sync(_run_steps, migrations, version_table, target)
                    await session.commit()
    finally:
        await engine.dispose()


def _run_steps(connection: Connection, migrations: Path, version_table: str, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: str, _context: MigrationContext) -> list[RevisionStep]:
        towards = script._upgrade_revs if target == "head" else script._downgrade_revs
        try:
            return towards(target, revision)
        except CommandError as error:
            raise UsageError(
                f"From {version_table} {''.join(revision)} this gongkai knows no way to {target}."
            ) from error

    _take(connection, _MIGRATION_LOCK)
    with EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(connection=connection, version_table=version_table, render_as_batch=True)
        with environment.begin_transaction():
            environment.run_migrations()
