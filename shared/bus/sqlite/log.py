"""The log in its file: topics as partitions, messages appended and read; blocking, for one thread."""

import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import merge
from itertools import islice, takewhile
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

from pydantic_core import from_json, to_json

from shared import sqlite
from shared.bus.contract import Message, Received
from shared.bus.sizes import check_sizes
from shared.bus.sqlite.packing import Dictionary
from shared.clock import Clock
from shared.errors import BusUnavailable, SettingsInvalid

PARTITIONS: Final = 4
EMPTY_PAGES: Final = 256
"""Kept in the file for what comes next."""
_MICRO: Final = 1_000_000
_FORMATS: Final = (
    """
CREATE TABLE partitions (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    number INTEGER NOT NULL,
    UNIQUE (topic, number)
);
CREATE TABLE messages (
    offset INTEGER PRIMARY KEY AUTOINCREMENT,
    partition INTEGER NOT NULL REFERENCES partitions (id),
    key TEXT NOT NULL,
    value BLOB,
    headers TEXT NOT NULL,
    published_at INTEGER NOT NULL
);
CREATE INDEX messages_of_partition ON messages (partition, offset);
CREATE TABLE members (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    consumer_group TEXT NOT NULL,
    name TEXT NOT NULL,
    topics TEXT NOT NULL,
    process TEXT NOT NULL,
    expires_at REAL NOT NULL,
    UNIQUE (consumer_group, name)
);
CREATE TABLE assignments (
    consumer_group TEXT NOT NULL,
    partition INTEGER NOT NULL REFERENCES partitions (id),
    member INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, partition)
) WITHOUT ROWID;
CREATE TABLE positions (
    consumer_group TEXT NOT NULL,
    partition INTEGER NOT NULL REFERENCES partitions (id),
    committed INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, partition)
) WITHOUT ROWID;
""",
    "CREATE INDEX messages_of_key ON messages (partition, key, offset)",
    """
ALTER TABLE positions ADD COLUMN ahead TEXT NOT NULL DEFAULT '';
ALTER TABLE partitions ADD COLUMN cleaned INTEGER NOT NULL DEFAULT 0
""",
    """
CREATE TABLE dictionaries (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL UNIQUE,
    headers BLOB NOT NULL,
    value BLOB NOT NULL
);
ALTER TABLE messages ADD COLUMN dictionary INTEGER REFERENCES dictionaries (id)
""",
)
"""What leads from one format of the file to the next."""


class Partition(NamedTuple):
    """A partition: its row in the file, and its name to the outside."""

    id: int
    topic: str
    number: int


class Log:
    """One connection to the file at `path`, made with its folder when it is not there.

    Offsets count over the whole log, so that they also order the partitions among each other. A commit is on
    disk when it returns; how long what was published is kept is for retention.py to say. Raises BusUnavailable
    when the file cannot be used, Damaged when it is no bus.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._partitions: dict[str, tuple[Partition, ...]] = {}
        self._dictionaries: dict[int, Dictionary] = {}
        self._dictionary_of: dict[str, Dictionary] = {}
        with self._reachable():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(path, isolation_level=None)
            try:
                sqlite.prepare(self.connection.execute)
                self._make_tables()
            except BaseException:
                self.connection.close()
                raise

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction of the one writer at a time; rolled back on any error."""
        with self._transaction("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction that sees one state of the log."""
        with self._transaction("BEGIN"):
            yield

    def changes(self) -> int:
        """A number that differs after another connection committed."""
        with self._reachable():
            (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def partitions(self, topic: str) -> tuple[Partition, ...]:
        """The partitions of `topic`, none when it is not there."""
        if topic not in self._partitions:
            rows = self.connection.execute(
                "SELECT id, topic, number FROM partitions WHERE topic = ? ORDER BY number", (topic,)
            )
            found = tuple(Partition(*row) for row in rows)
            if not found:
                return ()
            self._partitions[topic] = found
        return self._partitions[topic]

    def create(self, topic: str) -> tuple[Partition, ...]:
        """The partitions of `topic`, made when they are not there; within `writing`."""
        if not self.partitions(topic):
            self.connection.executemany(
                "INSERT INTO partitions (topic, number) VALUES (?, ?)",
                [(topic, number) for number in range(PARTITIONS)],
            )
        return self.partitions(topic)

    def append(self, messages: Sequence[Message]) -> None:
        """Add `messages` in their order; within `writing`. Raises TooLarge."""
        check_sizes(messages)
        now = int(self._clock.now().timestamp() * _MICRO)
        topics = {name: self.create(name) for name in {message.topic for message in messages}}
        self.connection.executemany(
            "INSERT INTO messages (partition, key, headers, value, dictionary, published_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                (partition_of(topics[each.topic], each.key).id, each.key, *self._packed(each), now)
                for each in messages
            ),
        )

    def after(self, starts: Mapping[Partition, int], limit: int) -> list[Received]:
        """Up to `limit` messages past the given offset of each partition, all in the order of the log."""
        streams = [self._stream(partition, offset) for partition, offset in starts.items()]
        return list(islice(merge(*streams, key=attrgetter("offset")), limit))

    def latest(self, topic: str, key: str) -> Received | None:
        """The last message of `key` on `topic`."""
        partitions = self.partitions(topic)
        if not partitions:
            return None
        newest = self._rows(
            "SELECT offset, key, value, headers, dictionary, published_at FROM messages"
            " WHERE partition = ? AND key = ? ORDER BY offset DESC LIMIT 1",
            partition_of(partitions, key),
            key,
        )
        return next(newest, None)

    def count_after(self, starts: Mapping[Partition, int]) -> dict[Partition, int]:
        """Partition → number of messages past the given offset."""
        counts = {}
        for partition, offset in starts.items():
            (count,) = self.connection.execute(
                "SELECT count(*) FROM messages WHERE partition = ? AND offset > ?", (partition.id, offset)
            ).fetchone()
            counts[partition] = int(count)
        return counts

    def aged(self, partition: Partition, micros: int, limit: int) -> list[int]:
        """The first offsets not cleaned yet, up to `limit`, all published at least `micros` microseconds ago."""
        until = int(self._clock.now().timestamp() * _MICRO) - micros
        rows = self.connection.execute(
            "SELECT offset, published_at FROM messages WHERE partition = ?"
            " AND offset > (SELECT cleaned FROM partitions WHERE id = ?) ORDER BY offset LIMIT ?",
            (partition.id, partition.id, limit),
        )
        return [offset for offset, _ in takewhile(lambda row: row[1] <= until, rows)]

    def set_right(self, partition: Partition) -> None:
        """What a clock that was wrong dated ahead, which keeps all behind it, was published now; in `writing`."""
        now = int(self._clock.now().timestamp() * _MICRO)
        first = self.connection.execute(
            "SELECT published_at FROM messages WHERE partition = ?1"
            " AND offset > (SELECT cleaned FROM partitions WHERE id = ?1) ORDER BY offset LIMIT 1",
            (partition.id,),
        ).fetchone()
        if first and first[0] > now:
            self.connection.execute(
                "UPDATE messages SET published_at = ?2 WHERE partition = ?1 AND published_at > ?2",
                (partition.id, now),
            )

    def remove(self, partition: Partition, offsets: Sequence[int]) -> None:
        """Remove the messages of a partition up to the last of `offsets`; within `writing`."""
        self.connection.execute(
            "DELETE FROM messages WHERE partition = ? AND offset <= ?", (partition.id, offsets[-1])
        )
        self._cleaned(partition, offsets[-1])

    def compact(self, partition: Partition, offsets: Sequence[int]) -> None:
        """Remove what the messages at `offsets` replaced, and the tombstones among them; within `writing`."""
        place = [(partition.id, offset) for offset in offsets]
        self.connection.executemany(
            "DELETE FROM messages WHERE partition = ?1 AND offset < ?2"
            " AND key = (SELECT key FROM messages WHERE offset = ?2)",
            place,
        )
        self.connection.executemany(
            "DELETE FROM messages WHERE partition = ? AND offset = ? AND value IS NULL", place
        )
        self._cleaned(partition, offsets[-1])

    def give_back(self, pages: int) -> bool:
        """Make the file shorter by up to `pages` that are empty; whether there are more.

        A file of an older gongkai is rewritten once, when a quarter of it is empty; that takes its whole length.
        """
        with self._reachable():
            (shrinks,) = self.connection.execute("PRAGMA auto_vacuum").fetchone()
            (empty,) = self.connection.execute("PRAGMA freelist_count").fetchone()
            (whole,) = self.connection.execute("PRAGMA page_count").fetchone()
            if shrinks and empty > EMPTY_PAGES:
                self.connection.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()
                return bool(empty - pages > EMPTY_PAGES)
            if not shrinks and empty > max(EMPTY_PAGES, whole // 4):
                self.connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                self.connection.execute("VACUUM")
        return False

    def _cleaned(self, partition: Partition, offset: int) -> None:
        self.connection.execute("UPDATE partitions SET cleaned = ? WHERE id = ?", (offset, partition.id))

    def _stream(self, partition: Partition, offset: int) -> Iterator[Received]:
        yield from self._rows(
            "SELECT offset, key, value, headers, dictionary, published_at FROM messages"
            " WHERE partition = ? AND offset > ? ORDER BY offset",
            partition,
            offset,
        )

    def _rows(self, query: str, partition: Partition, value: int | str) -> Iterator[Received]:
        for at, key, content, told, number, published in self.connection.execute(query, (partition.id, value)):
            headers, content = (told, content) if number is None else self._unpacked(number, told, content)
            yield Received(
                partition.topic,
                key,
                content,
                from_json(headers),
                partition.number,
                at,
                datetime.fromtimestamp(published / _MICRO, UTC),
            )

    def _packed(self, message: Message) -> tuple[bytes, bytes | None, int]:
        """Headers and value as they are kept, and the dictionary for them, made when the topic has none."""
        headers = to_json(message.headers)
        dictionary = self._dictionary_of.get(message.topic)
        if dictionary is None:
            made = Dictionary.of(0, headers, message.value)
            self.connection.execute(
                "INSERT INTO dictionaries (topic, headers, value) VALUES (?, ?, ?) ON CONFLICT (topic) DO NOTHING",
                (message.topic, made.headers, made.value),
            )
            dictionary = self._dictionary("topic", message.topic)
            self._dictionary_of[message.topic] = dictionary
        return *dictionary.pack(headers, message.value), dictionary.id

    def _unpacked(self, number: int, headers: bytes, value: bytes | None) -> tuple[bytes, bytes | None]:
        if number not in self._dictionaries:
            self._dictionaries[number] = self._dictionary("id", number)
        try:
            return self._dictionaries[number].unpack(headers, value)
        except zlib.error as error:
            raise sqlite.damaged(self._path, error) from error

    def _dictionary(self, column: str, value: int | str) -> Dictionary:
        query = f"SELECT id, headers, value FROM dictionaries WHERE {column} = ?"  # noqa: S608 - our own words
        return Dictionary(*self.connection.execute(query, (value,)).fetchone())

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._reachable():
            self.connection.execute(begin)
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                for known in (self._partitions, self._dictionaries, self._dictionary_of):
                    known.clear()
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in sqlite.DAMAGE:
                raise sqlite.damaged(self._path, error) from error
            raise BusUnavailable(f"The bus {self._path} cannot be used: {error}.") from error

    def _make_tables(self) -> None:
        with self.writing():
            (found,) = self.connection.execute("PRAGMA user_version").fetchone()
            if found > len(_FORMATS):
                raise SettingsInvalid(f"{self._path} was written by a newer gongkai; update this one.")
            for script in _FORMATS[found:]:
                for statement in filter(str.strip, script.split(";")):
                    self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {len(_FORMATS)}")


def partition_of(partitions: Sequence[Partition], key: str) -> Partition:
    """The one of a topic's `partitions` in which the messages of `key` lie."""
    return partitions[zlib.crc32(key.encode()) % len(partitions)]
