"""Services as processes over Kafka and PostgreSQL: an embedded run's records, shared work, rolling restarts."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from deploy.kafka.launcher import Cluster
from services.sample_portals.world import make_world
from tests.e2e.contents import Row, behind, dead_letters, on_topics, readings, standing, stored
from tests.e2e.deployment import HERE, Instance, deployed
from tests.e2e.process import Gongkai
from tests.e2e.stored import disclosures, expected
from tests.faults import verdict
from tests.faults.installation import installed
from tests.faults.portals import Change, Portals
from tests.faults.undisturbed import run_undisturbed
from tests.servers.databases import NewDatabase
from tests.servers.kafka import DROPS_CONNECTIONS
from tests.servers.postgres import PostgresServer

YEARS = 7 if os.environ.get("GONGKAI_LONG") else 1
"""Seven make 328 disclosures of the generated world, one makes 40."""

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(600 * YEARS), DROPS_CONNECTIONS]


def test_the_five_portals_give_the_records_of_an_embedded_run(
    gongkai: Gongkai,
    sample_portals: Mapping[str, str],
    portals_folder: Path,
    kafka_url: str,
    new_database: NewDatabase,
    tmp_path: Path,
) -> None:
    wanted = expected(portals_folder, dict(sample_portals), {0})
    gongkai.start()
    gongkai.wait_until(lambda: set(disclosures(gongkai)) >= wanted, "every disclosure, embedded")
    assert gongkai.stop() == 0
    embedded = stored(f"sqlite+aiosqlite:///{gongkai.data / 'gongkai.db'}")
    check_distributed(gongkai.portals, tmp_path / "distributed", kafka_url, new_database("postgresql"), embedded)


def test_generated_disclosures_give_the_records_of_an_embedded_run(
    kafka_url: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    world = make_world(seed=11, counties=8, departments=6, years=YEARS)
    portals = Portals(world, tmp_path / "portals")
    embedded = run_undisturbed(portals, [], tmp_path / "embedded")
    with portals.served():
        database = new_database("postgresql")
        check_distributed(portals.folder, tmp_path / "distributed", kafka_url, database, embedded.rows)


def check_distributed(portal_folder: Path, folder: Path, bus: str, database: str, embedded: Sequence[Row]) -> None:
    """A service each on its own comes to the same rows, and to topics that hold what stands in them."""
    with deployed(folder, bus=bus, database=database, portals=portal_folder) as deployment:
        wanted = {row[:2] for row in embedded}
        deployment.wait_until(lambda: readings(database).keys() >= wanted, "every disclosure, distributed")
        deployment.wait_until(lambda: behind(bus) == 0, "every message to be worked through")
        deployment.stop()
    rows = stored(database)
    assert rows == embedded
    assert on_topics(bus) == standing(rows)
    assert not dead_letters(bus)


def test_two_of_each_share_the_work_and_a_rolling_restart_loses_nothing(
    kafka: Cluster, postgres: PostgresServer, tmp_path: Path
) -> None:
    """Disclosures appear and are replaced all the while; order per key is part of the verdict."""
    portals = Portals(make_world(seed=3, counties=12, departments=1, years=3), tmp_path / "portals")
    changes: list[Change] = ["publish", "correct"] * 12
    undisturbed = run_undisturbed(portals, changes, tmp_path / "undisturbed")
    with installed(tmp_path, portals, kafka, postgres, [HERE, HERE]) as on:
        wait = on.deployment.wait_until
        wait(lambda: readings(on.database).keys() >= undisturbed.first, "every disclosure of the start")
        wait(lambda: on.deployment.ready, "every service to be ready")
        for change in changes[:8]:
            portals.change(change)
        wait(lambda: all(done(each) for each in on.deployment.instances), "work done by every instance")
        for number, instance in enumerate(on.deployment.instances, start=4):
            for change in changes[2 * number : 2 * number + 2]:
                portals.change(change)
            assert instance.stop() == 0
            instance.start()
            wait(instance.ready, f"{instance.name} to be ready again")
        verdict.check(on, undisturbed)


def done(instance: Instance) -> int:
    """How many events it worked through, a fetcher: how many polls it made."""
    name = "gongkai_portal_polls_total" if instance.service == "fetcher" else "gongkai_events_total"
    return sum(int(float(value)) for value in re.findall(rf"^{name}\{{.*}} (\S+)$", instance.metrics(), re.M))
