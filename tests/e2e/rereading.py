"""A live installation in this process whose disclosures an older gongkai may have read, to be read again."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from services.normalizer.stage import normalize
from services.parser.reading import Limits as Bounds
from services.parser.stage import parse
from services.pipeline import SERVICES
from services.sample_portals.world import make_world
from shared import ids
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.clock import SystemClock
from shared.errors import Corrupt, Unsupported
from shared.schemas.document import Origin
from shared.schemas.events import FetchedEvent, FetchedFile, ParsedEvent
from shared.schemas.record_types import type_of
from shared.schemas.records import BudgetLine, Fact, RecordBase
from shared.settings import Settings
from shared.stage.codec import encode, tombstone
from shared.stage.context import Context
from shared.stage.contract import Stage
from shared.stage.runner import run_stage
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits
from shared.topics import FETCHED, NORMALIZED, PARSED, RECORDS, TOPICS
from shared.version import VERSION

OLD: Final = "0.0.1"
PATIENCE_SECONDS: Final = 240.0
LOOK_SECONDS: Final = 0.1
EXTRA: Final = "r-only-the-older-one-has-it"
READERS: Final = {"parser": FETCHED, "normalizer": PARSED, "store": NORMALIZED}
PLAIN: Final = "示例县水利局2026年部门预算信息公开\n\n2026年预算收入12.34万元。\n".encode()


@dataclass
class Installation:
    """Settings, the open bus and archive, and the fetched events published so far."""

    settings: Settings
    bus: Bus
    archive: Archive
    fetched: list[FetchedEvent] = field(default_factory=list)

    async def fetch(self, name: str, data: bytes, portal: str = "example-county", revision: int = 1) -> str:
        """Publish the disclosure at `name` as a portal gives it; its disclosure id."""
        url = f"http://www.shilixian.example/{name}"
        disclosure = ids.disclosure_id(url)
        key = self.archive.put(data)
        revision_id = ids.revision_id(disclosure, [key])
        event = FetchedEvent(
            id=ids.event_id(FETCHED.name, revision_id, VERSION),
            disclosure_id=disclosure,
            revision_id=revision_id,
            revision=revision,
            origin=Origin(url=url, portal=portal),
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=len(self.fetched)),
            version=VERSION,
            files=(FetchedFile(sha256=key, size=len(data), role="attachment", name=name, url=url),),
        )
        self.fetched.append(event)
        await self.bus.publish([encode(FETCHED, disclosure, event, event)])
        return disclosure

    async def fetch_samples(self) -> list[str]:
        """Publish some generated disclosures, of two portals, and a second revision of the first; their ids."""
        items = [item for item in make_world(11, counties=2, departments=2, years=1).items if item.files]
        found = [await self.fetch(item.files[0].name, item.files[0].data, item.county.slug) for item in items]
        await self.fetch(items[0].files[0].name, items[1].files[0].data, items[0].county.slug, revision=2)
        return found

    async def settle(self, *stages: str) -> None:
        """Wait until `stages`, or all that read topics, have read everything that was published."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self._waiting(stages or tuple(READERS)):  # noqa: ASYNC110 - in other processes too
                await asyncio.sleep(LOOK_SECONDS)

    async def _waiting(self, stages: tuple[str, ...]) -> int:
        lags = [await self.bus.lag(f"gongkai.{stage}", [READERS[stage]]) for stage in stages]
        return sum(sum(lag.values()) for lag in lags)

    async def gongkai(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command on this installation."""
        command = [str(Path(sys.executable).with_name("gongkai")), *arguments]
        own = {"GONGKAI_DATA": str(self.settings.data), "GONGKAI_BUS": self.settings.bus_url}
        own["GONGKAI_DATABASE"] = self.settings.database_url
        return await asyncio.to_thread(
            subprocess.run, command, env=os.environ | own, capture_output=True, text=True, check=False
        )


@asynccontextmanager
async def installed(folder: Path, bus_url: str, database_url: str = "") -> AsyncIterator[Installation]:
    """An installation with nothing on it and nobody at work."""
    settings = Settings.read(data=folder, bus=bus_url, database=database_url)
    bus = await open_bus(settings.bus_url)
    try:
        await bus.create_topics(TOPICS)
        yield Installation(settings, bus, open_archive(settings.archive_url))
    finally:
        await bus.close()


@asynccontextmanager
async def serving(installation: Installation, *names: str) -> AsyncIterator[None]:
    """The services of this program at work within the block: `names`, or all that read topics."""
    given = {"data": installation.settings.data, "bus": installation.settings.bus_url, "log_level": "warning"}
    given["database"] = installation.settings.database_url
    async with AsyncExitStack() as running:
        for service in reversed(SERVICES):
            if service.name in (names or READERS):
                app = service.load(**given)
                await running.enter_async_context(app.router.lifespan_context(app))
        yield


@asynccontextmanager
async def served_by_an_older_one(installation: Installation, unable: str = "") -> AsyncIterator[None]:
    """Parser and normalizer of gongkai OLD at work within the block.

    It reads what is corrupt, but not the disclosure `unable`; it makes every first budget line one yuan too much,
    knows no facts, and has a fact of its own.
    """
    archive, stop = installation.archive, asyncio.Event()
    stood: dict[str, dict[str, str]] = {}

    async def old_parse(event: FetchedEvent) -> Sequence[Message]:
        if event.disclosure_id == unable:
            raise Unsupported("The older one knows no such format.")
        try:
            parsed = await asyncio.to_thread(parse, event, archive, Bounds())
        except Corrupt:
            file = event.files[0].model_copy(update={"sha256": archive.put(PLAIN), "name": "text.txt"})
            readable = event.model_copy(update={"files": (file,)})
            parsed = await asyncio.to_thread(parse, readable, archive, Bounds())
        old = {"version": OLD, "id": ids.event_id(PARSED.name, event.revision_id, OLD)}
        return [encode(PARSED, event.disclosure_id, parsed.model_copy(update=old), event)]

    async def old_normalize(event: ParsedEvent) -> Sequence[Message]:
        made, records = await asyncio.to_thread(normalize, event, archive)
        records = [each.model_copy(update={"version": OLD}) for each in _distorted(records)]
        lines = "".join(record.model_dump_json() + "\n" for record in records)
        old = {"version": OLD, "records": archive.put(lines.encode())}
        old["id"] = ids.event_id(NORMALIZED.name, event.revision_id, OLD)
        normalized = encode(NORMALIZED, event.disclosure_id, made.model_copy(update=old), event)
        gone = stood.get(event.disclosure_id, {}).keys() - {each.id for each in records}
        tombstones = [tombstone(RECORDS[stood[event.disclosure_id][name]], name, event) for name in sorted(gone)]
        stood[event.disclosure_id] = {each.id: type_of(each) for each in records}
        return [
            normalized,
            *(encode(RECORDS[type_of(each)], each.id, each, event) for each in records),
            *tombstones,
        ]

    async with WorkerPool(1, Limits(60, 512)) as workers:
        context = Context(installation.settings, installation.bus, archive, workers, SystemClock(), stop)
        stages: list[Awaitable[None]] = [
            run_stage(Stage("parser", FETCHED, old_parse), context),
            run_stage(Stage("normalizer", PARSED, old_normalize), context),
        ]
        tasks = [asyncio.ensure_future(each) for each in stages]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*tasks)


def _distorted(records: list[RecordBase]) -> list[RecordBase]:
    first = next((each for each in records if isinstance(each, BudgetLine) and each.amount is not None), None)
    kept = [each for each in records if each is not first and not isinstance(each, Fact)]
    if first is not None:
        assert first.amount is not None
        kept.append(first.model_copy(update={"amount": first.amount + 1}))
    template = records[0]
    common = template.model_dump(include={"disclosure_id", "revision_id", "provenance", "version"})
    extra = Fact(id=EXTRA + template.disclosure_id, metric="income_total", year=2026, amount=Decimal(1), **common)
    return [*kept, extra]
