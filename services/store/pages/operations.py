"""/ops: what needs somebody now, stage by stage and portal by portal, with what to do; needs no Prometheus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.store.access import OpenBus, Session
from services.store.pages.rendering import render
from services.store.pages.status import StageState, stages
from services.store.queries.hours import Hour, hours
from services.store.queries.portals import PortalFacts, portals
from shared.clock import SystemClock

router = APIRouter(include_in_schema=False)

STALE: Final = timedelta(days=2)
"""So long without a good poll a portal is told as stale, whatever its last poll said."""
STILL: Final = timedelta(minutes=10)
_HEIGHT: Final = 60
"""Of a plot, in its own units."""


@dataclass(frozen=True)
class Bar:
    """An hour in a plot: its height, and what it says."""

    height: float
    text: str
    hour: Hour


@router.get("/ops")
async def show(request: Request, session: Session, bus: OpenBus) -> HTMLResponse:
    """The state of the running system."""
    now = SystemClock().now()
    found = await stages(bus) if bus else ()
    every = await portals(session)
    last = await hours(session, now)
    return render(
        request,
        "operations.html",
        stages=found,
        bad_stages=[each for each in found if stands_still(each, every, now) or each.dead_letters],
        portals=every,
        bad_portals=[each for each in every if needs_somebody(each, now)],
        now=now,
        age=lambda moment: age(now, moment),
        plots={
            "revisions": bars(last, lambda hour: hour.revisions, "{:.0f}"),
            "seconds": bars(last, lambda hour: hour.median_seconds, "{:.1f} s"),
        },
        height=_HEIGHT,
    )


def needs_somebody(portal: PortalFacts, now: datetime) -> bool:
    """Whether a portal's polls go wrong, or none has gone well for two days."""
    stale = portal.success_at is not None and now - portal.success_at > STALE
    return portal.in_trouble or stale


def stands_still(stage: StageState, every: Sequence[PortalFacts], now: datetime) -> bool:
    """Whether messages wait for a stage while nothing has been stored for ten minutes."""
    last = max((each.applied_at for each in every if each.applied_at), default=None)
    return stage.waiting > 0 and (last is None or now - last > STILL)


def age(now: datetime, moment: datetime | None) -> str:
    """How long ago, in the largest unit that fits: `3 d`, `5 h`, `12 min`, `40 s`; empty where it never was."""
    if moment is None:
        return ""
    seconds = max(0, int((now - moment).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def bars(last: Sequence[Hour], value: Callable[[Hour], float | None], form: str) -> Sequence[Bar]:
    """The bars of a plot, the highest as high as the plot."""
    values = [value(hour) for hour in last]
    highest = max((each for each in values if each), default=0) or 1
    return [
        Bar(round(_HEIGHT * (each or 0) / highest, 1), "" if each is None else form.format(each), hour)
        for each, hour in zip(values, last, strict=True)
    ]
