"""/files/{sha256}: a published file as it was, for saving; and its pages as pictures, a place on them marked."""

import asyncio
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from services.store.access import KeptPictures, OpenArchive, Session, Workers
from services.store.queries import disclosures
from shared.archive.contract import Archive
from shared.errors import PermanentError
from shared.schemas.document import PageBox

router = APIRouter(include_in_schema=False)

FileKey = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=31536000, immutable",
}


async def _pdf(session: Session, archive: OpenArchive, sha256: FileKey) -> tuple[str, Archive]:
    """The key of a known PDF file, and the archive that has it."""
    file = await disclosures.known_file(session, sha256)
    if file is None or file.format != "pdf":
        raise HTTPException(404)
    return sha256, archive


@router.get("/files/{sha256}")
async def download(session: Session, archive: OpenArchive, sha256: FileKey) -> Response:
    """The bytes of a file that belongs to a known disclosure."""
    file = await disclosures.known_file(session, sha256)
    if file is None:
        raise HTTPException(404)
    data = await _bytes(archive, sha256)
    name = quote(file.name.replace("/", "_"), safe="")
    headers = {**_HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.get("/files/{sha256}/pages/{number}")
async def page(
    source: Annotated[tuple[str, Archive], Depends(_pdf)],
    workers: Workers,
    pictures: KeptPictures,
    number: Annotated[int, Path(ge=1, le=100_000)],
    box: Annotated[str, Query(pattern=r"^(\d{1,5}(\.\d)?,){3}\d{1,5}(\.\d)?$")] = "",
) -> Response:
    """A page of a PDF file that belongs to a known disclosure, as a picture; `box` is framed, points."""
    sha256, archive = source
    asked = (sha256, number, _box(box))
    picture = pictures.kept(asked)
    if picture is None:
        if workers is None:
            raise HTTPException(503)
        try:
            picture = await pictures.drawn(asked, await _bytes(archive, sha256), workers)
        except PermanentError as error:
            raise HTTPException(404) from error
    return Response(picture, media_type="image/png", headers=_HEADERS)


def _box(text: str) -> PageBox | None:
    if not text:
        return None
    left, top, right, bottom = map(float, text.split(","))
    return left, top, right, bottom


async def _bytes(archive: Archive, sha256: str) -> bytes:
    try:
        return await asyncio.to_thread(archive.get, sha256)
    except KeyError as error:
        raise HTTPException(404) from error
