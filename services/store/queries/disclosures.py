"""Disclosures: a page of them, one with its history and its files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store import cursor, search
from services.store.filters import DisclosureFilter, Scope
from services.store.tables import DisclosureFile, Revision, UnreadFile
from shared.database import on_sqlite

Condition = ColumnElement[bool] | Mapped[bool]


@dataclass(frozen=True)
class RevisionPage:
    """Readings that stand, and the cursor of the page after; None at the end."""

    items: Sequence[Revision]
    next_cursor: str | None


def meets(scope: Scope) -> list[Condition]:
    """What a reading must meet to be in `scope`, whether it stands or not."""
    conditions: list[Condition] = []
    if scope.region:
        conditions.append(col(Revision.region_code).startswith(scope.region))
    if scope.year is not None:
        conditions.append(col(Revision.fiscal_year) == scope.year)
    if scope.department:
        conditions.append(col(Revision.department).contains(scope.department, autoescape=True))
    if scope.kind:
        conditions.append(col(Revision.kind) == scope.kind)
    return conditions


def is_of(word: str, session: AsyncSession) -> Condition:
    """That the folded `word` is in what a reading's disclosure is: title, region, department, year, kind."""
    if on_sqlite(session):
        return col(Revision.key).in_(search.readings(word))
    return col(Revision.searched).like(search.pattern(word))


_SEVERITIES = {"error": col(Revision.errors), "warning": col(Revision.warnings), "info": col(Revision.infos)}
_SORTS: dict[str, tuple[Any, ...]] = {
    "stored": (col(Revision.key),),
    "published": (col(Revision.published_on), col(Revision.key)),
    "errors": (col(Revision.errors), col(Revision.key)),
}


async def page_of_disclosures(session: AsyncSession, wanted: DisclosureFilter) -> RevisionPage:
    """The readings that stand and meet the filter."""
    order = _SORTS[wanted.order]
    statement = select(Revision).where(col(Revision.standing), *meets(wanted))
    for word in search.words(wanted.q or ""):
        statement = statement.where(is_of(word, session))
    if wanted.severity:
        statement = statement.where(_SEVERITIES[wanted.severity] > 0)
    if wanted.after:
        statement = statement.where(tuple_(*order) < wanted.after)
    statement = statement.order_by(*(each.desc() for each in order)).limit(wanted.limit + 1)
    found = (await session.exec(statement)).all()
    items = found[: wanted.limit]
    return RevisionPage(items, cursor.write(_place(items[-1], order)) if len(found) > wanted.limit else None)


def _place(revision: Revision, order: tuple[Any, ...]) -> cursor.Place:
    return tuple(getattr(revision, each.key) for each in order)


async def standing(session: AsyncSession, disclosure_id: str) -> Revision | None:
    """The reading of a disclosure that holds now."""
    statement = select(Revision).where(col(Revision.disclosure_id) == disclosure_id, col(Revision.standing))
    return (await session.exec(statement)).first()


async def beginning(session: AsyncSession, start: str, most: int) -> Sequence[Revision]:
    """The standing readings of the disclosures whose id (a letter, hexadecimal digits) begins with `start`."""
    identity = col(Revision.disclosure_id)
    # a range, in any collation: LIKE has no index where that is not C
    statement = select(Revision).where(identity >= start, identity < f"{start}g", col(Revision.standing))
    return (await session.exec(statement.order_by(col(Revision.key)).limit(most))).all()


async def history(session: AsyncSession, disclosure_id: str) -> Sequence[Revision]:
    """All readings of a disclosure, the newest first."""
    statement = select(Revision).where(col(Revision.disclosure_id) == disclosure_id)
    return (await session.exec(statement.order_by(col(Revision.revision).desc(), col(Revision.key).desc()))).all()


async def named(session: AsyncSession, revision_id: str | None, key: int | None) -> Revision | None:
    """The reading `key`, or the foremost of a revision; the one that meets both where both are given."""
    statement = select(Revision)
    if revision_id is not None:
        statement = statement.where(col(Revision.revision_id) == revision_id)
    if key is not None:
        statement = statement.where(col(Revision.key) == key)
    return foremost((await session.exec(statement)).all())


def foremost(readings: Iterable[Revision]) -> Revision | None:
    """The reading that stands, else the one that would."""
    return max(readings, key=lambda each: (each.standing, each.rank, each.key), default=None)


async def files(session: AsyncSession, revision: int) -> Sequence[DisclosureFile]:
    """The published files of a reading, in their order."""
    statement = select(DisclosureFile).where(col(DisclosureFile.revision) == revision)
    return (await session.exec(statement.order_by(col(DisclosureFile.number)))).all()


async def unread_files(session: AsyncSession, revision: int) -> Sequence[UnreadFile]:
    """What of a reading's files was not read, in the document's order."""
    statement = select(UnreadFile).where(col(UnreadFile.revision) == revision)
    return (await session.exec(statement.order_by(col(UnreadFile.number)))).all()


async def known_file(session: AsyncSession, sha256: str) -> DisclosureFile | None:
    """A file of any disclosure by its hash."""
    statement = select(DisclosureFile).where(col(DisclosureFile.sha256) == sha256).limit(1)
    return (await session.exec(statement)).first()
