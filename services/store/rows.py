"""A revision's records, as the archive has them, become rows: what is filtered on, what is searched, the JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Final

from pydantic import ValidationError

from services.store.filters import LONGEST_PART
from services.store.labels import label
from services.store.search import fold, pairs
from services.store.tables import MOST_RECORDS, DisclosureFile, Revision, UnreadFile, to_cents
from shared.archive.contract import Archive
from shared.errors import Corrupt, TooLarge
from shared.schemas.document import SourceFile, Unread
from shared.schemas.events import NormalizedEvent
from shared.schemas.model import Model
from shared.schemas.names import CheckStatus, Severity
from shared.schemas.record_types import decode, plain, type_of
from shared.schemas.records import Check, Disclosure, Finding, RecordBase

CHINA: Final = timezone(timedelta(hours=8))
_EVALUATED: Final = frozenset({CheckStatus.PASS, CheckStatus.ROUNDING, CheckStatus.FAIL})


class Files(Model):
    """The part of an archived document that says which files it was read from, and what of them was not read."""

    files: tuple[SourceFile, ...]
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True)
class Published:
    """A record with its JSON as published."""

    record: RecordBase
    body: str

    @property
    def type(self) -> str:
        return type_of(self.record)

    @property
    def searched(self) -> list[str]:
        """The texts of the record a search looks into."""
        values = [self._said(name) for name in plain(self.type).searched]
        return [text for value in values for text in (value if isinstance(value, tuple) else (value,)) if text]

    def _said(self, name: str) -> Any:
        """A field's value; a word of a vocabulary as readers call it."""
        value = self._get(name)
        return label("zh", name, value) if isinstance(value, StrEnum) else value

    def row(self, position: int, revision: int) -> dict[str, object]:
        """The record's row of table `record`."""
        columns = plain(self.type)
        code = self._get(columns.code)
        return {
            "position": position,
            "revision": revision,
            "id": self.record.id,
            "type": self.type,
            "code": code and code[:LONGEST_PART],  # an index entry of PostgreSQL has its limit
            "amount": to_cents(self._get(columns.amount)),
            "table_name": self._get("table"),
            "column_name": self._get("column"),
            "check_name": self._get("check"),
            "severity": self._get("severity"),
            "status": self._get("status"),
        }

    def _get(self, name: str) -> Any:
        return self.record.__dict__.get(name)


@dataclass(frozen=True)
class Reading:
    """All of one reading: its records in published order and its files."""

    published: Sequence[Published]
    files: Files

    def revision(self, event: NormalizedEvent, now: datetime) -> Revision:
        """Its row of table `revision`, not standing yet."""
        facts = next((each.record for each in self.published if isinstance(each.record, Disclosure)), None)
        findings = [each.record for each in self.published if isinstance(each.record, Finding)]
        severities = Counter(each.severity for each in findings if not is_unread(each))
        origin = event.origin
        title = facts.title if facts else origin.title
        region_name = facts.region_name if facts else origin.region_name
        department = facts.department if facts else None
        year = f"{facts.fiscal_year}年度" if facts and facts.fiscal_year else None
        kind = label("zh", "kind", facts.kind) if facts else None
        published_at = _aware(facts.published_at if facts else origin.published_at)
        return Revision(
            disclosure_id=event.disclosure_id,
            revision_id=event.revision_id,
            revision=event.revision,
            supersedes=event.supersedes,
            event_id=event.id,
            document=event.document,
            records=event.records,
            version=event.version,
            fetched_at=event.fetched_at,
            applied_at=now,
            portal=origin.portal,
            title=title,
            region_code=facts.region_code if facts else origin.region_code,
            region_name=region_name,
            department=department,
            department_code=facts.department_code if facts else None,
            fiscal_year=facts.fiscal_year if facts else None,
            kind=facts.kind if facts else None,
            published_at=published_at,
            published_on=int(f"{published_at.astimezone(CHINA):%Y%m%d}") if published_at else 0,
            source_url=facts.source_url if facts else origin.url,
            searched=pairs(map(fold, filter(None, (title, region_name, department, year, kind)))),
            counts=json.dumps(Counter(each.type for each in self.published)),
            errors=severities[Severity.ERROR],
            warnings=severities[Severity.WARNING],
            infos=severities[Severity.INFO],
            unread=sum(map(is_unread, findings)),
            comparisons=sum(comparisons(each.record) for each in self.published),
        )

    def rows_of_files(self, revision: int) -> Iterator[DisclosureFile | UnreadFile]:
        """Its rows of the tables `disclosure_file` and `unread_file`."""
        for number, left in enumerate(self.files.unread):
            yield UnreadFile(revision=revision, number=number, name=left.name, cause=left.cause)
        for number, file in enumerate(self.files.files):
            yield DisclosureFile(
                revision=revision,
                number=number,
                sha256=file.sha256,
                name=file.name,
                format=file.format,
                url=file.url,
                pages=file.pages,
            )


def is_unread(finding: Finding) -> bool:
    """Whether it speaks of what the program could not read, not of what the publisher wrote."""
    return finding.check.startswith("unread")


def comparisons(record: RecordBase) -> int:
    """How many equalities the rule of a `check` tried to an outcome; 0 of any other record."""
    return record.comparisons if isinstance(record, Check) and record.status in _EVALUATED else 0


def read(event: NormalizedEvent, archive: Archive) -> Reading:
    """The records and files `event` names; blocking.

    Raises Corrupt when the archive lacks them or they are not what they should be, TooLarge, ArchiveUnavailable.
    """
    lines = [line for line in _get(archive, event.records).split(b"\n") if line]
    if len(lines) >= MOST_RECORDS:
        raise TooLarge(f"Revision {event.revision_id} has {len(lines)} records; the store takes {MOST_RECORDS}.")
    published = [_published(line, number, event) for number, line in enumerate(lines)]
    try:
        files = Files.model_validate_json(_get(archive, event.document))
    except ValidationError as error:
        raise Corrupt(f"The archived document {event.document} is not one: {error.errors()[0]['msg']}.") from error
    return Reading(published, files)


def _published(line: bytes, number: int, event: NormalizedEvent) -> Published:
    try:
        record = decode(line)
    except ValidationError as error:
        first = error.errors()[0]
        raise Corrupt(f"Line {number + 1} of the records {event.records} is no record: {first['msg']}.") from error
    if record.disclosure_id != event.disclosure_id or record.revision_id != event.revision_id:
        raise Corrupt(f"Line {number + 1} of the records {event.records} belongs to another disclosure.")
    return Published(record, line.decode())


def _get(archive: Archive, key: str) -> bytes:
    try:
        return archive.get(key)
    except KeyError as error:
        raise Corrupt(f"The archive has nothing under {key}; replay the disclosure from its files.") from error


def _aware(moment: datetime | None) -> datetime | None:
    """A time without zone on a Chinese portal is China's."""
    return moment.replace(tzinfo=CHINA) if moment and moment.tzinfo is None else moment
