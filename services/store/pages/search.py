"""/records: a search in the figures, projects, indicators and findings of all disclosures."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.store.access import Session
from services.store.pages.parameters import SearchPage, kept
from services.store.pages.rendering import render
from services.store.pages.summary import summarize
from services.store.queries import records, totals
from shared.schemas.record_types import BY_NAME

FACETS: Final = {
    "type": "type",
    "fiscal_year": "year",
    "region_code": "region",
    "department": "department",
    "kind": "kind",
}
"""Facet → the parameter that narrows by it."""
router = APIRouter(include_in_schema=False)


@router.get("/records")
async def show(request: Request, session: Session, wanted: Annotated[SearchPage, Query()]) -> HTMLResponse:
    """A page of records."""
    query = wanted.query
    page = await records.page_of_records(session, query)
    regions = await totals.regions(session)
    narrowed = bool(kept(wanted)) and not wanted.cursor
    return render(
        request,
        "search.html",
        wanted=wanted,
        kept=kept(wanted),
        page=page,
        rows=[summarize(hit) for hit in page.items],
        api=query.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_defaults=True),
        summary=await records.summary(session, query) if narrowed else None,
        facets=FACETS,
        kind=BY_NAME.get(wanted.type or ""),
        regions=regions,
        region_names={each.region_code: each.region_name for each in regions},
        year_choices=[(year, year) for year in await totals.years(session)],
    )
