"""A running store with a disclosure of every kind of record, and a browser that looks at it."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser

from services.store import app as store_app
from services.store import stage
from services.store.settings import StoreSettings
from services.store.tables import MIGRATIONS, VERSION_TABLE
from shared.archive.connect import open_archive
from shared.clock import SystemClock
from shared.database import create_engine, upgrade
from tests.browser.pages import BIG, OTHERS, REVISED
from tests.e2e.process import free_port
from tests.servers.browser import running_chromium
from tests.unit.store.test_store_portals import FETCHERS, polled


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a store that holds what tests/browser/pages.py says, one of its portals in trouble."""
    folder = tmp_path_factory.mktemp("store")
    settings = StoreSettings.read(data=folder, bus=f"sqlite:///{folder / 'bus.db'}")
    port = free_port()
    app = store_app.create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))

    def run() -> None:
        asyncio.run(_fill(settings))
        server.run()

    thread = threading.Thread(target=run, daemon=True)  # the browser has the loop of this one
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < deadline, "the store did not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


async def _fill(settings: StoreSettings) -> None:
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    await upgrade(settings.database_url, FETCHERS, "fetcher_version")
    engine, archive = create_engine(settings.database_url), open_archive(settings.archive_url)
    for sample in (BIG, *OTHERS, *REVISED):
        await stage.apply(sample.event(archive), archive, engine, SystemClock())
    await polled(engine, "sample", "unchanged", 0)
    await polled(engine, "zhang-county", "challenged", 3)
    await engine.dispose()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module's tests, each in a context of its own; none of them may be asynchronous."""
    with running_chromium() as browser:
        yield browser
