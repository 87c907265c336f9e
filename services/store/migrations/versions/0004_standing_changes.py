"""The order in which readings came to stand, so that a program can follow what is new and what is gone."""

import sqlalchemy as sa
from alembic import op

from shared.database import Moment, Number

revision = "0004"
down_revision = "0003"

_STANDING = """
    INSERT INTO standing_change (writer, disclosure_id, reading, at)
    SELECT 0, disclosure_id, key, applied_at FROM revision WHERE standing ORDER BY key
"""


def upgrade() -> None:
    """Begin with what stands, in the order it was stored."""
    op.create_table(
        "standing_change",
        sa.Column("number", Number, primary_key=True, autoincrement=True),
        sa.Column("writer", sa.BigInteger, nullable=False),
        sa.Column("disclosure_id", sa.String, nullable=False),
        sa.Column("reading", Number, sa.ForeignKey("revision.key"), nullable=False),
        sa.Column("replaced", Number, sa.ForeignKey("revision.key")),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("standing_change_order", "standing_change", ["writer", "number"])
    op.execute(_STANDING)


def downgrade() -> None:
    """Forget the order."""
    op.drop_table("standing_change")
