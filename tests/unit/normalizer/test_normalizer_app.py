"""The normalizer as it runs: what it serves at first, and what it makes of an event nobody can read."""

import json
from collections.abc import Callable
from pathlib import Path

from prometheus_client import REGISTRY

from services.normalizer.app import create_app
from services.normalizer.settings import NormalizerSettings
from shared.archive.connect import open_archive
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.bus.scan import scan
from shared.schemas.document import Document
from shared.schemas.events import NormalizedEvent
from shared.stage.codec import decode, encode
from shared.topics import NORMALIZED, PARSED, RECORDS, TOPICS
from tests.unit.normalizer.test_normalizer_stage import FEWER, LINES, revision

POLLS = 60


async def normalized(bus: Bus, wanted: int) -> None:
    """Returns when `wanted` messages are on the topic."""
    async with bus.consumer("test", [NORMALIZED], "one") as consumer:
        for _ in range(POLLS):
            wanted -= len(await consumer.poll(wanted, 0.5))
            if not wanted:
                return
    raise AssertionError(f"{wanted} normalized events did not come")


async def test_an_unreadable_event_does_not_hide_what_stands(
    tmp_path: Path, document: Callable[..., Document]
) -> None:
    settings = NormalizerSettings.read(data=tmp_path)
    archive = open_archive(settings.archive_url)
    first, second = (revision(archive, document(lines), number) for number, lines in ((1, LINES), (2, FEWER)))
    key = first.disclosure_id
    bus = await open_bus(settings.bus_url)
    await bus.create_topics(TOPICS)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await bus.publish([encode(PARSED, key, first, first)])
        await normalized(bus, 1)
        await bus.publish([Message(NORMALIZED.name, key, b"something else wrote this", {})])
        await bus.publish([encode(PARSED, key, second, second)])
        await normalized(bus, 2)
    last = await bus.latest(NORMALIZED, key)
    assert last is not None
    assert decode(NormalizedEvent, last).revision == 2
    lines = [message async for message in scan(bus, RECORDS["budget_line"])]
    await bus.close()
    gone = {message.key for message in lines if message.value is None}
    kept = {json.loads(each.value)["id"] for each in lines if each.value and b'"v2"' in each.value}
    assert gone == {message.key for message in lines} - kept != set()


def test_checks_are_served_as_0_before_their_first_finding(tmp_path: Path) -> None:
    create_app(NormalizerSettings.read(data=tmp_path))
    served = {
        (sample.labels["check"], sample.labels["severity"])
        for metric in REGISTRY.collect()
        if metric.name == "gongkai_findings"
        for sample in metric.samples
    }
    assert ("hierarchy_sum", "error") in served
    assert ("unread_table", "warning") in served
