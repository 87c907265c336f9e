"""`gongkai service NAME`: one service alone, for several processes or containers."""

from typing import Annotated

import typer

from services.cli.serving import serve
from services.pipeline import SERVICES, Service
from shared.errors import UsageError
from shared.settings import Settings


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
