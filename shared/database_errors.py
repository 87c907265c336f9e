"""Which errors of a database pass, by themselves or by an operator's hand, and how they are told."""

import sqlite3
from typing import Final

from sqlalchemy import exc as sqlalchemy_errors
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.engine import Engine

from shared import sqlite
from shared.errors import Damaged, DatabaseUnavailable

_AWAY_STATES: Final = ("0800", "25006", "25P03", "40", "42501", "42703", "42P01", "53", "55P03", "57", "58")
"""PostgreSQL SQLSTATE classes of what passes, by itself or by an operator's hand: connection, a standby that takes
no writes, an idle session ended, deadlock, a right not granted, a column or a table that is not there (while a
backup is put back, or another gongkai migrates), resources, lock, shutdown or cancel, disk."""
_AWAY_CODES: Final = (
    frozenset(
        {
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_INTERRUPT,
            sqlite3.SQLITE_LOCKED,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_NOMEM,
        }
    )
    | sqlite.DAMAGE
)
_NOT_THERE: Final = ("no such table", "no such column", "has no column named")
"""The same of SQLite, which has no code of its own for it."""


def passes(error: sqlalchemy_errors.SQLAlchemyError) -> bool:
    """Whether the database is at fault, which is away, busy, full or damaged, and not what is asked of it."""
    if not isinstance(error, sqlalchemy_errors.DBAPIError):
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _AWAY_CODES or any(each in str(error.orig) for each in _NOT_THERE)
    if isinstance(error.orig, AsyncAdapt_asyncpg_dbapi.InvalidCachedStatementError):
        return True  # a newer gongkai changed a table: 1. this connection prepared a query; 2. the other migrated
    state = getattr(error.orig, "sqlstate", None)
    if state and not error.connection_invalidated:
        return str(state).startswith(_AWAY_STATES)
    return error.connection_invalidated or isinstance(error, sqlalchemy_errors.OperationalError)


def unavailable(engine: Engine, error: Exception) -> DatabaseUnavailable | Damaged:
    """`error` as what the callers of shared.database know, with the database's name and the reason."""
    reason = error.orig if isinstance(error, sqlalchemy_errors.DBAPIError) else error
    if (getattr(reason, "sqlite_errorcode", None) or 0) & 0xFF in sqlite.DAMAGE:
        return sqlite.damaged(engine.url.database, reason)
    said = str(reason).removeprefix(f"{type(reason)}: ").rstrip(".") or "it does not answer in time"
    return DatabaseUnavailable(f"The database {engine.url.render_as_string()} is away: {said}.")
