"""Readings are found by what their disclosure is: title, region, department, year and kind, by an index."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.store.labels import label
from services.store.search import CREATE_READINGS, READINGS, fold, pairs

revision = "0006"
down_revision = "0005"

_BATCH = 1_000
_Row = Sequence[Any]
_READINGS = """
    SELECT key, title, region_name, department, fiscal_year, kind FROM revision
    WHERE key > :after ORDER BY key LIMIT :batch
"""
_KEEP = "UPDATE revision SET searched = :searched WHERE key = :key"
_REMOVE = {
    "sqlite": (f"DROP TRIGGER {READINGS}_kept", f"DROP TABLE {READINGS}"),
    "postgresql": (f"DROP INDEX IF EXISTS {READINGS}",),
}


def upgrade() -> None:
    """Write the texts of the readings there are anew, then index them."""
    _rewrite(_pairs)
    for statement in CREATE_READINGS[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take both back."""
    for statement in _REMOVE[op.get_context().dialect.name]:
        op.execute(statement)
    _rewrite(_folded)


def _rewrite(text_of: Callable[[_Row], str]) -> None:
    connection, after, keep = op.get_bind(), 0, sa.text(_KEEP)
    while rows := connection.execute(sa.text(_READINGS), {"after": after, "batch": _BATCH}).all():
        connection.execute(keep, [{"key": row[0], "searched": text_of(row)} for row in rows])
        after = rows[-1][0]


def _folded(row: _Row) -> str:
    return " ".join(fold(text) for text in row[1:4] if text)


def _pairs(row: _Row) -> str:
    _, title, region, department, year, kind = row
    dated = (f"{year}年度" if year else None, label("zh", "kind", kind))
    return pairs(map(fold, filter(None, (title, region, department, *dated))))
