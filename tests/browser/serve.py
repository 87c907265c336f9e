"""A store that holds what tests/browser/pages.py says, one of its portals in trouble: serve.py FOLDER PORT."""

import asyncio
import sys
from pathlib import Path

import uvicorn

from services.store import stage
from services.store.app import create_app
from services.store.settings import StoreSettings
from services.store.tables import MIGRATIONS, VERSION_TABLE
from shared.archive.connect import open_archive
from shared.clock import SystemClock
from shared.database import create_engine, upgrade
from tests.browser.pages import BIG, OTHERS, REVISED
from tests.unit.store.test_store_portals import FETCHERS, polled


def main(folder: Path, port: int) -> None:
    settings = StoreSettings.read(data=folder, bus=f"sqlite:///{folder / 'bus.db'}")
    asyncio.run(_fill(settings))
    uvicorn.run(create_app(settings), host="127.0.0.1", port=port, log_level="error")


async def _fill(settings: StoreSettings) -> None:
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    await upgrade(settings.database_url, FETCHERS, "fetcher_version")
    engine, archive = create_engine(settings.database_url), open_archive(settings.archive_url)
    for sample in (BIG, *OTHERS, *REVISED):
        await stage.apply(sample.event(archive), archive, engine, SystemClock())
    await polled(engine, "sample", "unchanged", 0)
    await polled(engine, "zhang-county", "challenged", 3)
    await engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
