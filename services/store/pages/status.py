"""/status: what has been fetched, read and stored, and what still waits at each stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.store.access import OpenBus, Session
from services.store.pages.rendering import render
from services.store.queries import portals, totals
from shared.bus.contract import Bus
from shared.errors import TransientError
from shared.topics import DEAD_LETTERS, FETCHED, NORMALIZED, PARSED, StageName, Topic

router = APIRouter(include_in_schema=False)

_NOBODY: Final = "gongkai.status"
"""A group that never reads: what it has yet to read is all there is."""
_STAGES: Final[tuple[tuple[StageName, Topic], ...]] = (
    ("parser", FETCHED),
    ("normalizer", PARSED),
    ("store", NORMALIZED),
)


@dataclass(frozen=True)
class StageState:
    """A stage: messages on the topic it reads, those it has not finished, and its dead letters."""

    name: StageName
    arrived: int
    waiting: int
    dead_letters: int


@router.get("/status")
async def show(request: Request, session: Session, bus: OpenBus) -> HTMLResponse:
    """The state of the path."""
    return render(
        request,
        "status.html",
        stages=await stages(bus) if bus else (),
        totals=await totals.totals(session),
        portals=await portals.portals(session),
    )


async def stages(bus: Bus) -> Sequence[StageState]:
    """The state of each stage; empty while the bus is away."""
    try:
        return [
            StageState(
                name,
                sum((await bus.lag(_NOBODY, [topic])).values()),
                sum((await bus.lag(f"gongkai.{name}", [topic])).values()),
                sum((await bus.lag(_NOBODY, [DEAD_LETTERS[name]])).values()),
            )
            for name, topic in _STAGES
        ]
    except TransientError:
        return ()
