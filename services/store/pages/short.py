"""/d/… and /r/…: short addresses of a disclosure and a record, to print and to say; each always means the same."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import RedirectResponse

from services.store.access import Session
from services.store.pages.rendering import SHORT, address, render
from services.store.queries import citations, disclosures

router = APIRouter(include_in_schema=False)

_MOST: Final = 20
"""Disclosures shown that begin alike."""
_Beginning = Annotated[str, Path(pattern="^[a-z][0-9a-f]+$", min_length=SHORT, max_length=64)]


@router.get("/d/{beginning}")
async def show_disclosure(request: Request, session: Session, beginning: _Beginning) -> Response:
    """The page of the disclosure whose id begins so; where several do, a page to choose from."""
    found = await disclosures.beginning(session, beginning, _MOST)
    if not found:
        raise HTTPException(404)
    if len(found) > 1:
        return render(request, "choices.html", 300, found=found)
    return _to(request, f"/disclosures/{found[0].disclosure_id}")


@router.get("/r/{record_id}")
async def show_record(request: Request, session: Session, record_id: _Beginning) -> Response:
    """The place in its source of a record, of the newest revision that has it."""
    disclosure_id = await citations.disclosure_of(session, record_id)
    if not disclosure_id:
        raise HTTPException(404)
    return _to(request, f"/disclosures/{disclosure_id}/source", "#here", record=record_id)


def _to(request: Request, path: str, fragment: str = "", **own: str) -> Response:
    """To `path`, with all that was asked of the short address."""
    return RedirectResponse(address(path, **{**request.query_params, **own}) + fragment, 307)
