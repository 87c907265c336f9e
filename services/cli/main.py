"""`gongkai`: the commands, and how an error ends: one sentence on stderr, exit 1 (input) or 2 (usage)."""

import sys
from importlib import import_module
from typing import Final

import typer

from services.cli.exits import FAILED, USAGE
from shared.errors import GongkaiError, UsageError

COMMANDS: Final = {
    "run": "services.cli.run:run",
    "demo": "services.cli.demo:demo",
    "samples": "services.cli.samples:samples",
    "service": "services.cli.service:service",
    "migrate": "services.cli.migrate:migrate",
    "extract": "services.cli.extract:extract",
    "evaluate": "services.cli.evaluate:evaluate",
    "poll": "services.cli.portals:poll",
    "portals": "services.cli.portals:app",
    "tail": "services.cli.topics:tail",
    "dead-letters": "services.cli.dead_letters:app",
    "replay": "services.cli.replay:app",
    "schemas": "services.cli.schemas:app",
    "checks": "services.cli.checks:checks",
    "status": "services.cli.status:status",
}
"""Name → where it is. Only the command that runs is imported, so that one service needs only its own extra."""


def build(wanted: str | None = None) -> typer.Typer:
    """The command line: whole, or with the one command `wanted` when there is such."""
    app = typer.Typer(name="gongkai", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    app.callback()(_gongkai)
    for name, target in COMMANDS.items():
        if wanted in COMMANDS and name != wanted:
            continue
        module, attribute = target.split(":")
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _gongkai() -> None:
    """Event-driven ingestion of Chinese county budget disclosures."""


def main() -> None:
    """Run the command line; never shows a stack for what gongkai raises on purpose."""
    try:
        build(sys.argv[1] if len(sys.argv) > 1 else None)()
    except UsageError as error:
        _say(error)
        sys.exit(USAGE)
    except GongkaiError as error:
        _say(error)
        sys.exit(FAILED)


def _say(error: GongkaiError) -> None:
    typer.echo(f"gongkai: {error}", err=True)
