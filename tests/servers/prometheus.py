"""A real Prometheus, and promtool: from the PATH, or out of Debian's package, which needs no root."""

import functools
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from tests.e2e.process import free_port
from tests.servers.debian import unpacked

START_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.1
_PROGRAMS: Final = ("prometheus", "promtool")


@dataclass(frozen=True)
class Prometheus:
    """A server that scrapes and evaluates rules, and the answers of its API."""

    address: str

    def query(self, expression: str) -> list[Any]:
        """What `expression` gives now; raises AssertionError with Prometheus's own words when it is wrong."""
        answer = self._get("query", query=expression)
        assert answer["status"] == "success", f"{expression}: {answer.get('error')}"
        data = answer["data"]
        return data["result"] if data["resultType"] == "vector" else [data["result"]]

    def series(self, selector: str) -> list[dict[str, str]]:
        """The label sets of every series that `selector` finds, those that have ended included."""
        labels: list[dict[str, str]] = self._get("series", **{"match[]": selector})["data"]
        return labels

    def targets(self) -> Mapping[str, str]:
        """The job of each target, and whether its last scrape went well: `up`, `down` or `unknown`."""
        active = self._get("targets", state="active")["data"]["activeTargets"]
        return {each["labels"]["job"]: each["health"] for each in active}

    def alerts(self) -> Mapping[str, str]:
        """The rules that fire or are about to: name and state."""
        return {each["labels"]["alertname"]: each["state"] for each in self._get("alerts")["data"]["alerts"]}

    def _get(self, path: str, **query: str) -> Any:
        return httpx.get(f"{self.address}/api/v1/{path}", params=query, timeout=30).json()


@contextmanager
def running_prometheus(config: str) -> Iterator[Prometheus]:
    """A server with `config` for as long as the context; the port it names as the server's own is set right."""
    folder = Path(tempfile.mkdtemp(prefix="gongkai-prometheus-"))
    port = free_port()
    file = folder / "prometheus.yml"
    file.write_text(config.replace("localhost:9090", f"127.0.0.1:{port}"), encoding="utf-8")
    command = [
        str(_folder() / "prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    server = Prometheus(f"http://127.0.0.1:{port}")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _ready(server):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Prometheus did not start:\n{(folder / 'log').read_text()[-2000:]}")
            time.sleep(_PAUSE_SECONDS)
        yield server
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What promtool says to `arguments`, its two streams as one."""
    command: Sequence[str | Path] = [_folder() / "promtool", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def _ready(server: Prometheus) -> bool:
    try:
        return httpx.get(f"{server.address}/-/ready", timeout=5).is_success
    except httpx.HTTPError:
        return False


@functools.cache
def _folder() -> Path:
    """Where both programs are; skips the test, in CI fails it, when they cannot be had."""
    installed = [shutil.which(program) for program in _PROGRAMS]
    if installed[0] and installed[1]:
        return Path(installed[0]).parent
    return unpacked("prometheus") / "usr" / "bin"
