"""What polls asked, took and left; what each host was asked in a day; the day's canary."""

import sqlalchemy as sa
from alembic import op

from shared.database import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make fetcher_poll and fetcher_ledger; a portal says how its last canary went."""
    op.create_table(
        "fetcher_poll",
        sa.Column("portal", sa.String, primary_key=True),
        sa.Column("started_at", Moment, primary_key=True),
        sa.Column("finished_at", Moment, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("outcome", "counts", "log")),
        sa.Column("reason", sa.String),
    )
    op.create_table(
        "fetcher_ledger",
        *(sa.Column(name, sa.String, primary_key=True) for name in ("host", "day", "verdict")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("requests", "bytes")),
    )
    op.add_column("fetcher_portal", sa.Column("canary_at", Moment))
    op.add_column("fetcher_portal", sa.Column("canary", sa.String))


def downgrade() -> None:
    """Forget it all."""
    op.drop_column("fetcher_portal", "canary")
    op.drop_column("fetcher_portal", "canary_at")
    op.drop_table("fetcher_ledger")
    op.drop_table("fetcher_poll")
