"""When portals are polled: due times, requests, clocks that jump, and migrations of what is kept of it all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from services.fetcher.fleet import poll_requests
from services.fetcher.fleet.due import due_at
from services.fetcher.fleet.scheduler import GROUP, Schedule
from services.fetcher.http.revalidation import PollContext
from services.fetcher.portal import Portal
from services.fetcher.state.repository import MIGRATIONS, VERSION_TABLE
from services.fetcher.state.tables import PortalState
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.clock import SystemClock
from shared.database import create_engine
from shared.topics import POLL_REQUESTS
from tests.servers.databases import DIALECTS, NewDatabase
from tests.unit.fetcher.fetcher_clock import SetClock
from tests.unit.fetcher.fetcher_serving import Served, portal_at

Serve = Callable[[str], Served]
NOW = datetime(2024, 2, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    return new_database(request.param, (MIGRATIONS, VERSION_TABLE))


@pytest_asyncio.fixture
async def bus(means: PollContext) -> AsyncIterator[Bus]:
    opened = await open_bus(means.settings.bus_url)
    await opened.create_topics([POLL_REQUESTS])
    yield opened
    await opened.close()


@asynccontextmanager
async def scheduled(portal: Portal, means: PollContext, bus: Bus) -> AsyncIterator[None]:
    """A fetcher of this one portal is at work."""
    stop = asyncio.Event()
    running = asyncio.create_task(Schedule([portal], means).run(bus, "test", stop))
    async with asyncio.timeout(60):
        yield
        stop.set()
        await running


async def become(means: PollContext, portal: str, like: Callable[[PortalState], bool]) -> None:
    """Wait until the portal's state is so."""
    while True:
        state = await means.seen.portal(portal)
        if state and like(state):
            return
        await asyncio.sleep(0.05)


def state(outcome: str, failures: int = 0) -> PortalState:
    return PortalState(name="pingxiang", outcome=outcome, failures=failures, started_at=NOW, finished_at=NOW)


def test_due_times(tmp_path: Path) -> None:
    portal = portal_at("pingxiang", "http://127.0.0.1:1", tmp_path)
    assert due_at(portal, None, 6, NOW) == NOW
    for outcome in ("aborted", "running"):
        assert due_at(portal, state(outcome), 6, NOW) == NOW
    asked = state("challenged", 2)
    asked.asked = True
    assert due_at(portal, asked, 6, NOW) == NOW
    for outcome, failures, wait in [
        ("ok", 0, HOUR),
        ("unreachable", 1, HOUR),
        ("unreachable", 3, 4 * HOUR),
        ("challenged", 1, 6 * HOUR),
        ("challenged", 2, 12 * HOUR),
        ("empty", 40, 24 * HOUR),
    ]:
        due = due_at(portal, state(outcome, failures), 6, NOW) - NOW
        assert wait * 0.9 <= due <= wait * 1.1, outcome


async def test_a_portal_is_polled_when_due_and_when_asked_for(serve: Serve, means: PollContext, bus: Bus) -> None:
    served = serve("xinqu")
    async with scheduled(served.portal, means, bus):
        await become(means, "xinqu", lambda now: now.outcome == "ok")
        await poll_requests.send(bus, "xinqu", SystemClock().now())
        await become(means, "xinqu", lambda now: now.outcome == "unchanged")


async def test_requests_nobody_can_serve_stop_nothing(serve: Serve, means: PollContext, bus: Bus) -> None:
    served = serve("xinqu")
    await bus.publish([Message(POLL_REQUESTS.name, "xinqu", value) for value in (b"\xff", None, b"{}")])
    await poll_requests.send(bus, "nowhere", SystemClock().now())
    async with scheduled(served.portal, means, bus):
        await become(means, "xinqu", lambda now: now.outcome == "ok")
        await poll_requests.send(bus, "xinqu", SystemClock().now())
        await become(means, "xinqu", lambda now: now.outcome == "unchanged")
    assert sum((await bus.lag(GROUP, [POLL_REQUESTS])).values()) == 0


async def test_a_request_that_came_while_nobody_worked_is_served(
    serve: Serve, means: PollContext, bus: Bus
) -> None:
    served = serve("xinqu")
    async with scheduled(served.portal, means, bus):
        await become(means, "xinqu", lambda now: now.outcome == "ok")
    await poll_requests.send(bus, "xinqu", SystemClock().now())
    async with scheduled(served.portal, means, bus):
        await become(means, "xinqu", lambda now: now.outcome == "unchanged")


async def test_a_clock_that_jumps_leaves_no_portal_stuck(serve: Serve, means: PollContext, bus: Bus) -> None:
    served, clock = serve("xinqu"), SetClock(NOW)
    async with scheduled(served.portal, replace(means, clock=clock), bus):
        await become(means, "xinqu", lambda now: now.outcome == "ok")
        clock.moment = NOW + 10 * HOUR
        await become(means, "xinqu", lambda now: now.outcome == "unchanged")
        clock.moment = NOW
        await become(means, "xinqu", lambda now: now.finished_at == NOW)
        clock.moment = NOW + 1.2 * HOUR
        await become(means, "xinqu", lambda now: now.finished_at == clock.moment)


async def test_polls_under_way_are_aborted_by_a_stop(serve: Serve, means: PollContext, bus: Bus) -> None:
    served = serve("fengfeng")
    slow = served.portal.model_copy(update={"pace_seconds": 0.2})
    async with scheduled(slow, means, bus):
        await become(means, "fengfeng", lambda now: now.outcome == "running")
    left = await means.seen.portal("fengfeng")
    assert left is not None
    assert (left.outcome, left.failures) == ("aborted", 0)


async def test_migrations_go_up_and_down_and_keep_the_portals(database_url: str) -> None:
    engine = create_engine(database_url)
    kept = "SELECT name, outcome FROM fetcher_portal"
    async with engine.execution_options(gongkai_writes=True).connect() as connection:
        await connection.run_sync(migrate, "0001")
        await connection.execute(
            text(
                "INSERT INTO fetcher_portal (name, outcome, counts, failures, started_at)"
                " VALUES ('sample', 'ok', '{}', 0, '2024-02-05 00:00:00')"
            )
        )
        await connection.run_sync(migrate, "0002")
        assert (await connection.execute(text(f"{kept} WHERE NOT asked AND fetcher IS NULL"))).all() == [
            ("sample", "ok")
        ]
        await connection.run_sync(migrate, "0001")
        assert (await connection.execute(text(kept))).all() == [("sample", "ok")]
        await connection.run_sync(migrate, "base")
        await connection.run_sync(migrate, "head")
        assert (await connection.execute(text(kept))).all() == []
        await connection.commit()
    await engine.dispose()


async def test_addresses_become_those_of_the_portals_on_their_host(database_url: str) -> None:
    engine = create_engine(database_url)
    moment = "'2024-02-05 00:00:00'"
    async with engine.execution_options(gongkai_writes=True).connect() as connection:
        await connection.run_sync(migrate, "0003")
        for portal, host in (("one", "one.example"), ("two", "two.example"), ("three", "two.example")):
            item = f"'{portal}', '{portal}', 'http://{host}/a.html', 't', 'done', 0, 1, 0, 0, {moment}, {moment}"
            columns = "disclosure_id, portal, url, title, state, attempts, revision, missed, absent"
            await connection.execute(
                text(f"INSERT INTO fetcher_item ({columns}, first_seen_at, checked_at) VALUES ({item})")
            )
        for host in ("one.example", "two.example", "nobody.example"):
            row = f"'{host}', 'http://{host}/a.pdf', '0', 'd', 'u', 1, {moment}"
            columns = "key, url, sha256, disposition, found_at, size, whole_at"
            await connection.execute(text(f"INSERT INTO fetcher_address ({columns}) VALUES ({row})"))
        await connection.run_sync(migrate, "head")
        kept = text("SELECT portal, key, size FROM fetcher_address ORDER BY portal")
        assert (await connection.execute(kept)).all() == [
            ("one", "one.example", 1),
            ("three", "two.example", 1),
            ("two", "two.example", 1),
        ]
        await connection.run_sync(migrate, "0003")
        kept = text("SELECT key FROM fetcher_address ORDER BY key")
        assert (await connection.execute(kept)).scalars().all() == ["one.example", "two.example"]
        await connection.rollback()
    await engine.dispose()


def migrate(connection: Connection, target: str) -> None:
    """Up or down to `target`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    at = context.get_current_revision() or "base"
    down = target != "head" and target < at if target != "base" else True
    with EnvironmentContext(
        config,
        script,
        fn=lambda revision, _: (
            script._downgrade_revs(target, revision) if down else script._upgrade_revs(target, revision)
        ),
    ) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE)
        environment.run_migrations()
