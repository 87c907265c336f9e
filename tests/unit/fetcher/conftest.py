"""The sample portals, served; a fetcher's means in a folder of its own."""

import importlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import pytest_asyncio

from services.fetcher.fleet.members import joined
from services.fetcher.http.revalidation import PollContext
from services.fetcher.settings import FetcherSettings
from services.fetcher.state.repository import MIGRATIONS, VERSION_TABLE, Seen
from shared.archive.connect import open_archive
from shared.clock import SystemClock
from shared.database import create_engine
from tests.servers.databases import NewDatabase
from tests.unit.fetcher.fetcher_serving import Served, portal_at


class _Log:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)

    def flush(self) -> None: ...


@pytest.fixture(scope="session")
def server(portals_folder: Path) -> ModuleType:
    """The sample portals' own server."""
    sys.path.insert(0, str(portals_folder))
    return importlib.import_module("serve")


@pytest.fixture
def serve(server: ModuleType, portals_folder: Path, tmp_path: Path) -> Iterator[Callable[[str], Served]]:
    """Serve a sample portal by name; it ends with the test."""
    running = []
    server.Handler.log = _Log()

    def start(name: str) -> Served:
        own, base_url = server.start(0, portals=[name], slow=0.1)[name]
        running.append(own)
        portal = portal_at(name, base_url, tmp_path)
        truth = json.loads((portals_folder / "truth" / name / "items.json").read_text(encoding="utf-8"))
        return Served(name, base_url, portal, truth["items"], server.Handler)

    yield start
    for each in running:
        each.shutdown()
        each.server_close()
    server.Handler.log = None


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    """The fetcher's empty database; modules whose tests are about what is kept override it for each dialect."""
    return new_database("sqlite", (MIGRATIONS, VERSION_TABLE))


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> FetcherSettings:
    """Everything in a folder of its own, no waiting between tries."""
    return FetcherSettings(
        data=tmp_path, database=database_url, retry_seconds=0, crawl_delay_seconds=0, read_seconds=5
    )


@pytest_asyncio.fixture
async def means(settings: FetcherSettings) -> AsyncIterator[PollContext]:
    """An empty memory and an empty archive."""
    engine = create_engine(settings.database_url)
    async with joined(Seen(engine), "test") as member:
        yield PollContext(settings, member.seen, open_archive(settings.archive_url), SystemClock())
    await engine.dispose()
