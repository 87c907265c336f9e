"""Text search for any part of a Chinese text; the one place where SQLite and PostgreSQL differ.

Text is folded (NFKC, case, no spaces or punctuation: `三公经费` finds `“三公”经费`). SQLite keeps the pairs of its
neighbouring characters as words of a full-text index, so that a phrase of pairs is a part of the text; PostgreSQL
keeps the folded text itself under trigrams where pg_trgm is there, and is right, if slower, where it is not.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Select, Text, and_, column, literal_column, table
from sqlmodel.ext.asyncio.session import AsyncSession

TABLE: Final = "record_text"
_SQLITE: Final = table(TABLE, column("rowid", BigInteger), column("text", Text))
_OTHER: Final = table(TABLE, column("position", BigInteger), column("text", Text))

CREATE: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (f"CREATE VIRTUAL TABLE {TABLE} USING fts5(text, content='')",),
    "postgresql": (
        f"CREATE TABLE {TABLE} (position BIGINT PRIMARY KEY REFERENCES record (position), text TEXT NOT NULL)",
        f"""
        DO $$ BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
            CREATE INDEX {TABLE}_part ON {TABLE} USING gin (text gin_trgm_ops);
        EXCEPTION WHEN feature_not_supported OR undefined_file OR insufficient_privilege THEN
            RAISE NOTICE 'pg_trgm is not available: text search walks all text';
        END $$
        """,
    ),
}
"""Dialect → the statements that make the search table."""


def fold(text: str) -> str:
    """`text` as it is compared: compatibility forms, case, spaces and punctuation make no difference."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def words(query: str) -> list[str]:
    """The folded words of what a person typed; empty when there is nothing to look for."""
    return [word for word in map(fold, query.split()) if word]


def _pairs(folded: str) -> str:
    """`预算表` → `预算 算表 表`; the single last character ends the phrase and lets one character be found."""
    return " ".join(folded[index : index + 2] for index in range(len(folded)))


def _phrase(word: str) -> str:
    return f'"{word}" *' if len(word) == 1 else f'"{_pairs(word)[:-2]}"'


async def keep(session: AsyncSession, texts: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Make the texts of records findable: (position, its texts)."""
    folded = [(position, [part for part in map(fold, parts) if part]) for position, parts in texts]
    filled = [(position, parts) for position, parts in folded if parts]
    if not filled:
        return
    if _sqlite(session):
        rows = [{"rowid": position, "text": " ".join(map(_pairs, parts))} for position, parts in filled]
        await session.exec(_SQLITE.insert(), params=rows)
    else:
        rows = [{"position": position, "text": " ".join(parts)} for position, parts in filled]
        await session.exec(_OTHER.insert(), params=rows)


def containing(statement: Select[Any], position: Any, query: str, session: AsyncSession) -> Select[Any]:
    """`statement` narrowed to records at `position` whose text has every word of `query`."""
    wanted = words(query)
    if _sqlite(session):
        found = literal_column(TABLE).op("MATCH")(" AND ".join(map(_phrase, wanted)))
        return statement.join(_SQLITE, _SQLITE.c.rowid == position).where(found)
    every = and_(*(_OTHER.c.text.contains(word) for word in wanted))
    return statement.join(_OTHER, _OTHER.c.position == position).where(every)


def _sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
