"""The first tables."""

import sqlalchemy as sa
from alembic import op

from services.store.search import CREATE, TABLE
from shared.database import Moment

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make revision, record, record_body, disclosure_file and the search table."""
    _revision()
    _record()
    op.create_table(
        "record_body",
        sa.Column("position", KEY, sa.ForeignKey("record.position"), primary_key=True),
        sa.Column("body", sa.String, nullable=False),
    )
    op.create_table(
        "disclosure_file",
        sa.Column("revision", KEY, sa.ForeignKey("revision.key"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String, nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("format", sa.String, nullable=False),
        sa.Column("url", sa.String),
        sa.Column("pages", sa.Integer),
    )
    for statement in CREATE[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Remove all of them."""
    for name in (TABLE, "disclosure_file", "record_body", "record", "revision"):
        op.drop_table(name)


def _revision() -> None:
    op.create_table(
        "revision",
        sa.Column("key", KEY, primary_key=True),
        sa.Column("disclosure_id", sa.String, nullable=False, index=True),
        sa.Column("revision_id", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("supersedes", sa.String),
        *(sa.Column(name, sa.String, nullable=False) for name in ("event_id", "document", "records", "version")),
        sa.Column("fetched_at", Moment, nullable=False),
        sa.Column("applied_at", Moment, nullable=False),
        sa.Column("standing", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.String) for name in ("portal", "title", "region_code", "region_name")),
        *(sa.Column(name, sa.String) for name in ("department", "department_code")),
        sa.Column("fiscal_year", sa.Integer),
        sa.Column("kind", sa.String),
        sa.Column("published_at", Moment),
        sa.Column("published_on", sa.Integer, nullable=False),
        sa.Column("source_url", sa.String),
        *(sa.Column(name, sa.String, nullable=False) for name in ("searched", "counts")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("errors", "warnings", "infos", "unread")),
        sa.UniqueConstraint("revision_id", "revision", "records", name="one_reading"),
    )
    standing = sa.text("standing")
    op.create_index(
        "one_standing",
        "revision",
        ["disclosure_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def _record() -> None:
    op.create_table(
        "record",
        sa.Column("position", KEY, primary_key=True),
        sa.Column("revision", KEY, sa.ForeignKey("revision.key"), nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("code", sa.String),
        sa.Column("amount", sa.BigInteger),
        *(
            sa.Column(name, sa.String)
            for name in ("table_name", "column_name", "check_name", "severity", "status")
        ),
        sa.UniqueConstraint("id", "revision", name="one_record"),
    )
    op.create_index("record_revision", "record", ["revision", "type", "position"])
    for name in ("code", "amount", "check_name"):
        filled = sa.text(f"{name} IS NOT NULL")
        columns = [name, "position"]
        op.create_index(f"record_{name}", "record", columns, sqlite_where=filled, postgresql_where=filled)
