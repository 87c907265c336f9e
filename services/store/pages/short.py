"""/d/… and /r/…: short addresses of a disclosure and a record, to print and to say; each always means the same."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import RedirectResponse

from services.store.access import Session
from services.store.pages.rendering import SHORT, render
from services.store.queries import citations, disclosures

router = APIRouter(include_in_schema=False)

_MOST: Final = 20
"""Disclosures shown that begin alike."""
_Beginning = Annotated[str, Path(pattern="^[a-z][0-9a-f]+$", min_length=SHORT, max_length=64)]


@router.get("/d/{beginning}")
async def show_disclosure(request: Request, session: Session, beginning: _Beginning) -> Response:
    """The page of the disclosure whose id begins so; where several do, a page to choose from."""
    found = await disclosures.beginning(session, beginning, _MOST)
    if len(found) > 1:
        return render(request, "choices.html", 300, found=found)
    return _to([f"/disclosures/{each.disclosure_id}" for each in found])


@router.get("/r/{record_id}")
async def show_record(session: Session, record_id: _Beginning) -> Response:
    """The place in its source of a record, of the newest revision that has it."""
    disclosure_id = await citations.disclosure_of(session, record_id)
    return _to([f"/disclosures/{disclosure_id}/source?record={record_id}#here"] if disclosure_id else [])


def _to(addresses: Sequence[str]) -> Response:
    if not addresses:
        raise HTTPException(404)
    return RedirectResponse(addresses[0], 307)
