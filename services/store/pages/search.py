"""/records: a search in the figures, projects, indicators and findings of all disclosures."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from services.store.access import Session
from services.store.pages.parameters import SearchPage, Submitted, submitted, told
from services.store.pages.rendering import language_of, render
from services.store.pages.summary import summarize
from services.store.queries import records, totals
from shared.schemas.record_types import BY_NAME, RECORD_TYPES

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
async def show(
    request: Request, session: Session, sent: Annotated[Submitted[SearchPage], Depends(submitted(SearchPage))]
) -> Response:
    """A page of records; 422 with the form as it was where a field cannot be taken."""
    if sent.shorter:
        return sent.shorter
    query = sent.wanted.query if sent.wanted else None
    page = await records.page_of_records(session, query) if query else None
    narrowed = query and sent.kept and not query.cursor
    regions = await totals.regions(session)
    return render(
        request,
        "search.html",
        200 if sent.wanted else 422,
        sent=sent,
        wanted=sent.form,
        kept=sent.kept,
        page=page,
        rows=[summarize(hit) for hit in page.items] if page else [],
        api=query.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_defaults=True) if query else {},
        summary=await records.summary(session, query) if query and narrowed else None,
        facets=FACETS,
        types=RECORD_TYPES,
        kind=BY_NAME.get(sent.form.type or ""),
        regions=regions,
        region_names={each.region_code: each.region_name for each in regions},
        told=told(language_of(request), sent.kept, regions),
        year_choices=[(year, year) for year in await totals.years(session)],
    )
