"""`gongkai export FILE`: the records of the database that meet a query, as a file of any format."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from services.store.exports.formats import export as exported
from services.store.exports.formats import format_of
from services.store.filters import RecordFilter
from services.store.settings import StoreSettings
from shared import logs
from shared.database import create_engine
from shared.errors import UsageError
from shared.sqlite import require_file

_OF_PAGES: Final = frozenset({"cursor", "limit"})
"""What a query may not ask of a whole file."""


def export(
    file: Annotated[
        Path, typer.Argument(help="where to; .csv, .xlsx, .parquet, .jsonl, .zip (data package) or .fiscal.zip")
    ],
    query: Annotated[
        list[str] | None,
        typer.Argument(
            help="which, as in the API: type=budget_line region=1310 year=2024 q=水利", metavar="NAME=VALUE"
        ),
    ] = None,
) -> None:
    """Write the records that meet all of the query; of revisions that stand now, unless one is named."""
    settings = StoreSettings.read()
    logs.configure(settings)
    require_file(settings.database_url)
    asyncio.run(_write(file, _filter(query or []), settings.database_url))
    typer.echo(f"wrote {file}: {file.stat().st_size:,} bytes", err=True)


def _filter(query: list[str]) -> RecordFilter:
    given = [each.partition("=") for each in query]
    for name, sign, _ in given:
        if not sign:
            raise UsageError(f"{name} is no NAME=VALUE, like type=fact.")
        if [each[0] for each in given].count(name) > 1:
            raise UsageError(f"{name} is given more than once.")
    try:
        return RecordFilter.model_validate({name: value for name, _, value in given})
    except ValidationError as error:
        first = error.errors()[0]
        named = ".".join(map(str, first["loc"])) or "query"
        known = ", ".join(name for name in RecordFilter.model_fields if name not in _OF_PAGES)
        unknown = f"there is no such condition; there are {known}"
        said = unknown if first["type"] == "extra_forbidden" else first["msg"]
        raise UsageError(f"{named}: {said}.") from error


async def _write(file: Path, wanted: RecordFilter, database: str) -> None:
    """Write beside the file and put it in its place when it is whole."""
    chosen = format_of(file.name)
    part = file.with_name(f".{file.name}.part")
    engine = create_engine(database)
    try:
        with part.open("wb") as out:
            async for data in exported(engine, wanted, chosen):
                out.write(data)
        part.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        await engine.dispose()
