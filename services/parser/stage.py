"""fetched → parsed: archived bytes become a document of blocks, each with its page and place."""

from collections.abc import Sequence
from pathlib import Path

from services.parser.contents import Contents, NamedBytes, ReadSource, read_contents, read_source
from services.parser.reading import Limits
from shared import ids
from shared.archive.contract import Archive
from shared.errors import Corrupt
from shared.schemas.document import Document, Origin, Paragraph, Table
from shared.schemas.events import FetchedEvent, ParsedEvent
from shared.topics import PARSED
from shared.version import VERSION


def parse(event: FetchedEvent, archive: Archive, limits: Limits, read: ReadSource = read_source) -> ParsedEvent:
    """Read the disclosure's files and archive its document; same bytes and version, same document.

    Members of archives are archived too. What can't be read, or could not be had from the portal, stands in the
    document's `unread`; when nothing can be read, the first cause is raised. Raises Unsupported, Corrupt, TooLarge
    (permanent), ArchiveUnavailable (transient).
    """
    sources = [
        NamedBytes(file.name, _get(archive, file.sha256), file.url, file.body, file.role == "article")
        for file in event.files
    ]
    contents = read_contents(sources, limits, read)
    for data in contents.members:
        archive.put(data)
    document = Document(
        disclosure_id=event.disclosure_id,
        revision_id=event.revision_id,
        revision=event.revision,
        supersedes=event.supersedes,
        origin=event.origin,
        files=contents.files,
        blocks=contents.blocks,
        unread=(*event.missing, *contents.unread),
        version=VERSION,
    )
    return ParsedEvent(
        id=ids.event_id(PARSED.name, event.revision_id, VERSION),
        document=archive.put(document.model_dump_json().encode()),
        pages=sum(file.pages or 0 for file in document.files),
        tables=sum(isinstance(block, Table) for block in document.blocks),
        paragraphs=sum(isinstance(block, Paragraph) for block in document.blocks),
        **event.model_dump(exclude={"id", "files", "missing", "version"}),
        version=VERSION,
    )


def read_file(path: Path, limits: Limits | None = None, read: ReadSource = read_source) -> Document:
    """The document of one file on disk, alike on every machine; raises Unsupported, Corrupt, TooLarge, OSError."""
    return read_document([NamedBytes(path.name, path.read_bytes())], limits=limits, read=read)


def read_document(
    sources: Sequence[NamedBytes],
    origin: Origin | None = None,
    limits: Limits | None = None,
    read: ReadSource = read_source,
) -> Document:
    """The document of files that no portal gave an id: its URL, or else their content, names it.

    Raises as `parse` does, but nothing of an archive.
    """
    contents: Contents = read_contents(sources, limits or Limits(), read)
    hashes = [ids.content_hash(source.data) for source in sources]
    origin = origin or Origin()
    content = hashes[0] if len(hashes) == 1 else ids.content_hash("".join(hashes).encode())
    disclosure = ids.disclosure_id(origin.url or f"file:///{content}")
    return Document(
        disclosure_id=disclosure,
        revision_id=ids.revision_id(disclosure, hashes),
        origin=origin,
        files=contents.files,
        blocks=contents.blocks,
        unread=contents.unread,
        version=VERSION,
    )


def _get(archive: Archive, key: str) -> bytes:
    try:
        return archive.get(key)
    except KeyError as error:
        raise Corrupt(f"The archive has no bytes under {key}; fetch the disclosure again.") from error
