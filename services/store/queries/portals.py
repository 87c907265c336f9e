"""The portals: what is stored of each, and how its last poll ended, as the fetchers' table beside ours says."""

from dataclasses import dataclass
from datetime import datetime
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
"""The fetchers' own table, which they alone write; the columns that tell how a portal is."""
_WELL: Final = frozenset({"ok", "unchanged"})


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

    @property
    def in_trouble(self) -> bool:
        """Whether its last polls did not go well."""
        return self.failures > 0 and self.outcome not in _WELL


async def portals(session: AsyncSession) -> list[PortalFacts]:
    """Every portal with disclosures or polls: those in trouble first, then by name."""
    ends = (func.max(col(Revision.fetched_at)), func.max(col(Revision.applied_at)))
    statement = select(col(Revision.portal), func.count(), *ends).where(col(Revision.standing))
    stored = {row[0] or "": row[1:] for row in await fetch(session, statement.group_by(col(Revision.portal)))}
    polled = await _polled(session)
    found = [
        PortalFacts(name, *stored.get(name, ()), **polled.get(name, {})) for name in sorted({*stored, *polled})
    ]
    return sorted(found, key=lambda portal: not portal.in_trouble)


async def _polled(session: AsyncSession) -> dict[str, dict[str, Any]]:
    connection = await session.connection()
    if not await connection.run_sync(_is_there):
        return {}  # fetchers with a database of their own
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


def _is_there(connection: Connection) -> bool:
    return inspect(connection).has_table(_POLLED.name)
