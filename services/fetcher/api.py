"""The fetcher's small API: the portals with their state, and a poll on demand."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from services.fetcher.fleet import poll_requests
from services.fetcher.fleet.due import due_at, interval, opening
from services.fetcher.http.revalidation import PollContext
from services.fetcher.portal import Portal
from services.fetcher.sites.dates import CHINA
from services.fetcher.state.tables import ItemState, PollRecord, PortalState
from shared.bus.contract import Bus
from shared.errors import BusUnavailable

MOST_TROUBLES = 500
STALE_AFTER = 2.1
"""Intervals after its last success from which a portal is stale."""


@dataclass(frozen=True)
class Running:
    """What the routes work with."""

    portals: Sequence[Portal]
    means: PollContext
    bus: Bus


class Trouble(BaseModel):
    """A disclosure that is gone, could not be taken, or was taken without one of its files."""

    url: str
    title: str
    state: str
    reason: str | None
    checked_at: datetime


class LedgerEntry(BaseModel):
    """What a host was asked on a day; `verdict` is a status or what the answer meant."""

    day: str
    host: str
    verdict: str
    requests: int
    bytes: int


class AskedRequest(BaseModel):
    """A request of a poll; `size` is in bytes, `verdict` a status or what the answer meant."""

    at: datetime
    method: str
    url: str
    verdict: str
    size: int
    seconds: float


class RowTold(BaseModel):
    """What became of a row of a list, and why: the rule that left it, or what went wrong."""

    title: str
    url: str
    became: str
    why: str


class Poll(BaseModel):
    """One of a portal's last polls."""

    started_at: datetime
    finished_at: datetime
    outcome: str
    reason: str | None
    counts: dict[str, int]
    requests: list[AskedRequest] = []
    taken: list[RowTold] = []
    left: list[RowTold] = []


class PortalStatus(BaseModel):
    """A portal and how its last poll ended; `outcome` is null before the first, `fetcher` who polled it."""

    name: str
    region_name: str
    family: str
    base_url: str
    outcome: str | None = None
    reason: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    success_at: datetime | None = None
    due_at: datetime | None = None
    stale: bool = Field(default=False, description="the last success is older than two intervals and a tenth")
    canary_at: datetime | None = None
    canary: str | None = Field(default=None, description="what was wrong with the day's canary")
    fetcher: str | None = None
    counts: dict[str, int] = {}
    troubles: list[Trouble] = []


def _poll(record: PollRecord) -> Poll:
    about = {name: getattr(record, name) for name in ("started_at", "finished_at", "outcome", "reason")}
    return Poll.model_validate({**about, "counts": json.loads(record.counts), **json.loads(record.log)})


def _check_known(running: Running, name: str) -> None:
    names = [portal.name for portal in running.portals]
    if name not in names:
        raise HTTPException(404, f"There is no portal {name!r}; there are {', '.join(names) or 'none'}.")


async def statuses(portals: list[Portal], means: PollContext) -> list[PortalStatus]:
    """The status of each portal; raises DatabaseUnavailable."""
    states = await means.seen.portals()
    troubles = await means.seen.troubles(MOST_TROUBLES)
    return [
        _status(portal, states.get(portal.name), [item for item in troubles if item.portal == portal.name], means)
        for portal in portals
    ]


def _status(
    portal: Portal, state: PortalState | None, troubles: list[ItemState], means: PollContext
) -> PortalStatus:
    status = PortalStatus(
        name=portal.name, region_name=portal.region_name, family=portal.family, base_url=portal.base_url
    )
    if state is None:
        return status
    return status.model_copy(
        update={
            "outcome": state.outcome,
            "reason": state.reason,
            "started_at": state.started_at,
            "finished_at": state.finished_at,
            "success_at": state.success_at,
            "due_at": due_at(portal, state, means.settings.challenge_hours, means.clock.now()),
            "stale": _is_stale(portal, state, means.clock.now()),
            "canary_at": state.canary_at,
            "canary": state.canary,
            "fetcher": state.fetcher,
            "counts": json.loads(state.counts),
            "troubles": [Trouble.model_validate(item, from_attributes=True) for item in troubles],
        }
    )


def _is_stale(portal: Portal, state: PortalState, now: datetime) -> bool:
    """Whether the portal gave no success for longer than a sound one would take; closed hours do not count."""
    since = state.success_at or state.started_at
    return opening(portal, since + STALE_AFTER * interval(portal, state, now)) < now


def router(running: Callable[[], Running | None]) -> APIRouter:
    """The routes over what is `running`; 503 before the fetcher works."""
    routes = APIRouter(prefix="/portals", tags=["portals"])

    def now_running() -> Running:
        found = running()
        if found is None:
            raise HTTPException(503, "The fetcher is starting.")
        return found

    @routes.get("")
    async def portals() -> list[PortalStatus]:
        """Every portal with the outcome and the counts of its last poll, whichever fetcher polled it."""
        now = now_running()
        return await statuses(list(now.portals), now.means)

    @routes.get("/ledger")
    async def ledger(days: Annotated[int, Query(ge=1, le=366)] = 7) -> list[LedgerEntry]:
        """What each host was asked on each of the last days, by what came of it."""
        means = now_running().means
        since = means.clock.now().astimezone(CHINA).date() - timedelta(days=days - 1)
        rows = await means.seen.ledger(since.isoformat())
        return [LedgerEntry.model_validate(row, from_attributes=True) for row in rows]

    @routes.get("/{name}/polls")
    async def polls(name: str) -> list[Poll]:
        """The last polls of a portal, the newest first: what was asked and answered, what was taken and left."""
        now = now_running()
        _check_known(now, name)
        return [_poll(record) for record in await now.means.seen.polls(name)]

    @routes.post("/{name}/poll", status_code=202)
    async def poll(name: str) -> dict[str, str]:
        """Have a portal polled now by the fetcher that has it; its state shows how it went."""
        now = now_running()
        _check_known(now, name)
        try:
            await poll_requests.send(now.bus, name, now.means.clock.now())
        except BusUnavailable as error:
            raise HTTPException(503, str(error)) from error
        return {"portal": name, "status": "asked"}

    return routes
