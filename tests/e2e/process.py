"""A gongkai of its own: the whole path in one process on a free port, to start, kill and ask."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PATIENCE_SECONDS = 150.0
TOKEN = "a token for tests"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@dataclass
class Gongkai:
    """`gongkai run` on the portal files in `portals`, all its state under `data`."""

    data: Path
    portals: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.data / "log.txt"

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        command = [str(Path(sys.executable).with_name("gongkai")), "run", "--port", str(self.port)]
        settings = {"GONGKAI_DATA": str(self.data), "GONGKAI_PORTALS": str(self.portals)}
        settings |= {
            "GONGKAI_RETRY_SECONDS": "0",
            "GONGKAI_CRAWL_DELAY_SECONDS": "0",
            "GONGKAI_OUTBOX_SECONDS": "0.1",
            "GONGKAI_LOG_FORMAT": "json",
            "GONGKAI_TOKEN": TOKEN,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env=os.environ | settings, start_new_session=True
            )

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

    def get(self, path: str, **query: object) -> Any:
        """The JSON under `path`; raises httpx.HTTPError while it is not up."""
        answer = httpx.get(f"http://127.0.0.1:{self.port}{path}", params=query, timeout=30)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = httpx.post(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Ask until `condition` holds; fails with the log's end when it does not in time, or the process ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process
            if self.process.poll() is not None:
                break
            try:
                if condition():
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
        raise AssertionError(f"waited in vain for {what}; the log ends:\n{tail}")
