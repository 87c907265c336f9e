"""The portals: what is stored of each, how its last polls ended and what was asked of its host.

The last two are in the fetchers' own tables, which they alone write, where those lie in the same database.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, Integer, String, column, func, inspect, select, table
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.queries.columns import fetch
from services.store.tables import Revision
from shared.database import Moment

_POLLED: Final = table(
    "fetcher_portal",
    column("name", String),
    column("outcome", String),
    column("reason", String),
    column("failures", Integer),
    column("finished_at", Moment),
    column("success_at", Moment),
)
_POLL: Final = table(
    "fetcher_poll", column("portal", String), column("started_at", Moment), column("outcome", String)
)
_LEDGER: Final = table(
    "fetcher_ledger",
    column("host", String),
    column("day", String),
    column("verdict", String),
    column("requests", Integer),
    column("bytes", Integer),
)
WELL: Final = frozenset({"ok", "unchanged"})
_SHOWN: Final = 8
_MOST: Final = 20_000
_ENOUGH: Final = 3
"""Polls from which on a portal's rhythm is known."""
_BUSY: Final = timedelta(hours=1)
_LATE: Final = 2
"""A portal is overdue after so many times the longest pause between its last polls."""
_ANSWERED: Final = tuple("23")
_GONE: Final = frozenset({"404", "410"})


@dataclass(frozen=True)
class PollFacts:
    """One of a portal's last polls."""

    started_at: datetime
    outcome: str

    @property
    def went_well(self) -> bool:
        return self.outcome in WELL


@dataclass(frozen=True)
class PortalFacts:
    """A portal, its disclosures that stand, and its last poll; null where there was none."""

    portal: str
    disclosures: int = 0
    fetched_at: datetime | None = None
    applied_at: datetime | None = None
    outcome: str | None = None
    reason: str | None = None
    failures: int = 0
    polled_at: datetime | None = None
    success_at: datetime | None = None
    polls: Sequence[PollFacts] = field(default=(), compare=False)
    """The last ones, the newest first."""

    @property
    def in_trouble(self) -> bool:
        """Whether its last polls did not go well."""
        return self.failures > 0 and self.outcome not in WELL

    @property
    def pause(self) -> timedelta | None:
        """The longest pause between its last polls; None where they are too few to tell."""
        if len(self.polls) < _ENOUGH:
            return None
        return max(later.started_at - earlier.started_at for later, earlier in pairwise(self.polls))

    def is_overdue(self, now: datetime) -> bool:
        """Whether it was not polled for much longer than between its last polls."""
        return self.pause is not None and now - self.polls[0].started_at > max(_BUSY, _LATE * self.pause)


@dataclass(frozen=True)
class HostRequests:
    """What a host was asked on a day, in China: `unanswered` of the requests were refused or failed."""

    host: str
    requests: int
    unchanged: int
    unanswered: int
    bytes: int


async def portals(session: AsyncSession) -> list[PortalFacts]:
    """Every portal with disclosures or polls: those in trouble first, then by name."""
    ends = (func.max(col(Revision.fetched_at)), func.max(col(Revision.applied_at)))
    statement = select(col(Revision.portal), func.count(), *ends).where(col(Revision.standing))
    stored = {row[0] or "": row[1:] for row in await fetch(session, statement.group_by(col(Revision.portal)))}
    polled = await _polled(session)
    polls = await _polls(session)
    found = []
    for name in sorted({*stored, *polled}):
        last = {**polled.get(name, {}), "polls": polls.get(name, ())}
        found.append(PortalFacts(name, *stored.get(name, ()), **last))
    return sorted(found, key=lambda portal: not portal.in_trouble)


async def ledger(session: AsyncSession, day: str) -> list[HostRequests]:
    """What the hosts were asked on `day` (YYYY-MM-DD), the busiest first; none where it is kept elsewhere."""
    if not await _is_there(session, _LEDGER.name):
        return []
    columns = (_LEDGER.c.host, _LEDGER.c.verdict, _LEDGER.c.requests, _LEDGER.c.bytes)
    hosts: defaultdict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for host, *rest in await fetch(session, select(*columns).where(_LEDGER.c.day == day)):
        hosts[host].append((rest[0], rest[1], rest[2]))
    found = [_requests(host, rows) for host, rows in hosts.items()]
    return sorted(found, key=lambda each: (-each.requests, each.host))


def _requests(host: str, rows: Sequence[tuple[str, int, int]]) -> HostRequests:
    return HostRequests(
        host=host,
        requests=sum(count for _, count, _ in rows),
        unchanged=sum(count for verdict, count, _ in rows if verdict == "304"),
        unanswered=sum(count for verdict, count, _ in rows if not _is_answer(verdict)),
        bytes=sum(size for *_, size in rows),
    )


def _is_answer(verdict: str) -> bool:
    return verdict.isdecimal() and (verdict.startswith(_ANSWERED) or verdict in _GONE)


async def _polled(session: AsyncSession) -> dict[str, dict[str, Any]]:
    if not await _is_there(session, _POLLED.name):
        return {}
    names = ("outcome", "reason", "failures", "polled_at", "success_at")
    columns = (
        _POLLED.c.outcome,
        _POLLED.c.reason,
        _POLLED.c.failures,
        _POLLED.c.finished_at,
        _POLLED.c.success_at,
    )
    rows = await fetch(session, select(_POLLED.c.name, *columns))
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


async def _polls(session: AsyncSession) -> dict[str, Sequence[PollFacts]]:
    if not await _is_there(session, _POLL.name):
        return {}
    columns = (_POLL.c.portal, _POLL.c.started_at, _POLL.c.outcome)
    found: defaultdict[str, list[PollFacts]] = defaultdict(list)
    for portal, started_at, outcome in await fetch(
        session, select(*columns).order_by(_POLL.c.started_at.desc()).limit(_MOST)
    ):
        if len(found[portal]) < _SHOWN:
            found[portal].append(PollFacts(started_at, outcome))
    return dict(found)


async def _is_there(session: AsyncSession, name: str) -> bool:
    def look(connection: Connection) -> bool:
        return inspect(connection).has_table(name)

    return await (await session.connection()).run_sync(look)
