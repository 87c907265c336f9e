"""/records: a search in the figures, projects, indicators and findings of all disclosures."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.store.access import Session
from services.store.filters import RecordFilter
from services.store.pages.parameters import SearchPage, kept
from services.store.pages.rendering import render
from services.store.pages.summary import summarize
from services.store.queries import records, totals

router = APIRouter(include_in_schema=False)


@router.get("/records")
async def show(request: Request, session: Session, wanted: Annotated[SearchPage, Query()]) -> HTMLResponse:
    """A page of records."""
    page = await records.page_of_records(session, wanted)
    return render(
        request,
        "search.html",
        wanted=wanted,
        kept=kept(wanted),
        page=page,
        rows=[summarize(hit) for hit in page.items],
        api=wanted.model_dump(mode="json", include=set(RecordFilter.model_fields), exclude_defaults=True),
        regions=await totals.regions(session),
        year_choices=[(year, year) for year in await totals.years(session)],
    )
