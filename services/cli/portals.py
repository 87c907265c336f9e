"""`gongkai poll PORTAL` and `gongkai portals`: which portals there are, whether their files are right."""

import asyncio
import sys
from typing import Annotated

import typer

from services.cli.exits import FAILED
from services.cli.printable import printable
from services.fetcher.app import poll_once
from services.fetcher.counts import Counts
from services.fetcher.portal_files import load_portal, load_portals
from services.fetcher.seen import SUCCESSES
from services.fetcher.settings import FetcherSettings
from shared import logs
from shared.errors import PortalInvalid, UsageError

app = typer.Typer(help="The portals, and whether their files are right.", no_args_is_help=True)


def poll(
    name: Annotated[str, typer.Argument(metavar="PORTAL", help="a name from `gongkai portals list`")],
) -> None:
    """Poll one portal once, publish what it shows, and say what came of it."""
    settings = FetcherSettings.read()
    logs.configure(settings)
    result = asyncio.run(poll_once(name, settings, _show))
    counts = ", ".join(f"{count} {what}" for what, count in vars(result.counts).items() if count)
    typer.echo(
        f"{name}: {result.outcome}" + (f" ({printable(result.reason)})" if result.reason else "") + f"; {counts}"
    )
    if result.outcome not in SUCCESSES:
        raise typer.Exit(FAILED)


def _show(counts: Counts) -> None:
    if sys.stderr.isatty():
        done = counts.new + counts.changed + counts.unchanged + counts.gone + counts.failed
        sys.stderr.write(
            f"\r{counts.pages} pages, {counts.listed} items, {done}/{counts.disclosures} disclosures "
        )
        sys.stderr.flush()


@app.command("list")
def list_all() -> None:
    """A line each: name, region, site family, address."""
    for portal in load_portals(FetcherSettings.read().portals):
        typer.echo(f"{portal.name}\t{portal.region_code} {portal.region_name}\t{portal.family}\t{portal.base_url}")


@app.command()
def check() -> None:
    """Read every portal file and name what is wrong in it, with its line."""
    folder = FetcherSettings.read().portals
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise UsageError(f"There are no portal files in {folder}; set GONGKAI_PORTALS to their folder.")
    wrong = 0
    for path in paths:
        try:
            load_portal(path)
        except PortalInvalid as error:
            wrong += 1
            typer.echo(f"gongkai: {error}", err=True)
    typer.echo(f"{len(paths) - wrong} of {len(paths)} portal files are right")
    if wrong:
        raise typer.Exit(FAILED)
    load_portals(folder)
