"""Serves an app until a signal, and says where."""

import signal
import socket
from contextlib import AsyncExitStack
from typing import Annotated, Final

import typer
import uvicorn
from fastapi import FastAPI

from services.cli.connections import BACKLOG, HEAD_BYTES, bounded
from shared.errors import UsageError
from shared.settings import Settings

STOP_SECONDS: Final = 20
Port = Annotated[int, typer.Option(help="port of the pages, the API and the metrics")]


def serve(app: FastAPI, settings: Settings, port: int) -> None:
    """Serve until SIGINT or SIGTERM; raises UsageError where a setting or a taken port keeps the app from it."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        log_config=None,
        access_log=False,
        http=bounded(),
        backlog=BACKLOG,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_graceful_shutdown=STOP_SECONDS,
        lifespan="off",
    )
    server = _Server(config, app)
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops on these and raises them once more when all is closed; a clean stop is no failure.
        signal.signal(number, lambda *_: None)
    server.run()


class _Server(uvicorn.Server):
    """Starts and stops the app itself, so that what keeps it from starting is raised, not logged as a stack."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._running = AsyncExitStack()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self._running.enter_async_context(self._app.router.lifespan_context(self._app))
        try:
            await super().startup(sockets)
        except SystemExit as error:
            await self._running.aclose()
            raise UsageError(
                f"Could not listen on {self.config.host}:{self.config.port}; is another gongkai running (--port), "
                "or is that no address of this machine (GONGKAI_HOST)?"
            ) from error

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await self._running.aclose()


def say_where(settings: Settings, port: int) -> None:
    """The addresses a person opens, on stderr."""
    base = f"http://{settings.host}:{port}"
    typer.echo(f"pages    {base}/\nAPI      {base}/api/v1/disclosures\nmetrics  {base}/metrics", err=True)
