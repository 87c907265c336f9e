"""From a fetched event to a parsed one: order, what can't be read, ids, formats by their bytes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.parser.contents import NamedBytes
from services.parser.formats import READERS, detect, reader_of
from services.parser.reading import Limits
from services.parser.stage import parse, read_document, read_file
from shared import ids
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.errors import Corrupt, EmptyFile, PermanentError, Unsupported
from shared.schemas.document import Document, Origin, Unread
from shared.schemas.events import FetchedEvent, FetchedFile, ParsedEvent
from shared.topics import FETCHED
from shared.version import VERSION

PAGE = "<html><body><div class=TRS_Editor><p>现予以公开。</p></div><p>页脚</p></body></html>".encode()
TEXT = "一、部门职责\n\n项目\t金额\n合计\t1.00\n".encode()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return open_archive(tmp_path.as_uri())


@pytest.fixture
def fetched(archive: Archive) -> Callable[..., FetchedEvent]:
    def make(**files: bytes) -> FetchedEvent:
        """An event of files by name, the first the article."""
        hashes = [archive.put(data) for data in files.values()]
        disclosure = ids.disclosure_id("http://127.0.0.1/a.html")
        revision = ids.revision_id(disclosure, hashes)
        listed = tuple(
            FetchedFile(
                sha256=sha256, size=len(data), role="article" if number == 0 else "attachment",
                name=name, url=f"http://127.0.0.1/{number}", body=".TRS_Editor" if number == 0 else None,
            )
            for number, (sha256, (name, data)) in enumerate(zip(hashes, files.items(), strict=True))
        )  # fmt: skip
        return FetchedEvent(
            id=ids.event_id(FETCHED.name, revision, VERSION), disclosure_id=disclosure, revision_id=revision,
            revision=2, supersedes="v1", origin=Origin(portal="county", title="公开"),
            fetched_at=datetime(2024, 3, 1, tzinfo=UTC), version=VERSION, files=listed,
        )  # fmt: skip

    return make


def kept(archive: Archive, event: ParsedEvent) -> Document:
    return Document.model_validate_json(archive.get(event.document))


def test_the_article_comes_first_and_then_the_attachments(
    archive: Archive, fetched: Callable[..., FetchedEvent]
) -> None:
    event = fetched(page=PAGE, attachment=TEXT)
    parsed = parse(event, archive, Limits())
    document = kept(archive, parsed)
    assert [file.format for file in document.files] == ["html", "text"]
    assert [(block.file, block.kind) for block in document.blocks] == [
        (0, "paragraph"),
        (1, "paragraph"),
        (1, "table"),
    ]
    assert (parsed.tables, parsed.paragraphs, parsed.pages) == (1, 2, 0)
    assert (parsed.disclosure_id, parsed.revision_id, parsed.supersedes) == (
        event.disclosure_id,
        event.revision_id,
        "v1",
    )
    assert (document.origin.portal, document.revision) == ("county", 2)


def test_parsing_again_gives_the_same_event_and_bytes(
    archive: Archive, fetched: Callable[..., FetchedEvent]
) -> None:
    event = fetched(page=PAGE, attachment=TEXT)
    assert parse(event, archive, Limits()) == parse(event, archive, Limits())


def test_an_unreadable_attachment_is_reported_and_the_rest_read(
    archive: Archive, fetched: Callable[..., FetchedEvent]
) -> None:
    document = kept(archive, parse(fetched(page=PAGE, sound=b"ID3\x04"), archive, Limits()))
    assert [(note.name, note.cause) for note in document.unread] == [("sound", "unsupported")]
    assert len(document.blocks) == 1


def test_when_nothing_can_be_read_the_first_error_is_raised(
    archive: Archive, fetched: Callable[..., FetchedEvent]
) -> None:
    with pytest.raises(Unsupported):
        parse(fetched(page=b"ID3\x04", scan=b""), archive, Limits())


def test_bytes_met_twice_are_read_once() -> None:
    document = read_document([NamedBytes("a.txt", TEXT), NamedBytes("b.txt", TEXT)])
    assert [file.name for file in document.files] == ["a.txt", "b.txt"]
    assert {block.file for block in document.blocks} == {0}


def test_members_of_archives_are_archived(
    archive: Archive, fetched: Callable[..., FetchedEvent], tmp_path: Path
) -> None:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a.txt", TEXT)
    parse(fetched(page=PAGE, attachment=out.getvalue()), archive, Limits())
    assert archive.get(ids.content_hash(TEXT)) == TEXT


def test_a_file_on_disk_has_the_same_ids_wherever_it_lies(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(TEXT)
    one, two = read_file(tmp_path / "a.txt"), read_file(tmp_path / "b.txt")
    assert (one.disclosure_id, one.revision_id) == (two.disclosure_id, two.revision_id)
    assert one.origin == Origin()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.4 x", "pdf"),
        (b"junk" * 50 + b"%PDF-1.4", "pdf"),
        (PAGE, "html"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html>", "html"),
        ("<HTML>预算".encode("gb18030"), "html"),
        ("<table><tr><td>1".encode("utf-16"), "html"),
        (TEXT, "text"),
        ("预算公开".encode("gb18030"), "text"),
        (b"a < b and c", "text"),
        (b"Rar!\x1a\x07\x01\x00", "rar"),
        (b"{\\rtf1\\ansi x}", "rtf"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "mhtml"),
        (b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html>", "mhtml"),
        ("收件人: 甲\n单位: 乙\n".encode(), "text"),
    ],
)
def test_the_bytes_say_what_a_file_is(data: bytes, name: str) -> None:
    assert detect(data) == name


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFile),
        (b" \r\n\t", EmptyFile),
        (b"PK\x03\x04 and no more", Corrupt),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", Corrupt),
        (b"ID3\x04", Unsupported),
        (b"<?xml version='1.0'?><Workbook/>", Unsupported),
        (b"\x00\x01\x02binary\x00", Unsupported),
    ],
)
def test_what_no_reader_takes_is_refused_by_name(data: bytes, error: type[PermanentError]) -> None:
    with pytest.raises(error):
        detect(data)


@pytest.mark.parametrize("name", READERS)
def test_every_reader_is_there(name: str) -> None:
    assert callable(reader_of(name))


def test_pages_and_documents_by_another_name_are_read(portals_folder: Path) -> None:
    """The sample portals hold pages and new documents called .doc."""
    formats = set()
    for path in [*(portals_folder / "files").rglob("*.doc"), *(portals_folder / "files").rglob("*.wps")]:
        formats.add(detect(path.read_bytes()))
    assert formats == {"html", "docx", "doc"}


def test_a_file_that_could_not_be_had_is_told_as_unread(
    archive: Archive, fetched: Callable[..., FetchedEvent]
) -> None:
    missing = Unread(name="附件2.xls", cause="gone", message="http://127.0.0.1/2 is not there (404).")
    event = fetched(page=PAGE).model_copy(update={"missing": (missing,)})
    assert missing in kept(archive, parse(event, archive, Limits())).unread
