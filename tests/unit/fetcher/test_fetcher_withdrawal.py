"""Lists that lose what they showed, disclosures that are taken back, files that are away for a while."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from services.fetcher.counts import PollResult
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from shared.clock import SystemClock
from shared.schemas.events import FetchedEvent
from tests.unit.fetcher.fetcher_clock import SetClock
from tests.unit.fetcher.fetcher_serving import answering, events, send, with_settings
from tests.unit.fetcher.fetcher_sites import (
    FIRST,
    PDF,
    SECOND,
    TABLE,
    THIRD,
    Answer,
    Site,
    article,
    portal_of,
    rows,
)

NAMES = tuple(f"某县第{number}局2024年部门预算公开" for number in range(6))
LIST = "/gk/list.html"


def site(*titles: str, **changes: Answer) -> dict[str, Answer]:
    """A list of `titles` and the article of each."""
    numbers = [NAMES.index(title) for title in titles]
    own = {f"/gk/a{n}.html": article(NAMES[n], TABLE * 8) for n in numbers}
    return {LIST: rows(*((f"a{n}.html", NAMES[n]) for n in numbers)), **own, **changes}


async def polls(
    means: PollContext, *states: Mapping[str, Answer], **changes: object
) -> tuple[list[PollResult], list[FetchedEvent]]:
    """Poll a site once in each of its states."""
    served = Site({})
    results = []
    with answering(served) as base_url:
        portal = portal_of("static_html", [LIST], base_url, **changes)
        for state in states:
            served.pages = state
            results.append(await poll(portal, means))
    return results, await events(means)


async def test_what_is_off_the_list_and_gone_twice_is_withdrawn(means: PollContext) -> None:
    less = site(*NAMES[1:])
    results, told = await polls(means, site(*NAMES), less, less, less, site(*NAMES))
    assert [(each.outcome, each.counts.withdrawn) for each in results] == [
        ("ok", 0),
        ("unchanged", 0),
        ("ok", 1),
        ("unchanged", 0),
        ("ok", 0),
    ]
    first, withdrawn, back = [event for event in told if event.origin.title == NAMES[0]]
    assert [first.revision, withdrawn.revision, back.revision] == [1, 2, 3]
    assert first.origin.withdrawn_at is None
    assert withdrawn.origin.withdrawn_at is not None
    assert withdrawn.files == first.files
    assert back.origin.withdrawn_at is None


@pytest.mark.parametrize(
    "answer",
    [
        "<html><body><p>提示：您要看的内容由发布单位收回。</p></body></html>",
        rows(*((f"a{n}.html", title) for n, title in enumerate(NAMES))),
    ],
    ids=["a notice", "the home page"],
)
async def test_what_is_off_the_list_and_shown_no_more_is_withdrawn(answer: Answer, means: PollContext) -> None:
    less: dict[str, Answer] = site(*NAMES[1:]) | {"/gk/a0.html": answer}
    results, told = await polls(means, site(*NAMES), less, less)
    assert [each.counts.withdrawn for each in results] == [0, 0, 1]
    assert [event.origin.title for event in told if event.origin.withdrawn_at] == [NAMES[0]]


LOGIN = "<html><body><form>用户登录<input type=password></form></body></html>"


@pytest.mark.parametrize("answer", [article(NAMES[0], TABLE * 8), LOGIN, lambda request: send(request, 500)])
async def test_what_is_there_or_fails_is_not_withdrawn(answer: Answer, means: PollContext) -> None:
    less: dict[str, Answer] = site(*NAMES[1:]) | {"/gk/a0.html": answer}
    results, told = await polls(with_settings(means, retries=0), site(*NAMES), *[less] * 4)
    assert sum(each.counts.withdrawn for each in results) == 0
    assert len(told) == len(NAMES)


async def test_a_list_that_leads_elsewhere_has_moved_and_withdraws_nothing(means: PollContext) -> None:
    news: dict[str, Answer] = {LIST: rows(*((f"/n/{n}.html", f"某县召开第{n}次工作会议") for n in range(20)))}
    results, told = await polls(means, site(*NAMES), *[news] * 4, site(*NAMES))
    assert [each.outcome for each in results] == ["ok", *["moved"] * 4, "unchanged"]
    assert "6 known disclosures" in (results[1].reason or "")
    assert len(told) == len(NAMES)


async def test_a_list_that_shrinks_by_more_than_half_is_told_once(means: PollContext) -> None:
    less = site(*NAMES[:2], **{f"/gk/a{n}.html": article(NAMES[n], TABLE * 8) for n in range(2, 6)})
    results, _ = await polls(means, site(*NAMES), less, less)
    assert [each.outcome for each in results] == ["ok", "incomplete", "unchanged"]


async def test_a_next_page_out_of_reach_is_incomplete_and_its_rows_are_taken(means: PollContext) -> None:
    pager = '<a href="javascript:toPage(2)">下一页</a>'
    state = site(*NAMES)
    (result,), told = await polls(means, {**state, LIST: str(state[LIST]) + pager})
    assert result.outcome == "incomplete"
    assert "needs_script" in (result.reason or "")
    assert len(told) == len(NAMES)


WITH_FILE: dict[str, Answer] = {
    LIST: rows(("a1.html", FIRST)),
    "/gk/a1.html": article(FIRST, TABLE * 8 + '<a href="/f/1.pdf">预算表.pdf</a>'),
}


@pytest.mark.parametrize("status", [404, 403, 500, 429])
async def test_a_known_file_that_is_away_stands_as_it_was(status: int, means: PollContext) -> None:
    good: dict[str, Answer] = {**WITH_FILE, "/f/1.pdf": PDF}
    away: dict[str, Answer] = {**WITH_FILE, "/f/1.pdf": lambda request: send(request, status)}
    results, told = await polls(with_settings(means, retries=0, full_fetch_days=0), good, away, away, good)
    assert len(told) == 1
    assert "former file stands" in (results[1].reason or "")
    assert results[3].reason is None


async def test_a_file_that_is_gone_for_a_day_is_left_out(means: PollContext) -> None:
    clock = SetClock(SystemClock().now())
    patient = replace(with_settings(means, full_fetch_days=0), clock=clock)
    served = Site({**WITH_FILE, "/f/1.pdf": PDF})
    files = []
    with answering(served) as base_url:
        portal = portal_of("static_html", [LIST], base_url)
        for hours in (0, 6, 12, 18, 24):
            clock.moment += timedelta(hours=6)
            await poll(portal, patient)
            served.pages = WITH_FILE
            files.append([len(event.files) for event in await events(means)])
            assert hours < 24 or files[-1] == [2]
        clock.moment += timedelta(hours=7)
        await poll(portal, patient)
    assert [len(event.files) for event in await events(means)] == [2, 1]


@pytest.mark.parametrize(
    ("link", "extra", "told"),
    [
        ("https://files.cdn.example/a.pdf", {}, "cdn.example"),
        ("/files/a.pdf", {"/robots.txt": "User-agent: *\nDisallow: /files/"}, "robots.txt"),
        ("/files/a.pdf", {"/files/a.pdf": lambda request: send(request, 403)}, "403"),
        ("/files/a.pdf", {}, "404"),
    ],
)
async def test_a_file_that_cannot_be_had_is_named_and_holds_up_nothing(
    link: str, extra: dict[str, Answer], told: str, means: PollContext
) -> None:
    state: dict[str, Answer] = {
        LIST: rows(("a1.html", FIRST), ("a2.html", SECOND), ("a3.html", THIRD)),
        **{
            f"/gk/a{n}.html": article(t, f'{TABLE * 8}<a href="{link}">预算表.pdf</a>')
            for n, t in ((1, FIRST), (2, SECOND))
        },
        "/gk/a3.html": article(THIRD, TABLE * 8),
        **extra,
    }
    (result,), published = await polls(means, state)
    assert [event.origin.title for event in published] == [FIRST, SECOND, THIRD]
    assert told in (result.reason or "")


LOCATIONS = [
    "javascript:history.back()",
    "about:blank",
    "mailto:a@b.example",
    "data:,x",
    "https:path",
    "http://[",
    "//",
]


@pytest.mark.parametrize("location", LOCATIONS)
async def test_a_redirect_to_what_is_no_address_fails_its_row_alone(location: str, means: PollContext) -> None:
    state: dict[str, Answer] = site(*NAMES) | {
        "/gk/a2.html": lambda request: send(request, 302, Location=location)
    }
    (result,), published = await polls(means, state)
    assert result.outcome == "ok"
    assert len(published) == len(NAMES) - 1


async def test_cookies_in_any_bytes_change_nothing(means: PollContext) -> None:
    state = site(*NAMES)

    def greeted(request: BaseHTTPRequestHandler) -> None:
        page = str(state[LIST]).encode()
        request.wfile.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: last=" + "您上次".encode("gbk") + b"; path=/\r\n")
        request.wfile.write(b"Content-Length: %d\r\n\r\n" % len(page) + page)

    (result,), published = await polls(means, {**state, LIST: greeted})
    assert result.outcome == "ok"
    assert len(published) == len(NAMES)
