"""What keeps gongkai from its work is one sentence on stderr and an exit code, never a stack."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.exits import FAILED, USAGE

GONGKAI = Path(sys.executable).with_name("gongkai")
PATIENCE_SECONDS = 60


def start(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"GONGKAI_DATA": str(folder), "GONGKAI_PORTALS": str(folder), "GONGKAI_LOG_FORMAT": "json"}
    return subprocess.run(
        [GONGKAI, *arguments], env=os.environ | environment | settings, cwd=folder, capture_output=True, text=True,
        check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        (["run"], "GONGKAI_BUS", "redis://localhost"),
        (["service", "parser"], "GONGKAI_BUS", "kafka://"),
        (["service", "store"], "GONGKAI_DATABASE", "postgresql://localhost:many/gongkai"),
        (["service", "parser"], "GONGKAI_ARCHIVE", "ftp://localhost/archive"),
        (["service", "parser"], "GONGKAI_TRACES", "http://[collector"),
        (["service", "parser"], "GONGKAI_HOST", "999.1.1.1"),
        (["service", "parser"], "GONGKAI_KAFKA_SESSION_SECONDS", "soon"),
    ],
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, command: list[str], name: str, value: str) -> None:
    done = start(tmp_path, *command, **{name: value})
    assert done.returncode == USAGE
    assert last_line(done).startswith("gongkai: ")
    assert name in last_line(done)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = start(tmp_path, "service", "parser", "--port", port)
    assert done.returncode == USAGE
    assert port in last_line(done)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("bus.db", 0), ("gongkai.db", 0), ("gongkai.db", 100)],  # of the last only the header is whole
)
def test_a_damaged_file_ends_all_services_and_is_named(tmp_path: Path, name: str, kept: int) -> None:
    damaged = tmp_path / name
    if kept:
        assert start(tmp_path, "migrate").returncode == 0
    whole = damaged.read_bytes() if kept else b""
    damaged.write_bytes(whole[:kept] + b"\xa5" * max(8192, len(whole) - kept))
    done = start(tmp_path, "run", "--port", "0")
    assert done.returncode == FAILED
    assert str(damaged) in last_line(done)
    assert "gongkai check" in last_line(done)
