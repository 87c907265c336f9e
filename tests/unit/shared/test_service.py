"""The shell of a service: health, metrics, work that fails and is started again, an orderly stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from asgi_lifespan import LifespanManager
from fastapi import APIRouter
from prometheus_client import generate_latest
from pydantic import SecretStr

from shared.asking import MOST
from shared.bus.contract import Message
from shared.errors import DatabaseUnavailable, SettingsInvalid
from shared.service import Context, Work, create_service
from shared.settings import Settings
from shared.topics import FETCHED, PARSED

router = APIRouter()


@router.get("/own")
def own() -> str:
    return "own"


@router.api_route("/own", methods=["POST", "PUT", "PATCH", "DELETE"])
def do() -> str:
    return "done"


@asynccontextmanager
async def client(settings: Settings, work: Work) -> AsyncIterator[httpx.AsyncClient]:
    app = create_service("parser", settings, work, [router])
    async with (
        LifespanManager(app, shutdown_timeout=30),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parser") as opened,
    ):
        yield opened


async def until_stopped(context: Context) -> None:
    await context.stop.wait()


async def test_it_is_ready_while_its_work_runs_and_serves_metrics_and_its_routes(settings: Settings) -> None:
    async with client(settings, until_stopped) as http:
        assert (await http.get("/health/live")).json() == {"status": "live"}
        assert (await http.get("/health/ready")).json() == {"status": "ready"}
        assert (await http.get("/own")).json() == "own"
        metrics = await http.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "gongkai_events_total" in metrics.text


async def test_work_gets_what_it_needs_open(settings: Settings) -> None:
    seen = asyncio.Event()

    async def work(context: Context) -> None:
        assert context.archive.get(context.archive.put(b"x")) == b"x"
        assert await context.bus.read(FETCHED, 0, 1) == []
        assert await context.workers.call(abs, -3) == 3
        assert context.clock.now().tzinfo is not None
        seen.set()
        await context.stop.wait()

    async with client(settings, work):
        await asyncio.wait_for(seen.wait(), 20)


@pytest.mark.parametrize("error", [DatabaseUnavailable("The database is away."), RuntimeError("a bug")])
async def test_work_that_fails_makes_it_not_ready_and_is_started_again(
    settings: Settings, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    fails, failed, again = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(context: Context) -> None:
        if failed.is_set():
            again.set()
            await context.stop.wait()
            return
        await fails.wait()
        failed.set()
        raise error

    async with client(settings, work) as http:
        assert (await http.get("/health/ready")).status_code == 200
        fails.set()
        await failed.wait()
        answer = await http.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["status"] == "not ready"
        assert (await http.get("/health/live")).status_code == 200
        await asyncio.wait_for(again.wait(), 20)
        assert (await http.get("/health/ready")).status_code == 200
    assert str(error) in capsys.readouterr().err


async def test_it_is_not_ready_while_the_archive_cannot_be_used(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    async with client(settings, until_stopped) as http:
        answer = await http.get("/health/ready")
    assert answer.status_code == 503
    assert "archive" in answer.json()["reason"]


async def test_it_is_not_ready_while_nothing_can_be_archived_and_shows_no_path(
    settings: Settings, tmp_path: Path
) -> None:
    async with client(settings, until_stopped) as http:
        assert (await http.get("/health/ready")).status_code == 200
        shelf = tmp_path / "archive" / "00"
        shelf.mkdir(parents=True)
        (tmp_path / "archive" / "incoming").write_text("as a read-only file system refuses the folder")
        answer = await http.get("/health/ready")
        assert answer.status_code == 503
        assert str(tmp_path) not in answer.text
        (tmp_path / "archive" / "incoming").unlink()
        assert (await http.get("/health/ready")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer right"}, 200),
        ({"Authorization": "Bearer right", "Origin": "http://parser"}, 200),
        ({"Authorization": "Bearer right", "Origin": "http://elsewhere.example"}, 403),
    ],
)
async def test_who_asks_for_something_needs_the_token_and_comes_from_no_other_site(
    settings: Settings, headers: dict[str, str], status: int
) -> None:
    given = settings.model_copy(update={"token": SecretStr("right")})
    async with client(given, until_stopped) as http:
        assert (await http.post("/own", headers=headers)).status_code == status
        assert (await http.get("/health/live")).status_code == 200


async def test_without_a_token_there_is_nothing_to_ask_for(settings: Settings) -> None:
    async with client(settings, until_stopped) as http:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = await http.request(method, "/own", headers={"Authorization": "Bearer "})
            assert answer.status_code == 405


async def test_a_token_cannot_be_guessed_by_trying(settings: Settings) -> None:
    given = settings.model_copy(update={"token": SecretStr("right")})
    async with client(given, until_stopped) as http:
        tries = [await http.post("/own", headers={"Authorization": f"Bearer {number}"}) for number in range(MOST)]
        assert {each.status_code for each in tries} == {401}
        refused = await http.post("/own", headers={"Authorization": "Bearer right"})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


async def test_a_bus_that_is_away_at_the_start_is_waited_for(settings: Settings, tmp_path: Path) -> None:
    working = asyncio.Event()

    async def work(context: Context) -> None:
        working.set()
        await context.stop.wait()

    (tmp_path / "bus.db").mkdir()
    async with client(settings, work) as http:
        answer = await http.get("/health/ready")
        assert answer.status_code == 503
        assert "bus" in answer.json()["reason"]
        (tmp_path / "bus.db").rmdir()
        await asyncio.wait_for(working.wait(), 20)


async def test_settings_that_name_no_backend_end_the_start(settings: Settings) -> None:
    wrong = settings.model_copy(update={"bus": "carrier-pigeon://"})
    with pytest.raises(SettingsInvalid, match="GONGKAI_BUS"):
        async with client(wrong, until_stopped):
            pass


async def test_what_waits_for_a_stage_that_is_dead_is_told_by_the_others(settings: Settings) -> None:
    async def publish(context: Context) -> None:
        values = [Message(FETCHED.name, f"d{number}", b"{}") for number in range(7)]
        await context.bus.publish([*values, Message(PARSED.name, "d1", b"{}")])
        await context.stop.wait()

    async with client(settings, publish) as http:
        waiting: dict[str, float] = {}
        async with asyncio.timeout(30):
            while sum(waiting.values()) < 8:
                await asyncio.sleep(0.1)
                waiting = lag((await http.get("/metrics")).text)
    assert waiting == {"parser": 7, "normalizer": 1, "store": 0}
    assert lag(generate_latest().decode()) == {}, "nobody knows it once the service is gone"


def lag(told: str) -> dict[str, float]:
    """Stage → messages that wait for it."""
    found: dict[str, float] = {}
    for line in told.splitlines():
        if line.startswith("gongkai_consumer_lag{"):
            stage = line.partition('stage="')[2].partition('"')[0]
            found[stage] = found.get(stage, 0) + float(line.rpartition(" ")[2])
    return found
