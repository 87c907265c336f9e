"""Fixtures that give new databases: SQLite in a folder, PostgreSQL as the copy of a template migrated once."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from shared.database import upgrade
from tests.servers.postgres import PostgresServer, running_postgres

DIALECTS: Final = ("sqlite", "postgresql")
Migrations = tuple[Path, str]
"""A folder of migrations and the table that says how far they are."""
NewDatabase = Callable[..., str]
"""(dialect, *migrations) → the URL of a new database, brought up to date."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run; a test that stops it starts it again."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def template_of(postgres: PostgresServer) -> Callable[[tuple[Migrations, ...]], str]:
    """Migrations → the database they made, for copies; made when first asked for."""
    made: dict[tuple[Migrations, ...], str] = {}

    def template(migrations: tuple[Migrations, ...]) -> str:
        if migrations not in made:
            name = postgres.create()
            _upgrade(postgres.url(name), migrations)
            made[migrations] = name
        return made[migrations]

    return template


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Makes databases that go after the test; starts PostgreSQL only when asked for one there."""
    with ExitStack() as stack:

        def make(dialect: str, *migrations: Migrations) -> str:
            if dialect == "sqlite":
                url = f"sqlite+aiosqlite:///{tmp_path / 'gongkai.db'}"
                _upgrade(url, migrations)
                return url
            server: PostgresServer = request.getfixturevalue("postgres")
            name = server.create(request.getfixturevalue("template_of")(migrations))
            stack.callback(server.drop, name)
            return server.url(name)

        yield make


def _upgrade(url: str, migrations: tuple[Migrations, ...]) -> None:
    for folder, version_table in migrations:
        asyncio.run(upgrade(url, folder, version_table))
