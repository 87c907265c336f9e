"""The parser as it runs: an event on one topic becomes an event on the next, a bad one a dead letter."""

from datetime import UTC, datetime
from pathlib import Path

from services.parser.app import create_app
from services.parser.settings import ParserSettings
from shared import ids
from shared.archive.connect import open_archive
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Received
from shared.schemas.document import Document, Origin
from shared.schemas.events import DeadLetter, FetchedEvent, FetchedFile, ParsedEvent
from shared.stage.codec import decode, encode
from shared.topics import DEAD_LETTERS, FETCHED, PARSED, TOPICS, Topic
from shared.version import VERSION

POLLS = 60


def fetched(sha256: str, url: str) -> FetchedEvent:
    disclosure = ids.disclosure_id(url)
    revision = ids.revision_id(disclosure, [sha256])
    return FetchedEvent(
        id=ids.event_id(FETCHED.name, revision, VERSION),
        disclosure_id=disclosure,
        revision_id=revision,
        revision=1,
        origin=Origin(url=url),
        fetched_at=datetime(2024, 3, 1, tzinfo=UTC),
        version=VERSION,
        files=(FetchedFile(sha256=sha256, size=1, role="attachment", name="a", url=url),),
    )


async def first(bus: Bus, topic: Topic) -> Received:
    async with bus.consumer("test", [topic], "one") as consumer:
        for _ in range(POLLS):
            for received in await consumer.poll(1, 0.5):
                return received
    raise AssertionError(f"nothing came on {topic.name}")


async def test_a_fetched_event_becomes_a_parsed_one_and_a_bad_one_a_dead_letter(tmp_path: Path) -> None:
    settings = ParserSettings.read(data=tmp_path)
    archive = open_archive(settings.archive_url)
    good = fetched(archive.put("一、部门职责\n\n项目\t金额\n合计\t1.00\n".encode()), "http://127.0.0.1/good")
    bad = fetched(archive.put(b"ID3\x04"), "http://127.0.0.1/bad")
    bus = await open_bus(settings.bus_url)
    await bus.create_topics(TOPICS)
    await bus.publish([encode(FETCHED, event.disclosure_id, event, event) for event in (good, bad)])
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        parsed = decode(ParsedEvent, await first(bus, PARSED))
        dead = decode(DeadLetter, await first(bus, DEAD_LETTERS["parser"]))
    await bus.close()
    assert parsed.disclosure_id == good.disclosure_id
    assert Document.model_validate_json(archive.get(parsed.document)).blocks[0].kind == "paragraph"
    assert (dead.cause, dead.key) == ("unsupported", bad.disclosure_id)
