"""The migrations make the tables the store works with."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.search import TABLE
from services.store.settings import StoreSettings
from services.store.tables import MIGRATIONS, StoreTable
from shared.database import upgrade


def _ours(_object: Any, name: str | None, *_: object) -> bool:
    return not str(name).startswith((TABLE, "store_version"))


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"include_object": _ours})
    differences: list[Any] = compare_metadata(context, StoreTable.metadata)
    return differences


async def test_the_migrated_database_is_what_the_tables_say(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_a_database_that_is_up_to_date_stays_as_it_is(settings: StoreSettings, engine: AsyncEngine) -> None:
    await upgrade(settings.database_url, MIGRATIONS, "store_version")
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
