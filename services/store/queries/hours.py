"""What was stored in each of the last hours, and how long it took from the portal to here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.queries.columns import fetch
from services.store.tables import Revision

HOURS: Final = 24
_HOUR: Final = timedelta(hours=1)
_MOST: Final = 100_000
"""Revisions looked at, the latest."""


@dataclass(frozen=True)
class Hour:
    """An hour: the revisions stored in it, and their median and longest way from fetching, in seconds."""

    begin: datetime
    revisions: int
    median_seconds: float | None
    longest_seconds: float | None


async def hours(session: AsyncSession, now: datetime) -> Sequence[Hour]:
    """The last 24 hours, the one that is now at the end."""
    last = now.replace(minute=0, second=0, microsecond=0)
    first = last - (HOURS - 1) * _HOUR
    applied = col(Revision.applied_at)
    statement = select(applied, col(Revision.fetched_at)).where(applied >= first)
    taken: defaultdict[datetime, list[float]] = defaultdict(list)
    for stored, fetched in await fetch(session, statement.order_by(applied.desc()).limit(_MOST)):
        begin = stored.replace(minute=0, second=0, microsecond=0)
        taken[begin].append(max(0.0, (stored - fetched).total_seconds()))
    begins = (first + number * _HOUR for number in range(HOURS))
    return [_hour(begin, taken.get(begin, [])) for begin in begins]


def _hour(begin: datetime, seconds: Sequence[float]) -> Hour:
    return Hour(begin, len(seconds), median(seconds) if seconds else None, max(seconds, default=None))
