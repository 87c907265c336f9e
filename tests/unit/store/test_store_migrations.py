"""The migrations make the tables the store works with, keep what is stored, and can be taken back."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.filters import RecordFilter
from services.store.queries.records import page_of_records
from services.store.search import READINGS, TABLE
from services.store.settings import StoreSettings
from services.store.tables import MIGRATIONS, VERSION_TABLE, StoreTable
from shared.database import downgrade, reading, upgrade
from tests.unit.store.store_samples import Keep, Sample, budget_line, finding


def _ours(_object: Any, name: str | None, *_: object) -> bool:
    return not str(name).startswith((TABLE, READINGS, VERSION_TABLE))


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"include_object": _ours, "compare_server_default": True}
    )
    differences: list[Any] = compare_metadata(context, StoreTable.metadata)
    return differences


async def differences(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return await connection.run_sync(_differences)


async def found(engine: AsyncEngine, words: str) -> list[str]:
    """The types of the records that have `words`."""
    async with reading(engine) as session:
        page = await page_of_records(session, RecordFilter(q=words))
    return [hit.record.type for hit in page.items]


async def test_the_migrated_database_is_what_the_tables_say(engine: AsyncEngine) -> None:
    assert await differences(engine) == []


async def test_a_database_that_is_up_to_date_stays_as_it_is(
    settings: StoreSettings, engine: AsyncEngine, keep: Keep
) -> None:
    await keep(Sample())
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    assert await differences(engine) == []
    assert await found(engine, "水利局") == ["disclosure"]


async def test_all_is_taken_back_and_made_again(settings: StoreSettings, engine: AsyncEngine, keep: Keep) -> None:
    await keep(Sample())
    await downgrade(settings.database_url, MIGRATIONS, VERSION_TABLE, "base")
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda opened: inspect(opened).get_table_names()) == [VERSION_TABLE]
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    assert await differences(engine) == []
    assert await found(engine, "水利局") == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_the_first_version_stored_is_found_after_the_upgrade_and_after_the_way_back(
    settings: StoreSettings, engine: AsyncEngine, keep: Keep
) -> None:
    await keep(Sample(lines=[budget_line("农林水支出", "1.00"), finding("收支不符。")]))
    await downgrade(settings.database_url, MIGRATIONS, VERSION_TABLE, "0001")
    old = text(f"SELECT text FROM {TABLE} ORDER BY position")
    async with engine.connect() as connection:
        plain = (await connection.execute(old)).scalars().all()
    assert plain == ["样县水利局2024年部门预算 河北省样市样县 样县水利局", "农林水支出", "收支不符"]
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    assert await found(engine, "水支") == ["budget_line"]
    assert await found(engine, "样市样县 收支") == ["finding"]
    assert await found(engine, "算河") == []
    assert await found(engine, "符") == ["finding"]
    assert await differences(engine) == []


async def test_the_comparisons_of_readings_stored_before_are_counted(
    settings: StoreSettings, engine: AsyncEngine, keep: Keep
) -> None:
    counted = [("pass", 40), ("rounding", 2), ("fail", 1), ("insufficient_data", 5), ("error", 9)]
    lines = [{"record": "check", "check": "x", "status": name, "comparisons": many} for name, many in counted]
    await keep(Sample(lines=lines), Sample(url="http://x.example/bare"))
    await downgrade(settings.database_url, MIGRATIONS, VERSION_TABLE, "0002")
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT comparisons FROM revision ORDER BY key"))
    assert found.scalars().all() == [43, 0]
    assert await differences(engine) == []


async def test_the_readings_stored_before_are_found_by_what_their_disclosure_is(
    settings: StoreSettings, engine: AsyncEngine, keep: Keep
) -> None:
    await keep(Sample(lines=[budget_line("农林水支出", "1.00")]))
    await downgrade(settings.database_url, MIGRATIONS, VERSION_TABLE, "0005")
    async with engine.connect() as connection:
        (searched,) = (await connection.execute(text("SELECT searched FROM revision"))).scalars()
    assert searched == "样县水利局2024年部门预算 河北省样市样县 样县水利局"
    await upgrade(settings.database_url, MIGRATIONS, VERSION_TABLE)
    assert await found(engine, "水利局 2024 农林") == ["budget_line"]
    await keep(Sample(url="http://x.example/2", year=2025, lines=[budget_line("农林水支出", "1.00")]))
    assert await found(engine, "水利局 2025 农林") == ["budget_line"]
    assert await differences(engine) == []
