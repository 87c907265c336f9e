"""A store over a fresh database, and a client of its pages and API."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store import app as store_app
from services.store import stage
from services.store.settings import StoreSettings
from services.store.tables import MIGRATIONS, VERSION_TABLE
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.clock import SystemClock
from shared.database import create_engine
from tests.servers.databases import DIALECTS, NewDatabase
from tests.unit.store.store_samples import Keep, Sample


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    """A store's empty database: every test that uses one runs on each dialect."""
    return new_database(request.param, (MIGRATIONS, VERSION_TABLE))


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> StoreSettings:
    return StoreSettings.read(data=tmp_path / "data", database=database_url)


@pytest.fixture
def archive(settings: StoreSettings) -> Archive:
    return open_archive(settings.archive_url)


@pytest.fixture
async def engine(settings: StoreSettings) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(settings.database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
def keep(engine: AsyncEngine, archive: Archive) -> Keep:
    """Applies samples, one after the other."""

    async def apply(*samples: Sample) -> None:
        for sample in samples:
            await stage.apply(sample.event(archive), archive, engine, SystemClock())

    return apply


@pytest.fixture
async def client(settings: StoreSettings) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the running store, which looks at the same database as `keep`."""
    app = store_app.create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://store") as client:
            yield client
