"""/disclosures/{id}: everything of one disclosure, each figure with its place in the source."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from services.store.access import Session
from services.store.filters import Id, ReadingKey
from services.store.pages.contents import SECTIONS, Contents, ProjectOrder
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
    reading: Annotated[ReadingKey | None, Query(description="one of several readings of a revision")] = None,
    projects: Annotated[ProjectOrder, Query(description="their order")] = ProjectOrder.PUBLISHED,
) -> HTMLResponse:
    """The disclosure as it stands, or one of its revisions."""
    history = await disclosures.history(session, disclosure_id)
    shown = find(history, revision, reading)
    bodies = await records.all_of(session, shown.key or 0)
    files = await disclosures.files(session, shown.key or 0)
    unread = await disclosures.unread_files(session, shown.key or 0)
    latest = await totals.latest(session)

    def make() -> HTMLResponse:
        contents = Contents(bodies, projects)
        return render(
            request,
            "disclosure.html",
            shown=shown,
            contents=contents,
            named=SECTIONS,
            wrong=contents.wrong,
            order=projects,
            history=history,
            files=files,
            unread_files=unread,
            latest=latest,
        )

    return await asyncio.to_thread(make)


def find(history: Sequence[Revision], revision: str | None, reading: int | None) -> Revision:
    """The reading asked for, the foremost of `revision`, or the one that stands; 404 where there is none."""
    found = disclosures.foremost(
        each for each in history if revision in {None, each.revision_id} and reading in {None, each.key}
    )
    if found is None:
        raise HTTPException(404)
    return found
