"""Brings docker-compose.yml up without Docker: each container's command, variables and health check.

Run as root in namespaces of its own (`unshare --mount --net --pid --fork --mount-proc --kill-child`), in an empty
folder, which becomes the only place that can be written to. Prints a JSON line for each step.
"""

import fcntl
import json
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from deploy.kafka.launcher import jars
from tests.house.deployed import REPOSITORY, SECRETS, Image, compose, environment
from tests.servers.postgres import PASSWORD, PostgresServer, running_postgres

PATIENCE_SECONDS: Final = 180.0
_PAUSE_SECONDS: Final = 0.2
POSTGRES_PORT: Final = 5432
_SIOCSIFFLAGS: Final = 0x8914
_UP_AND_RUNNING: Final = 0x41
_AS_CONTAINED: Final = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")
"""What cap_drop and no-new-privileges leave."""
_FOLDERS: Final = ("data", "portals", "tmp", "logs", "kafka", "postgres")
_API: Final = "http://127.0.0.1:8000/api/v1/disclosures"
GIVEN: Final = {**dict.fromkeys(SECRETS, PASSWORD), "PORTALS": "samples"}
_CONTAINERS: Final = (
    "kafka",
    "postgres",
    "migrate",
    "grant",
    "samples",
    "fetcher",
    "parser",
    "normalizer",
    "store",
)


class Machine:
    """A loopback on which every container's name is known, and files of which only `folder` can be written."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self.folder = folder
        with socket.socket() as any_socket:
            up = struct.pack("16sh22x", b"lo", _UP_AND_RUNNING)
            fcntl.ioctl(any_socket, _SIOCSIFFLAGS, up)
        hosts = folder / "hosts"
        hosts.write_text("127.0.0.1 localhost " + " ".join(names) + "\n", encoding="utf-8")
        _mount("--bind", hosts, "/etc/hosts")
        _mount("--bind", folder, folder)
        for point in _mount_points():
            if point != folder and not re.match(r"/(proc|sys|dev)(/|$)", str(point)):
                _mount("-o", "remount,bind,ro", point)

    def variables(self, given: Mapping[str, str]) -> dict[str, str]:
        """`given` as a container has them, with its folders here."""
        path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
        return {
            **{name: self.here(value) for name, value in given.items()},
            "PATH": path,
            "HOME": "/nonexistent",
            "TMPDIR": str(self.folder / "tmp"),
        }

    def here(self, text: str) -> str:
        """`text` with a container's folder, if it is one or ends with one, here."""
        return re.sub(r"^(|\w+=|file://)(?=/(data|portals)\b)", rf"\1{self.folder}", text)

    def start(self, name: str, command: Sequence[str], variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self.log(name).open("wb") as log:
            return subprocess.Popen(
                [*_AS_CONTAINED, *map(self.here, command)],
                env=self.variables(variables),
                cwd=self.folder / "data",
                stdout=log,
                stderr=log,
            )

    def healthy(self, container: Mapping[str, Any]) -> bool:
        """What the container's health check says."""
        kind, *command = container["healthcheck"]["test"]
        assert kind == "CMD"
        variables = self.variables(environment(container, GIVEN))
        checked = [*_AS_CONTAINED, *map(self.here, command)]
        return subprocess.run(checked, env=variables, capture_output=True, check=False).returncode == 0

    def wait(self, name: str, container: Mapping[str, Any], process: subprocess.Popen[bytes] | None) -> None:
        """Return once the container is healthy; RuntimeError with the end of its log when it is not in time."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.healthy(container):
            if time.monotonic() > end or (process is not None and process.poll() is not None):
                raise RuntimeError(f"{name} is not healthy; its log ends:\n{self.tail(name)}")
            time.sleep(_PAUSE_SECONDS)

    def log(self, name: str) -> Path:
        return self.folder / "logs" / name

    def tail(self, name: str) -> str:
        return self.log(name).read_text(encoding="utf-8", errors="replace")[-2000:]


def main(folder: Path) -> None:
    for name in _FOLDERS:
        (folder / name).mkdir()
    containers = {name: each for name, each in compose(GIVEN)["services"].items() if name in _CONTAINERS}
    machine = Machine(folder, containers)
    tempfile.tempdir = str(folder / "postgres")
    with running_postgres() as postgres:
        postgres.stop()
        running = bring_up(machine, containers, postgres)
        say("store", answers=stored())
        for name in reversed(running):
            running[name].send_signal(signal.SIGTERM)
            say(name, code=running[name].wait(PATIENCE_SECONDS), log=machine.tail(name))
    written = {path.name for path in folder.iterdir()} - {*_FOLDERS, "hosts"}
    say("folder", written=sorted(written), data=sorted(path.name for path in (folder / "data").iterdir()))
    say("folder", read_only=not any(can_write(path) for path in (Path("/etc"), Path("/var/tmp"), REPOSITORY)))


def bring_up(
    machine: Machine, containers: Mapping[str, Any], postgres: PostgresServer
) -> dict[str, subprocess.Popen[bytes]]:
    """Start each container once all it depends on is healthy, or done; returns what stays, in that order."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    done: set[str] = set()
    while done < set(containers):
        next_ones = [name for name in containers if name not in done and needs(containers[name]) <= done]
        assert next_ones, f"{set(containers) - done} wait for each other"
        for name in next_ones:
            if "healthcheck" in containers[name]:
                say(name, early=machine.healthy(containers[name]))
            if name == "postgres":
                make_database(postgres, containers[name])
            else:
                running[name] = machine.start(name, *commanded(machine, name, containers[name]))
        for name in next_ones:
            if "healthcheck" in containers[name]:
                machine.wait(name, containers[name], running.get(name))
                say(name, healthy=True)
            else:
                say(name, code=running.pop(name).wait(PATIENCE_SECONDS), log=machine.tail(name))
        done.update(next_ones)
    return running


def needs(container: Mapping[str, Any]) -> set[str]:
    depends_on: Mapping[str, Any] = container.get("depends_on", {})
    return {name for name, how in depends_on.items() if how.get("required", True) or name in _CONTAINERS}


def stored() -> list[Any]:
    """The first disclosures the store answers with, once there are some."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with urllib.request.urlopen(_API, timeout=30) as answer:
            if items := json.load(answer)["items"]:
                return list(items)
        time.sleep(_PAUSE_SECONDS)
    return []


def commanded(machine: Machine, name: str, container: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """What a container runs, and its variables."""
    if name == "kafka":
        return kafka(machine, container)
    image = Image(container["build"]["target"])
    variables = {**image.environment, **environment(container, GIVEN)}
    return [*image.words("ENTRYPOINT"), *container["command"]], variables


def kafka(machine: Machine, container: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """What the image of Kafka does: its wrapper makes the settings of the variables and formats the storage."""
    own, variables = machine.folder / "kafka", container["environment"]
    options = [*variables["KAFKA_HEAP_OPTS"].split(), f"-Djava.io.tmpdir={machine.folder / 'tmp'}"]
    java = ["java", *options, "-cp", f"{jars()}/*"]
    for name in ("defaults", "mounted", "settings"):
        (own / name).mkdir()
    for name in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
        (own / "defaults" / name).write_text("Configuration: {Loggers: {Root: {level: WARN}}}\n", encoding="utf-8")
    mounted = dict(volume.split(":")[:2] for volume in container["volumes"])
    for source in (source for source, place in mounted.items() if place.startswith("/mnt/shared/config/")):
        shutil.copy(REPOSITORY / source, own / "mounted")
    places = {"default": "defaults", "mounted": "mounted", "final": "settings"}
    folders = [part for kind, name in places.items() for part in (f"--{kind}-configs-dir", str(own / name))]
    set_up = [*java, "kafka.docker.KafkaDockerWrapper", "setup", *folders]
    named = {**variables, "CLUSTER_ID": "Z29uZ2thaS1jb21wb3NlLQ", "KAFKA_LOG_DIRS": str(own / "data")}
    done = subprocess.run(set_up, env=machine.variables(named), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [*java, "kafka.Kafka", str(own / "settings" / "server.properties")], dict(variables)


def make_database(server: PostgresServer, container: Mapping[str, Any]) -> None:
    """What the image of PostgreSQL does: the database, then the scripts of the folder that is mounted for that."""
    variables, mounted = container["environment"], [volume.split(":") for volume in container["volumes"]]
    server.port = POSTGRES_PORT
    server.start()
    server.run(f"CREATE DATABASE {variables['POSTGRES_DB']} OWNER {variables['POSTGRES_USER']}")
    (scripts,) = (source for source, place, *_ in mounted if place == "/docker-entrypoint-initdb.d")
    for script in sorted((REPOSITORY / scripts).iterdir()):
        server.run_file(script, variables["POSTGRES_DB"], **variables)


def can_write(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def say(name: str, **what: object) -> None:
    print(json.dumps({"name": name, **what}), flush=True)


def _mount(*words: object) -> None:
    subprocess.run(["mount", *map(str, words)], check=True)


def _mount_points() -> list[Path]:
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return [Path(line.split()[4].encode().decode("unicode_escape")) for line in lines]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
