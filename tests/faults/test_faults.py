"""Short fault runs, an installation of two machines each; `python -m tests.faults` has long ones."""

from pathlib import Path

import pytest

from deploy.kafka.launcher import Cluster
from tests.e2e.deployment import HERE
from tests.faults import kinds
from tests.faults.chaos import Chaos
from tests.faults.installation import installed
from tests.faults.portals import Portals
from tests.faults.run import run
from tests.faults.undisturbed import Undisturbed
from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.xdist_group("faults")

SEED = 20240205


def test_fifteen_kills_change_nothing(
    portals: Portals, undisturbed: Undisturbed, broker: Cluster, postgres: PostgresServer, tmp_path: Path
) -> None:
    with installed(tmp_path, portals, broker, postgres, [HERE, HERE]) as on:
        print(run(on, undisturbed, Chaos(on, SEED), [[kinds.kill()] * 8, [kinds.kill()] * 7]))
