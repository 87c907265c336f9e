"""The shell of every service: its app with health and metrics, and its work from start to stop."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import structlog
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp

from shared import logs, metrics
from shared.answering import Measured
from shared.archive.connect import open_archive
from shared.asking import Asked
from shared.bus.connect import open_bus
from shared.clock import SystemClock
from shared.errors import Damaged, GongkaiError, TransientError, UsageError
from shared.heads import Heads
from shared.settings import Settings
from shared.stage.context import Context
from shared.stage.lag import keep_telling_lag
from shared.stage.retry import Backoff
from shared.stage.slots import SPARE
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits
from shared.topics import FETCHED, TOPICS, StageName, group
from shared.tracing.connect import open_traces
from shared.version import VERSION
from shared.waiting import set_within

__all__ = ["Context", "Work", "create_service"]

Work = Callable[[Context], Awaitable[None]]
STOP_SECONDS: Final = 15.0
CHECK_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 15.0
STEADY_SECONDS: Final = 60.0
_NO_KEY: Final = "0" * 64
_ONLY_READS: Final = frozenset({"store"})
"""The services that put nothing into the archive."""
_PUBLIC: Final = {
    "bus_unavailable": "The bus is away.",
    "database_unavailable": "The database is away.",
    "archive_unavailable": "The archive is away, full or cannot be written to.",
    "damaged": "A file of the bus or of the database is damaged.",
}
"""Cause → what anybody may read; the reason itself names files and addresses."""

log = structlog.get_logger()


def create_service(
    name: StageName,
    settings: Settings,
    work: Work,
    routers: Sequence[APIRouter] = (),
    reach: Callable[[], Awaitable[None]] | None = None,
    middleware: Sequence[Callable[[ASGIApp], ASGIApp]] = (),
) -> FastAPI:
    """The app of service `name`: `/metrics`, `/health/live`, `/health/ready` and `routers`.

    `middleware`, from the inside out, works on what is answered to GET, so that HEAD tells the same.

    While it is up it opens bus, archive and workers and runs `work`, which returns once `context.stop` is set.
    Work that ends in any other way is started again with back-off, and the service is not ready meanwhile; where a
    file is damaged, the process ends. Nor is it ready while bus or archive are away, or `reach` raises
    TransientError for what else the service needs.
    """
    metrics.expect(name)
    shell = _Shell(name, settings, work, reach)
    app = FastAPI(title=f"gongkai {name}", version=VERSION, lifespan=shell.lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Measured, service=name)
    for each in middleware:
        app.add_middleware(each)
    app.add_middleware(Heads)
    app.add_middleware(Asked, token=settings.token)
    app.add_api_route("/health/live", shell.live, include_in_schema=False)
    app.add_api_route("/health/ready", shell.ready, include_in_schema=False)
    app.add_api_route("/metrics", _metrics, include_in_schema=False)
    for router in routers:
        app.include_router(router)
    return app


class _Shell:
    """A service's work; there is a context while it goes on, and `_trouble` says why there is none."""

    def __init__(
        self, name: StageName, settings: Settings, work: Work, reach: Callable[[], Awaitable[None]] | None
    ) -> None:
        self._name = name
        self._settings = settings
        self._work = work
        self._reach = reach
        self._backoff = Backoff()
        self._trouble = "It is starting."
        self._told = ""
        self._damage: Damaged | None = None
        self._context: Context | None = None

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Work while the app is up; raises UsageError when the settings name what cannot be opened.

        Ends the process, as SIGTERM does, once a file it needs is found to be damaged, and then raises Damaged.
        """
        logs.configure(self._settings)
        stop = asyncio.Event()
        opened = asyncio.get_running_loop().create_future()
        running = asyncio.create_task(self._keep_working(stop, opened))
        looking = asyncio.create_task(self._keep_looking())
        try:
            await opened
            yield
        finally:
            stop.set()
            looking.cancel()
            _, late = await asyncio.wait([running], timeout=STOP_SECONDS)
            if late:
                log.error("did not stop in time", service=self._name, seconds=STOP_SECONDS)
                running.cancel()
                await asyncio.wait([running])
        if self._damage is not None:
            raise self._damage

    def live(self) -> dict[str, str]:
        return {"status": "live"}

    async def ready(self) -> JSONResponse:
        reason = await self._look()
        if reason is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "reason": reason}, status_code=503)

    async def _keep_looking(self) -> None:
        """Tell whether the service is ready where nobody asks it, for an alert."""
        while True:
            await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> str | None:
        """Why the service is not ready, in words for anybody, None while it is; the log has the names."""
        reason = self._trouble if self._context is None else await self._unreachable(self._context)
        metrics.READY.labels(self._name).set(reason is None)
        return reason

    async def _unreachable(self, context: Context) -> str | None:
        archive = context.archive
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await context.bus.lag(group(self._name), [FETCHED])
                await asyncio.to_thread(archive.has, _NO_KEY)
                if self._name not in _ONLY_READS:
                    await asyncio.to_thread(archive.check_writable)
                if self._reach is not None:
                    await self._reach()
        except GongkaiError as error:
            if str(error) != self._told:
                self._told = str(error)
                log.warning("not ready", service=self._name, cause=error.cause, reason=str(error))
            return _in_public(error)
        except TimeoutError:
            return f"Bus, archive or database did not answer within {CHECK_SECONDS:g} s."
        self._told = ""
        return None

    async def _keep_working(self, stop: asyncio.Event, opened: asyncio.Future[None]) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            turn = asyncio.create_task(self._open_and_work(stop, opened))
            error = await _end_of(turn)
            if isinstance(error, UsageError | Damaged) and not opened.done():
                opened.set_exception(error)
                return
            if isinstance(error, Damaged):
                log.critical("stops", service=self._name, reason=str(error))
                self._damage, self._trouble = error, _in_public(error)
                signal.raise_signal(signal.SIGTERM)
                return
            if not opened.done():
                opened.set_result(None)
            if error is None and stop.is_set():
                return
            failures = 1 if time.monotonic() - began > STEADY_SECONDS else failures + 1
            self._tell(error)
            if await set_within(stop, self._backoff.seconds(failures)):
                return

    async def _open_and_work(self, stop: asyncio.Event, opened: asyncio.Future[None]) -> None:
        settings = self._settings
        limits = Limits(settings.task_seconds, settings.task_megabytes)
        async with AsyncExitStack() as stack:
            archive = open_archive(settings.archive_url)
            bus = await open_bus(settings.bus_url)
            stack.push_async_callback(bus.close)
            await bus.create_topics(TOPICS)
            workers = await stack.enter_async_context(WorkerPool(settings.workers + SPARE, limits, self._name))
            traces = open_traces(settings, self._name)
            stack.push_async_callback(traces.close)
            self._context = Context(settings, bus, archive, workers, SystemClock(), stop, traces)
            metrics.WORKING.labels(self._name).set(1)
            if not opened.done():
                opened.set_result(None)
            log.info("working", service=self._name)
            telling = asyncio.create_task(keep_telling_lag(self._context, self._name))
            try:
                await self._work(self._context)
            finally:
                self._context = None
                self._trouble = "Its work ended."
                metrics.WORKING.labels(self._name).set(0)
                telling.cancel()
                await asyncio.wait([telling])

    def _tell(self, error: BaseException | None) -> None:
        reason = "Its work ended." if error is None else f"{type(error).__name__}: {error}"
        self._trouble = "Its work ended." if error is None else _in_public(error)
        if isinstance(error, TransientError):
            metrics.RETRIES.labels(self._name, error.cause).inc()
        if error is None or isinstance(error, TransientError):
            log.warning("starting again", service=self._name, reason=reason)
        else:
            log.error("starting again", service=self._name, reason=reason, exc_info=error)


def _in_public(error: BaseException) -> str:
    return _PUBLIC.get(getattr(error, "cause", ""), "It cannot work; its log says why.")


async def _end_of(task: asyncio.Task[None]) -> BaseException | None:
    """Wait for `task` and return its error; when this is cancelled, so is the task."""
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait([task])
        raise
    return asyncio.CancelledError() if task.cancelled() else task.exception()


def _metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
