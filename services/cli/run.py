"""`gongkai run`, `demo` and `service NAME`: long work, stopped by Ctrl-C or SIGTERM."""

import signal
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn
from fastapi import FastAPI

from services import embedded
from services.cli import progress
from services.pipeline import SERVICES, Service
from services.sample_portals.portal_files import portal_files
from services.sample_portals.serve import serving
from services.sample_portals.world import make_world
from shared.errors import UsageError
from shared.settings import Settings

STOP_SECONDS: Final = 20
SAMPLE_PORT: Final = 8900
STORE: Final = next(service for service in SERVICES if service.name == "store")
Port = Annotated[int, typer.Option(help="port of the pages, the API and the metrics")]


def serve(app: FastAPI, settings: Settings, port: int) -> None:
    """Serve until a signal; UsageError when the port is taken, exit 1 when the start failed."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = uvicorn.Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops on these and raises them once more when all is closed; a clean stop is no failure.
        signal.signal(number, lambda *_: None)
    server.run()
    if not server.started:
        raise UsageError(f"Could not listen on {settings.host}:{port}; is another gongkai running? Try --port.")


def _say_where(settings: Settings, port: int) -> None:
    base = f"http://{settings.host}:{port}"
    typer.echo(f"pages    {base}/\nAPI      {base}/api/v1/disclosures\nmetrics  {base}/metrics", err=True)


def run(port: Port = STORE.port) -> None:
    """All four services in one process, over the embedded bus and database."""
    settings = Settings.read()
    _say_where(settings, port)
    with progress.shown():
        serve(embedded.create_app(), settings, port)


def demo(
    port: Port = STORE.port,
    sample_port: Annotated[int, typer.Option(help="first port of the sample portals")] = SAMPLE_PORT,
    seed: Annotated[int, typer.Option(help="seed of the sample counties")] = 1,
) -> None:
    """The whole way on fictional sample counties; goes on watching until Ctrl-C."""
    settings = Settings.read()
    folder = settings.data.absolute() / "demo"
    with serving(make_world(seed), sample_port) as samples:
        portals = folder / "portals"
        _write(portals, portal_files(samples.world, samples.addresses))
        overrides = {"data": folder, "portals": portals} | (
            {"log_level": "warning"} if sys.stderr.isatty() else {}
        )
        _say_where(settings, port)
        typer.echo(f"publish  curl -X POST http://127.0.0.1:{sample_port}/__publish", err=True)
        with progress.shown():
            serve(embedded.create_app(**overrides), settings, port)


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def service(
    name: Annotated[str, typer.Argument(help="fetcher, parser, normalizer or store")],
    port: Annotated[int | None, typer.Option(help="port of its HTTP server")] = None,
) -> None:
    """One service alone, for running several processes or containers."""
    chosen = _service(name)
    serve(chosen.load(), Settings.read(), port or chosen.port)


def _service(name: str) -> Service:
    for each in SERVICES:
        if each.name == name:
            return each
    raise UsageError(f"There is no service {name!r}; there are {', '.join(each.name for each in SERVICES)}.")
