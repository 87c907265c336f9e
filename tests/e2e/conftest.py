"""The five sample portals, served, and a gongkai that watches them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.e2e.process import Gongkai

PORTAL_FILES = Path(__file__).parents[1] / "unit" / "fetcher" / "portals"


@pytest.fixture(scope="session")
def serve(portals_folder: Path) -> ModuleType:
    """The sample portals' server, as a module."""
    sys.path.insert(0, str(portals_folder))
    try:
        import serve as module  # type: ignore[import-not-found]  # lies outside the repository
    finally:
        sys.path.remove(str(portals_folder))
    assert isinstance(module, ModuleType)
    return module


@pytest.fixture
def sample_portals(serve: ModuleType) -> Iterator[dict[str, str]]:
    """Name → base address of the five portals, as at their start."""
    running: dict[str, Any] = serve.start(0)
    yield {name: address for name, (_, address) in running.items()}
    for server, _ in running.values():
        server.shutdown()
        server.server_close()


@pytest.fixture
def portal_folder(sample_portals: dict[str, str], tmp_path: Path) -> Path:
    """A folder of portal files for the served portals."""
    folder = tmp_path / "portals"
    folder.mkdir()
    for name, address in sample_portals.items():
        text = (PORTAL_FILES / f"{name}.yaml").read_text(encoding="utf-8")
        (folder / f"{name}.yaml").write_text(text.replace("{base_url}", address), encoding="utf-8")
    return folder


@pytest.fixture
def gongkai(portal_folder: Path, tmp_path: Path) -> Iterator[Gongkai]:
    """A gongkai that is not started yet."""
    own = Gongkai(tmp_path / "data", portal_folder)
    yield own
    if own.process and own.process.poll() is None:
        own.kill()
