"""What docker-compose.yml starts really runs: each command, with its variables, until its health check is glad."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.kafka.launcher import jars
from services.pipeline import SERVICES
from tests.house.deployed import REPOSITORY
from tests.servers.parts import missing

pytestmark = pytest.mark.xdist_group("compose")

APART = ("unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child")
Report = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    """Container → what came of it."""
    if os.geteuid() != 0 or subprocess.run([*APART, "true"], capture_output=True, check=False).returncode:
        missing("A machine apart", "only root, where the system allows it, can make mount and network namespaces")
    if shutil.which("java") is None or not any(jars().glob("*.jar")):
        missing("Apache Kafka", "`make kafka` fetches its jars, and a JDK runs them")
    folder = Path(tempfile.mkdtemp(prefix="gongkai-compose-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user
    try:
        command = [*APART, sys.executable, "-m", "tests.house.compose_program", str(folder)]
        ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        found: Report = defaultdict(dict)
        for line in ran.stdout.splitlines():
            step = json.loads(line)
            found[step.pop("name")].update(step)
        yield found
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["kafka", "postgres", "samples", *(service.name for service in SERVICES)])
def test_a_container_is_healthy_once_it_works_and_not_before(report: Report, name: str) -> None:
    assert report[name]["healthy"]
    assert not report[name]["early"]


@pytest.mark.parametrize("name", ["migrate", "grant", "samples", *(service.name for service in SERVICES)])
def test_a_container_of_ours_ends_cleanly(report: Report, name: str) -> None:
    assert report[name]["code"] == 0, report[name]["log"]


def test_what_the_sample_counties_publish_arrives_in_the_store(report: Report) -> None:
    assert report["store"]["answers"], "nothing was stored"


def test_nothing_is_written_but_the_volume_and_the_temporary_folder(report: Report) -> None:
    assert report["folder"] == {"written": [], "data": ["archive"], "read_only": True}
