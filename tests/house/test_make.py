"""`make audit` fails for what is vulnerable, and says loudly where nothing could be looked up."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.deployed import REPOSITORY

FOUND = "echo '{}' > build/audit.json; echo 'Found 1 known vulnerability' >&2; exit 1"
NOTHING = "echo '{}' > build/audit.json; echo 'No known vulnerabilities found' >&2"
AWAY = "echo 'ConnectionError' >&2; exit 1"


@pytest.mark.parametrize(
    ("does", "code", "says"),
    [(FOUND, 2, "Found 1 known"), (NOTHING, 0, "No known"), (AWAY, 0, "NOT CHECKED")],
    ids=["vulnerable", "clean", "nobody to ask"],
)
def test_audit(does: str, code: int, says: str, tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    program = tmp_path / "build" / "tools" / "bin" / "pip-audit"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    (tmp_path / ".venv").mkdir()
    for made in (tmp_path / ".venv" / "created", tmp_path / "build" / "tools" / "installed"):
        made.touch()
    done = subprocess.run(["make", "audit"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert says in done.stderr
