"""`gongkai migrate`: brings the database's tables up to date, or back, once, before the services start."""

import asyncio
from typing import Annotated

import typer

from services.fetcher.state import repository
from services.store import tables
from shared import logs
from shared.database import downgrade, pending, upgrade
from shared.settings import Settings


def migrate(
    store: Annotated[str, typer.Option(help="take the store back to this migration: 0001, or base")] = "",
    fetcher: Annotated[str, typer.Option(help="take the fetcher back to this migration: 0001, or base")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what it would go through")] = False,
) -> None:
    """Bring the database to the newest tables of fetcher and store; what a step back removes is lost."""
    settings = Settings.read()
    logs.configure(settings)
    back = (store, fetcher)
    owners = (
        ("store", tables.MIGRATIONS, tables.VERSION_TABLE),
        ("fetcher", repository.MIGRATIONS, repository.VERSION_TABLE),
    )
    for (name, migrations, version_table), target in zip(owners, back, strict=True):
        if dry_run:
            steps = asyncio.run(pending(settings.database_url, migrations, version_table))
            typer.echo(f"{name}: {'would go through ' + ', '.join(steps) if steps else 'up to date'}")
        elif target:
            asyncio.run(downgrade(settings.database_url, migrations, version_table, target))
            typer.echo(f"{name}: back to {target}")
        elif not any(back):
            asyncio.run(upgrade(settings.database_url, migrations, version_table))
            typer.echo(f"{name}: up to date")
