"""Records: a page of them by any filter, all of one reading, their JSON as published.

A page is found in the narrow table alone, then its JSON is taken by position. Few disclosures in scope: their
records are gathered by reading. Many: records are walked in the order asked for, and each one's reading looked up.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store import cursor, search
from services.store.filters import RecordFilter
from services.store.queries.columns import fetch
from services.store.queries.disclosures import Condition, is_of, meets, named
from services.store.tables import LARGEST, MOST_RECORDS, Record, RecordBody, Revision, to_cents
from shared.database import on_sqlite
from shared.schemas.record_types import decode
from shared.schemas.records import RecordBase

FEW: Final = 200
"""Up to so many readings in scope, their records are gathered; beyond, records are walked."""


@dataclass(frozen=True)
class Hit:
    """A record with the reading it belongs to and its JSON."""

    record: Record
    revision: Revision
    body: str


@dataclass(frozen=True)
class HitPage:
    """Records, and the cursor of the page after; None at the end."""

    items: Sequence[Hit]
    next_cursor: str | None


@dataclass(frozen=True)
class Summary:
    """Records counted: `amount` is the sum of their main amounts in yuan, sums and their parts alike.

    `more` says that there are more than were counted; `facets` is field → value → how many, the most first.
    """

    count: int
    more: bool
    amount: str
    facets: dict[str, dict[str, int]]


COUNTED: Final = 20_000
_SHORTEST: Final = 2
"""Characters of a part of a word."""
_SHOWN: Final = 12
_FACETS: Final = ("fiscal_year", "region_code", "department", "kind")
_SORTS: Final[dict[str, tuple[Any, ...]]] = {
    "stored": (col(Record.position),),
    "amount": (col(Record.amount), col(Record.position)),
    "newest": (col(Record.position),),
}


@dataclass(frozen=True)
class Way:
    """How records have all words of a search: those their disclosure has, and those they say themselves."""

    of_disclosure: tuple[str, ...] = ()
    of_record: tuple[str, ...] = ()

    def of(self, session: AsyncSession) -> list[Condition]:
        """What it asks of the reading."""
        return [is_of(search.fold(word), session) for word in self.of_disclosure]


@dataclass(frozen=True)
class Extent:
    """What a filter looks into at one time: the readings, and how their records have its words."""

    readings: frozenset[int]
    ways: Sequence[Way]


async def page_of_records(session: AsyncSession, wanted: RecordFilter, extent: Extent | None = None) -> HitPage:
    """The records that meet the filter; of `extent` alone where given, what it looked into at another time.

    A page of an `extent` may hold fewer than asked for before the end.
    """
    found: set[tuple[int, ...]] = set()
    for way in extent.ways if extent else await _ways(session, wanted):
        if extent is None:
            within = await _within(session, wanted, way)
        else:
            within = _among(extent.readings, wanted, way.of(session))
        statement = select(*_SORTS[wanted.order]).where(*_asked(wanted, on_sqlite(session)), within)
        found.update(await _places(session, wanted, _searched(statement, wanted, way, session)))
    places = sorted(found, reverse=wanted.order != "stored")[: wanted.limit + 1]
    positions = [place[-1] for place in places[: wanted.limit]]
    if extent is not None:
        positions = [each for each in positions if each // MOST_RECORDS in extent.readings]
    hits = await _hits(session, positions)
    more = len(places) > wanted.limit
    return HitPage(hits, cursor.write(places[wanted.limit - 1]) if more else None)


async def _ways(session: AsyncSession, wanted: RecordFilter) -> list[Way]:
    """One way for the words of the search that some disclosure in scope has, and the one in which it has none."""
    texts, _ = search.amounts(wanted.q or "")
    whole = [word for word in dict.fromkeys(texts) if search.fold(word)]
    words = list(dict.fromkeys([part for word in whole for part in await _parted(session, word)]))
    if not words:
        return [Way()]
    has = [is_of(search.fold(word), session) for word in words]
    statement: Select[Any] = select(*(case((each, 1), else_=0) for each in has))
    rows = await fetch(session, statement.where(or_(*has), *meets(wanted)).distinct())
    choices = {(0,) * len(words), *map(tuple, rows)}
    return [
        Way(
            tuple(word for word, is_had in zip(words, choice, strict=True) if is_had),
            tuple(word for word, is_had in zip(words, choice, strict=True) if not is_had),
        )
        for choice in sorted(choices)
    ]


async def _parted(session: AsyncSession, word: str) -> list[str]:
    """`word` in parts where nothing has it whole: of `水利局三公经费` what a disclosure is, and what is left."""
    folded = search.fold(word)
    if folded.isascii() or await fetch(session, search.positions(word, session).limit(1)):
        return [word]
    lengths = [len(folded), *range(len(folded) - _SHORTEST, _SHORTEST - 1, -1)]
    longest = case(*((is_of(folded[:length], session), length) for length in lengths), else_=0)
    statement = select(func.max(longest)).where(is_of(folded[:_SHORTEST], session))
    ((length,),) = await fetch(session, statement)
    if not length or length == len(folded):
        return [word]
    return [folded[:length], *await _parted(session, folded[length:])]


def _searched(statement: Select[Any], wanted: RecordFilter, way: Way, session: AsyncSession) -> Select[Any]:
    """`statement` narrowed to records with the amounts asked for, and the words and codes the record is to say."""
    _, spans = search.amounts(wanted.q or "")
    texts, codes = search.codes(way.of_record)
    for choices in spans:
        amount = col(Record.amount)
        each = [and_(amount >= _cents_from(low), amount < _cents_from(high)) for low, high in choices]
        statement = statement.where(or_(*each))
    for code in codes:
        statement = statement.where(_has_code(code, session))
    if texts:
        statement = search.containing(statement, col(Record.position), " ".join(texts), session)
    return statement


def _has_code(code: str, session: AsyncSession) -> ColumnElement[bool]:
    """That a record has the code, names it in its text, or is of that many yuan or 万元 where it is a number."""
    plain = unicodedata.normalize("NFKC", code)
    found = [
        col(Record.code).in_({plain, plain.upper()}),
        col(Record.position).in_(search.positions(code, session)),
    ]
    if plain.isdigit():
        cents = {int(plain) * scale for scale in (100, 1_000_000)}
        found.append(col(Record.amount).in_([each for each in cents if each <= LARGEST]))
    return or_(*found)


def _cents_from(yuan: Decimal) -> int:
    """The first amount in 分 that is not below `yuan`."""
    return min(int(yuan.scaleb(2).to_integral_value(ROUND_CEILING)), LARGEST)


async def summary(session: AsyncSession, wanted: RecordFilter) -> Summary:
    """How many records meet the filter, what their amounts add up to, and how they fall to types, years and so on.

    Of more than `COUNTED` the first so many alone.
    """
    columns = (col(Record.position), col(Record.type), col(Record.amount), col(Record.revision))
    found: dict[int, Any] = {}
    for way in await _ways(session, wanted):
        within = await _within(session, wanted, way)
        met: Any = select(*columns).where(*_asked(wanted, on_sqlite(session)), within)
        rows = await fetch(session, _searched(met, wanted, way, session).limit(COUNTED + 1))
        found |= {row[0]: row[1:] for row in rows}
    counted = list(found.values())[:COUNTED]
    readings = await _readings(session, {row[2] for row in counted})
    facets: dict[str, Counter[str]] = {name: Counter() for name in ("type", *_FACETS)}
    for type_, _, reading in counted:
        facets["type"][type_] += 1
        for name in _FACETS:
            value = getattr(readings[reading], name)
            if value is not None:
                facets[name][str(value)] += 1
    cents = sum(amount for _, amount, _ in counted if amount is not None)
    return Summary(
        count=len(counted),
        more=len(found) > COUNTED,
        amount=f"{Decimal(cents) / 100:.2f}",
        facets={name: dict(found.most_common(_SHOWN)) for name, found in facets.items()},
    )


async def _readings(session: AsyncSession, keys: set[int]) -> dict[int, Revision]:
    found: dict[int, Revision] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), FEW):
        some = ordered[start : start + FEW]
        for each in await session.exec(select(Revision).where(col(Revision.key).in_(some))):
            found[each.key or 0] = each
    return found


async def _places(session: AsyncSession, wanted: RecordFilter, statement: Select[Any]) -> list[tuple[int, ...]]:
    order = _SORTS[wanted.order]
    if wanted.order != "stored":
        statement = statement.where(order[0].is_not(None)).order_by(*(each.desc() for each in order))
        if wanted.after:
            statement = statement.where(tuple_(*order) < wanted.after)
    else:
        statement = statement.order_by(*order)
        if wanted.after:
            statement = statement.where(order[0] > wanted.after[0])
    return [tuple(row) for row in await fetch(session, statement.limit(wanted.limit + 1))]


def _asked(wanted: RecordFilter, sqlite: bool) -> list[Condition]:
    """What is asked of the record itself."""
    equal = {
        "type": wanted.type,
        "table_name": wanted.table,
        "column_name": wanted.column,
        "check_name": wanted.check,
        "severity": wanted.severity,
        "status": wanted.status,
    }
    conditions: list[Condition] = [
        getattr(Record, name) == value for name, value in equal.items() if value is not None
    ]
    if wanted.code:
        code = col(Record.code)
        start = wanted.code.removesuffix("*")
        conditions.append(code.startswith(start, autoescape=True) if start != wanted.code else code == start)
    amount: Any = col(Record.amount)
    if sqlite and wanted.order != "amount":
        amount = amount + 0  # it would gather them all by the index on amounts, however many, to sort them
    if wanted.min_amount is not None:
        conditions.append(amount >= to_cents(wanted.min_amount))
    if wanted.max_amount is not None:
        conditions.append(amount <= to_cents(wanted.max_amount))
    return conditions


async def extent_of(session: AsyncSession, wanted: RecordFilter) -> Extent:
    """What the filter looks into now."""
    found = await session.exec(select(Revision.key).where(*await _in_scope(session, wanted)))
    return Extent(frozenset(key for key in found if key is not None), await _ways(session, wanted))


async def _within(session: AsyncSession, wanted: RecordFilter, way: Way) -> ColumnElement[bool]:
    """That the record's reading is in scope, and its disclosure has the words that `way` asks of it."""
    conditions = [*await _in_scope(session, wanted), *way.of(session)]
    if wanted.covers_all and not way.of_disclosure:
        return _one_meets(conditions)
    few = (await session.exec(select(Revision.key).where(*conditions).limit(FEW + 1))).all()
    return col(Record.revision).in_(few) if len(few) <= FEW else _one_meets(conditions)


def _among(readings: frozenset[int], wanted: RecordFilter, of: list[Condition]) -> ColumnElement[bool]:
    """That the record's reading meets `of` and is among `readings`, or at least may be, where they are many."""
    among = col(Record.revision).in_(sorted(readings)) if len(readings) <= FEW else _one_meets(meets(wanted))
    return and_(among, _one_meets(of)) if of else among


async def _in_scope(session: AsyncSession, wanted: RecordFilter) -> list[Condition]:
    conditions = meets(wanted)
    if wanted.disclosure:
        conditions.append(col(Revision.disclosure_id) == wanted.disclosure)
    if wanted.revision is None and wanted.reading is None:
        return [col(Revision.standing), *conditions]
    found = await named(session, wanted.revision, wanted.reading)
    return [col(Revision.key).in_([found.key] if found else []), *conditions]


def _one_meets(conditions: list[Condition]) -> ColumnElement[bool]:
    return select(Revision.key).where(col(Revision.key) == col(Record.revision), *conditions).exists()


async def _hits(session: AsyncSession, positions: Sequence[int]) -> list[Hit]:
    statement = (
        select(Record, Revision, RecordBody.body)
        .join(RecordBody, col(RecordBody.position) == Record.position)
        .join(Revision, col(Revision.key) == Record.revision)
        .where(col(Record.position).in_(positions))
    )
    by_position = {row[0].position: Hit(*row) for row in (await session.exec(statement)).all()}
    return [by_position[position] for position in positions]


async def all_of(session: AsyncSession, revision: int, type_: str | None = None) -> Sequence[str]:
    """The JSON of a reading's records, of one type or all, in published order."""
    statement = (
        select(RecordBody.body)
        .join(Record, col(Record.position) == RecordBody.position)
        .where(col(Record.revision) == revision)
        .order_by(col(Record.position))
    )
    return (await session.exec(statement if type_ is None else statement.where(Record.type == type_))).all()


async def disclosure_bodies(session: AsyncSession, revisions: Sequence[Revision]) -> list[str]:
    """The disclosure record of each reading, in their order."""
    statement = (
        select(Record.revision, RecordBody.body)
        .join(RecordBody, col(RecordBody.position) == Record.position)
        .where(col(Record.revision).in_([each.key for each in revisions]), Record.type == "disclosure")
    )
    bodies = dict((await session.exec(statement)).all())
    return [bodies[each.key] for each in revisions if each.key in bodies]


async def one_of(session: AsyncSession, revision: int, record_id: str) -> RecordBase | None:
    """A record of a reading by its id."""
    statement = (
        select(RecordBody.body)
        .join(Record, col(Record.position) == RecordBody.position)
        .where(Record.id == record_id, Record.revision == revision)
    )
    body = (await session.exec(statement)).first()
    return None if body is None else decode(body)
