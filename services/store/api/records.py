"""/records, /findings, /checks: records of any type, by any filter, a page or all as a file."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.store import export
from services.store.access import Session
from services.store.api.answers import RecordPage, record_page
from services.store.filters import CheckFilter, FindingFilter, RecordFilter
from services.store.queries.records import page_of_records

router = APIRouter(prefix="/api/v1", tags=["records"])

_CSV: Final = "text/csv"
_JSON_LINES: Final = "application/jsonl"


def _exported(media_type: str) -> dict[int | str, dict[str, Any]]:
    """What the API's description says of an export."""
    return {200: {"description": "The file.", "content": {media_type: {"schema": {"type": "string"}}}}}


@router.get("/records", response_model=RecordPage)
async def list_records(session: Session, wanted: Annotated[RecordFilter, Query()]) -> Response:
    """The records that meet the filter; of revisions that stand now, unless one is named."""
    page = await page_of_records(session, wanted)
    return record_page([hit.body for hit in page.items], page.next_cursor)


@router.get("/records.csv", response_class=StreamingResponse, responses=_exported(_CSV))
async def export_csv(request: Request, wanted: Annotated[RecordFilter, Query()]) -> StreamingResponse:
    """All records of one type that meet the filter as a table; `limit` is of no account."""
    if wanted.type is None:
        raise HTTPException(422, "A table has records of one type; give type.")
    return await _file(export.comma_separated(request.app.state.engine, wanted), _CSV, f"{wanted.type}.csv")


@router.get("/records.jsonl", response_class=StreamingResponse, responses=_exported(_JSON_LINES))
async def export_json_lines(request: Request, wanted: Annotated[RecordFilter, Query()]) -> StreamingResponse:
    """All records that meet the filter, one a line; `limit` is of no account."""
    name = f"{wanted.type or 'records'}.jsonl"
    return await _file(export.json_lines(request.app.state.engine, wanted), _JSON_LINES, name)


async def _file(parts: AsyncIterator[str], media_type: str, name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(await export.begun(parts), media_type=media_type, headers=headers)


@router.get("/findings", response_model=RecordPage)
async def list_findings(session: Session, wanted: Annotated[FindingFilter, Query()]) -> Response:
    """What does not hold in disclosures, or could not be read."""
    return await list_records(session, RecordFilter(type="finding", **wanted.model_dump()))


@router.get("/checks", response_model=RecordPage)
async def list_checks(session: Session, wanted: Annotated[CheckFilter, Query()]) -> Response:
    """The outcome of every rule on every disclosure."""
    return await list_records(session, RecordFilter(type="check", **wanted.model_dump()))
