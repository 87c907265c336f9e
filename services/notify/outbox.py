"""What is to be told and was: a SQLite file, so that a process that dies forgets neither."""

import fcntl
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.errors import UsageError
from shared.sqlite import prepare

_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS notice (
        number INTEGER PRIMARY KEY, event TEXT NOT NULL, rule TEXT NOT NULL, channel TEXT NOT NULL,
        subject TEXT NOT NULL, text TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        next_at REAL NOT NULL DEFAULT 0, told_at REAL, UNIQUE (rule, channel, event)
    );
    CREATE INDEX IF NOT EXISTS notice_waiting ON notice (next_at) WHERE told_at IS NULL;
    CREATE TABLE IF NOT EXISTS begun (at REAL NOT NULL);
"""
_MOST: Final = 50
"""Events that one message tells."""
_FIRST_WAIT: Final = 5.0
_LONGEST_WAIT: Final = 600.0


@dataclass(frozen=True)
class Notice:
    """An event to be told on a channel; `event` is the same for the same thing said again."""

    event: str
    rule: str
    channel: str
    subject: str
    text: str


@dataclass(frozen=True)
class Due:
    """Notices of one rule on one subject for one channel, told in one message."""

    rule: str
    channel: str
    subject: str
    texts: Sequence[str]
    numbers: Sequence[int]


class Outbox:
    """The file, opened once; its methods wait for each other, whichever thread they are called in."""

    def __init__(self, path: Path) -> None:
        """Raises UsageError where the file cannot be used, or another process has it: each would tell all."""
        self._lock = threading.Lock()
        with ExitStack() as opened:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                held = opened.enter_context(path.with_suffix(".lock").open("w"))
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._file = opened.enter_context(closing(sqlite3.connect(path, check_same_thread=False)))
                prepare(self._file.execute)
                self._file.executescript(_SCHEMA)
            except BlockingIOError as error:
                raise UsageError(f"Another process tells from {path}; one is enough.") from error
            except (OSError, sqlite3.Error) as error:
                raise UsageError(f"{path} cannot be used: {error}.") from error
            self._opened = opened.pop_all()

    def begun(self, now: float) -> float:
        """When it was first used: what was published before that is not told."""
        with self._lock, self._file:
            self._file.execute("INSERT INTO begun SELECT ? WHERE NOT EXISTS (SELECT 1 FROM begun)", (now,))
            ((at,),) = self._file.execute("SELECT at FROM begun")
        return float(at)

    def add(self, notices: Iterable[Notice]) -> int:
        """Keep what is to be told, durably; what is there already is not added. Returns how many are new."""
        rows = [(each.event, each.rule, each.channel, each.subject, each.text) for each in notices]
        with self._lock, self._file, closing(self._file.cursor()) as cursor:
            cursor.executemany(
                "INSERT OR IGNORE INTO notice (event, rule, channel, subject, text) VALUES (?, ?, ?, ?, ?)", rows
            )
            return max(cursor.rowcount, 0)

    def due(self, channel: str, now: float) -> list[Due]:
        """What waits to be told on a channel now, the oldest first, a message for each rule and subject."""
        with self._lock:
            rows = self._file.execute(
                "SELECT number, rule, subject, text FROM notice WHERE told_at IS NULL AND channel = ?3"
                " AND (next_at <= ?1 OR next_at > ?1 + ?2) ORDER BY number LIMIT 1000",
                (now, _LONGEST_WAIT, channel),  # the later ones by a clock that was wrong
            ).fetchall()
        groups: dict[tuple[str, str, int], list[tuple[int, str]]] = {}
        counts: dict[tuple[str, str], int] = {}
        for number, rule, subject, text in rows:
            of = (rule, subject)
            part = counts.get(of, 0) // _MOST
            counts[of] = counts.get(of, 0) + 1
            groups.setdefault((*of, part), []).append((number, text))
        return [
            Due(rule, channel, subject, [text for _, text in found], [number for number, _ in found])
            for (rule, subject, _), found in groups.items()
        ]

    def told(self, due: Due, now: float) -> None:
        """It was told."""
        self._update("UPDATE notice SET told_at = ? WHERE number = ?", [(now, each) for each in due.numbers])

    def failed(self, due: Due, now: float) -> None:
        """It could not be told: again after a while that doubles, up to ten minutes, for ever."""
        self._update(
            "UPDATE notice SET attempts = attempts + 1, next_at = ? + min(?, ? * (1 << min(attempts, 10)))"
            " WHERE number = ?",
            [(now, _LONGEST_WAIT, _FIRST_WAIT, each) for each in due.numbers],
        )

    def waiting(self) -> dict[str, int]:
        """Channel → how many notices are not told on it yet."""
        with self._lock:
            rows = self._file.execute(
                "SELECT channel, count(*) FROM notice WHERE told_at IS NULL GROUP BY channel"
            )
            return dict(rows.fetchall())

    def close(self) -> None:
        self._opened.close()

    def _update(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        with self._lock, self._file:
            self._file.executemany(statement, rows)
