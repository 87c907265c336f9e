"""/feeds: any list of disclosures, and any search, as Atom and as JSON Feed."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.access import Session
from services.store.feeds import ATOM, JSON_FEED, Entry, Feed, atom, json_feed
from services.store.labels import label
from services.store.pages.parameters import ListingPage, SearchPage, kept, told
from services.store.pages.rendering import address, language_of, wan, which
from services.store.pages.summary import Row, summarize
from services.store.queries import disclosures, records, totals
from services.store.tables import Revision

router = APIRouter(include_in_schema=False)

_NAMES: Final = {
    "disclosures": {"zh": "预算公开文件", "en": "Budget disclosures"},
    "records": {"zh": "预算公开数据", "en": "Budget records"},
}
_PATHS: Final = {"disclosures": "", "records": "records"}
"""List → where its page is."""


@router.get("/feeds/disclosures.{form}")
async def of_disclosures(
    request: Request, session: Session, form: str, wanted: Annotated[ListingPage, Query()]
) -> Response:
    """The disclosures of a list, those stored last first."""
    page = await disclosures.page_of_disclosures(session, wanted.model_copy(update={"sort": "stored"}))
    language = language_of(request)
    entries = [_of_revision(each, str(request.base_url), language) for each in page.items]
    return await _answer(request, session, form, "disclosures", wanted, entries)


@router.get("/feeds/records.{form}")
async def of_records(
    request: Request, session: Session, form: str, wanted: Annotated[SearchPage, Query()]
) -> Response:
    """The records of a search, those stored last first."""
    page = await records.page_of_records(session, wanted.query.model_copy(update={"sort": "newest"}))
    language = language_of(request)
    entries = [_of_row(summarize(hit), str(request.base_url), language) for hit in page.items]
    return await _answer(request, session, form, "records", wanted, entries)


async def _answer(
    request: Request,
    session: AsyncSession,
    form: str,
    name: str,
    wanted: ListingPage | SearchPage,
    entries: Sequence[Entry],
) -> Response:
    language, query = language_of(request), kept(wanted)
    regions = await totals.regions(session) if wanted.region else ()
    narrowed = told(language, query, regions)
    title = " · ".join(filter(None, (_NAMES[name][language], narrowed, "gongkai")))
    page = address(f"{request.base_url}{_PATHS[name]}", **query)
    feed = Feed(title, str(request.url), page, entries)
    if form == "atom":
        return Response(atom(feed), media_type=ATOM)
    if form == "json":
        return JSONResponse(json_feed(feed), media_type=JSON_FEED)
    return Response(status_code=404)


def _of_revision(revision: Revision, root: str, language: str) -> Entry:
    counts = {"error": revision.errors, "warning": revision.warnings, "info": revision.infos}
    found = [f"{label(language, 'severity', name)} {count}" for name, count in counts.items() if count]
    parts = [
        revision.region_name,
        revision.department,
        revision.fiscal_year,
        label(language, "kind", revision.kind),
    ]
    return Entry(
        id=f"urn:gongkai:{revision.disclosure_id}:{revision.revision_id}:{revision.version}",
        title=revision.title or revision.disclosure_id,
        text=" · ".join(map(str, filter(None, [*parts, *found]))),
        link=f"{root}disclosures/{revision.disclosure_id}",
        author=revision.department or revision.region_name or "gongkai",
        updated=revision.applied_at,
        published=revision.published_at,
        tags=tuple(filter(None, (revision.kind, revision.region_code))),
    )


def _of_row(row: Row, root: str, language: str) -> Entry:
    revision = row.revision
    record = row.record
    named = label(language, "metric", getattr(record, "metric", "")) or label(
        language, "check", getattr(record, "check", "")
    )
    amount = (
        f"{wan(row.amount)} {'万元' if language == 'zh' else '×10,000 yuan'}" if row.amount is not None else ""
    )
    whose = [revision.region_name, revision.department, revision.fiscal_year, revision.title]
    page = address(f"{root}disclosures/{revision.disclosure_id}", **which(revision))
    return Entry(
        id=f"urn:gongkai:{record.id}:{revision.revision_id}",
        title=" ".join(filter(None, [row.name or named, amount])) or record.id,
        text=" · ".join(map(str, filter(None, [named, row.detail, *whose]))),
        link=f"{page}#{record.id}",
        author=revision.department or revision.region_name or "gongkai",
        updated=revision.applied_at,
        published=revision.published_at,
        tags=tuple(filter(None, (row.type, getattr(record, "severity", None)))),
    )
