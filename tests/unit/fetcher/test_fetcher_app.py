"""The fetcher as a service: it polls, publishes, and tells how its portals are."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from services import embedded
from services.fetcher.app import create_app, poll_once
from services.fetcher.settings import FetcherSettings
from shared.bus.connect import open_bus
from shared.bus.contract import Consumer
from shared.errors import ArchiveUnavailable, PortalInvalid
from shared.topics import FETCHED
from tests.unit.fetcher.fetcher_serving import Served

Serve = Callable[[str], Served]


async def read(consumer: Consumer, count: int) -> None:
    """Wait for `count` further events."""
    while count > 0:
        count -= len(await consumer.poll(count, 1))


async def test_the_service_polls_publishes_and_tells(
    serve: Serve, settings: FetcherSettings, tmp_path: Path
) -> None:
    served = serve("xinqu")
    own = settings.model_copy(update={"portals": tmp_path, "outbox_seconds": 0.05, "token": SecretStr("asks")})
    app = create_app(own)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://fetcher", headers={"Authorization": "Bearer asks"}
    )
    bus = await open_bus(own.bus_url)
    wanted = len([item for item in served.disclosures if item["stage"] == 0])
    await bus.create_topics([FETCHED])
    async with (
        asyncio.timeout(30),
        client,
        app.router.lifespan_context(app),
        bus.consumer("test", [FETCHED], "reader") as consumer,
    ):
        await read(consumer, wanted)
        (status,) = (await client.get("/portals")).json()
        while status["outcome"] != "ok":
            (status,) = (await client.get("/portals")).json()
        assert status["name"] == "xinqu"
        assert status["counts"]["new"] == wanted
        assert [trouble["state"] for trouble in status["troubles"]] == ["gone"]
        served.control("publish")
        assert (await client.post("/portals/xinqu/poll")).status_code == 202
        assert (await client.post("/portals/nowhere/poll")).status_code == 404
        await read(consumer, 1)
        metrics = (await client.get("/metrics")).text
    await bus.close()
    assert 'gongkai_portal_polls_total{outcome="ok",portal="xinqu"}' in metrics
    assert 'gongkai_portal_items{kind="noise",portal="xinqu"}' in metrics
    assert 'gongkai_portal_last_success_timestamp_seconds{portal="xinqu"}' in metrics


async def test_one_poll_without_a_service(serve: Serve, settings: FetcherSettings, tmp_path: Path) -> None:
    served = serve("caofeidian")
    seen: list[int] = []
    own = settings.model_copy(update={"portals": tmp_path})
    result = await poll_once("caofeidian", own, lambda counts: seen.append(counts.new))
    assert result.outcome == "ok"
    assert seen[-1] == result.counts.new
    bus = await open_bus(own.bus_url)
    assert len(await bus.read(FETCHED, 0, 100)) == result.counts.new
    await bus.close()
    assert len([item for item in served.disclosures if item["stage"] == 0]) == result.counts.new


async def test_an_archive_without_what_was_fetched_is_not_begun_anew(
    serve: Serve, settings: FetcherSettings, tmp_path: Path
) -> None:
    served = serve("xinqu")
    own = settings.model_copy(update={"portals": tmp_path})
    await poll_once("xinqu", own)
    served.control("publish")
    not_mounted = tmp_path / "not-mounted"
    with pytest.raises(ArchiveUnavailable, match="not-mounted"):
        await poll_once("xinqu", own.model_copy(update={"archive": not_mounted.as_uri()}))
    assert not not_mounted.exists()
    assert (await poll_once("xinqu", own)).counts.new == 1


async def test_a_portal_nobody_knows_is_named_with_those_there_are(
    settings: FetcherSettings, tmp_path: Path
) -> None:
    with pytest.raises(PortalInvalid, match="'nowhere'; there are none"):
        await poll_once("nowhere", settings.model_copy(update={"portals": tmp_path}))


def test_a_wrong_portal_file_stops_the_start(settings: FetcherSettings, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("name: x\n", encoding="utf-8")
    with pytest.raises(PortalInvalid, match=r"x\.yaml"):
        create_app(settings.model_copy(update={"portals": tmp_path}))


async def test_the_portals_are_at_the_same_address_where_all_services_are_one(tmp_path: Path) -> None:
    app = embedded.create_app(data=tmp_path, portals=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gongkai") as client:
        for method, path in (("GET", "/portals"), ("GET", "/portals/a/polls"), ("POST", "/portals/a/poll")):
            answer = await client.request(method, f"{path}?x=1")
            assert (answer.status_code, answer.headers["location"]) == (307, f"http://gongkai/fetcher{path}?x=1")
            followed = await client.request(method, f"/fetcher{path}")
            assert followed.status_code == (503 if method == "GET" else 405)  # nothing is asked without a token
