"""Each service under a login of its own: with what `gongkai grant` gives it does its work, and nothing else."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from deploy.kafka.launcher import Cluster
from services.sample_portals.world import make_world
from shared.bus.connect import open_bus
from shared.bus.contract import Message
from shared.errors import BusUnavailable
from shared.topics import CHANGES, DEAD_LETTERS, FETCHED, PARSED, RECORDS, TOPICS, Topic, group
from tests.e2e.contents import behind, dead_letters, on_topics, readings, standing, stored
from tests.e2e.deployment import deployed
from tests.faults.portals import Portals
from tests.servers.kafka import kafka_cluster, over_tls
from tests.servers.postgres import PASSWORD, PostgresServer

pytestmark = pytest.mark.xdist_group("rights")

GONGKAI = str(Path(sys.executable).with_name("gongkai"))
ROLES = Path(__file__).parents[2] / "deploy" / "postgres" / "roles.sql"
LOGINS = [f"gongkai_{name}" for name in ("admin", "fetcher", "parser", "normalizer", "store", "consumer")]


@dataclass(frozen=True)
class Guarded:
    """What has worked under such logins."""

    bus: str
    server: PostgresServer
    database: str
    environment: dict[str, str]

    def login(self, name: str) -> dict[str, str]:
        return {**self.environment, "GONGKAI_KAFKA_USER": f"gongkai_{name}"}

    @property
    def owner_url(self) -> str:
        return self.server.url(self.database)


@pytest.fixture(scope="module")
def cluster(certificate: tuple[Path, Path]) -> Iterator[Cluster]:
    """A broker with TLS that lets in by password only, and may then be asked for what is granted."""
    users = " ".join(f'user_{name}="{PASSWORD}"' for name in LOGINS)
    own, module = "listener.name.client", "org.apache.kafka.common.security.plain.PlainLoginModule"
    settings = {
        **over_tls(certificate[0]),
        f"{own}.sasl.enabled.mechanisms": "PLAIN",
        f"{own}.plain.sasl.jaas.config": f"{module} required {users};",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:gongkai_admin;User:ANONYMOUS",
    }
    with kafka_cluster(settings=settings) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def guarded(
    cluster: Cluster,
    certificate: tuple[Path, Path],
    postgres: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Guarded]:
    """The sample counties have gone through the four services, which are stopped."""
    folder = tmp_path_factory.mktemp("guarded")
    login = {"TLS": "true", "CA": str(certificate[0]), "MECHANISM": "PLAIN", "PASSWORD": PASSWORD}
    environment = {f"GONGKAI_KAFKA_{name}": value for name, value in login.items()}
    on = Guarded(f"{cluster.url}/guarded", postgres, postgres.create(), environment)
    postgres.run_file(ROLES, on.database, FETCHER_PASSWORD=PASSWORD, STORE_PASSWORD=PASSWORD)
    urls = {"GONGKAI_BUS": on.bus, "GONGKAI_DATABASE": on.owner_url, "GONGKAI_DATA": str(folder)}
    for command in ("migrate", "grant", "grant"):
        subprocess.run([GONGKAI, command], check=True, env=os.environ | on.login("admin") | urls)
    portals = Portals(make_world(3, 1, 2, 1), folder / "portals")
    archive = (folder / "archive").as_uri()
    with (
        portals.served(),
        deployed(
            folder / "services", start=False, bus=on.bus, archive=archive, portals=portals.folder
        ) as deployment,
    ):
        for each in deployment.instances:
            own = on.owner_url.replace("//gongkai:", f"//gongkai_{each.service}:")
            each.environment = {**each.environment, **on.login(each.service), "GONGKAI_DATABASE": own}
        deployment.start()
        deployment.wait_until(
            lambda: len(readings(on.owner_url)) >= portals.disclosures, "every disclosure in the database"
        )
        deployment.wait_until(lambda: deployment.ready, "every service to be ready")
        deployment.stop()
    yield on
    postgres.drop(on.database)


@pytest.fixture
def as_login(guarded: Guarded, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Guarded:
    for name, value in guarded.login(request.param).items():
        monkeypatch.setenv(name, value)
    return guarded


@pytest.mark.parametrize("as_login", ["admin"], indirect=True)
def test_each_does_its_work_under_a_login_of_its_own(as_login: Guarded) -> None:
    rows = stored(as_login.owner_url)
    assert rows
    assert on_topics(as_login.bus) == standing(rows)
    assert behind(as_login.bus) == 0
    assert not dead_letters(as_login.bus)


@pytest.mark.parametrize(
    ("as_login", "topics"),
    [
        ("fetcher", [PARSED, *RECORDS.values()]),
        ("parser", [FETCHED, DEAD_LETTERS["store"], *RECORDS.values()]),
        ("normalizer", [FETCHED, PARSED]),
        ("store", [FETCHED, CHANGES, *RECORDS.values()]),
        ("consumer", TOPICS),
    ],
    indirect=["as_login"],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_nobody_publishes_for_another(as_login: Guarded, topics: list[Topic]) -> None:
    bus = await open_bus(as_login.bus)
    try:
        for topic in topics[:3]:
            with pytest.raises(BusUnavailable, match=r"(?i)authoriz"):
                await bus.publish([Message(topic.name, "forged", b"{}")])
    finally:
        await bus.close()


@pytest.mark.parametrize("as_login", ["consumer"], indirect=True)
async def test_who_reads_records_reads_no_more_and_in_no_group_of_ours(as_login: Guarded) -> None:
    bus = await open_bus(as_login.bus)
    try:
        assert await asyncio.to_thread(on_topics, as_login.bus)
        assert not await bus.read(FETCHED, 0, 9), "to who may not read it, a topic is not there"
        with pytest.raises(BusUnavailable):
            async with asyncio.timeout(30), bus.consumer(group("store"), [RECORDS["fact"]], "forged") as consumer:
                await consumer.poll(1, 5)
    finally:
        await bus.close()


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("store", "UPDATE fetcher_portal SET failures = 9"),
        ("store", "DELETE FROM fetcher_outbox"),
        ("store", "UPDATE fetcher_version SET version_num = 'x'"),
        ("store", "CREATE TABLE mine (x int)"),
        ("store", "TRUNCATE record"),
        ("fetcher", "UPDATE revision SET standing = false"),
        ("fetcher", "DELETE FROM record_body"),
        ("fetcher", "DROP TABLE fetcher_item"),
    ],
)
async def test_no_service_changes_what_another_one_keeps(guarded: Guarded, role: str, statement: str) -> None:
    url = guarded.owner_url.replace("+asyncpg", "").replace("//gongkai:", f"//gongkai_{role}:")
    connection = await asyncpg.connect(url)
    try:
        assert await connection.fetchval("SELECT count(*) FROM fetcher_portal") == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()
