"""Where the docs' commands run: the sample counties read and stored, in a folder with the files the docs name."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from services.sample_portals.render import docx, html, pdf
from services.sample_portals.sample import sample
from tests.e2e.process import PATIENCE_SECONDS, free_port

_BIN: Final = Path(sys.executable).parent
DISCLOSURES: Final = 12
"""Of the sample counties' that are stored before any command runs."""


@dataclass(frozen=True)
class Installation:
    """`gongkai demo` as it runs: its folder, and what the docs' addresses and names are there."""

    folder: Path
    pages: int
    portals: int

    @property
    def environment(self) -> Mapping[str, str]:
        path = f"{_BIN}{os.pathsep}{os.environ['PATH']}"
        return {
            **os.environ,
            "PATH": path,
            "GONGKAI_DATA": str(self.folder / "data"),
            "GONGKAI_LOG_LEVEL": "error",
        }

    def here(self, text: str) -> str:
        """`text` of the docs with the ports, the portal and the programs of this installation."""
        places = {
            "localhost:8000": f"127.0.0.1:{self.pages}",
            "127.0.0.1:8900": f"127.0.0.1:{self.portals}",
            "example-county": "county1",
            ".venv/bin/": f"{_BIN}/",
            "CURSOR": httpx.get(f"http://127.0.0.1:{self.pages}/api/v1/changes?limit=1", timeout=60).json()[
                "next_cursor"
            ],
        }
        for name, place in places.items():
            text = text.replace(name, place)
        return text


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A demo that has stored its disclosures."""
    found = Installation(tmp_path_factory.mktemp("docs"), free_port(), free_port())
    content = sample(1, 0).written.content
    (found.folder / "disclosure.pdf").write_bytes(pdf.render(content))
    (found.folder / "table.docx").write_bytes(docx.render(content))
    (found.folder / "disclosure.html").write_text(html.render(content), encoding="utf-8")
    (found.folder / "data").symlink_to(found.folder / "demo-1")
    command = [str(_BIN / "gongkai"), "demo", "--port", str(found.pages), "--sample-port", str(found.portals)]
    own = {**found.environment, "GONGKAI_DATA": str(found.folder)}
    with (found.folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=own, cwd=found.folder)
    end = time.monotonic() + PATIENCE_SECONDS
    while _stored(found) < DISCLOSURES:
        assert process.poll() is None, (found.folder / "log").read_text()
        assert time.monotonic() < end, "the demo stored too little"
        time.sleep(0.2)
    yield found
    process.terminate()
    process.wait()


def _stored(installation: Installation) -> int:
    try:
        return int(httpx.get(f"http://127.0.0.1:{installation.pages}/api/v1/latest").json()["latest"])
    except (httpx.HTTPError, ValueError):
        return 0
