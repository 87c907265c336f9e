"""`gongkai samples`: the fictional sample counties alone, for a fetcher somewhere else."""

import signal
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from services.cli.demo import SAMPLE_PORT, say_hooks, write_files
from services.sample_portals.portal_files import portal_files
from services.sample_portals.serve import HOST, serving
from services.sample_portals.world import make_world
from shared.errors import UsageError
from shared.settings import Settings


def samples(
    folder: Annotated[Path, typer.Argument(help="folder for the portal files that lead to the counties")],
    host: Annotated[str, typer.Option(help="name or address by which the fetcher reaches them")] = HOST,
    sample_port: Annotated[int, typer.Option(help="first port of the sample portals")] = SAMPLE_PORT,
    seed: Annotated[int, typer.Option(help="seed of the sample counties")] = 1,
) -> None:
    """The fictional sample counties alone, served until Ctrl-C; their portal files are written to a folder."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    world = make_world(seed, governments=True)
    try:
        with serving(world, sample_port, host, Settings.read().host) as running:
            write_files(folder, portal_files(world, running.addresses))
            say_hooks(sample_port)
            stop.wait()
    except OSError as error:
        raise UsageError(f"The sample portals could not be served from port {sample_port}: {error}.") from error
