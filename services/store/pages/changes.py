"""/disclosures/{id}/changes: what a revision says otherwise than the one before, cell by cell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from services.store.access import Session
from services.store.filters import Id
from services.store.pages.contents import MOST_ROWS
from services.store.pages.rendering import render
from services.store.queries import changes, disclosures
from shared.schemas.changes import Change, readable
from shared.schemas.record_types import BY_NAME, plain

router = APIRouter(include_in_schema=False)

_ORDER: Final[Mapping[str, int]] = {name: number for number, name in enumerate(BY_NAME)}


@router.get("/disclosures/{disclosure_id}/changes")
async def show(
    request: Request,
    session: Session,
    disclosure_id: Id,
    revision: Annotated[str | None, Query(max_length=64, description="without it, the one that stands")] = None,
    against: Annotated[str | None, Query(max_length=64, description="without it, the one before")] = None,
) -> HTMLResponse:
    """Both revisions beside each other where they differ."""
    history = await disclosures.history(session, disclosure_id)
    chosen = changes.choose(history, revision, against)
    if chosen is None:
        raise HTTPException(404)
    found = await changes.between(session, *chosen)
    return render(
        request,
        "changes.html",
        older=chosen[0],
        shown=chosen[1],
        history=history,
        changes=sorted(found, key=lambda each: _ORDER.get(each.record_type, len(_ORDER)))[:MOST_ROWS],
        counts=_counts(found),
        plain=plain,
        difference=difference,
        readable=readable,
    )


def _counts(found: Sequence[Change]) -> Mapping[str, int]:
    return Counter(each.change for each in found)


def difference(before: str | None, after: str | None) -> Decimal | None:
    """How much an amount grew; None where one of the two is none."""
    return Decimal(after) - Decimal(before) if before and after else None
