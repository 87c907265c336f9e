"""The first tables."""

import sqlalchemy as sa
from alembic import op

from shared.database import Moment, Number

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make fetcher_portal, fetcher_address, fetcher_item, fetcher_revision and fetcher_outbox."""
    op.create_table(
        "fetcher_portal",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("counts", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        *(sa.Column(name, Moment) for name in ("finished_at", "success_at", "whole_at")),
    )
    op.create_table(
        "fetcher_address",
        sa.Column("key", sa.String, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("url", "sha256", "disposition", "found_at")),
        *(sa.Column(name, sa.String) for name in ("etag", "last_modified", "media_type")),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("whole_at", Moment, nullable=False),
    )
    _items()
    op.create_table(
        "fetcher_outbox",
        sa.Column("number", Number, primary_key=True),
        sa.Column("event_id", sa.String, nullable=False, unique=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("topic", "key", "headers")),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("published_at", Moment, index=True),
    )


def downgrade() -> None:
    """Drop them all."""
    for name in ("outbox", "revision", "item", "address", "portal"):
        op.drop_table(f"fetcher_{name}")


def _items() -> None:
    op.create_table(
        "fetcher_item",
        sa.Column("disclosure_id", sa.String, primary_key=True),
        sa.Column("portal", sa.String, nullable=False, index=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("url", "title", "state")),
        *(sa.Column(name, sa.String) for name in ("reason", "signature", "revision_id")),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        *(sa.Column(name, Moment, nullable=False) for name in ("first_seen_at", "checked_at")),
        sa.Column("changed_at", Moment),
    )
    op.create_table(
        "fetcher_revision",
        sa.Column("disclosure_id", sa.String, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("revision_id", "event_id")),
        sa.Column("fetched_at", Moment, nullable=False),
    )
