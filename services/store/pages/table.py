"""/disclosures/{id}/tables/{number}: one table of a disclosure, in pages, its rows found by name or code."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from services.store.access import Session
from services.store.filters import Id, ReadingKey
from services.store.pages.contents import Contents
from services.store.pages.disclosure import find
from services.store.pages.rendering import render
from services.store.queries import disclosures, records

PAGE: Final = 200
"""Rows a page."""

router = APIRouter(include_in_schema=False)


class TablePage(BaseModel):
    """Which rows of a table: those whose name or code holds `q`, a page of them."""

    model_config = ConfigDict(frozen=True)

    q: str | None = Field(default=None, max_length=100)
    page: int = Field(default=1, ge=1, le=100_000)
    revision: str | None = Field(default=None, max_length=64)
    reading: ReadingKey | None = None
    lang: str | None = Field(default=None, max_length=2)


@router.get("/disclosures/{disclosure_id}/tables/{number}")
async def show(
    request: Request,
    session: Session,
    disclosure_id: Id,
    number: Annotated[int, Path(ge=1, le=100_000, description="of the tables in published order, from 1")],
    wanted: Annotated[TablePage, Query()],
) -> HTMLResponse:
    """The rows of one table; 404 where the disclosure has no such table."""
    shown = find(await disclosures.history(session, disclosure_id), wanted.revision, wanted.reading)
    bodies = await records.all_of(session, shown.key or 0)

    def make() -> HTMLResponse:
        contents = Contents(bodies)
        sheets = contents.sheets
        if number > len(sheets):
            raise HTTPException(404)
        sheet = sheets[number - 1]
        rows = sheet.found(wanted.q or "")
        start = (wanted.page - 1) * PAGE
        return render(
            request,
            "table.html",
            shown=shown,
            sheet=sheet,
            wrong=contents.wrong,
            rows=rows[start : start + PAGE],
            wanted=wanted,
            found=len(rows),
            last=-(-len(rows) // PAGE),
        )

    return await asyncio.to_thread(make)
