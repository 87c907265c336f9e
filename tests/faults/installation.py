"""What faults strike: the portals, the brokers, the database, the archive, and the services on their machines."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.kafka.launcher import Cluster
from tests.e2e.deployment import Deployment, Machine, deployed
from tests.faults.portals import Portals
from tests.servers.kafka import SESSION_SECONDS, fresh_namespace
from tests.servers.postgres import PostgresServer


@dataclass(frozen=True)
class Installation:
    """A deployment that runs, and all it runs on; `bus` and `database` are their URLs.

    `disk` is what may be full or slow. Embedded there are no servers.
    """

    portals: Portals
    bus: str
    database: str
    disk: Path
    deployment: Deployment
    cluster: Cluster | None = None
    postgres: PostgresServer | None = None


@contextmanager
def installed(
    folder: Path, portals: Portals, cluster: Cluster, postgres: PostgresServer, machines: Sequence[Machine]
) -> Iterator[Installation]:
    """Everything new and started, the services on each of `machines`, the archive at `folder`/archive."""
    name = postgres.create()
    database = postgres.url(name)
    archive = folder / "archive"
    with (
        portals.served(),
        fresh_namespace(cluster) as bus,
        deployed(
            folder / "services",
            machines,
            kafka_session_seconds=SESSION_SECONDS,
            bus=bus,
            database=database,
            archive=archive.as_uri(),
            portals=portals.folder,
        ) as deployment,
    ):
        yield Installation(portals, bus, database, archive, deployment, cluster, postgres)
    postgres.drop(name)


@contextmanager
def embedded(folder: Path, portals: Portals, machine: Machine) -> Iterator[Installation]:
    """All services in one process on `machine`, bus, database and archive at `folder`/data."""
    data = folder / "data"
    bus, database = f"sqlite:///{data / 'bus.db'}", f"sqlite+aiosqlite:///{data / 'gongkai.db'}"
    with (
        portals.served(),
        deployed(folder / "services", [machine], data=data, portals=portals.folder) as deployment,
    ):
        yield Installation(portals, bus, database, data, deployment)
