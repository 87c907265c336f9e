"""A real S3 server: moto's, a process of its own that keeps its objects in memory, and buckets in it."""

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
import httpx
import pytest

from tests.e2e.process import free_port
from tests.servers.parts import missing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

START_SECONDS: Final = 60.0
REGION: Final = "us-east-1"
_PAUSE_SECONDS: Final = 0.05
_numbers: Final = itertools.count(1)


class S3Server:
    """A server on a port of 127.0.0.1 that it keeps; it goes when this process goes. What it held goes with it."""

    def __init__(self, log: Path) -> None:
        self.endpoint = f"http://127.0.0.1:{free_port()}"
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start on the same port, empty; returns when it answers."""
        assert self._process is None
        port = self.endpoint.rpartition(":")[2]
        command = ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "moto.server", "-p", port]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The S3 server did not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(_PAUSE_SECONDS)

    def kill(self) -> None:
        """Stop as a crash would; there is no other way for a server that keeps nothing."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which boto3, in this process or another, finds the server."""
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "gongkai",
            "AWS_SECRET_ACCESS_KEY": "gongkai",
        }

    def client(self) -> "S3Client":
        """A client beside the archive's, to look at what it keeps and to damage it."""
        session = boto3.session.Session("tests", "tests", region_name=REGION)
        return session.client("s3", endpoint_url=self.endpoint)

    def create(self) -> str:
        """A new bucket; its name."""
        name = f"test-{next(_numbers)}"
        self.client().create_bucket(Bucket=name)
        return name

    def _answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.endpoint}/moto-api/", timeout=START_SECONDS).is_success
        return False


@contextmanager
def running_s3() -> Iterator[S3Server]:
    """A server for as long as the context; the test is skipped, in CI failed, where there is none."""
    if find_spec("moto") is None:
        missing("An S3 server", "moto is not installed; pip install 'moto[s3,server]'")
    with tempfile.TemporaryDirectory(prefix="gongkai-s3-") as folder:
        server = S3Server(Path(folder) / "log")
        server.start()
        try:
            yield server
        finally:
            if server.running:
                server.kill()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """An S3 server for the whole run; a test that stops it starts it again, and then every bucket is gone."""
    with running_s3() as server:
        yield server


@pytest.fixture
def s3(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The server, with the environment that leads boto3 to it."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return s3_server
