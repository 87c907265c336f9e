"""`gongkai archive`: what it keeps, looked through, and what can be made again, let go of."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

import typer
from sqlmodel import col, select

from services.cli.bus import on_bus
from services.cli.exits import FAILED
from services.cli.snapshot import OWNERS
from services.fetcher.state.tables import AddressState
from services.store.tables import DisclosureFile, Revision
from shared.archive.connect import open_archive
from shared.archive.contract import Archive, Kept
from shared.bus.contract import Bus
from shared.bus.scan import scan
from shared.clock import SystemClock
from shared.database import create_engine, reading, upgrade
from shared.errors import Corrupt, Undecodable, UsageError
from shared.schemas.events import FetchedEvent
from shared.settings import Settings
from shared.sqlite import require_file
from shared.stage.codec import decode
from shared.topics import FETCHED, TOPICS, group

YOUNG: Final = timedelta(days=30)
"""What is younger stays: shadows, and readings whose events are under way, name it too."""
app = typer.Typer(help="Look through the archive, and let go of what can be made again.", no_args_is_help=True)


class Kind(StrEnum):
    """What `prune` can be told to keep."""

    EVIDENCE = "evidence"


@app.command()
def verify() -> None:
    """Read every file of the archive and compare it with its name; what was published must be there."""
    settings = Settings.read()
    archive = open_archive(settings.archive_url)
    found = {each.key: each.size for each in archive.all()}
    damaged = [key for key in sorted(found) if not _whole(archive, key)]
    missing = sorted(on_bus(published) - found.keys())
    for key in damaged:
        typer.echo(f"damaged\t{key}")
    for key in missing:
        typer.echo(f"missing\t{key}")
    typer.echo(f"{len(found)} files, {sum(found.values())} bytes; {len(damaged)} damaged, {len(missing)} missing")
    if damaged or missing:
        raise typer.Exit(FAILED)


@app.command()
def prune(
    keep: Annotated[Kind, typer.Option(help="evidence: what portals published, and the readings that stand")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be removed")] = False,
) -> None:
    """Remove readings that were replaced and are older than 30 days; `gongkai replay` can make them again."""
    assert keep is Kind.EVIDENCE
    settings = Settings.read()
    require_file(settings.database_url)
    archive = open_archive(settings.archive_url)
    named = on_bus(_published_and_done) | asyncio.run(_standing(settings.database_url))
    until = SystemClock().now() - YOUNG
    kept: Counter[str] = Counter()
    gone: list[Kept] = []
    for each in archive.all():
        if each.key in named or each.since > until:
            kept["files"] += 1
            kept["bytes"] += each.size
        else:
            gone.append(each)
    for each in () if dry_run else gone:
        archive.remove(each.key)
    verb = "would remove" if dry_run else "removed"
    typer.echo(f"keeps {kept['files']} files, {kept['bytes']} bytes")
    typer.echo(f"{verb} {len(gone)} files, {sum(each.size for each in gone)} bytes")


async def published(bus: Bus) -> set[str]:
    """The archive keys of everything portals published."""
    keys: set[str] = set()
    async for received in scan(bus, FETCHED):
        try:
            keys.update(file.sha256 for file in decode(FetchedEvent, received).files)
        except Undecodable:  # a dead letter says so
            continue
    return keys


async def _published_and_done(bus: Bus) -> set[str]:
    for topic in TOPICS:
        for stage in topic.consumers:
            if waiting := sum((await bus.lag(group(stage), [topic])).values()):
                raise UsageError(f"{waiting} messages of {topic.name} wait for the {stage}; prune after it.")
    return await published(bus)


async def _standing(database_url: str) -> set[str]:
    """What the readings that stand are read from, shown with and made of, and what portals last answered."""
    for owner in OWNERS:
        await upgrade(database_url, owner.MIGRATIONS, owner.VERSION_TABLE)
    engine = create_engine(database_url)
    standing = col(Revision.standing)
    files = select(DisclosureFile.sha256).join(Revision, col(Revision.key) == col(DisclosureFile.revision))
    queries: Iterable[object] = (
        select(Revision.document).where(standing),
        select(Revision.records).where(standing),
        files.where(standing),
        select(AddressState.sha256),
    )
    keys: set[str] = set()
    try:
        async with reading(engine) as session:
            for query in queries:
                keys.update(await session.exec(query))  # type: ignore[call-overload]  # each selects one text
    finally:
        await engine.dispose()
    return keys


def _whole(archive: Archive, key: str) -> bool:
    try:
        archive.get(key)
    except (Corrupt, KeyError):
        return False
    return True
