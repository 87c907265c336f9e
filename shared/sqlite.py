"""What each SQLite file of gongkai is opened with: write-ahead log, commits on disk, patience with writers."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from shared.errors import Damaged, UsageError

BUSY_SECONDS: Final = 8.0
DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""What SQLite answers where a file is not what it wrote."""
_LOG_BYTES: Final = 16 * 1024 * 1024
"""To which a write-ahead log is cut once all of it is in the file."""
_PAUSE_SECONDS: Final = 0.02
_STEPS: Final = 20_000
"""Steps of SQLite's machine between two looks at the clock: about a millisecond."""


def prepare(execute: Callable[[str], object]) -> None:
    """Set up a new connection by its `execute`; a commit is on disk when it returns."""
    execute("PRAGMA auto_vacuum = INCREMENTAL")  # of a new file: it can be made shorter beside the work
    execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    _write_ahead(execute)
    execute("PRAGMA synchronous = FULL")
    execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")


def require_file(url: str) -> None:
    """Raises UsageError where `url` names a file that is not there: who only looks makes none."""
    scheme, _, path = url.partition(":///")
    if scheme.startswith("sqlite") and not Path(path).exists():
        raise UsageError(
            f"There is no {path}: nothing has run here; say `gongkai run`, or set GONGKAI_DATA to where it did."
        )


def damaged(path: object, reason: object) -> Damaged:
    """The error of a file that is not what SQLite wrote."""
    return Damaged(
        f"{path} is damaged or is no database: {reason}. Stop what uses it, keep a copy, put back a backup "
        "(gongkai restore), then say gongkai check."
    )


async def limit(connection: Any, seconds: float | None) -> None:
    """Interrupt what aiosqlite's `connection` runs `seconds` from now on; None: never."""
    if seconds is None:
        await connection.set_progress_handler(None, 0)
        return
    end = time.monotonic() + seconds
    await connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)


def _write_ahead(execute: Callable[[str], object]) -> None:
    # Two processes that make the file at the same time: SQLite itself does not wait for the other one here.
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
