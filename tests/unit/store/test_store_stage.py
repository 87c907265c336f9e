"""What the store keeps: once, every revision, and the newest stands whatever the order."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

import httpx
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store import stage
from services.store.filters import RecordFilter
from services.store.queries import disclosures, records, totals
from services.store.tables import Revision
from shared.archive.contract import Archive
from shared.clock import SystemClock
from shared.database import reading
from shared.errors import Corrupt
from tests.unit.store.store_samples import Keep, Sample, budget_line, finding

FIRST = Sample(lines=[budget_line("教育支出", "100.00"), finding("一处不符。")])
SECOND = replace(FIRST, revision=2, lines=[budget_line("教育支出", "200.00")])


async def bodies(engine: AsyncEngine, **wanted: object) -> list[dict[str, object]]:
    async with reading(engine) as session:
        page = await records.page_of_records(session, RecordFilter.model_validate(wanted))
    return [json.loads(hit.body) for hit in page.items]


async def history(engine: AsyncEngine, sample: Sample) -> Sequence[Revision]:
    async with reading(engine) as session:
        return await disclosures.history(session, sample.disclosure_id)


async def test_records_are_kept_as_published(keep: Keep, engine: AsyncEngine, archive: Archive) -> None:
    await keep(FIRST)
    published = [json.loads(line) for line in archive.get(FIRST.event(archive).records).split(b"\n")]
    assert await bodies(engine) == published


async def test_applying_twice_changes_nothing(keep: Keep, engine: AsyncEngine) -> None:
    await keep(FIRST)
    before = await bodies(engine)
    async with reading(engine) as session:
        counted = await totals.totals(session)
    await keep(FIRST, FIRST)
    assert await bodies(engine) == before
    async with reading(engine) as session:
        assert await totals.totals(session) == counted


async def test_a_new_revision_stands_and_the_old_one_is_kept(keep: Keep, engine: AsyncEngine) -> None:
    await keep(FIRST, SECOND)
    assert [each["amount"] for each in await bodies(engine, type="budget_line")] == ["200.00"]
    old = await bodies(engine, type="budget_line", revision=FIRST.revision_id)
    assert [each["amount"] for each in old] == ["100.00"]
    assert [(each.revision, each.standing) for each in await history(engine, FIRST)] == [(2, True), (1, False)]
    assert (await history(engine, FIRST))[0].supersedes == FIRST.revision_id


async def test_an_old_revision_that_comes_late_does_not_displace_the_new_one(
    keep: Keep, engine: AsyncEngine
) -> None:
    await keep(SECOND, FIRST)
    assert [each["amount"] for each in await bodies(engine, type="budget_line")] == ["200.00"]
    assert [(each.revision, each.standing) for each in await history(engine, FIRST)] == [(2, True), (1, False)]


async def test_content_that_returns_to_an_earlier_state_stands_again(keep: Keep, engine: AsyncEngine) -> None:
    third = replace(FIRST, revision=3)
    third_as_first = type("Returned", (Sample,), {"revision_id": property(lambda _: FIRST.revision_id)})
    await keep(FIRST, SECOND, third_as_first(**vars(third)))
    assert [each["amount"] for each in await bodies(engine, type="budget_line")] == ["100.00"]
    assert [each.revision for each in await history(engine, FIRST)] == [3, 2, 1]


async def test_a_first_revision_taken_once_more_stands_by_when_it_was_taken(
    keep: Keep, engine: AsyncEngine
) -> None:
    other = replace(FIRST, lines=[budget_line("教育支出", "5.00")], days_later=1)
    await keep(FIRST, other)
    assert [each["amount"] for each in await bodies(engine, type="budget_line")] == ["5.00"]
    await keep(replace(FIRST, days_later=2))
    assert [each["amount"] for each in await bodies(engine, type="budget_line")] == ["100.00"]
    await keep(other)
    assert [each["amount"] for each in await bodies(engine, type="budget_line")] == ["100.00"]
    assert len(await history(engine, FIRST)) == 2


async def test_the_reading_of_a_newer_version_stands(keep: Keep, engine: AsyncEngine) -> None:
    newer = replace(FIRST, version="0.10.0", lines=[budget_line("教育支出", "100.50")])
    older = replace(FIRST, version="0.9.0", lines=[budget_line("教育支出", "1.00")])
    await keep(FIRST, newer, older)
    assert [each["amount"] for each in await bodies(engine, type="budget_line")] == ["100.50"]
    assert sum(each.standing for each in await history(engine, FIRST)) == 1


async def test_disclosures_do_not_touch_each_other(keep: Keep, engine: AsyncEngine) -> None:
    other = replace(FIRST, url="http://xx.example.gov.cn/2.html")
    await keep(FIRST, other, SECOND)
    assert {each["disclosure_id"]: each["amount"] for each in await bodies(engine, type="budget_line")} == {
        FIRST.disclosure_id: "200.00",
        other.disclosure_id: "100.00",
    }


async def test_a_code_of_any_length_is_kept_whole_and_found_by_its_beginning(
    keep: Keep, engine: AsyncEngine
) -> None:
    # text that cannot be compressed: what an index entry takes is counted compressed
    long = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(200))
    lines = [
        {"record": "project", "name": "甲", "code": long},
        {"record": "procurement_line", "line_type": "item", "item": "乙", "catalogue_code": long},
        budget_line(long, "1.00", long),
    ]
    sample = replace(
        FIRST, title=long, department=long, region_name=long, url=f"http://x.example/{long}", lines=lines
    )
    await keep(sample)
    found = await bodies(engine, code=long[:100])
    assert [each.get("code") or each["catalogue_code"] for each in found] == [long] * 3
    assert len(await bodies(engine, code=f"{long[:20]}*")) == 3
    assert len(await bodies(engine, q=long[5000:5100])) == len([sample, *lines])  # it is the department, too


async def test_line_separators_within_text_are_text(keep: Keep, engine: AsyncEngine) -> None:
    odd = "甲\u2028乙\u0085丙\x0b丁"
    await keep(replace(FIRST, lines=[budget_line(odd, "1.00")]))
    assert [each["name"] for each in await bodies(engine, type="budget_line")] == [odd]


async def test_damaged_records_are_refused_by_name_and_nothing_is_kept(
    engine: AsyncEngine, archive: Archive
) -> None:
    event = FIRST.event(archive)
    good = archive.get(event.records)
    damaged = {
        "Line 4": good + b'\n{"record": "fact"}',
        "Line 1": b"\xff\xfe",
        "belongs to another": good.replace(FIRST.disclosure_id.encode(), b"d000000000000000000000000"),
    }
    for message, data in damaged.items():
        broken = event.model_copy(update={"records": archive.put(data)})
        with pytest.raises(Corrupt, match=message):
            await stage.apply(broken, archive, engine, SystemClock())
    lost = event.model_copy(update={"records": "0" * 64})
    with pytest.raises(Corrupt, match="replay"):
        await stage.apply(lost, archive, engine, SystemClock())
    assert await history(engine, FIRST) == []


async def test_a_revision_is_kept_whole_or_not_at_all(engine: AsyncEngine, archive: Archive) -> None:
    event = FIRST.event(archive)
    lines = archive.get(event.records)
    twice = event.model_copy(update={"records": archive.put(lines + b"\n" + lines)})
    with pytest.raises(IntegrityError):
        await stage.apply(twice, archive, engine, SystemClock())
    assert await bodies(engine) == []
    assert await history(engine, FIRST) == []


async def test_a_record_of_a_later_type_is_kept_as_it_is(
    engine: AsyncEngine, archive: Archive, client: httpx.AsyncClient
) -> None:
    event = FIRST.event(archive)
    line = json.loads(archive.get(event.records).splitlines()[1])
    later = json.dumps({**line, "record": "loan", "id": "r9", "bank": "某银行"}, ensure_ascii=False)
    key = archive.put(archive.get(event.records) + b"\n" + later.encode())
    await stage.apply(event.model_copy(update={"records": key}), archive, engine, SystemClock())
    assert (await bodies(engine))[-1] == json.loads(later)
    page = (await client.get(f"/disclosures/{FIRST.disclosure_id}")).text
    assert "某银行" in page
    assert (await client.get("/records")).status_code == 200
