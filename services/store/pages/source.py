"""/disclosures/{id}/source: the place in the parsed document a record comes from, with the cell marked."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.store.access import OpenArchive, Session
from services.store.filters import Id, ReadingKey
from services.store.pages.disclosure import find
from services.store.pages.excerpt import Place, excerpt
from services.store.pages.rendering import render
from services.store.queries import citations, disclosures
from shared.archive.contract import Archive
from shared.errors import Corrupt
from shared.schemas.document import Document
from shared.schemas.record_types import plain

router = APIRouter(include_in_schema=False)


class Wanted(BaseModel):
    """A record, or a place: a block, or a table of a file, then a row and a column of it."""

    model_config = ConfigDict(frozen=True)

    record: Id | None = Field(default=None, description="record id")
    revision: str | None = Field(default=None, max_length=64, description="without it, the one that stands")
    reading: ReadingKey | None = Field(default=None, description="one of several readings of a revision")
    file: str | None = Field(default=None, max_length=64, description="sha256 of the file")
    block: int | None = Field(default=None, ge=0)
    table: int | None = Field(default=None, ge=0)
    row: int | None = Field(default=None, ge=0)
    column: int | None = Field(default=None, ge=0)
    lang: str | None = Field(default=None, max_length=2)


@router.get("/disclosures/{disclosure_id}/source")
async def show(
    request: Request,
    session: Session,
    archive: OpenArchive,
    disclosure_id: Id,
    wanted: Annotated[Wanted, Query()],
) -> HTMLResponse:
    """The blocks around a place."""
    history = await disclosures.history(session, disclosure_id)
    revision = find(history, wanted.revision, wanted.reading)
    place = Place(wanted.file, wanted.block, wanted.table, wanted.row, wanted.column)
    cited = await citations.cited(session, history, revision, wanted.record) if wanted.record else None
    if cited:
        revision, place = cited.revision, Place.of(cited.record.provenance)
    elif wanted.record:
        raise HTTPException(404)
    files = await disclosures.files(session, revision.key or 0)

    def make() -> HTMLResponse:
        found = excerpt(_document(archive, revision.document), place)
        if found is None:
            raise HTTPException(404)
        file = files[found.file] if found.file < len(files) else None
        return render(
            request,
            "source.html",
            shown=revision,
            wanted=wanted,
            excerpt=found,
            file=file,
            cited=cited,
            plain=plain,
        )

    return await asyncio.to_thread(make)


def _document(archive: Archive, key: str) -> Document:
    try:
        return Document.model_validate_json(archive.get(key))
    except KeyError as error:
        raise HTTPException(404) from error
    except ValidationError as error:
        raise Corrupt(f"The archived document {key} is not one: {error.errors()[0]['msg']}.") from error
