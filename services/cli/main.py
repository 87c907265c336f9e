"""`gongkai`: the commands, and how an error ends: one sentence on stderr, exit 1 (input) or 2 (usage)."""

import sys
from typing import Final

import typer

from services.cli import extract, portals, run, status, topics
from shared.errors import GongkaiError, UsageError

FAILED: Final = 1
USAGE: Final = 2

app = typer.Typer(
    name="gongkai",
    help="Event-driven ingestion of Chinese county budget disclosures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(run.run)
app.command()(run.demo)
app.command()(run.service)
app.command()(extract.extract)
app.command()(portals.poll)
app.add_typer(portals.app, name="portals")
app.command()(topics.tail)
app.add_typer(topics.dead_letters, name="dead-letters")
app.command()(status.status)


def main() -> None:
    """Run the command line; never shows a stack for what gongkai raises on purpose."""
    try:
        app()
    except UsageError as error:
        _say(error)
        sys.exit(USAGE)
    except GongkaiError as error:
        _say(error)
        sys.exit(FAILED)


def _say(error: GongkaiError) -> None:
    typer.echo(f"gongkai: {error}", err=True)
