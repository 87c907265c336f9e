"""`gongkai demo`: the whole way on fictional sample counties, served from this process."""

from pathlib import Path
from typing import Annotated, Final

import typer

from services import embedded
from services.cli import progress
from services.cli.serving import Port, say_where, serve
from services.sample_portals.portal_files import portal_files
from services.sample_portals.serve import serving
from services.sample_portals.world import make_world
from shared.errors import UsageError
from shared.settings import Settings

SAMPLE_PORT: Final = 8900


def demo(
    port: Port = embedded.PORT,
    sample_port: Annotated[int, typer.Option(help="first port of the sample portals")] = SAMPLE_PORT,
    seed: Annotated[int, typer.Option(help="seed of the sample counties")] = 1,
) -> None:
    """The whole way on fictional sample counties; goes on watching until Ctrl-C."""
    settings = Settings.read()
    level = settings.log_level if "log_level" in settings.model_fields_set else "warning"
    folder = settings.data.absolute() / f"demo-{seed}"
    world = make_world(seed, governments=True)
    try:
        with serving(world, sample_port) as samples:
            write_files(folder / "portals", portal_files(world, samples.addresses))
            say_where(settings, port)
            say_hooks(sample_port)
            with progress.shown():
                app = embedded.create_app(data=folder, portals=folder / "portals", log_level=level)
                serve(app, settings, port)
    except OSError as error:
        raise UsageError(f"The sample portals could not be served from port {sample_port}: {error}.") from error


def say_hooks(sample_port: int) -> None:
    """How a person has the counties publish and correct, on stderr."""
    hooks = f"http://127.0.0.1:{sample_port}"
    typer.echo(f"publish  curl -X POST {hooks}/__publish\ncorrect  curl -X POST {hooks}/__correct", err=True)


def write_files(folder: Path, files: dict[str, str]) -> None:
    """Let `folder` hold these portal files and no other."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
