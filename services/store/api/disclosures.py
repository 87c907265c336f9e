"""/disclosures: a page of them, one as it stands, its revisions."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response

from services.store.access import Session
from services.store.api.answers import (
    DisclosureDetail,
    FileFacts,
    RecordPage,
    RevisionFacts,
    UnreadFacts,
    record_page,
)
from services.store.filters import DisclosureFilter, Id
from services.store.queries import changes as compared
from services.store.queries import disclosures, records
from shared.schemas.changes import Change
from shared.schemas.records import Disclosure

router = APIRouter(prefix="/api/v1/disclosures", tags=["disclosures"])


@router.get("", response_model=RecordPage)
async def list_disclosures(session: Session, wanted: Annotated[DisclosureFilter, Query()]) -> Response:
    """The disclosures that meet the filter, as they stand now."""
    page = await disclosures.page_of_disclosures(session, wanted)
    return record_page(await records.disclosure_bodies(session, page.items), page.next_cursor)


@router.get("/{disclosure_id}")
async def get_disclosure(session: Session, disclosure_id: Id) -> DisclosureDetail:
    """One disclosure as it stands now, with its files and what it holds."""
    revision = await disclosures.standing(session, disclosure_id)
    if revision is None or revision.key is None:
        raise HTTPException(404, f"There is no disclosure {disclosure_id!r}.")
    bodies = await records.disclosure_bodies(session, [revision])
    files = await disclosures.files(session, revision.key)
    unread = await disclosures.unread_files(session, revision.key)
    return DisclosureDetail(
        disclosure=Disclosure.model_validate_json(bodies[0]) if bodies else None,
        revision=RevisionFacts.of(revision),
        files=[FileFacts.model_validate(file.model_dump()) for file in files],
        unread=[UnreadFacts.model_validate(left.model_dump()) for left in unread],
    )


@router.get("/{disclosure_id}/revisions")
async def list_revisions(session: Session, disclosure_id: Id) -> list[RevisionFacts]:
    """Every stored reading of every revision, the newest revision first."""
    found = await disclosures.history(session, disclosure_id)
    if not found:
        raise HTTPException(404, f"There is no disclosure {disclosure_id!r}.")
    return [RevisionFacts.of(each) for each in found]


@router.get("/{disclosure_id}/changes")
async def list_changes(
    session: Session,
    disclosure_id: Id,
    revision: Annotated[Id | None, Query(description="revision id; without it, the one that stands")] = None,
    against: Annotated[Id | None, Query(description="revision id; without it, the one before")] = None,
) -> list[Change]:
    """What a revision says otherwise than another: record by record, both values, both places."""
    history = await disclosures.history(session, disclosure_id)
    chosen = compared.choose(history, revision, against)
    if chosen is None:
        raise HTTPException(404, f"There is no such revision of {disclosure_id!r}, or none before it.")
    return await compared.between(session, *chosen)
