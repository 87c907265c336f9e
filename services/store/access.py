"""What a request works with: a database session, the archive and the bus, from the app's state."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.page_pictures import PagePictures
from shared.archive.contract import Archive
from shared.bus.contract import Bus
from shared.database import reading
from shared.errors import DatabaseUnavailable
from shared.stage.worker import WorkerPool
from shared.waiting import set_within

START_SECONDS: Final = 10.0


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    if not await set_within(request.app.state.migrated, START_SECONDS):
        raise DatabaseUnavailable("The store has not brought its tables up to date yet; try again soon.")
    async with reading(request.app.state.engine) as session:
        yield session


def _archive(request: Request) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


def _bus(request: Request) -> Bus | None:
    bus: Bus | None = request.app.state.bus
    return bus


def _workers(request: Request) -> WorkerPool | None:
    workers: WorkerPool | None = request.app.state.workers
    return workers


def _pictures(request: Request) -> PagePictures:
    pictures: PagePictures = request.app.state.pictures
    return pictures


Session = Annotated[AsyncSession, Depends(_session, scope="function")]
"""Given back before the answer is sent: whoever is slow to take that holds no transaction."""
OpenArchive = Annotated[Archive, Depends(_archive)]
OpenBus = Annotated[Bus | None, Depends(_bus)]
"""None while the stage is not at work."""
Workers = Annotated[WorkerPool | None, Depends(_workers)]
"""None while the stage is not at work."""
KeptPictures = Annotated[PagePictures, Depends(_pictures)]
