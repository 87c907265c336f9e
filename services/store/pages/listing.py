"""/: the disclosures, the newest first, with filters; looks by itself for new ones."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.store.access import Session
from services.store.pages.parameters import ListingPage, Submitted, submitted, told
from services.store.pages.rendering import language_of, render
from services.store.queries import disclosures, totals

router = APIRouter(include_in_schema=False)


@router.get("/")
async def show(
    request: Request, session: Session, sent: Annotated[Submitted[ListingPage], Depends(submitted(ListingPage))]
) -> Response:
    """A page of disclosures; 422 with the form as it was where a field cannot be taken."""
    if sent.shorter:
        return sent.shorter
    regions = await totals.regions(session)
    return render(
        request,
        "listing.html",
        200 if sent.wanted else 422,
        sent=sent,
        wanted=sent.form,
        kept=sent.kept,
        page=await disclosures.page_of_disclosures(session, sent.wanted) if sent.wanted else None,
        regions=regions,
        told=told(language_of(request), sent.kept, regions),
        year_choices=[(year, year) for year in await totals.years(session)],
        latest=await totals.latest(session),
    )


@router.get("/favicon.ico")
async def icon() -> RedirectResponse:
    """Where browsers look for the icon unasked."""
    return RedirectResponse("/static/favicon.svg", 308)
