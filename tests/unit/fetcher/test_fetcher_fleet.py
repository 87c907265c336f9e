"""Several fetchers on real portals: work is shared, moves when one goes, and nothing is taken twice or lost."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from pathlib import Path

import pytest

from services.fetcher.state.repository import MIGRATIONS, VERSION_TABLE
from tests.servers.databases import NewDatabase
from tests.servers.postgres import PostgresServer
from tests.unit.fetcher.fetcher_fleet import Fleet, locked, published, turns, wanted
from tests.unit.fetcher.fetcher_program import QUICKER
from tests.unit.fetcher.fetcher_serving import PORTALS, Served

Serve = Callable[[str], Served]
OUTAGE_SECONDS = 25.0 / QUICKER
"""Longer than a fetcher may be without its database, or a member of the group without its bus."""
SOUND = ("ok", "unchanged")
SUCCESS = "gongkai_portal_last_success_timestamp_seconds"


@pytest.fixture(params=["embedded", "distributed"])
def fleet(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path) -> Iterator[Fleet]:
    """No fetcher yet, on the SQLite bus and database, or on Kafka and PostgreSQL."""
    if request.param == "embedded":
        settings = {"GONGKAI_BUS": f"sqlite:///{tmp_path / 'bus.db'}"}
    else:
        settings = {
            "GONGKAI_BUS": request.getfixturevalue("kafka_url"),
            "GONGKAI_DATABASE": new_database("postgresql", (MIGRATIONS, VERSION_TABLE)),
        }
    fleet = Fleet(tmp_path, settings)
    yield fleet
    fleet.end()


def slow(served: Served, folder: Path, pace_seconds: float) -> Served:
    """The same portal, asked at such a pace."""
    file = folder / f"{served.name}.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("pace_seconds: 0\n", f"pace_seconds: {pace_seconds}\n"),
        encoding="utf-8",
    )
    return served


async def test_a_dead_fetchers_portals_move_and_none_is_polled_by_two(
    serve: Serve, fleet: Fleet, tmp_path: Path
) -> None:
    portals = [slow(serve(name), tmp_path, 0.05) for name in PORTALS]
    for name in ("a", "b"):
        fleet.start(name)
    fleet.wait_for_outcomes("a", portals, *SOUND)

    def both_have_some() -> bool:
        told = [fleet.gauges(name, SUCCESS) for name in ("a", "b")]
        return all(told) and sorted(chain(*told)) == sorted(PORTALS)

    fleet.wait_until(both_have_some, "the metrics of each portal come from one of the two")
    before = fleet.portals("a")
    for each in portals:
        fleet.ask("a", each.name)
    fleet.wait_for_outcomes("a", portals, *SOUND, since=before)
    first = fleet.portals("a")
    assert {each["fetcher"] for each in first.values()} == {"a", "b"}
    fleet.wait_until(lambda: fleet.portals("b") == fleet.portals("a"), "both tell the same")

    for each in portals:
        each.control("publish")
        fleet.ask("a", each.name)
    polled_by_b = ("running", "b")
    fleet.wait_until(
        lambda: any((each["outcome"], each["fetcher"]) == polled_by_b for each in fleet.portals("a").values()),
        "b polls",
    )
    fleet.fetchers["b"].kill()
    fleet.wait_for_outcomes("a", portals, *SOUND, since=first, seconds=60)
    # a had all until b joined, and has all since b died: more turns than that would be two at once.
    assert all(len(names) <= 4 and names[-1] == "a" for names in turns(portals).values()), turns(portals)
    fleet.wait_until(lambda: set(fleet.gauges("a", SUCCESS)) == set(PORTALS), "a tells of all portals")
    assert all(value > 0 for value in fleet.gauges("a", SUCCESS).values())
    assert fleet.fetchers["a"].stop() == 0
    events = await published(fleet.settings["GONGKAI_BUS"])
    assert len({event.id for event in events}) == len({event.revision_id for event in events})
    assert len({event.disclosure_id for event in events}) == wanted(portals, 1)


async def test_a_rolling_restart_loses_nothing(serve: Serve, fleet: Fleet, tmp_path: Path) -> None:
    portals = [slow(serve(name), tmp_path, 0.05) for name in PORTALS]
    names = ("a", "b", "c")
    for name in names:
        fleet.start(name)
    fleet.wait_until(lambda: all(fleet.portals(name) for name in names), "all are up")
    for name in names:
        for each in portals:
            if name == "b":
                each.control("publish")
            fleet.ask(names[names.index(name) - 1], each.name)
        assert fleet.fetchers[name].stop() == 0
        fleet.start(name)
        fleet.wait_until(lambda name=name: bool(fleet.portals(name)), f"{name} is up")  # type: ignore[misc]
    for each in portals:
        fleet.ask("b", each.name)
    fleet.wait_for_outcomes("a", portals, "unchanged")
    last_success = {name: each["success_at"] for name, each in fleet.portals("a").items()}
    assert all(last_success.values())
    for fetcher in fleet.fetchers.values():
        assert fetcher.stop() == 0
    events = await published(fleet.settings["GONGKAI_BUS"])
    assert len(events) == len({event.id for event in events})
    assert len({event.disclosure_id for event in events}) == wanted(portals, 1)


async def test_a_paused_fetcher_that_comes_back_does_no_harm(serve: Serve, fleet: Fleet, tmp_path: Path) -> None:
    served = slow(serve("fengfeng"), tmp_path, 0.15)
    fleet.start("a")
    fleet.wait_until(lambda: len(served.requests) > 5, "a polls")
    fleet.pause("a")
    fleet.start("b")
    fleet.wait_until(lambda: turns([served]) == {"fengfeng": ["a", "b"]}, "b polls", seconds=60)
    fleet.go_on("a")
    fleet.wait_until(lambda: bool(fleet.portals("a")), "a is back")
    fleet.wait_for_outcomes("b", [served], "ok", "unchanged")
    assert fleet.portals("a") == fleet.portals("b")
    for fetcher in fleet.fetchers.values():
        assert fetcher.stop() == 0
    # Back again, a may have been given the portal in the middle of b's poll.
    assert turns([served])["fengfeng"] in (["a", "b"], ["a", "b", "a"])
    events = await published(fleet.settings["GONGKAI_BUS"])
    assert len(events) == len({event.id for event in events}) == wanted([served])


@pytest.fixture(params=["sqlite-bus", "sqlite-database", "postgresql-stopped", "postgresql-hung"])
def away(
    request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path
) -> Iterator[tuple[Fleet, AbstractContextManager[None]]]:
    """No fetcher yet, and within the context the bus or the database they share does not work."""
    dialect, what = request.param.split("-")
    settings = {
        "GONGKAI_BUS": f"sqlite:///{tmp_path / 'bus.db'}",
        "GONGKAI_DATABASE": new_database(dialect, (MIGRATIONS, VERSION_TABLE)),
    }
    fleet = Fleet(tmp_path, settings)
    if dialect == "sqlite":
        yield fleet, locked(tmp_path / {"bus": "bus.db", "database": "gongkai.db"}[what])
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        yield fleet, server.hung() if what == "hung" else stopped(server)
    fleet.end()


@contextmanager
def stopped(server: PostgresServer) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


async def test_an_outage_costs_nothing_but_its_time(
    serve: Serve, away: tuple[Fleet, AbstractContextManager[None]], tmp_path: Path
) -> None:
    fleet, outage = away
    served = slow(serve("fengfeng"), tmp_path, 0.1)
    fleet.start("a")
    fleet.wait_until(lambda: len(served.requests) > 10, "a polls")
    with outage:
        end = time.monotonic() + OUTAGE_SECONDS
        fleet.wait_until(lambda: time.monotonic() > end, "the outage lasts")
        assert fleet.fetchers["a"].running()
    fleet.wait_for_outcomes("a", [served], *SOUND)
    fleet.wait_until(lambda: fleet.gauges("a", SUCCESS).get("fengfeng", 0) > 0, "the metrics tell of it")
    assert fleet.fetchers["a"].stop() == 0
    assert set(fleet.polls("a")) <= set(SOUND)
    events = await published(fleet.settings["GONGKAI_BUS"])
    assert {event.revision for event in events} == {1}
    assert len({event.id for event in events}) == wanted([served])
