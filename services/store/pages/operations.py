"""/ops: what needs somebody now, stage by stage and portal by portal, with what to do; needs no Prometheus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.store.access import OpenBus, Session
from services.store.pages.rendering import day, render
from services.store.pages.running import running
from services.store.queries.hours import Hour, hours
from services.store.queries.portals import ledger
from shared.clock import SystemClock

router = APIRouter(include_in_schema=False)

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
    last = await hours(session, now)
    return render(
        request,
        "operations.html",
        system=await running(session, bus, now),
        ledger=await ledger(session, day(now)),
        plots={
            "revisions": bars(last, lambda hour: hour.revisions, "{:.0f}".format),
            "seconds": bars(last, lambda hour: hour.median_seconds, duration),
            "longest": bars(last, lambda hour: hour.longest_seconds, duration),
        },
        height=_HEIGHT,
    )


def duration(seconds: float) -> str:
    """Seconds in the unit that suits them: `13.7 s`, `5 min`, `3.2 h`."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.1f} h"


def bars(
    last: Sequence[Hour], value: Callable[[Hour], float | None], form: Callable[[float], str]
) -> Sequence[Bar]:
    """The bars of a plot, the highest as high as the plot."""
    values = [value(hour) for hour in last]
    highest = max((each for each in values if each), default=0) or 1
    return [
        Bar(round(_HEIGHT * (each or 0) / highest, 1), "" if each is None else form(each), hour)
        for each, hour in zip(values, last, strict=True)
    ]
