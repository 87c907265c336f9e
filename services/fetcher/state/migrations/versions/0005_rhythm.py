"""A portal's rhythm: when a poll last found something."""

import sqlalchemy as sa
from alembic import op

from shared.database import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Remember of each portal when it last published; from its disclosures, where it has some."""
    op.add_column("fetcher_portal", sa.Column("changed_at", Moment))
    op.execute(
        "UPDATE fetcher_portal SET changed_at = (SELECT max(changed_at) FROM fetcher_item"
        " WHERE fetcher_item.portal = fetcher_portal.name)"
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_column("fetcher_portal", "changed_at")
