"""Text search for any part of a Chinese text, on SQLite and on PostgreSQL.

Text is folded (NFKC, case, no spaces or punctuation: `三公经费` finds `“三公”经费`) and kept as the pairs of its
neighbouring characters: ` 水利 利工 工程 程`. A part of the text is a row of pairs; a single character begins one.
To SQLite's full-text index a pair is a word. PostgreSQL keeps trigrams of each word with the spaces around it,
so that two characters and even one have some of their own, where plain text would have none for less than three;
where pg_trgm is not there, or the database's LC_CTYPE is C, it is right, if slower: it walks all text.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Select, Text, and_, column, literal_column, table
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.bulk import insert_rows
from shared.database import on_sqlite

TABLE: Final = "record_text"
SQLITE: Final = table(TABLE, column("rowid", BigInteger), column("text", Text))
POSTGRESQL: Final = table(TABLE, column("position", BigInteger), column("text", Text))

INDEX: Final = f"""
    DO $$ BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX {TABLE}_part ON {TABLE} USING gin (text gin_trgm_ops);
    EXCEPTION WHEN feature_not_supported OR undefined_file OR insufficient_privilege THEN
        RAISE NOTICE 'pg_trgm is not available: text search walks all text';
    END $$
"""
CREATE: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (f"CREATE VIRTUAL TABLE {TABLE} USING fts5(text, content='')",),
    "postgresql": (
        f"CREATE TABLE {TABLE} (position BIGINT PRIMARY KEY REFERENCES record (position), text TEXT NOT NULL)",
        INDEX,
    ),
}
"""Dialect → the statements that make the search table."""


def fold(text: str) -> str:
    """`text` as it is compared: compatibility forms, case, spaces and punctuation make no difference."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def words(query: str) -> list[str]:
    """The folded words of what a person typed; empty when there is nothing to look for."""
    return [word for word in map(fold, query.split()) if word]


def pairs(parts: Iterable[str]) -> str:
    """Folded texts as pairs: `预算表` is ` 预算 算表 表`. The single last character ends a text."""
    return "".join(f" {part[index : index + 2]}" for part in parts for index in range(len(part)))


def _phrase(word: str) -> str:
    return f'"{word}" *' if len(word) == 1 else f'"{_full_pairs(word)}"'


def pattern(word: str) -> str:
    """What a text on PostgreSQL is LIKE that has the folded `word`."""
    return f"% {word}%" if len(word) == 1 else f"%{_full_pairs(word)} %"


def _full_pairs(word: str) -> str:
    return pairs([word])[:-2]


async def keep(session: AsyncSession, texts: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Make the texts of records findable: (position, its texts)."""
    given = ((position, pairs(map(fold, parts))) for position, parts in texts)
    table, key = (SQLITE, "rowid") if on_sqlite(session) else (POSTGRESQL, "position")
    rows = [{key: position, "text": text} for position, text in given if text]
    if rows:
        await insert_rows(session, table, rows)


def containing(statement: Select[Any], position: Any, query: str, session: AsyncSession) -> Select[Any]:
    """`statement` narrowed to records at `position` whose text has every word of `query`."""
    wanted = words(query)
    if on_sqlite(session):
        found = literal_column(TABLE).op("MATCH")(" AND ".join(map(_phrase, wanted)))
        return statement.join(SQLITE, SQLITE.c.rowid == position).where(found)
    every = and_(*(POSTGRESQL.c.text.like(pattern(word)) for word in wanted))
    return statement.join(POSTGRESQL, POSTGRESQL.c.position == position).where(every)
