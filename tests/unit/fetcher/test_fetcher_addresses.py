"""Where a portal may not lead, and how often a host is asked."""

import asyncio
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path

import pytest

from services.fetcher.http.politeness import Pace
from services.fetcher.http.revalidation import PollContext
from services.fetcher.http.ssrf import Address, is_public
from services.fetcher.poll import poll
from tests.unit.fetcher.fetcher_serving import answering, list_page, loose_portal, send

PRIVATE = [
    "127.0.0.1",
    "10.0.0.8",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "fec0::1",
    "::10.0.0.1",
    "::1.1.1.1",
    "::ffff:0:127.0.0.1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://elsewhere.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://[::1/",
    ],
)
async def test_redirects_off_the_portal_are_refused(location: str, means: PollContext, tmp_path: Path) -> None:
    with answering(lambda request: send(request, 302, Location=location)) as base_url:
        result = await poll(loose_portal(base_url, tmp_path), means)
    assert result.outcome == "refused"


async def test_a_redirect_to_another_port_of_the_machine_is_refused(means: PollContext, tmp_path: Path) -> None:
    reached = []
    with (
        answering(lambda request: reached.append(request.path)) as inner,
        answering(lambda request: send(request, 302, Location=f"{inner}/secret")) as base_url,
    ):
        own = loose_portal(base_url, tmp_path, allow_private=[base_url.removeprefix("http://")])
        assert (await poll(own, means)).outcome == "refused"
    assert reached == []


async def test_a_private_address_needs_the_portal_files_word(means: PollContext, tmp_path: Path) -> None:
    asked = []
    with answering(lambda request: asked.append(request.path)) as base_url:
        result = await poll(loose_portal(base_url, tmp_path, allow_private=[]), means)
    assert result.outcome == "refused"
    assert "127.0.0.1" in (result.reason or "")
    assert asked == []


async def test_a_name_that_resolves_to_a_private_address_is_refused(means: PollContext, tmp_path: Path) -> None:
    asked = []
    with answering(lambda request: asked.append(request.path)) as base_url:
        port = base_url.rpartition(":")[2]
        own = loose_portal(f"http://localhost:{port}", tmp_path, allow_private=[])
        assert (await poll(own, means)).outcome == "refused"
    assert asked == []


async def test_the_address_that_was_checked_is_the_one_connected_to(means: PollContext, tmp_path: Path) -> None:
    hosts, answers = [], iter([["127.0.0.1"], ["10.0.0.1"]])

    async def rebinding(_host: str, _port: int) -> list[Address]:
        return [ip_address(text) for text in next(answers)]

    def answer(request: BaseHTTPRequestHandler) -> None:
        hosts.append(request.headers["Host"])
        send(request, 200, list_page())

    with answering(answer) as base_url:
        port = base_url.rpartition(":")[2]
        own = loose_portal(f"http://rebinding.example:{port}", tmp_path, allow_private=["rebinding.example"])
        assert (await poll(own, replace(means, resolve=rebinding))).outcome == "empty"
    assert set(hosts) == {f"rebinding.example:{port}"}


async def test_of_a_names_addresses_only_the_public_ones_are_tried(means: PollContext, tmp_path: Path) -> None:
    asked = []

    async def mixed(_host: str, _port: int) -> list[Address]:
        return [ip_address("127.0.0.1"), ip_address("240.0.0.1"), ip_address("::ffff:127.0.0.1")]

    with answering(lambda request: asked.append(request.path)) as base_url:
        own = loose_portal(f"http://mixed.example:{base_url.rpartition(':')[2]}", tmp_path, allow_private=[])
        result = await poll(own, replace(means, resolve=mixed))
    assert (result.outcome, asked) == ("refused", [])


async def test_portals_on_one_host_wait_for_each_other() -> None:
    pace, order = Pace(), []

    async def ask(name: str) -> None:
        async with pace.turn("http://www.sample.example/a", 0.05):
            order.append((name, "in", time.monotonic()))
            await asyncio.sleep(0)
            order.append((name, "out", time.monotonic()))

    await asyncio.gather(ask("one"), ask("two"))
    assert [entry[:2] for entry in order] == [("one", "in"), ("one", "out"), ("two", "in"), ("two", "out")]
    assert order[2][2] - order[1][2] >= 0.05


@pytest.mark.parametrize("text", PRIVATE)
def test_no_private_address_passes_for_a_public_one(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "64:ff9b::101:101"])
def test_a_public_address_is_one(text: str) -> None:
    assert is_public(ip_address(text))
