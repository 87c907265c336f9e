"""/regions, /departments, /portals, /stats, /latest: what the store holds, counted."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.store.access import Session
from services.store.filters import DepartmentFilter, Following
from services.store.queries import following, portals, totals

router = APIRouter(prefix="/api/v1", tags=["totals"])


@router.get("/regions")
async def list_regions(session: Session) -> list[totals.Region]:
    """Every region with disclosures."""
    return await totals.regions(session)


@router.get("/departments")
async def list_departments(
    session: Session, wanted: Annotated[DepartmentFilter, Query()]
) -> totals.DepartmentPage:
    """Departments with disclosures, by region and name."""
    return await totals.page_of_departments(session, wanted)


@router.get("/portals")
async def list_portals(session: Session) -> list[portals.PortalFacts]:
    """Every portal and how its last poll ended, those in trouble first."""
    return await portals.portals(session)


@router.get("/stats")
async def get_stats(session: Session) -> totals.Totals:
    """What stands now, counted by record type and severity."""
    return await totals.totals(session)


@router.get("/changes")
async def follow_changes(session: Session, wanted: Annotated[Following, Query()]) -> following.FollowedPage:
    """What came to stand, in that order, from the first disclosure on; with the ids of records that went with it.

    `next_cursor` is never null: ask again with it, at once while there are items, later while there are none.
    """
    return await following.page(session, wanted)


@router.get("/latest")
async def get_latest(session: Session) -> dict[str, int]:
    """A number that grows with everything that is stored; cheap to ask for every few seconds."""
    return {"latest": await totals.latest(session)}
