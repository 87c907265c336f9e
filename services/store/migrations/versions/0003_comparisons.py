"""How many comparisons a reading's rules made, and which of its files were not read."""

import sqlalchemy as sa
from alembic import op

from shared.database import Number

revision = "0003"
down_revision = "0002"

_COMPARISONS = {
    "sqlite": "json_extract(body, '$.comparisons')",
    "postgresql": "(body::json ->> 'comparisons')::integer",
}
_COUNT = """
    UPDATE revision SET comparisons = coalesce((
        SELECT sum({comparisons}) FROM record JOIN record_body ON record_body.position = record.position
        WHERE record.revision = revision.key AND record.type = 'check'
            AND record.status IN ('pass', 'rounding', 'fail')
    ), 0)
"""


def upgrade() -> None:
    """Count the comparisons of the readings there are; their unread files stay told by findings alone."""
    op.add_column("revision", sa.Column("comparisons", sa.Integer, nullable=False, server_default="0"))
    op.execute(_COUNT.format(comparisons=_COMPARISONS[op.get_context().dialect.name]))
    op.create_table(
        "unread_file",
        sa.Column("revision", Number, sa.ForeignKey("revision.key"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
    )


def downgrade() -> None:
    """Take both back."""
    op.drop_table("unread_file")
    op.drop_column("revision", "comparisons")
