"""gongkai on several machines: each service as processes of its own, on one bus, database and archive."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from services.pipeline import SERVICES
from shared.errors import TransientError
from tests.e2e.process import free_port

PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Machine:
    """Where instances run: what a command begins with to run there, its address, variables all have there."""

    prefix: tuple[str, ...] = ()
    address: str = "127.0.0.1"
    environment: Mapping[str, str] = field(default_factory=dict)


HERE = Machine()
EMBEDDED = "gongkai"
"""The one process of all services."""


@dataclass
class Instance:
    """One process of a service, or of all of them, to start, stop, kill, freeze and ask."""

    service: str
    name: str
    folder: Path
    environment: Mapping[str, str]
    machine: Machine = HERE
    program: Sequence[str] = (str(Path(sys.executable).with_name("gongkai")),)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def url(self) -> str:
        return f"http://{self.machine.address}:{self.port}"

    def start(self) -> None:
        service = ["run"] if self.service == EMBEDDED else ["service", self.service]
        command = [*self.machine.prefix, *self.program, *service, "--port", str(self.port)]
        own = {**self.environment, "GONGKAI_INSTANCE": self.name, "GONGKAI_HOST": self.machine.address}
        environment = os.environ | self.machine.environment | own
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as an operator does; returns the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    @property
    def workers(self) -> list[int]:
        """The processes that it has started and that are alive."""
        assert self.process
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return sorted(int(number) for each in tasks for number in each.read_text().split())

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It lives and does nothing while the block runs, as on a machine that is paused."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON under `path`; raises httpx.HTTPError while it is not up."""
        answer = httpx.get(f"{self.url}{path}", params=query, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def metrics(self) -> str:
        """What it serves under `/metrics`, empty while it is not up."""
        try:
            return httpx.get(f"{self.url}/metrics", timeout=10).text
        except httpx.HTTPError:
            return ""

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=10).is_success
        except httpx.HTTPError:
            return False

    def tail(self) -> str:
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return f"--- {self.name}\n{text[-2000:]}"


class Deployment:
    """An instance of each service on each of `machines`, without a bus one of all services.

    `settings` are GONGKAI_ variables without their prefix, lower case.
    """

    def __init__(self, folder: Path, machines: Sequence[Machine] = (HERE,), **settings: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        environment = {
            "GONGKAI_DATA": str(folder / "data"),
            "GONGKAI_RETRY_SECONDS": "0",
            "GONGKAI_CRAWL_DELAY_SECONDS": "0",
            "GONGKAI_OUTBOX_SECONDS": "0.1",
            "GONGKAI_LOG_FORMAT": "json",
        } | {f"GONGKAI_{name.upper()}": str(value) for name, value in settings.items()}
        services = [each.name for each in reversed(SERVICES)] if "bus" in settings else [EMBEDDED]
        self.instances = [
            Instance(service, f"{service}-{number}", folder, environment, machine)
            for service in services
            for number, machine in enumerate(machines, start=1)
        ]

    def of(self, service: str) -> list[Instance]:
        return [each for each in self.instances if each.service == service]

    @property
    def ready(self) -> bool:
        """Whether every instance is."""
        return all(each.ready() for each in self.instances)

    def start(self) -> None:
        for instance in self.instances:
            instance.start()

    def stop(self) -> None:
        """End all as an operator does; each must end cleanly."""
        codes = {each.name: each.stop() for each in reversed(self.instances) if each.running()}
        assert not any(codes.values()), codes

    def kill(self) -> None:
        for instance in self.instances:
            if instance.running():
                instance.kill()

    def told(self, *words: str) -> int:
        """How many lines of all logs say any of `words`."""
        lines = [line for each in self.instances for line in each.log.read_text().splitlines()]
        return sum(any(each in line for each in words) for line in lines)

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Ask until `condition` holds; fails with the logs' ends when it does not in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if condition():
                    return
            except (httpx.HTTPError, TransientError):
                pass
            time.sleep(0.2)
        raise AssertionError(f"waited in vain for {what}\n" + "\n".join(each.tail() for each in self.instances))


@contextmanager
def deployed(
    folder: Path, machines: Sequence[Machine] = (HERE,), start: bool = True, **settings: object
) -> Iterator[Deployment]:
    """A deployment, started where `start` says so, and ended with the block."""
    deployment = Deployment(folder, machines, **settings)
    try:
        if start:
            deployment.start()
        yield deployment
    finally:
        deployment.kill()
