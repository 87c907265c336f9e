"""parsed → normalized: a document becomes records; what does not hold or was not read becomes findings."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from services.normalizer import unread
from services.normalizer.checks.run import run as run_checks
from services.normalizer.coverage import coverage
from services.normalizer.layout import layout_of
from services.normalizer.readers import read_all
from services.normalizer.recorder import Recorder
from services.normalizer.suspects import failed_and_held, kept_back
from services.normalizer.tables.contents import without_links
from services.normalizer.tables.restated import restated_files, without
from shared import ids
from shared.archive.contract import Archive
from shared.bus.contract import Message
from shared.errors import Corrupt
from shared.schemas.changes import Change, changes
from shared.schemas.document import Document
from shared.schemas.events import FigureCount, NormalizedEvent, ParsedEvent, Reading
from shared.schemas.record_types import decode, type_of
from shared.schemas.records import Disclosure, RecordBase
from shared.stage.codec import encode, encoded, tombstone
from shared.topics import CHANGES, NORMALIZED, RECORDS
from shared.version import VERSION


@dataclass(frozen=True)
class NormalizedDocument:
    """The records of a document; of its kinds of tables the amounts printed and read; how its checks went."""

    records: list[RecordBase]
    figures: dict[str, FigureCount]
    failed: tuple[str, ...]
    held: tuple[str, ...]


def normalize_document(document: Document) -> list[RecordBase]:
    """The records of `document`: what was read, what the checks found, what was not read; always the same."""
    return normalized_document(document).records


def normalized_document(document: Document, suspected: frozenset[str] = frozenset()) -> NormalizedDocument:
    """The records of `document` with all that is told of them; errors of `suspected` checks are kept back."""
    recorder = Recorder(document)
    restated = restated_files(document)
    repeated = unread.restated(document, recorder, restated)
    layout = layout_of(without_links(without(document, restated)))
    read = read_all(layout, recorder)
    left = [*repeated, *read.left, *unread.tables_and_files(layout, recorder, read)]
    told = unread.findings(left, recorder)
    figures = coverage(layout, read)
    records = [
        *_counted(read.records, figures.values()),
        *told,
        *run_checks(layout, recorder, read, told),
    ]
    failed, held = failed_and_held(records)
    return NormalizedDocument(kept_back(records, suspected, recorder), figures, failed, held)


def _counted(records: Sequence[RecordBase], figures: Iterable[FigureCount]) -> Iterator[RecordBase]:
    """`records`, the disclosure with how many amounts its tables print and how many became records."""
    counts = list(figures)
    printed, read = sum(each.printed for each in counts), sum(each.read for each in counts)
    for record in records:
        if isinstance(record, Disclosure):
            yield record.model_copy(update={"figures_printed": printed, "figures_read": read})
        else:
            yield record


def normalize(
    event: ParsedEvent, archive: Archive, suspected: frozenset[str] = frozenset()
) -> tuple[NormalizedEvent, list[RecordBase]]:
    """Make the records of the event's document and archive them as JSON lines; same document, same bytes.

    Raises Corrupt (permanent) where the archive has no such document, ArchiveUnavailable (transient).
    """
    normalized, records, _ = _made(event, archive, suspected)
    return normalized, records


def _made(
    event: ParsedEvent, archive: Archive, suspected: frozenset[str]
) -> tuple[NormalizedEvent, list[RecordBase], list[bytes]]:
    """As `normalize`, with the JSON of each record."""
    made = normalized_document(_document(event, archive), suspected)
    records = made.records
    lines = [record.model_dump_json().encode() for record in records]
    normalized = NormalizedEvent(
        id=ids.event_id(NORMALIZED.name, event.revision_id, VERSION),
        records=archive.put(b"".join(line + b"\n" for line in lines)),
        counts=dict(sorted(Counter(type_of(record) for record in records).items())),
        figures=made.figures,
        failed=made.failed,
        held=made.held,
        **event.model_dump(exclude={"id", "pages", "tables", "paragraphs", "version"}),
        version=VERSION,
    )
    return normalized, records, lines


def messages(
    event: ParsedEvent, standing: Reading | None, archive: Archive, suspected: frozenset[str] = frozenset()
) -> Sequence[Message]:
    """What the stage publishes for `event`, given the reading whose records the record topics hold.

    Always the normalized event. Where its reading ranks no lower than `standing`: each record on the topic of its
    type too, a tombstone for each record that only `standing` has, and what another revision says otherwise.
    """
    normalized, records, lines = _made(event, archive, suspected)
    if standing is not None and normalized.reading.rank < standing.rank:
        late = normalized.model_copy(update={"standing": standing})
        return [encode(NORMALIZED, event.disclosure_id, late, event)]
    stood = _records_of(standing, archive) if standing else {}
    gone = {record_id: json.loads(line)["record"] for record_id, line in stood.items()}
    for record in records:
        gone.pop(record.id, None)
    return [
        encode(NORMALIZED, event.disclosure_id, normalized, event),
        *(
            encoded(RECORDS[type_of(record)], record.id, line, event)
            for record, line in zip(records, lines, strict=True)
        ),
        *(tombstone(RECORDS[kind], record_id, event) for record_id, kind in gone.items()),
        *(encode(CHANGES, event.disclosure_id, each, event) for each in _changes(stood, records, event)),
    ]


def _changes(stood: Mapping[str, bytes], records: Sequence[RecordBase], event: ParsedEvent) -> list[Change]:
    """What the event's revision says otherwise than the one that stood; nothing where it is the same one."""
    if not any(json.loads(line)["revision_id"] != event.revision_id for line in list(stood.values())[:1]):
        return []
    return changes(map(decode, stood.values()), records, event.fetched_at)


def _records_of(standing: Reading, archive: Archive) -> dict[str, bytes]:
    """Record id → line of a reading's records."""
    try:
        lines = archive.get(standing.records).splitlines()
    except KeyError as error:
        raise Corrupt(
            f"The archive has lost the records {standing.records} that stand; restore it from a backup."
        ) from error
    return {json.loads(line)["id"]: line for line in lines}


def _document(event: ParsedEvent, archive: Archive) -> Document:
    try:
        return Document.model_validate_json(archive.get(event.document))
    except (KeyError, ValidationError) as error:
        raise Corrupt(f"The archive has no readable document under {event.document}; parse it again.") from error
