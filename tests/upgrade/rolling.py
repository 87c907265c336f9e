"""A rolling upgrade on Kafka and PostgreSQL, both versions at once: `python -m tests.upgrade.rolling CHECKOUT`.

Two instances of each service of the version in CHECKOUT give way to this one's, first one of each against the
stream as docs/deploying.md says, then the others, while the portals publish and correct. Ends with an error where
anything was lost or doubled.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from services.pipeline import SERVICES
from services.sample_portals.world import make_world
from tests.e2e.contents import behind, dead_letters, disorder, on_topics, readings, standing, stored
from tests.e2e.deployment import HERE, Deployment, Instance, deployed
from tests.faults.portals import Portals
from tests.servers.kafka import fresh_namespace, kafka_cluster
from tests.servers.postgres import running_postgres

GONGKAI = str(Path(sys.executable).with_name("gongkai"))
OLDER = "import sys; sys.path.insert(0, {!r}); from services.cli.main import main; main()"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade.rolling", description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--folder", type=Path, help="where logs stay; else they go with the run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongkai-rolling-") as temporary:
        print(upgraded(given.checkout.resolve(), given.folder or Path(temporary)))


def upgraded(checkout: Path, folder: Path) -> str:
    """How many revisions and records there are in the end; AssertionError where one is lost or doubled."""
    portals = Portals(make_world(7, 4, 4, 1), folder / "portals")
    with (
        kafka_cluster() as cluster,
        running_postgres() as postgres,
        fresh_namespace(cluster) as bus,
        portals.served(),
    ):
        database = postgres.url(postgres.create())
        with deployed(
            folder / "services",
            [HERE, HERE],
            start=False,
            bus=bus,
            database=database,
            archive=(folder / "archive").as_uri(),
            portals=portals.folder,
        ) as deployment:
            program = (sys.executable, "-c", OLDER.format(str(checkout)))
            for each in deployment.instances:
                each.program = program
            deployment.start()
            changes = roll(deployment, portals, database)
            wanted = portals.disclosures + changes
            deployment.wait_until(lambda: len(readings(database)) >= wanted, "every revision in the database")
            deployment.wait_until(lambda: behind(bus) == 0, "every message to be worked through")
            deployment.stop()
        return judged(bus, database, wanted)


def roll(deployment: Deployment, portals: Portals, database: str) -> int:
    """Put the new version in the old one's place; how often the portals changed meanwhile."""
    deployment.wait_until(
        lambda: deployment.ready and len(readings(database)) >= portals.disclosures, "the first publication"
    )
    subprocess.run([GONGKAI, "migrate"], check=True, env=os.environ | {"GONGKAI_DATABASE": database})
    order = [each.name for each in reversed(SERVICES)]
    turns = [instance for half in (0, 1) for name in order for instance in [deployment.of(name)[half]]]
    for number, instance in enumerate(turns):
        portals.change("publish" if number % 2 else "correct")
        replace(instance)
        deployment.wait_until(instance.ready, f"the new {instance.name}")
    return len(turns)


def replace(instance: Instance) -> None:
    """Stop it as an operator does, and start this version under its name."""
    assert instance.stop() == 0, instance.tail()
    instance.program = (GONGKAI,)
    instance.start()


def judged(bus: str, database: str, wanted: int) -> str:
    stored_once = readings(database)
    rows = stored(database)
    assert len(stored_once) == wanted, f"{len(stored_once)} revisions, {wanted} were published"
    assert not [key for key, count in stored_once.items() if count > 1], "stored more than once"
    assert not dead_letters(bus), dead_letters(bus)
    assert on_topics(bus) == standing(rows)
    assert not disorder(bus)
    return f"{wanted} revisions, {len(rows)} records: none lost, none twice"


if __name__ == "__main__":
    main()
