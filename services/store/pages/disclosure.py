"""/disclosures/{id}: everything of one disclosure, each figure with its place in the source."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.access import Session
from services.store.filters import Id
from services.store.pages.contents import Contents
from services.store.pages.rendering import render
from services.store.queries import disclosures, records, totals
from services.store.tables import Revision

router = APIRouter(include_in_schema=False)


@router.get("/disclosures/{disclosure_id}")
async def show(
    request: Request,
    session: Session,
    disclosure_id: Id,
    revision: Annotated[str | None, Query(max_length=64, description="without it, the one that stands")] = None,
) -> HTMLResponse:
    """The disclosure as it stands, or one of its revisions."""
    shown = await find(session, disclosure_id, revision)
    bodies = await records.all_of(session, shown.key or 0)
    history = await disclosures.history(session, disclosure_id)
    files = await disclosures.files(session, shown.key or 0)
    latest = await totals.latest(session)

    def make() -> HTMLResponse:
        contents = Contents(bodies)
        return render(
            request,
            "disclosure.html",
            shown=shown,
            contents=contents,
            history=history,
            files=files,
            latest=latest,
        )

    return await asyncio.to_thread(make)


async def find(session: AsyncSession, disclosure_id: str, revision: str | None) -> Revision:
    """The newest reading of `revision`, or the one that stands; 404 where there is none."""
    history = await disclosures.history(session, disclosure_id)
    for reading in history:
        if reading.revision_id == revision or (revision is None and reading.standing):
            return reading
    raise HTTPException(404)
