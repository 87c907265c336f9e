"""Text search for any part of a Chinese text, on SQLite and on PostgreSQL.

Text is folded (NFKC, case, no spaces or punctuation: `三公经费` finds `“三公”经费`) and kept as the pairs of its
neighbouring characters: ` 水利 利工 工程 程`. A part of the text is a row of pairs; a single character begins one.
To SQLite's full-text index a pair is a word. PostgreSQL keeps trigrams of each word with the spaces around it,
so that two characters and even one have some of their own, where plain text would have none for less than three;
where pg_trgm is not there, or the database's LC_CTYPE is C, it is right, if slower: it walks all text.

Records are searched by their own texts, readings by title, region, department, year and kind of their disclosure.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Select,
    TableClause,
    Text,
    and_,
    column,
    literal_column,
    select,
    table,
)
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.bulk import insert_rows
from shared.database import on_sqlite

TABLE: Final = "record_text"
READINGS: Final = "revision_text"
"""SQLite's index of the column `searched` of `revision`; PostgreSQL's has its name."""
Span = tuple[Decimal, Decimal]
"""Yuan from, and to: the end is not in it."""
_AMOUNT: Final = re.compile(
    r"(?P<number>-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,6})?)(?P<unit>元|万元?|亿元?)?"
)
_WAN: Final = Decimal(10_000)
_UNITS: Final = {"元": Decimal(1), "万": _WAN, "万元": _WAN, "亿": _WAN**2, "亿元": _WAN**2}
_GUESSED: Final = (_WAN, Decimal(1))
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")
_CODE: Final = re.compile("(?=[A-Za-z]*[0-9])[0-9A-Za-z]{3,}")
SQLITE: Final = table(TABLE, column("rowid", BigInteger), column("text", Text))
POSTGRESQL: Final = table(TABLE, column("position", BigInteger), column("text", Text))

SQLITE_READINGS: Final = table(READINGS, column("rowid", BigInteger))


def _trigrams(name: str, of: str, text: str) -> str:
    return f"""
        DO $$ BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
            CREATE INDEX {name} ON {of} USING gin ({text} gin_trgm_ops);
        EXCEPTION WHEN feature_not_supported OR undefined_file OR insufficient_privilege THEN
            RAISE NOTICE 'pg_trgm is not available: text search walks all text';
        END $$
    """


INDEX: Final = _trigrams(f"{TABLE}_part", TABLE, "text")
CREATE: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (f"CREATE VIRTUAL TABLE {TABLE} USING fts5(text, content='')",),
    "postgresql": (
        f"CREATE TABLE {TABLE} (position BIGINT PRIMARY KEY REFERENCES record (position), text TEXT NOT NULL)",
        INDEX,
    ),
}
"""Dialect → the statements that make the search table."""
CREATE_READINGS: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {READINGS} USING fts5(searched, content='revision', content_rowid='key')",
        f"INSERT INTO {READINGS} ({READINGS}) VALUES ('rebuild')",  # noqa: S608 - all of it is ours
        f"""
            CREATE TRIGGER {READINGS}_kept AFTER INSERT ON revision BEGIN
                INSERT INTO {READINGS} (rowid, searched) VALUES (new.key, new.searched);
            END
        """,  # noqa: S608 - all of it is ours
    ),
    "postgresql": (_trigrams(READINGS, "revision", "searched"),),
}
"""Dialect → the statements that make the readings there are, and those to come, findable."""


def fold(text: str) -> str:
    """`text` as it is compared: compatibility forms, case, spaces and punctuation make no difference."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def words(query: str) -> list[str]:
    """The folded words of what a person typed; empty when there is nothing to look for."""
    return [word for word in map(fold, query.split()) if word]


def amounts(query: str) -> tuple[list[str], list[list[Span]]]:
    """What a person typed, parted: words, and for each amount the spans of yuan it may be meant as.

    An amount has a point, a comma or a unit: `3,383.3` is that many 万元 or 元, `2.5亿元` is what it says. It
    stands for all that is rounded to it. A number without any of them is a word: a year, or what `codes` takes.
    """
    texts, found = [], []
    for word in query.split():
        match = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", word))
        if match and (match["unit"] or not match["number"].lstrip("-").isdigit()):
            number = Decimal(match["number"].replace(",", ""))
            scales = [_UNITS[match["unit"]]] if match["unit"] else list(_GUESSED)
            found.append([_span(number, scale) for scale in scales])
        else:
            texts.append(word)
    return texts, found


def codes(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Words parted: those that are text alone, and those that may be a code too (`2130305`, `A02010105`), or a
    whole amount (`371883400`). A year is text.
    """
    plain: list[str] = []
    found: list[str] = []
    for text in texts:
        code = unicodedata.normalize("NFKC", text).upper()
        (found if _CODE.fullmatch(code) and not _YEAR.fullmatch(code) else plain).append(text)
    return plain, found


def _span(number: Decimal, scale: Decimal) -> Span:
    exponent = number.as_tuple().exponent
    half = Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)
    return (number - half) * scale, (number + half) * scale


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
    table, key = _place(session)
    return statement.join(table, key == position).where(_has(words(query), session))


def positions(word: str, session: AsyncSession) -> Select[Any]:
    """Where the records are whose text has `word`: for a condition beside others that may hold instead."""
    table, key = _place(session)
    return select(key).select_from(table).where(_has(words(word), session))


def readings(word: str) -> Select[Any]:
    """The keys of the readings whose disclosure has the folded `word`; on SQLite."""
    return select(SQLITE_READINGS.c.rowid).where(literal_column(READINGS).op("MATCH")(_phrase(word)))


def _place(session: AsyncSession) -> tuple[TableClause, ColumnClause[Any]]:
    return (SQLITE, SQLITE.c.rowid) if on_sqlite(session) else (POSTGRESQL, POSTGRESQL.c.position)


def _has(wanted: Sequence[str], session: AsyncSession) -> ColumnElement[bool]:
    if on_sqlite(session):
        return literal_column(TABLE).op("MATCH")(" AND ".join(map(_phrase, wanted)))
    return and_(*(POSTGRESQL.c.text.like(pattern(word)) for word in wanted))
