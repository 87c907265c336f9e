"""`gongkai grant`: what each service may do on Kafka and in PostgreSQL, once, after `migrate`."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

import typer
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from services.fetcher.state import repository
from shared import logs
from shared.bus.grant import grant_on_bus
from shared.database import create_engine, on_sqlite, transaction
from shared.errors import UsageError
from shared.settings import Settings
from shared.topics import StageName

SERVICES: Final[tuple[StageName, ...]] = ("fetcher", "parser", "normalizer", "store")
WITH_TABLES: Final[tuple[StageName, ...]] = ("fetcher", "store")
_OF_FETCHER: Final = repository.VERSION_TABLE.removesuffix("version")
_NAMES: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


def grant(
    prefix: Annotated[str, typer.Option(help="what the logins' names begin with")] = "gongkai_",
) -> None:
    """Let each service do under a login of its own, PREFIXfetcher …, what is its to do; PREFIXconsumer reads."""
    if not _NAMES.issuperset(prefix):
        raise UsageError(f"--prefix {prefix!r} is not of small letters, digits and underscores.")
    settings = Settings.read()
    logs.configure(settings)
    logins = {name: prefix + name for name in SERVICES}
    count = asyncio.run(grant_on_bus(settings.bus_url, logins, f"{prefix}consumer"))
    typer.echo(f"bus: {count} rights" if count else "bus: knows no logins")
    typer.echo(f"database: {asyncio.run(_grant_tables(settings.database_url, logins))}")


async def _grant_tables(url: str, logins: Mapping[StageName, str]) -> str:
    """Which logins have their rights now."""
    engine = create_engine(url)
    try:
        async with transaction(engine) as session:
            if on_sqlite(session):
                return "knows no logins"
            there = {str(name) for name in await _column(session, "SELECT rolname FROM pg_roles")}
            (schema,) = await _column(session, "SELECT quote_ident(current_schema())")
            tables = await _column(session, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
            found = [name for name in WITH_TABLES if logins[name] in there]
            for name in found:
                own = [table for table in tables if str(table).startswith(_OF_FETCHER) == (name == "fetcher")]
                for statement in _statements(logins[name], str(schema), own):
                    await _column(session, statement)
            return f"rights of {', '.join(logins[name] for name in found) or 'none: there are no such roles'}"
    finally:
        await engine.dispose()


def _statements(role: str, schema: str, own: Sequence[object]) -> Iterator[str]:
    """It changes its own tables; it reads all, as the store tells how the fetcher's portals are."""
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    for table in own:
        yield f'GRANT INSERT, UPDATE, DELETE ON {schema}."{table}" TO {role}'


async def _column(session: AsyncSession, statement: str) -> list[object]:
    answer = await (await session.connection()).execute(text(statement))
    return [row[0] for row in answer] if answer.returns_rows else []
