"""A running store with a disclosure of every kind of record, and a browser that looks at it."""

import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from tests.e2e.process import free_port
from tests.servers.browser import running_chromium

PATIENCE_SECONDS = 120


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of serve.py's store: a process of its own, for its threads and metrics are not the tests'."""
    folder, port = tmp_path_factory.mktemp("store"), free_port()
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen([sys.executable, "-m", "tests.browser.serve", str(folder), str(port)]) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answers(address):
            assert process.poll() is None, "the store ended"
            assert time.monotonic() < deadline, "the store did not start"
            time.sleep(0.1)
        yield address
        process.terminate()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", timeout=30).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module's tests, each in a context of its own; none of them may be asynchronous."""
    with running_chromium() as browser:
        yield browser
