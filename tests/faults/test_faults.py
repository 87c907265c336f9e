"""Short fault runs, an installation of two machines each; `python -m tests.faults` has long ones."""

from pathlib import Path

import pytest

from deploy.kafka.launcher import Cluster
from tests.e2e.deployment import HERE, Machine
from tests.faults import kinds
from tests.faults.chaos import Chaos
from tests.faults.clock import Clock
from tests.faults.conftest import CHANGES, WORLD
from tests.faults.disk import small_disk
from tests.faults.installation import embedded, installed
from tests.faults.network import second_machine
from tests.faults.portals import Portals
from tests.faults.run import run
from tests.faults.undisturbed import Undisturbed, run_undisturbed
from tests.servers.kafka import DROPS_CONNECTIONS, SESSION_SECONDS, kafka_cluster
from tests.servers.postgres import PostgresServer, running_postgres

pytestmark = [pytest.mark.xdist_group("faults"), DROPS_CONNECTIONS]

SEED = 20240205
AWAY = 12.0
FROZEN = CUT = 2 * SESSION_SECONDS


def test_fifteen_kills_change_nothing(
    portals: Portals, undisturbed: Undisturbed, broker: Cluster, postgres: PostgresServer, tmp_path: Path
) -> None:
    with installed(tmp_path, portals, broker, postgres, [HERE, HERE]) as on:
        print(run(on, undisturbed, Chaos(on, SEED), [[kinds.kill()] * 8, [kinds.kill()] * 7]))


def test_whatever_befalls_one_process_of_all_services_changes_nothing(
    portals: Portals, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """Its bus, database and archive lie on one disk that is full now and then."""
    clock = Clock(tmp_path / "clock")
    first = [kinds.kill(), kinds.kill_worker(), kinds.stop(), kinds.freeze(2), kinds.clock_jump(1, 2, clock)]
    then = [kinds.kill(), kinds.kill_worker(), kinds.disk_full(1), kinds.clock_jump(-1, 2, clock)]
    with small_disk(tmp_path / "data", 256), embedded(tmp_path, portals, clock.machine) as on:
        print(run(on, undisturbed, Chaos(on, SEED), [first, then]))


def test_outages_change_nothing(
    portals: Portals, undisturbed: Undisturbed, broker: Cluster, postgres: PostgresServer, tmp_path: Path
) -> None:
    """One after the other is away for a while: brokers, database, room in the archive, a process."""
    first = [kinds.broker_crash(1), kinds.database_away(AWAY), kinds.freeze(FROZEN)]
    then = [kinds.broker_restart(4), kinds.database_crash(), kinds.database_restart(), kinds.disk_full(2)]
    with small_disk(tmp_path / "archive", 192), installed(tmp_path, portals, broker, postgres, [HERE, HERE]) as on:
        print(run(on, undisturbed, Chaos(on, SEED), [first, then]))


def test_a_wrong_clock_changes_nothing(
    portals: Portals, undisturbed: Undisturbed, broker: Cluster, postgres: PostgresServer, tmp_path: Path
) -> None:
    """The wall clock of one of two machines jumps ahead and back, and behind and back."""
    clock = Clock(tmp_path / "clock")
    jumps = [kinds.clock_jump(hours, 4, clock) for hours in (3, -3)]
    with installed(tmp_path, portals, broker, postgres, [HERE, clock.machine]) as on:
        print(run(on, undisturbed, Chaos(on, SEED), [jumps, jumps]))


def test_one_broker_of_three_changes_nothing(
    portals: Portals, undisturbed: Undisturbed, postgres: PostgresServer, tmp_path: Path
) -> None:
    """With three replicas, of which two must have a message before it counts."""
    with kafka_cluster(3) as cluster, installed(tmp_path, portals, cluster, postgres, [HERE]) as on:
        phases = [[kinds.broker_crash(5)], [kinds.broker_restart(5), kinds.broker_crash(5)]]
        print(run(on, undisturbed, Chaos(on, SEED), phases))


def test_a_machine_without_network_changes_nothing(tmp_path: Path) -> None:
    """Of two machines one is cut off for longer than its members' sessions; the other does the work."""
    with (
        second_machine() as link,
        kafka_cluster(host=link.address) as cluster,
        running_postgres(link.address) as postgres,
    ):
        portals = Portals(WORLD, tmp_path / "portals", link.address)
        undisturbed = run_undisturbed(portals, CHANGES, tmp_path / "undisturbed")
        here = Machine(address=link.address)
        with installed(tmp_path, portals, cluster, postgres, [here, link.far]) as on:
            cut = kinds.network_cut(CUT, link)
            print(run(on, undisturbed, Chaos(on, SEED), [[cut], [cut, cut]]))
