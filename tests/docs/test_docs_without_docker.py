"""docs/without-docker.md: its units, settings and statements are taken by what they are for."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

from services.fetcher.settings import FetcherSettings
from services.normalizer.settings import NormalizerSettings
from services.parser.settings import ParserSettings
from services.store.settings import StoreSettings
from services.store.tables import MIGRATIONS, VERSION_TABLE
from shared.database import upgrade
from shared.settings import Settings
from tests.docs.blocks import REPOSITORY, blocks
from tests.docs.test_docs_run import assert_known
from tests.servers.parts import missing
from tests.servers.postgres import running_postgres

SYSTEMD: Final = REPOSITORY / "deploy" / "systemd"
UNITS: Final = sorted(each for each in SYSTEMD.iterdir() if each.suffix in {".service", ".target", ".timer"})
PROGRAMS: Final = re.compile(r"/opt/[\w/.-]+|(?<=User=)\w+")
ENVIRONMENT: Final = dict(
    line.split("=", 1)
    for line in (SYSTEMD / "gongkai.env").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
SERVICES: Final[tuple[type[Settings], ...]] = (FetcherSettings, ParserSettings, NormalizerSettings, StoreSettings)
OWN: Final = {
    "inter.broker.listener.name",
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "controller.quorum.voters",
    "log.dirs",
}
"""What a broker in a container has otherwise."""
LOGINS: Final = ("listener.name.", "authorizer.", "super.users")
"""How settings begin of a broker that others reach; the guide's listens to its own machine."""


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        missing("systemd-analyze", "there is no systemd here")
    for unit in UNITS:
        text = PROGRAMS.sub(lambda found: "/bin/true" if "/" in found[0] else "root", unit.read_text("utf-8"))
        (tmp_path / unit.name.replace("@.", "@parser.")).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_a_command_there_is(unit: Path) -> None:
    for command in re.findall(r"^ExecStart=.*/(gongkai [^'\n]+)", unit.read_text(encoding="utf-8"), re.M):
        assert_known(command)


def test_every_unit_the_guide_names_is_there() -> None:
    text = "".join(each.text for each in blocks("sh") if each.page.name == "without-docker.md")
    named = set(re.findall(r"\b((?:gongkai|kafka)[\w@$-]*\.(?:service|target|timer))", text))
    assert {re.sub("@.*[.]", "@.", each) for each in named} <= {unit.name for unit in UNITS}
    assert named >= {"kafka.service", "gongkai.target", "gongkai-backup.timer"}


def test_no_step_restarts_all_services_at_once() -> None:
    """systemd stops and starts again whatever requires the unit that is restarted."""
    required = {
        name
        for unit in UNITS
        for names in re.findall(r"^Requires=(.*)", unit.read_text(encoding="utf-8"), re.M)
        for name in names.split()
    }
    steps = "".join(each.text for each in blocks("sh") if each.page.name == "without-docker.md")
    assert required
    assert not required & set(re.findall(r"systemctl restart (\S+)", steps))


@pytest.mark.parametrize("settings", SERVICES, ids=lambda each: each.__name__)
def test_every_service_takes_the_settings(settings: type[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    read = settings.read()
    assert (read.bus_url, read.database_url) == (ENVIRONMENT["GONGKAI_BUS"], ENVIRONMENT["GONGKAI_DATABASE"])


async def test_postgresql_takes_the_statements_and_then_the_tables() -> None:
    script = (SYSTEMD / "postgresql.sql").read_text(encoding="utf-8")
    with running_postgres() as server:
        before, _, after = script.replace("gongkai", "guided").partition("\\connect guided\n")
        for statement in re.sub("(?m)^--.*", "", before).split(";"):
            if statement.strip():
                server.run(statement)
        server.run(after, "guided")
        server.stop()
        server.start()
        assert server.run("SHOW shared_buffers") == "1GB"
        url = server.url("guided").replace("gongkai:gongkai", "guided:PASSWORD")
        await upgrade(url, MIGRATIONS, VERSION_TABLE)
        assert server.run("SELECT count(*) FROM revision", "guided") == "0"


def test_the_broker_is_set_as_the_one_of_compose() -> None:
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
    given = compose["services"]["kafka"]["environment"]
    wanted = {
        name.removeprefix("KAFKA_").replace("_", ".").lower(): value
        for name, value in given.items()
        if name.startswith("KAFKA_") and name != "KAFKA_HEAP_OPTS"
    }
    lines = (SYSTEMD / "server.properties").read_text(encoding="utf-8").splitlines()
    ours = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert ours["listeners"].startswith("CLIENT://127.0.0.1:")
    assert set(ours) == {name for name in wanted if not name.startswith(LOGINS)}
    assert all(ours[name] == wanted[name] for name in set(ours) - OWN)
