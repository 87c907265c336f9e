"""Several fetchers: who lives, who holds what, which portals are asked for."""

import sqlalchemy as sa
from alembic import op

from shared.database import Number

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make fetcher_member and fetcher_hold; a portal says who polled it last and whether it is asked for."""
    op.add_column("fetcher_portal", sa.Column("asked", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("fetcher_portal", sa.Column("fetcher", sa.String))
    op.create_table(
        "fetcher_member",
        sa.Column("number", Number, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("name", "process")),
        sa.Column("beat", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fetcher_hold",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("holder", sa.BigInteger),
    )


def downgrade() -> None:
    """Forget who lives and holds; polls under way are then nobody's."""
    op.drop_table("fetcher_hold")
    op.drop_table("fetcher_member")
    op.drop_column("fetcher_portal", "fetcher")
    op.drop_column("fetcher_portal", "asked")
