"""The events between the stages: small, naming what lies in the archive by its hash."""

import re
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from shared.schemas.document import Origin, Unread
from shared.schemas.model import Model, Text


class PollRequest(Model):
    """Poll this portal now, whenever it was due."""

    portal: str
    requested_at: AwareDatetime


class FetchedFile(Model):
    """One archived file of a disclosure revision, in published order: article pages first."""

    sha256: str
    size: int = Field(ge=0)
    role: Literal["article", "attachment"]
    name: Text = Field(description="as the portal shows it; never a path")
    url: str
    media_type: str | None = Field(default=None, description="as the server says; a hint, no more")
    body: str | None = Field(default=None, description="CSS selector of an article page's own content")


class Event(Model):
    """What every event carries."""

    id: str
    disclosure_id: str
    revision_id: str
    revision: int = Field(ge=1)
    supersedes: str | None = Field(default=None, description="revision_id of the revision before")
    origin: Origin
    fetched_at: AwareDatetime
    version: str = Field(description="the gongkai version that made it")


class FetchedEvent(Event):
    """A disclosure revision was taken from a portal and archived."""

    files: tuple[FetchedFile, ...] = Field(min_length=1)
    missing: tuple[Unread, ...] = Field(default=(), description="files the disclosure names that could not be had")


class ParsedEvent(Event):
    """A revision was read; `document` is the archive key of its Document."""

    document: str
    pages: int
    tables: int
    paragraphs: int


Rank = tuple[int, datetime, tuple[int, ...]]


def rank(revision: int, fetched_at: datetime, version: str) -> Rank:
    """Orders the readings of a disclosure: the highest stands, of equal ones the later made.

    By revision, then by when it was fetched (equal revisions differ in it only where a portal's history was lost),
    then by the gongkai version that read it, of which a pre-release counts as its release.
    """
    release = re.split(r"[^\d.]", version, maxsplit=1)[0]
    return revision, fetched_at, tuple(map(int, re.findall(r"\d+", release)))


class Reading(Model):
    """The records of one revision as one version of gongkai read it."""

    revision: int = Field(ge=1)
    fetched_at: AwareDatetime
    version: str
    records: str = Field(description="archive key of the records as JSON lines")

    @property
    def rank(self) -> Rank:
        """Its place among the readings of its disclosure."""
        return rank(self.revision, self.fetched_at, self.version)


class FigureCount(Model):
    """Amounts of money in tables of one kind: those printed, and those that became records."""

    printed: int = Field(ge=0)
    read: int = Field(ge=0)


class NormalizedEvent(Event):
    """A revision's records were made; `records` is the archive key of them all as JSON lines."""

    document: str
    records: str
    counts: dict[str, int]
    figures: dict[str, FigureCount] = Field(
        default_factory=dict, description="kind of table → its amounts of money, printed and read"
    )
    failed: tuple[str, ...] = Field(
        default=(), description="the checks that found an error, also where it was kept back as a warning"
    )
    held: tuple[str, ...] = Field(default=(), description="the checks that were evaluated and hold")
    standing: Reading | None = Field(
        default=None,
        description="the reading whose records the record topics hold since this event; null: this event's own",
    )

    @property
    def reading(self) -> Reading:
        """This event's own reading."""
        return Reading(
            revision=self.revision, fetched_at=self.fetched_at, version=self.version, records=self.records
        )


class DeadLetter(Model):
    """A message a stage could not take, with all that is needed to see why and to send it again."""

    stage: str
    cause: str
    message: Text
    stack: Text
    attempt: int = Field(ge=1)
    failed_at: datetime
    version: str
    topic: str
    partition: int
    offset: int
    key: str = Field(description="the original key; a very long one by its start, length and sha256")
    value: str | None = Field(
        description="the original value, base64; null: too long to be carried or none, it lies at its place"
    )
    headers: dict[str, str] = Field(description="the original headers; very long ones like the key, of many some")
