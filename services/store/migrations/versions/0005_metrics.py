"""Facts are found by what their figure is called: 支出总计, 三公经费."""

import json

import sqlalchemy as sa
from alembic import op

from services.store.labels import label
from services.store.search import fold, pairs

revision = "0005"
down_revision = "0004"

_BATCH = 1_000
_FACTS = """
    SELECT record.position, body FROM record JOIN record_body ON record_body.position = record.position
    WHERE record.type = 'fact' AND record.position > :after ORDER BY record.position LIMIT :batch
"""
_KEEP = {
    "sqlite": "INSERT INTO record_text (rowid, text) VALUES (:position, :text)",
    "postgresql": "INSERT INTO record_text (position, text) VALUES (:position, :text)",
}
_FORGET = "DELETE FROM record_text WHERE position IN (SELECT position FROM record WHERE type = 'fact')"


def upgrade() -> None:
    """Make the facts there are findable."""
    connection, after = op.get_bind(), -1
    keep = sa.text(_KEEP[connection.dialect.name])
    while facts := connection.execute(sa.text(_FACTS), {"after": after, "batch": _BATCH}).all():
        connection.execute(keep, [{"position": place, "text": _text(body)} for place, body in facts])
        after = facts[-1][0]


def downgrade() -> None:
    """Forget them where that can be done: an index without its texts keeps them, and they are found once more."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FORGET)


def _text(body: str) -> str:
    fact = json.loads(body)
    return pairs(map(fold, filter(None, (label("zh", "metric", fact["metric"]), fact.get("scope")))))
