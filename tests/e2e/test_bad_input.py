"""Bad input ends in a dead letter that names its cause; what comes after it is read, and memory stays bounded."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from services.parser.app import create_app
from services.parser.settings import ParserSettings
from services.parser.stage import read_file
from services.sample_portals.content import Content, Grid, Heading, Prose, row
from services.sample_portals.render import docx, pdf
from shared import ids
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.bus.connect import open_bus
from shared.bus.contract import Bus
from shared.bus.scan import scan
from shared.errors import PermanentError
from shared.schemas.document import Document, Origin
from shared.schemas.events import DeadLetter, FetchedEvent, FetchedFile, ParsedEvent
from shared.stage.codec import decode, encode
from shared.topics import DEAD_LETTERS, FETCHED, PARSED, TOPICS
from shared.version import VERSION

MOST_MEMORY_KIB: Final = 1536 * 1024
SENTENCE: Final = "本部门二〇二六年预算收入一百万元。"
CONTENT: Final[list[Content]] = [
    Heading("示例", 1),
    Prose(SENTENCE),
    Grid((row("项目", "金额"),), (row("合计", "1.00"),), (10, 10)),
]


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("预算.docx", b"PK\x03\x04" + bytes(600 * 1024 * 1024))
    return packed.getvalue()


def docx_with_entities() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<!DOCTYPE x [<!ENTITY e0 "公开公开公开">{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = "<w:p><w:r><w:t>&e9;&f;</w:t></w:r></w:p>"
    document = f'{body}<w:document xmlns:w="{word}"><w:body>{text}</w:body></w:document>'
    plain = docx.render(CONTENT)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, document if name == "word/document.xml" else source.read(name))
    return out.getvalue()


def bad_files() -> Iterator[tuple[str, bytes, set[str]]]:
    """Name, bytes and the causes that may be named."""
    yield "空.pdf", b"", {"empty_file"}
    yield "截断.docx", docx.render(CONTENT)[:-3000], {"corrupt"}
    yield "截断.pdf", pdf.render(CONTENT)[:1500], {"corrupt"}
    yield "炸弹.zip", zip_bomb(), {"too_large"}
    yield "实体.docx", docx_with_entities(), {"corrupt"}
    yield (
        "巨页.html",
        b"<html><body>" + b"<div>" * 10_000_000,
        {"too_large", "corrupt", "out_of_memory", "timed_out"},
    )


def good_files() -> Iterator[tuple[str, bytes]]:
    page = f'<html><head><meta charset="utf-8"></head><body><div id="zoom"><p>{SENTENCE}</p></div></body></html>'
    yield "编码.html", page.encode("gb18030")
    yield "好.docx", docx.render(CONTENT)
    yield (
        "大页.html",
        ("<html><body><p>" + SENTENCE * 1_000_000 + "</p></body></html>").encode()[: 50 * 1024 * 1024],
    )


def event(name: str, data: bytes, archive: Archive) -> FetchedEvent:
    url = f"http://www.shilixian.example/{name}"
    disclosure = ids.disclosure_id(url)
    revision = ids.revision_id(disclosure, [ids.content_hash(data)])
    return FetchedEvent(
        id=ids.event_id(FETCHED.name, revision, VERSION),
        disclosure_id=disclosure,
        revision_id=revision,
        revision=1,
        origin=Origin(url=url),
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        version=VERSION,
        files=(FetchedFile(sha256=archive.put(data), size=len(data), role="attachment", name=name, url=url),),
    )


async def publish(bus: Bus, archive: Archive) -> tuple[dict[str, set[str]], set[str]]:
    """Publish bad and good in turns; disclosure id → causes of the bad ones, and the ids of the good."""
    await bus.create_topics(TOPICS)
    bad: dict[str, set[str]] = {}
    good: set[str] = set()
    for name, data, causes in bad_files():
        sent = event(name, data, archive)
        bad[sent.disclosure_id] = causes
        await bus.publish([encode(FETCHED, sent.disclosure_id, sent, sent)])
    for name, data in good_files():
        sent = event(name, data, archive)
        good.add(sent.disclosure_id)
        await bus.publish([encode(FETCHED, sent.disclosure_id, sent, sent)])
    return bad, good


def children() -> set[int]:
    of_threads = Path("/proc/self/task").glob("*/children")
    return {int(number) for each in of_threads for number in each.read_text().split()}


def peak_kib(process: int) -> int:
    """The most memory it has used so far; 0 where it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


async def test_each_ends_in_a_dead_letter_and_the_rest_is_read(tmp_path: Path) -> None:
    settings = ParserSettings.read(data=tmp_path, task_seconds=60)
    archive = open_archive(settings.archive_url)
    bus = await open_bus(settings.bus_url)
    bad, good = await publish(bus, archive)
    others = children()
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        bus.consumer("test", [PARSED, DEAD_LETTERS["parser"]], "test") as seen,
    ):
        arrived, peak = 0, 0
        while arrived < len(bad) + len(good):
            got = await seen.poll(10, timeout_seconds=120)
            assert got, "nothing arrived for two minutes"
            await seen.commit(got, [])
            arrived += len(got)
            peak = max([peak, *map(peak_kib, children() - others)])
    letters = [decode(DeadLetter, each) async for each in scan(bus, DEAD_LETTERS["parser"])]
    parsed = [decode(ParsedEvent, each) async for each in scan(bus, PARSED)]
    await bus.close()
    assert {letter.key for letter in letters} == set(bad)
    for letter in letters:
        assert letter.cause in bad[letter.key], (letter.cause, letter.message)
        assert letter.message
    assert {each.disclosure_id for each in parsed} == good
    for each in parsed:
        document = Document.model_validate_json(archive.get(each.document))
        assert any(block.kind == "paragraph" and SENTENCE in block.text for block in document.blocks)
    assert 0 < peak < MOST_MEMORY_KIB


@pytest.mark.parametrize("data", [bytes(1000), b"%PDF-1.7\n" + b"\xff" * 5000], ids=["zeros", "pdf"])
def test_rubbish_is_named_as_such(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rubbish"
    path.write_bytes(data)
    with pytest.raises(PermanentError):
        read_file(path)
