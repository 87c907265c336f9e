"""A service whose broker is away says so by its metrics, also while it has nothing to do."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from asgi_lifespan import LifespanManager

from services.parser.app import create_app
from services.parser.settings import ParserSettings
from shared.topics import FETCHED
from tests.servers.kafka import DROPS_CONNECTIONS, SESSION_SECONDS, kafka_cluster

pytestmark = DROPS_CONNECTIONS


async def test_a_stage_with_nothing_to_do_tells_that_the_bus_is_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GONGKAI_KAFKA_SESSION_SECONDS", str(SESSION_SECONDS))
    with kafka_cluster() as cluster:
        app = create_app(ParserSettings.read(data=tmp_path, bus=f"{cluster.url}/idle"))
        async with (
            LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parser") as http,
        ):
            await until(http, lambda lines: told(lines) == FETCHED.partitions)
            assert (await http.get("/health/ready")).is_success
            assert 'gongkai_ready{service="parser"} 1.0' in (await http.get("/metrics")).text
            before = retries(await metrics_of(http))
            await asyncio.to_thread(cluster.brokers[0].kill)
            await until(http, lambda lines: retries(lines) > before and not told(lines))
            assert (await http.get("/health/ready")).status_code == 503
            assert 'gongkai_ready{service="parser"} 0.0' in (await http.get("/metrics")).text
            await asyncio.to_thread(cluster.brokers[0].start)
            await until(http, lambda lines: told(lines) == FETCHED.partitions)


async def metrics_of(http: httpx.AsyncClient) -> list[str]:
    return (await http.get("/metrics")).text.splitlines()


def told(lines: list[str]) -> int:
    """Of how many partitions the lag is told."""
    return sum(line.startswith("gongkai_consumer_lag{") and 'stage="parser"' in line for line in lines)


def retries(lines: list[str]) -> float:
    """How often the parser met a bus that was away."""
    (line,) = [
        each for each in lines if each.startswith('gongkai_retries_total{cause="bus_unavailable",stage="parser"')
    ]
    return float(line.rpartition(" ")[2])


async def until(http: httpx.AsyncClient, holds: Callable[[list[str]], bool]) -> None:
    """Returns once `holds` is true of the lines that `/metrics` serves."""
    for _ in range(600):
        if holds(await metrics_of(http)):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("\n".join(await metrics_of(http)))
