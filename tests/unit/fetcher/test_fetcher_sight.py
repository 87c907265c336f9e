"""What can be seen of polls: what was asked and answered, taken and left; the ledger; freshness; the canary."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import structlog
from fastapi import FastAPI

from services.fetcher.api import Running, router, statuses
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.state.writer import KEPT_POLLS
from shared.bus.connect import open_bus
from tests.unit.fetcher.fetcher_clock import SetClock
from tests.unit.fetcher.fetcher_serving import answering, send
from tests.unit.fetcher.fetcher_sites import FIRST, NOISE, SECOND, Site, pages, portal_of, rows

NOW = datetime(2024, 3, 5, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def site() -> Site:
    listing = rows(("/info/1/101.htm", FIRST), ("/info/1/102.htm", SECOND), ("/info/1/103.htm", NOISE))
    return Site({"/list.htm": listing, **pages("/info/1/101.htm", of=(FIRST,))})


async def served(means: PollContext, path: str) -> list[dict[str, Any]]:
    """What the route at `path` answers."""
    portal = portal_of("static_html", ["/list.htm"], "http://127.0.0.1:1")
    bus = await open_bus(means.settings.bus_url)
    app = FastAPI()
    app.include_router(router(lambda: Running([portal], means, bus)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://fetcher") as client:
        answer = await client.get(path)
    await bus.close()
    assert answer.status_code == 200, answer.text
    told: list[dict[str, Any]] = answer.json()
    return told


async def test_a_polls_log_tells_what_was_asked_answered_taken_and_left(means: PollContext) -> None:
    shown = site()
    with answering(shown) as base_url:
        await poll(portal_of("static_html", ["/list.htm"], base_url), means)
    (log,) = await served(means, "/portals/sample/polls")
    asked = [(each["url"].removeprefix(base_url), each["verdict"]) for each in log["requests"]]
    assert asked == [
        ("/robots.txt", "404"),
        ("/list.htm", "200"),
        ("/info/1/101.htm", "200"),
        ("/info/1/102.htm", "gone"),
    ]
    assert [(each["title"], each["became"]) for each in log["taken"]] == [(FIRST, "new"), (SECOND, "gone")]
    assert [(each["title"], each["why"]) for each in log["left"]] == [(NOISE, "no rule takes it")]
    assert log["outcome"] == "ok"
    assert log["counts"]["new"] == 1


async def test_the_last_polls_are_kept_and_no_more(means: PollContext) -> None:
    shown, clock = site(), SetClock(NOW)
    with answering(shown) as base_url:
        for number in range(KEPT_POLLS + 3):
            clock.moment = NOW + timedelta(minutes=number)
            await poll(portal_of("static_html", ["/list.htm"], base_url), replace(means, clock=clock))
    kept = await means.seen.polls("sample")
    assert [record.started_at for record in kept] == [
        NOW + timedelta(minutes=number) for number in reversed(range(3, KEPT_POLLS + 3))
    ]


async def test_the_ledger_adds_up_what_a_host_was_asked(means: PollContext) -> None:
    shown = site()
    with answering(shown) as base_url:
        for name in ("one", "two"):
            await poll(portal_of("static_html", ["/list.htm"], base_url, name=name), means)
    entries = await served(means, "/portals/ledger?days=1")
    told = {each["verdict"]: each["requests"] for each in entries}
    assert told == {"200": 3, "404": 1, "gone": 1}
    assert {each["host"] for each in entries} == {base_url.removeprefix("http://")}
    assert sum(told.values()) == len(shown.asked) + 1
    assert next(each["bytes"] for each in entries if each["verdict"] == "200") > 0


async def test_a_portal_that_gives_no_success_for_long_is_stale(means: PollContext) -> None:
    shown, clock = site(), SetClock(NOW)
    context = replace(means, clock=clock)
    with answering(shown) as base_url:
        portal = portal_of("static_html", ["/list.htm"], base_url, interval_minutes=60)
        await poll(portal, context)
    (fresh,) = await statuses([portal], context)
    clock.moment = NOW + timedelta(hours=3)
    (stale,) = await statuses([portal], context)
    assert (fresh.stale, stale.stale) == (False, True)


async def test_once_a_day_a_known_disclosure_is_read_whole_and_anew(means: PollContext) -> None:
    broken: list[bool] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        if broken and "101" in request.path:
            send(request, 200, "<html><h1>系统维护</h1>请稍候</html>".encode())
        elif "If-None-Match" in request.headers:
            send(request, 304)
        else:
            body = shown.pages.get(request.path)
            asked.append(request.path)
            data = body.encode() if isinstance(body, str) else b""
            send(request, 200 if data else 404, data, ETag='"1"')

    shown, clock, asked = site(), SetClock(NOW), list[str]()
    context = replace(means, clock=clock)
    with answering(answer) as base_url:
        portal = portal_of("static_html", ["/list.htm"], base_url)
        await poll(portal, context)
        for days in (40, 40.1, 41.2):
            clock.moment = NOW + days * DAY
            asked.clear()
            result = await poll(portal, context)
            whole = [path for path in asked if "101" in path]
            assert whole == (["/info/1/101.htm"] if days != 40.1 else []), days
            assert result.counts.unchanged == len(whole)
        broken.append(True)
        clock.moment = NOW + 43 * DAY
        await poll(portal, context)
    (status,) = await statuses([portal], context)
    assert status.canary_at == clock.moment
    assert status.canary is not None
    assert "does not show the title" in status.canary


async def test_what_went_wrong_is_logged_as_a_warning(means: PollContext) -> None:
    with answering(Site({})) as base_url, structlog.testing.capture_logs() as logs:
        await poll(portal_of("static_html", ["/list.htm"], base_url), means)
    (polled,) = [each for each in logs if each["event"] == "polled"]
    assert (polled["log_level"], polled["outcome"]) == ("warning", "drifted")
