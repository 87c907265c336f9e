"""The store's app: the stage that keeps records, the API, the pages."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware

from services.store import api, errors, pages
from services.store.api import problems
from services.store.headers import SafeHeaders
from services.store.page_pictures import PagePictures
from services.store.settings import StoreSettings
from services.store.stage import apply
from services.store.tables import MIGRATIONS, VERSION_TABLE
from services.store.transport import Compressed, Tagged
from shared.archive.connect import open_archive
from shared.bus.contract import Message
from shared.database import create_engine, reading, upgrade
from shared.schemas.events import NormalizedEvent
from shared.service import Context, create_service
from shared.stage.contract import Stage
from shared.stage.runner import run_stage
from shared.topics import NORMALIZED

_HERE: Final = Path(__file__).parent


def create_app(settings: StoreSettings) -> FastAPI:
    """The store as an app; its state holds engine and archive, and the bus while it works."""
    engine = create_engine(settings.database_url)
    migrated = asyncio.Event()

    async def work(context: Context) -> None:
        async def run(event: NormalizedEvent) -> Sequence[Message]:
            await apply(event, context.archive, engine, context.clock)
            return ()

        try:
            await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
            migrated.set()
            app.state.bus, app.state.workers = context.bus, context.workers
            await run_stage(Stage("store", NORMALIZED, run), context)
        finally:
            app.state.bus = app.state.workers = None
            await engine.dispose()

    async def reach() -> None:
        async with reading(engine):
            pass

    router = APIRouter(dependencies=[Depends(errors.refuse_repeated)])
    for each in (*api.ROUTERS, *pages.ROUTERS):
        router.include_router(each)
    app = create_service("store", settings, work, [router], reach, (Tagged, Compressed))
    app.state.engine = engine
    app.state.migrated = migrated
    app.state.archive = open_archive(settings.archive_url)
    app.state.bus = app.state.workers = None
    app.state.pictures = PagePictures()
    app.mount("/static", StaticFiles(directory=_HERE / "static"))
    app.add_middleware(SafeHeaders)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD"],
            expose_headers=["ETag", "Content-Disposition"],
        )
    errors.answer(app)
    problems.describe(app)
    return app
