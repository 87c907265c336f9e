"""Long fault runs by hand: `python -m tests.faults --kills 200`; everything at once, on two machines."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from services.sample_portals.world import make_world
from tests.e2e.deployment import Machine
from tests.faults import kinds
from tests.faults.chaos import Chaos
from tests.faults.clock import Clock
from tests.faults.disk import loop_disk
from tests.faults.installation import embedded, installed
from tests.faults.kinds import Fault
from tests.faults.network import Link, second_machine
from tests.faults.portals import Change, Portals
from tests.faults.run import run
from tests.faults.undisturbed import run_undisturbed
from tests.servers.kafka import SESSION_SECONDS, kafka_cluster
from tests.servers.postgres import running_postgres

MEGABYTES = 2048
CHANGES: Sequence[Change] = ["publish", "correct", "correct", "correct"]
"""So many times as there are counties."""
LONG_AWAY = 60.0
PAUSE = (1.0, 4.0)
"""Long enough that a service which was killed gets to work again before the next strike, mostly."""


def main() -> None:
    """One run over generated portals; prints its summary, or what went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--kills", type=int, default=200, help="of services and workers, and stops, besides outages"
    )
    parser.add_argument("--embedded", action="store_true", help="all services in one process, without servers")
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3))
    parser.add_argument("--counties", type=int, default=8)
    parser.add_argument(
        "--years", type=int, default=7, help="of the portals; 7 and 8 counties make 328 disclosures at the start"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where logs stay; else they go with the run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongkai-faults-") as temporary:
        folder = given.folder or Path(temporary)
        print(embedded_run(given, folder) if given.embedded else long_run(given, folder))


def embedded_run(given: argparse.Namespace, folder: Path) -> object:
    """As `long_run`, of one process on one machine, whose bus, database and archive lie on the same disk."""
    portals = Portals(make_world(given.seed, given.counties, 6, given.years), folder / "portals")
    undisturbed = run_undisturbed(portals, CHANGES * given.counties, folder / "undisturbed")
    clock = Clock(folder / "clock")
    with loop_disk(folder / "data", MEGABYTES), embedded(folder, portals, clock.machine) as on:
        chaos = Chaos(on, given.seed, PAUSE, meanwhile=kinds.kill())
        phase = [*strikes(given.kills // 2), kinds.disk_slow(LONG_AWAY / 4), *wrong_clocks(clock)]
        return run(on, undisturbed, chaos, [phase, phase + [kinds.disk_full(15)] * 2])


def long_run(given: argparse.Namespace, folder: Path) -> object:
    """The summary of a run with `given.kills` kills and stops, and every other fault twice."""
    with (
        second_machine() as link,
        loop_disk(folder / "archive", MEGABYTES),
        kafka_cluster(given.brokers, host=link.address) as cluster,
        running_postgres(link.address) as postgres,
    ):
        portals = Portals(make_world(given.seed, given.counties, 6, given.years), folder / "portals", link.address)
        undisturbed = run_undisturbed(portals, CHANGES * given.counties, folder / "undisturbed")
        clock = Clock(folder / "clock")
        here = Machine(address=link.address, environment=clock.machine.environment)
        with installed(folder, portals, cluster, postgres, [here, link.far]) as on:
            chaos = Chaos(on, given.seed, PAUSE, meanwhile=kinds.kill())
            phase = [*strikes(given.kills // 2), *outages(link, clock)]
            return run(on, undisturbed, chaos, [phase, phase + [kinds.disk_full(15)] * 2])


def strikes(count: int) -> list[Fault]:
    """So many of what ends processes, half of them of services that are killed."""
    turns = [kinds.kill(), kinds.kill_worker(), kinds.kill(), kinds.stop()]
    return [turns[number % len(turns)] for number in range(count)]


def wrong_clocks(clock: Clock) -> list[Fault]:
    return [kinds.clock_jump(hours, 2 * SESSION_SECONDS, clock) for hours in (1, -1, 24 * 7)]


def outages(link: Link, clock: Clock) -> list[Fault]:
    """Every other fault once, but for the full disk, which only changes bring to light."""
    longer = 2 * SESSION_SECONDS
    return [
        kinds.broker_restart(5),
        kinds.broker_crash(5),
        kinds.database_restart(),
        kinds.database_crash(),
        kinds.database_away(LONG_AWAY),
        kinds.freeze(longer),
        kinds.network_cut(longer, link),
        kinds.disk_slow(LONG_AWAY / 4),
        *wrong_clocks(clock),
    ]


if __name__ == "__main__":
    main()
