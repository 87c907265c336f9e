"""PostgreSQL orders text by its code points and searches it by pairs of characters, as SQLite does."""

from alembic import op

from services.store.search import INDEX

revision = "0002"
down_revision = "0001"

_ORDERED = (
    ("revision", "portal"),
    ("revision", "region_code"),
    ("revision", "region_name"),
    ("revision", "department"),
    ("record", "code"),
)
_TO_PAIRS = """
    UPDATE record_text SET text = (
        SELECT string_agg(' ' || substr(part, place, 2), '' ORDER BY number, place)
        FROM string_to_table(text, ' ') WITH ORDINALITY AS parts (part, number),
            generate_series(1, length(part)) AS place
    )
"""
_FROM_PAIRS = """
    UPDATE record_text SET text = (
        SELECT rtrim(string_agg(rpad(left(pair, 1), 3 - length(pair)), '' ORDER BY number))
        FROM string_to_table(ltrim(text), ' ') WITH ORDINALITY AS pairs (pair, number)
    )
"""


def upgrade() -> None:
    """Give the columns that are sorted the order, and the search table the pairs."""
    _order('"C"')
    _rewrite(_TO_PAIRS)


def downgrade() -> None:
    """Take both back."""
    _order("pg_catalog.default")
    _rewrite(_FROM_PAIRS)


def _order(collation: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        for table, column in _ORDERED:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE VARCHAR COLLATE {collation}")


def _rewrite(statement: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        for each in ("DROP INDEX IF EXISTS record_text_part", statement, INDEX):
            op.execute(each)
