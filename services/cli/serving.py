"""Serves an app until a signal, and says where."""

import signal
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
    """Serve until SIGINT or SIGTERM; UsageError when the port is taken."""
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
    )
    server = uvicorn.Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops on these and raises them once more when all is closed; a clean stop is no failure.
        signal.signal(number, lambda *_: None)
    server.run()
    if not server.started:
        raise UsageError(f"Could not listen on {settings.host}:{port}; is another gongkai running? Try --port.")


def say_where(settings: Settings, port: int) -> None:
    """The addresses a person opens, on stderr."""
    base = f"http://{settings.host}:{port}"
    typer.echo(f"pages    {base}/\nAPI      {base}/api/v1/disclosures\nmetrics  {base}/metrics", err=True)
