"""The database: an engine from its URL, sessions in one transaction, times, migrations; all that SQLite needs."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Integer, TypeDecorator, event, text
from sqlalchemy import exc as sqlalchemy_errors
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from shared import sqlite
from shared.errors import DatabaseUnavailable, SettingsInvalid

_WRITES: Final = "gongkai_writes"
_MIGRATION_LOCK: Final = 0x676F6E67  # any number, the same in every process
_AWAY_STATES: Final = ("08", "40", "53", "55P03", "57P")
"""PostgreSQL SQLSTATE classes of what passes: connection, deadlock, resources, lock, shutdown."""
_AWAY_CODES: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
    }
)
_migrating: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]] = WeakKeyDictionary()
"""One migration at a time: all of them speak to `alembic.op`, of which a process has one."""

Number: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A column of 64-bit integers, rows' own numbers too: SQLite gives those only where the column is an INTEGER."""


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
    """
    try:
        address = make_url(url)
        embedded = address.get_backend_name() == "sqlite"
        engine = create_async_engine(address, pool_pre_ping=not embedded)
    except (sqlalchemy_errors.ArgumentError, ImportError) as error:
        raise SettingsInvalid(f"The database URL names no database gongkai can use: {error}.") from error
    if embedded:
        if address.database and address.database != ":memory:":
            _make_folder(Path(address.database).parent)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        event.listen(engine.sync_engine, "invalidate", _end_sqlite)
    return engine


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session in one writing transaction: committed at the end, rolled back on any error.

    Raises DatabaseUnavailable when the database is away, locked or full.
    """
    with _away(engine):
        writing = engine.execution_options(**{_WRITES: True})
        async with AsyncSession(writing, expire_on_commit=False) as session:
            await _connect(session)
            yield session
            await _unbroken(session.commit())


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session that sees one state of the database and writes nothing; raises DatabaseUnavailable."""
    with _away(engine):
        async with AsyncSession(engine, expire_on_commit=False) as session:
            await _connect(session)
            yield session


async def upgrade(url: str, migrations: Path, version_table: str) -> None:
    """Bring the database to the newest of `migrations` (a folder with `versions/`), in one transaction.

    Processes that start together wait for each other. Raises DatabaseUnavailable.
    """
    lock = _migrating.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    engine = create_engine(url)
    try:
        async with lock:
            await _upgrade(engine, migrations, version_table)
    finally:
        await engine.dispose()


def _make_folder(folder: Path) -> None:
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
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _end_sqlite(connection: DBAPIConnection, _record: object, _error: BaseException | None) -> None:
    # A task cancelled within a statement has its connection closed, which ends a transaction only once the last
    # cursor is gone; the error's traceback may hold one for long, and with it the lock on the database.
    connection.rollback()


async def _connect(session: AsyncSession) -> None:
    try:
        await _unbroken(session.connection())
    except OSError as error:
        raise DatabaseUnavailable(f"The database does not answer: {error}.") from error


async def _unbroken(step: Coroutine[object, object, object]) -> None:
    """Await `step` to its end, cancelled or not.

    1. BEGIN waits in the driver's thread; 2. the task is cancelled, its connection goes back to the pool; 3. the
    thread gets its lock: nobody would ever end that transaction, and every other writer would wait.
    """
    task = asyncio.ensure_future(step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


@contextmanager
def _away(engine: AsyncEngine) -> Iterator[None]:
    try:
        yield
    except (sqlalchemy_errors.DBAPIError, sqlalchemy_errors.TimeoutError) as error:
        if _passes(error):
            raise _unavailable(engine, error) from error
        raise


def _passes(error: sqlalchemy_errors.SQLAlchemyError) -> bool:
    if not isinstance(error, sqlalchemy_errors.DBAPIError):
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _AWAY_CODES
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return str(state).startswith(_AWAY_STATES)
    return error.connection_invalidated or isinstance(
        error, sqlalchemy_errors.OperationalError | sqlalchemy_errors.InterfaceError
    )


def _unavailable(engine: AsyncEngine, error: Exception) -> DatabaseUnavailable:
    reason = error.orig if isinstance(error, sqlalchemy_errors.DBAPIError) else error
    return DatabaseUnavailable(f"The database {engine.url.render_as_string()} is away: {reason}.")


async def _upgrade(engine: AsyncEngine, migrations: Path, version_table: str) -> None:
    try:
        with _away(engine):
            async with engine.execution_options(**{_WRITES: True}).connect() as connection:
                await connection.run_sync(_migrate, migrations, version_table)
                await connection.commit()
    except OSError as error:
        raise _unavailable(engine, error) from error


def _migrate(connection: Connection, migrations: Path, version_table: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: str, _context: MigrationContext) -> list[RevisionStep]:
        return script._upgrade_revs("head", revision)

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    with EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(connection=connection, version_table=version_table, render_as_batch=True)
        with environment.begin_transaction():
            environment.run_migrations()
