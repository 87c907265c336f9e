"""Counters are there before they count, requests by the template of their route, and workers count nothing."""

import subprocess
import sys

import pytest
from asgi_lifespan import LifespanManager
from fastapi import APIRouter, FastAPI
from httpx import ASGITransport, AsyncClient
from prometheus_client import REGISTRY

from shared import metrics
from shared.answering import Measured
from shared.errors import StageFailed
from shared.service import Context, create_service
from shared.settings import Settings
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits
from shared.topics import RECORDS


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_what_a_stage_may_count_is_served_as_zero_from_the_start() -> None:
    metrics.expect("normalizer")
    assert value("gongkai_events_total", stage="normalizer", outcome="dead_letter") is not None
    for cause in ("corrupt", "timed_out", "stage_failed"):
        assert value("gongkai_dead_letters_total", stage="normalizer", cause=cause) is not None
    for cause in ("bus_unavailable", "database_unavailable", "archive_unavailable"):
        assert value("gongkai_retries_total", stage="normalizer", cause=cause) is not None
    assert all(value("gongkai_records_total", type=each) is not None for each in RECORDS)


def test_a_fetcher_has_no_dead_letters() -> None:
    metrics.expect("fetcher")
    assert value("gongkai_dead_letters_total", stage="fetcher", cause="corrupt") is None
    assert value("gongkai_events_total", stage="fetcher", outcome="dead_letter") is None


async def test_a_service_says_whether_it_works(settings: Settings) -> None:
    seen: list[float | None] = []

    async def work(context: Context) -> None:
        seen.append(value("gongkai_working", service="parser"))
        await context.stop.wait()

    app = create_service("parser", settings, work)
    seen.append(value("gongkai_working", service="parser"))
    async with LifespanManager(app, shutdown_timeout=30):
        pass
    assert [*seen, value("gongkai_working", service="parser")] == [0, 1, 0]


async def test_requests_are_counted_by_route_never_by_address() -> None:
    router = APIRouter()

    @router.get("/things/{name}")
    def thing(name: str) -> str:
        if name == "broken":
            raise RuntimeError(name)
        return name

    app = FastAPI()
    app.include_router(router)
    app.add_middleware(Measured, service="store")
    mounted = FastAPI()
    mounted.mount("/below", app)
    for outer, prefix in ((app, ""), (mounted, "/below")):
        transport = ASGITransport(outer, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://store") as client:
            for path in ("/things/a", "/things/b", "/things/broken", "/elsewhere/1", "/elsewhere/2"):
                await client.get(prefix + path)

    def count(route: str, status: str) -> float | None:
        return value("gongkai_api_request_duration_seconds_count", service="store", route=route, status=status)

    assert count("/things/{name}", "200") == 4
    assert count("/things/{name}", "500") == 2
    assert count("other", "404") == 4
    served = {
        sample.labels["route"] for family in metrics.API_REQUEST_DURATION.collect() for sample in family.samples
    }
    assert not any("elsewhere" in route or "/things/a" in route for route in served)


async def test_the_pool_tells_of_the_processes_it_started() -> None:
    async with WorkerPool(2, Limits(30, 512), "normalizer") as pool:
        before = value("gongkai_worker_starts_total", stage="normalizer") or 0
        assert value("gongkai_workers", stage="normalizer") == 2
        assert await pool.call(abs, -1) == 1
        assert await pool.call(abs, -2) == 2
        assert value("gongkai_worker_starts_total", stage="normalizer") == before + 1
        with pytest.raises(StageFailed):
            await pool.call(sys.exit, 3)
        assert await pool.call(abs, -3) == 3
    assert value("gongkai_worker_starts_total", stage="normalizer") == before + 2
    assert value("gongkai_workers_busy", stage="normalizer") == 0


@pytest.mark.parametrize("work", ["services.parser.stage", "services.normalizer.stage"])
def test_nothing_that_runs_in_a_worker_can_count(work: str) -> None:
    """Nobody scrapes a worker process: what it counted would be lost."""
    program = f"import sys, {work}, shared.stage.worker_process; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
