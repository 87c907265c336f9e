"""/: the disclosures, the newest first, with filters; looks by itself for new ones."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.store.access import Session
from services.store.pages.parameters import ListingPage, kept
from services.store.pages.rendering import render
from services.store.queries import disclosures, totals

router = APIRouter(include_in_schema=False)


@router.get("/")
async def show(request: Request, session: Session, wanted: Annotated[ListingPage, Query()]) -> HTMLResponse:
    """A page of disclosures."""
    page = await disclosures.page_of_disclosures(session, wanted)
    return render(
        request,
        "listing.html",
        wanted=wanted,
        kept=kept(wanted),
        page=page,
        regions=await totals.regions(session),
        year_choices=[(year, year) for year in await totals.years(session)],
        latest=await totals.latest(session),
    )


@router.get("/favicon.ico")
async def icon() -> RedirectResponse:
    """Where browsers look for the icon unasked."""
    return RedirectResponse("/static/favicon.svg", 308)
