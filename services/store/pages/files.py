"""/files/{sha256}: a published file as it was, for saving; never shown as a page of ours."""

import asyncio
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Response

from services.store.access import OpenArchive, Session
from services.store.queries import disclosures

router = APIRouter(include_in_schema=False)

_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=31536000, immutable",
}


@router.get("/files/{sha256}")
async def download(
    session: Session, archive: OpenArchive, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
) -> Response:
    """The bytes of a file that belongs to a known disclosure."""
    file = await disclosures.known_file(session, sha256)
    if file is None:
        raise HTTPException(404)
    try:
        data = await asyncio.to_thread(archive.get, sha256)
    except KeyError as error:
        raise HTTPException(404) from error
    name = quote(file.name.replace("/", "_"), safe="")
    headers = {**_HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(data, media_type="application/octet-stream", headers=headers)
