"""Addresses belong to portals, so that a poll reads all of its own at once, and keep what their bytes said."""

from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

from shared.database import Moment

revision = "0004"
down_revision = "0003"


def _address(*first: sa.Column[Any]) -> tuple[sa.Column[Any], ...]:
    return (
        *first,
        sa.Column("key", sa.String, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("url", "sha256", "disposition", "found_at")),
        *(sa.Column(name, sa.String) for name in ("etag", "last_modified", "media_type")),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("whole_at", Moment, nullable=False),
        sa.Column("gone_at", Moment),
    )


def upgrade() -> None:
    """Give each address to the portals that have disclosures on its host; what is nobody's is asked for anew."""
    op.rename_table("fetcher_address", "fetcher_address_before")
    readings = (sa.Column("read_as", sa.String), sa.Column("reading", sa.String))
    table = op.create_table(
        "fetcher_address", *_address(sa.Column("portal", sa.String, primary_key=True)), *readings
    )
    connection = op.get_bind()
    portals: dict[str, set[str]] = {}
    for portal, url in connection.execute(sa.text("SELECT portal, url FROM fetcher_item")):
        portals.setdefault(urlsplit(url).netloc.lower(), set()).add(portal)
    before = sa.table("fetcher_address_before", *(sa.column(each.name, each.type) for each in _address()))
    rows = [
        {**row, "portal": portal}
        for row in connection.execute(sa.select(before)).mappings()
        for portal in portals.get(urlsplit(row["url"]).netloc.lower(), ())
    ]
    if rows:
        connection.execute(table.insert(), rows)
    op.drop_table("fetcher_address_before")


def downgrade() -> None:
    """An address is everybody's again; of several portals' one stays."""
    op.rename_table("fetcher_address", "fetcher_address_after")
    table = op.create_table("fetcher_address", *_address())
    connection = op.get_bind()
    after = sa.table("fetcher_address_after", *(sa.column(each.name, each.type) for each in _address()))
    rows = {row["key"]: dict(row) for row in connection.execute(sa.select(after)).mappings()}
    if rows:
        connection.execute(table.insert(), list(rows.values()))
    op.drop_table("fetcher_address_after")
