"""`gongkai backup TO` and `gongkai restore FROM`: the whole state of an installation, while it runs."""

import asyncio
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from services.cli import snapshot
from shared import logs
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.bus.connect import open_bus
from shared.clock import SystemClock
from shared.errors import UsageError
from shared.settings import Settings
from shared.sqlite import require_file
from shared.version import VERSION

_TOLD: Final = "backup.json"
_TOPICS: Final = "topics"
_TABLES: Final = "tables"
_ARCHIVE: Final = "archive"


def backup(
    to: Annotated[Path, typer.Argument(metavar="TO", help="a folder that is not there yet, or is empty")],
) -> None:
    """Copy topics, database and archive into a folder, consistent among each other, while services run."""
    settings = Settings.read()
    logs.configure(settings)
    for url in (settings.bus_url, settings.database_url):
        require_file(url)
    if to.exists() and any(to.iterdir()):
        raise UsageError(f"{to} is not empty; a backup is written to a folder of its own.")
    coming = to.with_name(f"{to.name}.incomplete")
    if coming.exists():
        raise UsageError(f"{coming} is there, of a backup that was interrupted; remove it first.")
    coming.mkdir(parents=True)
    told: dict[str, Any] = {"version": VERSION, "began_at": SystemClock().now().isoformat()}
    told |= asyncio.run(_write(settings, coming))
    count = _copy(open_archive(settings.archive_url), open_archive((coming / _ARCHIVE).absolute().as_uri()))
    (coming / _TOLD).write_text(json.dumps(told | {"files": count}, indent=1), encoding="utf-8")
    if to.exists():
        to.rmdir()
    coming.rename(to)
    typer.echo(f"wrote {to}: bus, database and {count} archived files")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="a folder that gongkai backup wrote")],
) -> None:
    """Put a backup back where the settings say, which must be empty; then say `gongkai check`."""
    settings = Settings.read()
    logs.configure(settings)
    try:
        told = json.loads((source / _TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{source} is no whole backup: it has no {_TOLD}.") from error
    for name, url in (("bus", settings.bus_url), ("database", settings.database_url)):
        if told[name] != _kind(url):
            raise UsageError(f"The {name} of {source} is one of {told[name]}, that of the settings is not.")
        path = _file(url)
        if path is not None and path.exists():
            raise UsageError(f"{path} is there already; a backup is put back where nothing is.")
    count = _copy(open_archive((source / _ARCHIVE).absolute().as_uri()), open_archive(settings.archive_url))
    asyncio.run(_read(settings, source, told))
    typer.echo(f"put back {source} of {told['began_at']}: bus, database and {count} archived files")


async def _write(settings: Settings, folder: Path) -> dict[str, Any]:
    kinds: dict[str, Any] = {"bus": _kind(settings.bus_url), "database": _kind(settings.database_url)}
    files = [path for url in (settings.bus_url, settings.database_url) if (path := _file(url)) is not None]
    if len(files) == 1:
        raise UsageError("A backup is of SQLite for bus and database, or of Kafka and PostgreSQL.")
    if files:
        await asyncio.to_thread(snapshot.copy_files, files, folder)
        names = dict(zip(kinds, (each.name for each in files), strict=True))
        return kinds | {f"{kind}_file": name for kind, name in names.items()}
    for name in (_TOPICS, _TABLES):
        await asyncio.to_thread((folder / name).mkdir)
    bus = await open_bus(settings.bus_url)
    try:
        reached = await snapshot.positions(bus)
        versions = await snapshot.write_tables(settings.database_url, folder / _TABLES)
        await snapshot.write_topics(bus, reached, folder / _TOPICS)
    finally:
        await bus.close()
    return kinds | {"tables": versions}


async def _read(settings: Settings, folder: Path, told: Mapping[str, Any]) -> None:
    for kind, url in (("bus", settings.bus_url), ("database", settings.database_url)):
        path = _file(url)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(shutil.copyfile, folder / told[f"{kind}_file"], path)
    if _file(settings.database_url) is None:
        await snapshot.read_tables(settings.database_url, folder / _TABLES, told["tables"])
        bus = await open_bus(settings.bus_url)
        try:
            await snapshot.read_topics(folder / _TOPICS, bus)
        finally:
            await bus.close()


def _copy(source: Archive, target: Archive) -> int:
    """Put all of one archive into another; each file is compared with its name on the way."""
    count = 0
    for each in source.all():
        target.put(source.get(each.key))
        count += 1
    return count


def _kind(url: str) -> str:
    return url.partition(":")[0].partition("+")[0]


def _file(url: str) -> Path | None:
    """The file of a SQLite URL."""
    scheme, _, path = url.partition(":///")
    return Path(path) if scheme.startswith("sqlite") else None
