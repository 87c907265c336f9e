"""/records, /findings, /checks: records of any type, by any filter."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.store.access import Session
from services.store.api.answers import RecordPage, record_page
from services.store.filters import CheckFilter, FindingFilter, RecordFilter
from services.store.queries.records import page_of_records

router = APIRouter(prefix="/api/v1", tags=["records"])


@router.get("/records", response_model=RecordPage)
async def list_records(session: Session, wanted: Annotated[RecordFilter, Query()]) -> Response:
    """The records that meet the filter; of revisions that stand now, unless a revision is named."""
    page = await page_of_records(session, wanted)
    return record_page([hit.body for hit in page.items], page.next_cursor)


@router.get("/findings", response_model=RecordPage)
async def list_findings(session: Session, wanted: Annotated[FindingFilter, Query()]) -> Response:
    """What does not hold in disclosures, or could not be read."""
    return await list_records(session, RecordFilter(type="finding", **wanted.model_dump()))


@router.get("/checks", response_model=RecordPage)
async def list_checks(session: Session, wanted: Annotated[CheckFilter, Query()]) -> Response:
    """The outcome of every rule on every disclosure."""
    return await list_records(session, RecordFilter(type="check", **wanted.model_dump()))
