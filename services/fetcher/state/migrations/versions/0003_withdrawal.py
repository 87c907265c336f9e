"""Disclosures that leave their lists, files that are gone; list pages are kept no more."""

import sqlalchemy as sa
from alembic import op

from shared.database import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Count how often an item was missed and absent; remember since when a file is gone; forget list pages."""
    for name in ("missed", "absent"):
        op.add_column("fetcher_item", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.add_column("fetcher_address", sa.Column("gone_at", Moment))
    op.execute("DELETE FROM fetcher_address WHERE body IS NOT NULL")
    op.drop_column("fetcher_address", "body")


def downgrade() -> None:
    """Forget what was missed and gone; list pages are kept again from the next poll on."""
    op.add_column("fetcher_address", sa.Column("body", sa.LargeBinary))
    op.drop_column("fetcher_address", "gone_at")
    for name in ("missed", "absent"):
        op.drop_column("fetcher_item", name)
