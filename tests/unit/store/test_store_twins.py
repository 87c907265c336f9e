"""Two instances of the store at work on the same disclosure at once, as when a partition moves."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store import stage
from services.store.filters import RecordFilter
from services.store.queries import disclosures, records
from services.store.settings import StoreSettings
from shared.archive.contract import Archive
from shared.clock import SystemClock
from shared.database import create_engine, reading
from tests.unit.store.store_samples import Sample, budget_line

ROUNDS = 20
VERSIONS = ("0.9.0", "0.10.0")


@pytest.fixture
async def instances(settings: StoreSettings) -> AsyncIterator[list[AsyncEngine]]:
    engines = [create_engine(settings.database_url) for _ in range(2)]
    yield engines
    for engine in engines:
        await engine.dispose()


async def test_each_reading_is_kept_once_and_the_highest_stands(
    instances: list[AsyncEngine], archive: Archive
) -> None:
    order = random.Random(1)
    for number in range(ROUNDS):
        readings = [
            Sample(url=f"http://x.example/{number}", revision=revision, version=version,
                   lines=[budget_line("教育支出", f"{revision}.00"), budget_line(version, "1.00")])
            for revision in (1, 2)
            for version in VERSIONS
        ]  # fmt: skip
        events = [sample.event(archive) for sample in readings]
        work = [(event, engine) for event in events for engine in instances]
        order.shuffle(work)
        await asyncio.gather(*(stage.apply(event, archive, engine, SystemClock()) for event, engine in work))
        async with reading(instances[0]) as session:
            kept = await disclosures.history(session, readings[0].disclosure_id)
            wanted = RecordFilter(disclosure=readings[0].disclosure_id, type="budget_line")
            page = await records.page_of_records(session, wanted)
        assert sorted((each.revision, each.version) for each in kept) == sorted(
            (each.revision, each.version) for each in readings
        )
        assert [(each.revision, each.version) for each in kept if each.standing] == [(2, "0.10.0")]
        assert [hit.record.amount for hit in page.items] == [200, 100]


async def test_many_disclosures_at_once_are_all_kept(
    instances: list[AsyncEngine], archive: Archive, settings: StoreSettings
) -> None:
    samples = [replace(Sample(), url=f"http://x.example/{number}") for number in range(40)]
    work = [
        stage.apply(sample.event(archive), archive, instances[number % 2], SystemClock())
        for number, sample in enumerate(samples)
    ]
    await asyncio.gather(*work)
    async with reading(instances[0]) as session:
        stands = [await disclosures.standing(session, sample.disclosure_id) for sample in samples]
    assert all(stands)
