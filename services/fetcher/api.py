"""The fetcher's small API: the portals with their state, and a poll on demand."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from services.fetcher.fleet import poll_requests
from services.fetcher.fleet.due import due_at
from services.fetcher.http.revalidation import PollContext
from services.fetcher.portal import Portal
from services.fetcher.state.tables import ItemState, PortalState
from shared.bus.contract import Bus
from shared.errors import BusUnavailable

MOST_TROUBLES = 500


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
    fetcher: str | None = None
    counts: dict[str, int] = {}
    troubles: list[Trouble] = []


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
            "fetcher": state.fetcher,
            "counts": json.loads(state.counts),
            "troubles": [Trouble.model_validate(item, from_attributes=True) for item in troubles],
        }
    )


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

    @routes.post("/{name}/poll", status_code=202)
    async def poll(name: str) -> dict[str, str]:
        """Have a portal polled now by the fetcher that has it; its state shows how it went."""
        now = now_running()
        names = [portal.name for portal in now.portals]
        if name not in names:
            raise HTTPException(404, f"There is no portal {name!r}; there are {', '.join(names) or 'none'}.")
        try:
            await poll_requests.send(now.bus, name, now.means.clock.now())
        except BusUnavailable as error:
            raise HTTPException(503, str(error)) from error
        return {"portal": name, "status": "asked"}

    return routes
