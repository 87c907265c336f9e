"""Hostile and broken servers: each ends in a named outcome, in bounded time and memory."""

import gzip
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from tests.unit.fetcher.fetcher_serving import answering, events, list_page, loose_portal, send, with_settings

Answer = Callable[[BaseHTTPRequestHandler], None]
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(500, "unreachable"), (403, "blocked"), (404, "drifted"), (412, "challenged"), (451, "refused")],
)
async def test_an_error_for_every_address(status: int, outcome: str, means: PollContext, tmp_path: Path) -> None:
    with answering(lambda request: send(request, status, b"<html>no</html>")) as base_url:
        result = await poll(loose_portal(base_url, tmp_path), means)
    assert result.outcome == outcome
    state = await means.seen.portal("pingxiang")
    assert state is not None
    assert (state.outcome, state.failures, state.success_at) == (outcome, 1, None)


async def test_a_server_that_never_answers(means: PollContext, tmp_path: Path) -> None:
    hasty = with_settings(means, read_seconds=0.2, retries=0)
    done = threading.Event()
    with answering(lambda _request: done.wait(10)) as base_url:
        assert (await poll(loose_portal(base_url, tmp_path), hasty)).outcome == "unreachable"
        done.set()


async def test_a_body_that_drips_for_ever_is_cut_off_in_time(means: PollContext, tmp_path: Path) -> None:
    done = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100000")
        request.end_headers()
        while not done.wait(0.02):
            request.wfile.write(b" ")

    hasty = with_settings(means, request_seconds=0.3, retries=0)
    with answering(drip) as base_url:
        assert (await poll(loose_portal(base_url, tmp_path), hasty)).outcome == "unreachable"
        done.set()


async def test_nobody_listens(means: PollContext, tmp_path: Path) -> None:
    with answering(lambda request: send(request, 200)) as base_url:
        pass
    assert (await poll(loose_portal(base_url, tmp_path), means)).outcome == "unreachable"


async def test_redirects_without_end(means: PollContext, tmp_path: Path) -> None:
    with answering(lambda request: send(request, 302, Location=f"{request.path}x")) as base_url:
        assert (await poll(loose_portal(base_url, tmp_path), means)).outcome == "drifted"


def endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    for _ in range(10_000):
        request.wfile.write(b"<p>" * 20_000)


def bomb(request: BaseHTTPRequestHandler) -> None:
    """A small answer that unpacks to ten gigabytes."""
    request.send_response(200)
    request.send_header("Content-Encoding", "gzip")
    request.end_headers()
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = b" " * MEGABYTE
    for _ in range(10_000):
        request.wfile.write(packer.compress(block))
    request.wfile.write(packer.flush())


@pytest.mark.parametrize("answer", [endless, bomb])
async def test_a_body_without_end_costs_no_more_than_its_limit(
    answer: Answer, means: PollContext, tmp_path: Path
) -> None:
    bounded = with_settings(means, page_megabytes=1)
    with answering(answer) as base_url:
        own = loose_portal(base_url, tmp_path)
        tracemalloc.start()
        result = await poll(own, bounded)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert result.outcome == "too_costly"
    assert peak < 8 * MEGABYTE


async def test_one_bad_item_does_not_stop_the_others(means: PollContext, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path.endswith("index.html"):
            links = ["./a/t20240201_1.html", "./a/t20240202_2.html", "./a/t20240203_3.html"]
            send(request, 200, list_page(*links))
        elif request.path.endswith("_1.html"):
            endless(request)
        elif request.path.endswith("_2.html"):
            send(request, 200, gzip.compress(b"<html>" * 100)[:40], Content_Encoding="gzip")
        elif request.path.endswith("_3.html"):
            send(request, 200, '<div class="TRS_Editor">某县水利局2024年部门预算公开3</div>'.encode())
        else:
            send(request, 404)

    with answering(answer) as base_url:
        result = await poll(loose_portal(base_url, tmp_path), with_settings(means, page_megabytes=1))
    assert (result.outcome, result.counts.new, result.counts.failed) == ("ok", 1, 2)
    (event,) = await events(means)
    assert event.origin.title == "某县水利局2024年部门预算公开3"
    assert "2 disclosures" in (result.reason or "")


def forbidding(asked: list[str]) -> Answer:
    """Answers as a site whose robots.txt forbids one of two articles; what is asked goes to `asked`."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        if request.path == "/robots.txt":
            send(request, 200, b"User-agent: *\nDisallow: /xxgk/gsgg/b/\n")
        elif request.path.endswith("index.html"):
            send(request, 200, list_page("./a/t20240201_1.html", "./b/t20240202_2.html"))
        else:
            send(request, 200, '<div class="TRS_Editor">某县水利局2024年部门预算公开</div>'.encode())

    return answer


async def test_robots_txt_is_obeyed(means: PollContext, tmp_path: Path) -> None:
    asked: list[str] = []
    with answering(forbidding(asked)) as base_url:
        result = await poll(loose_portal(base_url, tmp_path), means)
    assert (result.outcome, result.counts.new, result.counts.failed) == ("ok", 1, 1)
    assert not any("/b/" in path for path in asked)
    (trouble,) = await means.seen.troubles(10)
    assert "robots.txt" in (trouble.reason or "")


async def test_a_list_robots_txt_forbids_is_refused(means: PollContext, tmp_path: Path) -> None:
    with answering(lambda request: send(request, 200, b"User-agent: gongkai\nDisallow: /\n")) as base_url:
        assert (await poll(loose_portal(base_url, tmp_path), means)).outcome == "refused"


@pytest.mark.parametrize("hours", [24, 0])
async def test_robots_txt_is_read_again_when_it_is_old(hours: float, means: PollContext, tmp_path: Path) -> None:
    asked: list[str] = []
    with answering(forbidding(asked)) as base_url:
        for _ in range(2):
            await poll(loose_portal(base_url, tmp_path), with_settings(means, robots_hours=hours))
    assert (asked.count("/robots.txt") > 1) == (hours == 0)
    assert not any("/b/" in path for path in asked)


async def test_a_crawl_delay_is_kept(means: PollContext, tmp_path: Path) -> None:
    times = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/robots.txt":
            send(request, 200, b"User-agent: *\nCrawl-delay: 600\n")
            return
        times.append(time.monotonic())
        send(request, 200, list_page("./a/t20240201_1.html") if "index" in request.path else b"<p>x</p>")

    with answering(answer) as base_url:
        await poll(loose_portal(base_url, tmp_path), with_settings(means, crawl_delay_seconds=0.3))
    assert len(times) == 2
    assert times[1] - times[0] >= 0.3


async def test_a_shell_that_answers_everything_is_drift_not_an_empty_list(
    means: PollContext, tmp_path: Path
) -> None:
    shell = (
        b'<html><head><title>x</title></head><body><div id="app"></div><script src="/a.js"></script></body></html>'
    )
    with answering(lambda request: send(request, 200, shell)) as base_url:
        assert (await poll(loose_portal(base_url, tmp_path), means)).outcome == "drifted"


async def test_an_empty_list_is_an_outcome(means: PollContext, tmp_path: Path) -> None:
    with answering(lambda request: send(request, 200, list_page())) as base_url:
        assert (await poll(loose_portal(base_url, tmp_path), means)).outcome == "empty"
