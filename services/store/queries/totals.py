"""What the store holds, counted: by region, by department, by year and in all."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import String, func, literal_column, select, tuple_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store import cursor
from services.store.filters import DepartmentFilter
from services.store.queries.columns import fetch
from services.store.queries.disclosures import meets
from services.store.tables import Revision


@dataclass(frozen=True)
class Region:
    """A region disclosures are of."""

    region_code: str
    region_name: str | None
    disclosures: int
    errors: int
    warnings: int


@dataclass(frozen=True)
class Department:
    """A department that disclosed."""

    region_code: str
    region_name: str | None
    department: str
    disclosures: int
    errors: int
    warnings: int


@dataclass(frozen=True)
class DepartmentPage:
    """Departments, and the cursor of the page after; None at the end."""

    items: Sequence[Department]
    next_cursor: str | None


@dataclass(frozen=True)
class Totals:
    """What stands now, counted; `latest` grows with everything that is stored."""

    latest: int
    disclosures: int
    revisions: int
    records: dict[str, int]
    findings: dict[str, int]


_NOTHING: Final = literal_column("''", String)  # no bound value: PostgreSQL takes two of them for two expressions
_REGION = func.coalesce(col(Revision.region_code), _NOTHING)
_COUNTS = (func.count(), func.sum(col(Revision.errors)), func.sum(col(Revision.warnings)))


async def regions(session: AsyncSession) -> list[Region]:
    """Every region, by its code."""
    statement = select(_REGION, func.max(col(Revision.region_name)), *_COUNTS)
    statement = statement.where(col(Revision.standing)).group_by(_REGION).order_by(_REGION)
    return [Region(*row) for row in await fetch(session, statement)]


async def page_of_departments(session: AsyncSession, wanted: DepartmentFilter) -> DepartmentPage:
    """Departments that meet the filter, by region and name."""
    order = (_REGION, func.coalesce(col(Revision.department), _NOTHING))
    statement = select(order[0], func.max(col(Revision.region_name)), order[1], *_COUNTS)
    statement = statement.where(col(Revision.standing), *meets(wanted), col(Revision.department).is_not(None))
    if wanted.after:
        statement = statement.where(tuple_(*order) > wanted.after)
    statement = statement.group_by(*order).order_by(*order).limit(wanted.limit + 1)
    found = [Department(*row) for row in await fetch(session, statement)]
    items = found[: wanted.limit]
    last = items[-1] if len(found) > wanted.limit else None
    return DepartmentPage(items, cursor.write((last.region_code, last.department)) if last else None)


async def years(session: AsyncSession) -> list[int]:
    """The fiscal years there are disclosures of, the latest first."""
    year = col(Revision.fiscal_year)
    statement = select(year).where(col(Revision.standing), year.is_not(None)).distinct().order_by(year.desc())
    return [row[0] for row in await fetch(session, statement) if row[0]]


async def latest(session: AsyncSession) -> int:
    """A number that grows with everything stored."""
    ((revisions,),) = await fetch(session, select(func.count()).select_from(Revision))
    return revisions


async def totals(session: AsyncSession) -> Totals:
    """What stands now, counted."""
    stands = col(Revision.standing)
    rows = await fetch(session, select(col(Revision.counts)).where(stands))
    records: Counter[str] = Counter()
    for (counts,) in rows:
        records.update(json.loads(counts))
    names = ("errors", "warnings", "infos", "unread")
    sums = (func.coalesce(func.sum(getattr(Revision, name)), 0) for name in names)
    (findings,) = await fetch(session, select(*sums).where(stands))
    revisions = await latest(session)
    return Totals(
        latest=revisions,
        disclosures=len(rows),
        revisions=revisions,
        records=dict(records),
        findings=dict(zip(("error", "warning", "info", "unread"), findings, strict=True)),
    )
