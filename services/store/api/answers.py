"""The shapes of the API's answers; records go out as they were published, byte for byte."""

import json
from collections.abc import Sequence
from datetime import datetime

from fastapi import Response
from pydantic import BaseModel

from services.store.tables import Revision
from shared.schemas.record_types import Record
from shared.schemas.records import Disclosure


class RecordPage(BaseModel):
    """Records, and the cursor of the page after; null at the end."""

    items: list[Record]
    next_cursor: str | None


class RevisionFacts(BaseModel):
    """A stored reading of one revision; `standing` is true for the one that holds now."""

    reading: int
    disclosure_id: str
    revision_id: str
    revision: int
    supersedes: str | None
    standing: bool
    version: str
    fetched_at: datetime
    applied_at: datetime
    title: str | None
    document: str
    records: str
    counts: dict[str, int]
    comparisons: int

    @classmethod
    def of(cls, revision: Revision) -> "RevisionFacts":
        return cls.model_validate(
            {**revision.model_dump(), "reading": revision.key, "counts": json.loads(revision.counts)}
        )


class FileFacts(BaseModel):
    """A published file; its bytes are under /files/{sha256}."""

    sha256: str
    name: str
    format: str
    url: str | None
    pages: int | None


class UnreadFacts(BaseModel):
    """A published file, or a part of one, that no reader took; its finding says more."""

    name: str
    cause: str


class DisclosureDetail(BaseModel):
    """A disclosure as it stands now."""

    disclosure: Disclosure | None
    revision: RevisionFacts
    files: list[FileFacts]
    unread: list[UnreadFacts]


def record_page(bodies: Sequence[str], next_cursor: str | None) -> Response:
    """A RecordPage of records' JSON, joined and not made again."""
    content = f'{{"items":[{",".join(bodies)}],"next_cursor":{json.dumps(next_cursor)}}}'
    return Response(content, media_type="application/json")
