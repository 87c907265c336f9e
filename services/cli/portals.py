"""`gongkai poll PORTAL` and `gongkai portals`: which portals there are, whether their files are right."""

import asyncio
import re
import sys
from collections.abc import Callable, Sequence
from typing import Annotated
from urllib.parse import urlsplit

import typer

from services.cli.exits import FAILED
from services.cli.printable import printable
from services.fetcher.app import poll_once, propose_portal, rehearse_poll
from services.fetcher.counts import Counts
from services.fetcher.discovery import SHOWN_ROWS, UNKNOWN_REGION, Proposal, portal_file
from services.fetcher.portal_files import load_portal, load_portals
from services.fetcher.rehearsal import Judged
from services.fetcher.settings import FetcherSettings
from services.fetcher.sites.contract import Row
from services.fetcher.state.writer import SUCCESSES
from services.normalizer.language import regions
from shared import logs
from shared.errors import PortalInvalid, UsageError

app = typer.Typer(help="The portals, and whether their files are right.", no_args_is_help=True)


def poll(
    name: Annotated[str, typer.Argument(metavar="PORTAL", help="a name from `gongkai portals list`")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="publish and keep nothing, show all rows")] = False,
) -> None:
    """Poll one portal once, publish what it shows, and say what came of it."""
    settings = FetcherSettings.read()
    logs.configure(settings)
    if dry_run:
        if _rehearsed(name, settings, len):
            raise typer.Exit(FAILED)
        return
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


@app.command()
def new(
    url: Annotated[str, typer.Argument(metavar="URL", help="any page of the portal")],
    name: Annotated[str, typer.Option(help="the portal's name; by default its host's")] = "",
    region: Annotated[str, typer.Option(help="its code of GB/T 2260, where the site does not say it")] = "",
    allow_private: Annotated[bool, typer.Option(help="the portal may have a private address")] = False,
) -> None:
    """Look around a portal and print the portal file that would poll it, with what it would take and leave."""
    settings = FetcherSettings.read()
    logs.configure(settings)
    allow = (urlsplit(url).hostname or "",) if allow_private else ()
    proposal = asyncio.run(propose_portal(url, settings, allow, _tell))
    if not proposal.columns:
        raise UsageError(f"No list with disclosures was found from {url}; give the address of the list itself.")
    code, region_name = _region(proposal, region)
    own = name or re.sub(r"[^a-z0-9]+", "-", (urlsplit(url).hostname or "").removeprefix("www.")).strip("-")[:40]
    own = own if own[:1].isalpha() else f"portal-{own}"[:40].rstrip("-")
    typer.echo(portal_file(proposal, own, code, region_name, allow), nl=False)
    for column in proposal.columns:
        where = f"{column.url} {column.name}".rstrip()
        further = ", further pages" if column.more else ""
        typer.echo(f"# {where}: takes {len(column.taken)}, leaves {len(column.left)}{further}")
        for sign, rows in (("+", column.taken), ("-", column.left)):
            for row in rows[:SHOWN_ROWS]:
                typer.echo(f"#   {sign} {_day(row)} {printable(row.title)}")


def _region(proposal: Proposal, stated: str) -> tuple[str, str]:
    """The code and full name of the proposal's region: as stated, by the site's own number, or by its name."""
    known = regions.by_code(stated or proposal.region_code or "")
    if known is None and (named := regions.mentions(proposal.region_name or "")):
        above = [region.code for mention in named[:-1] for region in mention.regions]
        fitting = [
            region
            for region in named[-1].regions
            if not above or any(regions.within(region.code, code) for code in above)
        ]
        known = fitting[0] if len({region.code for region in fitting}) == 1 else None
    if known is not None:
        return known.code, known.full_name
    return stated or UNKNOWN_REGION, proposal.region_name or "不明"


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{printable(text)[:100]}")
        sys.stderr.flush()


@app.command("list")
def list_all() -> None:
    """A line each: name, region, site family, address."""
    for portal in load_portals(FetcherSettings.read().portals):
        typer.echo(f"{portal.name}\t{portal.region_code} {portal.region_name}\t{portal.family}\t{portal.base_url}")


@app.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[PORTAL]...", help="portals to run against their sites as well")
    ] = None,
) -> None:
    """Name all that is wrong in the portal files, each with its line and mend; try PORTALs on their sites."""
    settings = FetcherSettings.read()
    folder = settings.portals
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise UsageError(f"There are no portal files in {folder}; set GONGKAI_PORTALS to their folder.")
    wrong = 0
    for path in paths:
        try:
            load_portal(path)
        except PortalInvalid as error:
            wrong += 1
            for fault in str(error).splitlines():
                typer.echo(f"gongkai: {fault}", err=True)
    typer.echo(f"{len(paths) - wrong} of {len(paths)} portal files are right")
    if wrong:
        raise typer.Exit(FAILED)
    load_portals(folder)
    logs.configure(settings)
    if sum([_rehearsed(name, settings, lambda _rows: SHOWN_ROWS) for name in names or []]):
        raise typer.Exit(FAILED)


def _rehearsed(name: str, settings: FetcherSettings, most: Callable[[Sequence[Judged]], int]) -> bool:
    """Show what a poll of the portal would take and leave, `most` rows of each; whether something is wrong."""
    rehearsal = asyncio.run(rehearse_poll(name, settings, _tell))
    taken, left = rehearsal.taken, rehearsal.left
    typer.echo(f"{name}: takes {len(taken)} of {len(rehearsal.rows)} rows, leaves {len(left)}")
    articles = {found.id: article for found, article in rehearsal.articles}
    for each in taken[: most(taken)]:
        typer.echo(f"  + {_day(each.found.row)} {printable(each.found.row.title)}  ({printable(each.rule)})")
        if article := articles.get(each.found.id):
            files = ", ".join(printable(file.name or file.url) for file in article.attachments) or "none"
            published = article.published_at.date().isoformat() if article.published_at else "no date"
            typer.echo(
                f"      {printable(article.title)}, {published}, {article.source or 'no source'}; files: {files}"
            )
    for each in left[: most(left)]:
        typer.echo(f"  - {_day(each.found.row)} {printable(each.found.row.title)}  ({printable(each.rule)})")
    for fault in rehearsal.faults:
        typer.echo(f"  ! {printable(fault)}")
    return bool(rehearsal.faults)


def _day(row: Row) -> str:
    return row.published_at.date().isoformat() if row.published_at else "no date   "
