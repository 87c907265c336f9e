"""`gongkai`: the commands, and how an error ends: one sentence on stderr, exit 1 (input) or 2 (usage)."""

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Final

import typer

from services.cli import environment
from services.cli.exits import FAILED, USAGE
from services.cli.printable import printable
from shared.errors import GongkaiError, UsageError
from shared.processes import collect_seldom
from shared.version import VERSION

COMMANDS: Final = {
    "run": "services.cli.run:run",
    "demo": "services.cli.demo:demo",
    "samples": "services.cli.samples:samples",
    "service": "services.cli.service:service",
    "migrate": "services.cli.migrate:migrate",
    "grant": "services.cli.grant:grant",
    "extract": "services.cli.extract:extract",
    "export": "services.cli.export:export",
    "evaluate": "services.cli.evaluate:evaluate",
    "notify": "services.cli.notify:notify",
    "poll": "services.cli.portals:poll",
    "portals": "services.cli.portals:app",
    "tail": "services.cli.topics:tail",
    "dead-letters": "services.cli.dead_letters:app",
    "replay": "services.cli.replay:app",
    "schemas": "services.cli.schemas:app",
    "checks": "services.cli.checks:checks",
    "status": "services.cli.status:status",
    "check": "services.cli.check:check",
    "backup": "services.cli.backup:backup",
    "restore": "services.cli.backup:restore",
    "archive": "services.cli.archive:app",
}
"""Name → where it is. Only the command that runs is imported, so that one service needs only its own extra."""

_VERSION: Final = "--version"
_ANYTHING: Final = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


def build(wanted: str | None = None) -> typer.Typer:
    """The command line: with the one command `wanted`, or where there is no such with all of them to be named."""
    app = typer.Typer(name="gongkai", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    app.callback()(_gongkai)
    if wanted not in COMMANDS:
        for name, target in COMMANDS.items():
            app.command(name, help=_sentence(target))(_nothing)
        return app
    module, attribute = COMMANDS[wanted].split(":")
    try:
        command = getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        app.command(wanted, context_settings=_ANYTHING)(_missing(error))
        return app
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=wanted)
    else:
        app.command(wanted)(command)
    return app


def _nothing() -> None: ...


def _sentence(target: str) -> str:
    """What a command says of itself, read from its module's source: importing them all takes long."""
    module, attribute = target.split(":")
    source = Path(__file__).with_name(f"{module.rpartition('.')[2]}.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == attribute:
            return (ast.get_docstring(node) or "").partition("\n\n")[0]
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            told = {each.arg: each.value for each in node.value.keywords}
            text = told.get("help")
            named = any(isinstance(each, ast.Name) and each.id == attribute for each in node.targets)
            if named and isinstance(text, ast.Constant):
                return str(text.value)
    return ""


def _missing(error: ModuleNotFoundError) -> Callable[[], None]:
    """A command in place of one whose module lacks what it imports."""
    told = _not_installed(error)

    def needs() -> None:
        raise told

    needs.__doc__ = f"(not installed: {told})"
    return needs


def _not_installed(error: ModuleNotFoundError) -> UsageError:
    """Raises `error` itself where the module is our own."""
    module = (error.name or "").partition(".")[0]
    if module in {"gongkai", "services", "shared"}:
        raise error
    return UsageError(f"This needs {module}, which is not installed; install gongkai[all].")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"gongkai {VERSION}")
        raise typer.Exit


def _gongkai(
    version: Annotated[
        bool, typer.Option(_VERSION, callback=_print_version, is_eager=True, help="say which version this is")
    ] = False,
) -> None:
    """Event-driven ingestion of Chinese county budget disclosures."""


def main() -> None:
    """Run the command line; never shows a stack for what gongkai raises on purpose."""
    collect_seldom()
    try:
        environment.check()
        build(sys.argv[1] if len(sys.argv) > 1 else None)()
    except ModuleNotFoundError as error:
        _say(_not_installed(error))
        sys.exit(USAGE)
    except UsageError as error:
        _say(error)
        sys.exit(USAGE)
    except GongkaiError as error:
        _say(error)
        sys.exit(FAILED)


def _say(error: GongkaiError) -> None:
    typer.echo(f"gongkai: {printable(str(error))}", err=True)
