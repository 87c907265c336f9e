"""The operations page says what needs somebody and what to do, and shows the last hours."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.store.pages.operations import bars, duration
from services.store.pages.running import RunningSystem, StageState, stages
from services.store.queries.hours import HOURS, Hour
from services.store.queries.portals import PollFacts, PortalFacts
from services.store.settings import StoreSettings
from shared.bus.connect import open_bus
from shared.bus.contract import Message
from shared.topics import FETCHED
from tests.unit.store.store_samples import Keep, Sample
from tests.unit.store.test_store_pages import get, texts

NOW = datetime(2026, 2, 14, 12, tzinfo=UTC)


async def test_an_idle_system_is_well_and_shows_a_day(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(Sample())
    page = await get(client, "/ops")
    assert texts(page, ".fine-line") == ["网站和各环节都正常。"]
    assert [len(plot.css("rect")) for plot in page.css(".plot svg")] == [HOURS, HOURS, HOURS]
    assert "最近一小时 1" in texts(page, ".plot .hint")[0]
    assert "sample" in texts(page, "tbody tr")[0]
    assert texts(await get(client, "/ops?lang=en"), "h1") == ["Operations"]


def polled_every(hours: int, last: int) -> list[PollFacts]:
    """Four polls, `hours` after each other, the last one `last` hours ago."""
    return [PollFacts(NOW - timedelta(hours=last + number * hours), "ok") for number in range(4)]


@pytest.mark.parametrize(
    ("portal", "needed"),
    [
        (PortalFacts("甲", outcome="ok", success_at=NOW), False),
        (PortalFacts("甲", outcome="ok", success_at=NOW - timedelta(days=3)), True),
        (PortalFacts("甲", outcome="drifted", failures=2, success_at=NOW), True),
        (PortalFacts("甲"), False),
        (PortalFacts("甲", outcome="ok", success_at=NOW, polls=polled_every(5, last=9)), False),
        (PortalFacts("甲", outcome="ok", success_at=NOW, polls=polled_every(5, last=11)), True),
        (PortalFacts("甲", outcome="ok", success_at=NOW, polls=polled_every(5, last=11)[:2]), False),
    ],
)
def test_a_portal_needs_somebody_when_it_fails_or_is_silent(portal: PortalFacts, needed: bool) -> None:
    assert RunningSystem(NOW, (), ()).needs_somebody(portal) == needed


def test_a_stage_stands_still_when_messages_wait_and_nothing_comes_through() -> None:
    busy = [PortalFacts("甲", applied_at=NOW - timedelta(minutes=1))]
    still = [PortalFacts("甲", applied_at=NOW - timedelta(minutes=11))]
    waiting, idle = StageState("parser", 5, 2, 0), StageState("parser", 5, 0, 0)
    fresh = StageState("parser", 5, 2, 0, NOW - timedelta(minutes=9))
    systems = [RunningSystem(NOW, (), every) for every in (busy, still)]
    told = [system.stands_still(each) for each in (waiting, idle, fresh) for system in systems]
    assert told == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7_300, "2 h"), (200_000, "2 d"), (-5, "0 s")]
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, told: str) -> None:
    assert RunningSystem(NOW, (), ()).age(NOW - timedelta(seconds=seconds)) == told


def test_the_highest_bar_fills_the_plot_and_an_empty_hour_has_none() -> None:
    last = [Hour(NOW, 2, 1.5, 2), Hour(NOW, 8, 3, 4), Hour(NOW, 0, None, None)]
    assert [bar.height for bar in bars(last, lambda hour: hour.revisions, str)] == [15, 60, 0]
    assert [bar.text for bar in bars(last, lambda hour: hour.median_seconds, duration)] == ["1.5 s", "3.0 s", ""]


def test_a_duration_is_told_in_the_unit_that_suits_it() -> None:
    assert [duration(each) for each in (1.25, 119, 600, 9_000)] == ["1.2 s", "119.0 s", "10 min", "2.5 h"]


async def test_how_long_is_told_in_the_readers_language(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(Sample())
    page = await get(client, "/ops")
    assert re.search(r"\d+ 秒$", texts(page, "#portals tbody td.when")[-1])
    assert re.search(r"\d+\.\d (分钟|小时|天)，", texts(page, ".plot .hint")[1])
    assert re.search(r"\d+ s$", texts(await get(client, "/ops?lang=en"), "#portals tbody td.when")[-1])


async def test_what_waits_is_told_with_the_age_of_the_oldest(
    settings: StoreSettings, client: httpx.AsyncClient
) -> None:
    bus = await open_bus(settings.bus_url)
    await bus.publish([Message(FETCHED.name, f"d{number}", b"{}") for number in range(3)])
    parser, *others = await stages(bus)
    assert (parser.name, parser.arrived, parser.waiting, parser.dead_letters) == ("parser", 3, 3, 0)
    assert parser.oldest
    assert datetime.now(UTC) - parser.oldest < timedelta(minutes=1)
    assert [each.oldest for each in others] == [None, None]
    async with bus.consumer("gongkai.parser", [FETCHED], "a") as consumer:
        await consumer.commit(await consumer.poll(10, 1), ())
    assert next(iter(await stages(bus))).oldest is None
    await bus.publish([Message(FETCHED.name, "d9", b"{}")])
    row = texts(await get(client, "/ops"), "#stages tbody tr")[0]
    assert row.startswith("解析431")
    await bus.close()
