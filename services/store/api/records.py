"""/records, /findings, /checks: records of any type, by any filter, a page or all as a file."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.store.access import Session
from services.store.api.answers import RecordPage, record_page
from services.store.exports.contract import Format
from services.store.exports.formats import FORMATS, export
from services.store.exports.pages import begun
from services.store.filters import CheckFilter, FindingFilter, RecordFilter
from services.store.queries.records import Summary, page_of_records, summary
from shared.errors import UsageError

router = APIRouter(prefix="/api/v1", tags=["records"])


@router.get("/records", response_model=RecordPage)
async def list_records(session: Session, wanted: Annotated[RecordFilter, Query()]) -> Response:
    """The records that meet the filter; of revisions that stand now, unless one is named."""
    page = await page_of_records(session, wanted)
    return record_page([hit.body for hit in page.items], page.next_cursor)


@router.get("/records/summary")
async def summarize_records(session: Session, wanted: Annotated[RecordFilter, Query()]) -> Summary:
    """How many records meet the filter, what their amounts add up to, and how they fall to years and so on."""
    return await summary(session, wanted)


def _exports() -> None:
    """An address for each format: /records.csv, /records.xlsx, …"""
    for each in FORMATS.values():
        router.add_api_route(
            f"/records.{each.suffix}",
            _exporting(each),
            response_class=StreamingResponse,
            responses={
                200: {"description": "The file.", "content": {each.media_type: {"schema": {"type": "string"}}}}
            },
            name=f"export_{each.suffix.replace('.', '_')}",
            description=each.told,
        )


def _exporting(chosen: Format) -> Callable[..., Awaitable[StreamingResponse]]:
    async def export_records(request: Request, wanted: Annotated[RecordFilter, Query()]) -> StreamingResponse:
        try:
            parts = await begun(export(request.app.state.engine, wanted, chosen))
        except UsageError as error:
            raise HTTPException(422, str(error)) from error
        name = f"{wanted.type or 'records'}.{chosen.suffix}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(parts, media_type=chosen.media_type, headers=headers)

    return export_records


_exports()


@router.get("/findings", response_model=RecordPage)
async def list_findings(session: Session, wanted: Annotated[FindingFilter, Query()]) -> Response:
    """What does not hold in disclosures, or could not be read."""
    return await list_records(session, RecordFilter(type="finding", **wanted.model_dump()))


@router.get("/checks", response_model=RecordPage)
async def list_checks(session: Session, wanted: Annotated[CheckFilter, Query()]) -> Response:
    """The outcome of every rule on every disclosure."""
    return await list_records(session, RecordFilter(type="check", **wanted.model_dump()))
