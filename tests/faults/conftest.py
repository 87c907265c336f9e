"""The portals of the short fault runs, and what an undisturbed run stores of them."""

from collections.abc import Iterator, Sequence

import pytest

from deploy.kafka.launcher import Cluster
from services.sample_portals.world import make_world
from tests.faults.portals import Change, Portals
from tests.faults.undisturbed import Undisturbed, run_undisturbed
from tests.servers.kafka import kafka_cluster

WORLD = make_world(seed=5, counties=3, departments=3, years=2)
CHANGES: Sequence[Change] = ("correct", "publish", "correct", "correct", "publish", "correct", "correct")


@pytest.fixture(scope="session")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Portals:
    return Portals(WORLD, tmp_path_factory.mktemp("portals"))


@pytest.fixture(scope="session")
def undisturbed(portals: Portals, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return run_undisturbed(portals, CHANGES, tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture(scope="session")
def broker() -> Iterator[Cluster]:
    """One broker, to stop and start."""
    with kafka_cluster() as cluster:
        yield cluster
