"""/status: what has been fetched, read and stored, and what still waits at each stage."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.store.access import OpenBus, Session
from services.store.pages.rendering import render
from services.store.pages.running import running
from services.store.queries import totals
from shared.clock import SystemClock

router = APIRouter(include_in_schema=False)


@router.get("/status")
async def show(request: Request, session: Session, bus: OpenBus) -> HTMLResponse:
    """The state of the path."""
    return render(
        request,
        "status.html",
        system=await running(session, bus, SystemClock().now()),
        totals=await totals.totals(session),
    )
