"""The tables: readings of revisions and their records, written once and never changed; one reading stands.

A `Revision` is one reading of one revision of a disclosure (a newer gongkai may read it again); `standing` marks
the one that holds now, and is all that ever changes. A `Record` carries what queries filter on and stays narrow,
so that a million of them can be walked in a moment; its JSON as published lies beside it in `RecordBody`, its
searchable text in what search.py makes. Money is counted in 分 (1/100 yuan) as a 64-bit integer: exact,
ordered, and the same on SQLite, which has no decimal type, and on PostgreSQL.
"""

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy import (
    BigInteger,
    Index,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.database import CodePoints, Moment, Number
from shared.schemas.events import Rank, rank

MIGRATIONS: Final = Path(__file__).with_name("migrations")
VERSION_TABLE: Final = "store_version"
MOST_RECORDS: Final = 1_000_000
"""More records no reading may have: the position of a record is its reading's key × this + its number."""

LARGEST: Final = 2**63 - 1
_CENT: Final = Decimal("0.01")


def to_cents(amount: Decimal | None) -> int | None:
    """Yuan as 分; None where there is no amount, or one no budget could hold."""
    if amount is None or not amount.is_finite() or abs(amount) > LARGEST // 100:
        return None
    return int(amount.quantize(_CENT, ROUND_HALF_EVEN).scaleb(2))


class StoreTable(SQLModel, registry=registry()):
    """What the store keeps, apart from the tables of other services in the same database."""

    metadata: ClassVar[MetaData] = MetaData()


class Revision(StoreTable, table=True):
    """One reading of one revision: where it came from, what it is, and what it holds."""

    __table_args__ = (
        UniqueConstraint("revision_id", "revision", "records", name="one_reading"),
        Index(
            "one_standing",
            "disclosure_id",
            unique=True,
            sqlite_where=text("standing"),
            postgresql_where=text("standing"),
        ),
    )

    key: int | None = Field(default=None, primary_key=True, sa_type=Number)
    disclosure_id: str = Field(index=True)
    revision_id: str
    revision: int
    supersedes: str | None
    event_id: str
    document: str = Field(description="archive key of the parsed document")
    records: str = Field(description="archive key of the records")
    version: str = Field(description="the gongkai version that read it")
    fetched_at: datetime = Field(sa_type=Moment)
    applied_at: datetime = Field(sa_type=Moment)
    standing: bool = False
    portal: str | None = Field(sa_type=CodePoints)
    title: str | None
    region_code: str | None = Field(sa_type=CodePoints)
    region_name: str | None = Field(sa_type=CodePoints)
    department: str | None = Field(sa_type=CodePoints)
    department_code: str | None
    fiscal_year: int | None
    kind: str | None
    published_at: datetime | None = Field(sa_type=Moment)
    published_on: int = Field(description="the day in China as 20240131; 0 where it is not known")
    source_url: str | None
    searched: str = Field(description="title, region, department, year and kind as search.py's pairs")
    counts: str = Field(description="JSON: record type → how many")
    errors: int
    warnings: int
    infos: int
    unread: int = Field(description="findings on what the program could not read; in none of the three above")
    comparisons: int = Field(
        sa_column_kwargs={"server_default": "0"},
        description="equalities its evaluated rules tried; 0: nothing could be checked",
    )

    @property
    def rank(self) -> Rank:
        """Its place among the readings of its disclosure."""
        return rank(self.revision, self.fetched_at, self.version)


class StandingChange(StoreTable, table=True):
    """That a reading came to stand in place of another; they are followed in the order of `writer`, then `number`.

    `writer` is the PostgreSQL transaction that wrote it, 0 on SQLite: numbers alone become visible out of order.
    """

    __tablename__ = "standing_change"
    __table_args__ = (Index("standing_change_order", "writer", "number"),)

    number: int | None = Field(default=None, primary_key=True, sa_type=Number)
    writer: int = Field(sa_type=BigInteger)
    disclosure_id: str
    reading: int = Field(foreign_key="revision.key", sa_type=Number)
    replaced: int | None = Field(foreign_key="revision.key", sa_type=Number)
    at: datetime = Field(sa_type=Moment)


def _where_filled(name: str) -> Index:
    """An index of `record` on a column most records leave empty."""
    filled = text(f"{name} IS NOT NULL")
    return Index(f"record_{name}", name, "position", sqlite_where=filled, postgresql_where=filled)


class Record(StoreTable, table=True):
    """What queries filter on; in the order of `position`, readings and their records stand as they came."""

    __table_args__ = (
        UniqueConstraint("id", "revision", name="one_record"),
        Index("record_revision", "revision", "type", "position"),
        _where_filled("code"),
        _where_filled("amount"),
        _where_filled("check_name"),
    )

    position: int = Field(primary_key=True, sa_type=Number)
    revision: int = Field(foreign_key="revision.key", sa_type=Number)
    id: str
    type: str
    code: str | None = Field(sa_type=CodePoints, description="as much of it as a filter takes")
    amount: int | None = Field(sa_type=BigInteger, description="分; the main amount of its type")
    table_name: str | None
    column_name: str | None
    check_name: str | None
    severity: str | None
    status: str | None


class RecordBody(StoreTable, table=True):
    """A record's JSON, as published."""

    __tablename__ = "record_body"

    position: int = Field(primary_key=True, foreign_key="record.position", sa_type=Number)
    body: str


RECORD: Final = StoreTable.metadata.tables["record"]
RECORD_BODY: Final = StoreTable.metadata.tables["record_body"]


class DisclosureFile(StoreTable, table=True):
    """A published file of a reading."""

    __tablename__ = "disclosure_file"

    revision: int = Field(primary_key=True, foreign_key="revision.key", sa_type=Number)
    number: int = Field(primary_key=True, description="0-based, in published order")
    sha256: str = Field(index=True)
    name: str
    format: str
    url: str | None
    pages: int | None


class UnreadFile(StoreTable, table=True):
    """A published file of a reading, or a part of one, that no reader took."""

    __tablename__ = "unread_file"

    revision: int = Field(primary_key=True, foreign_key="revision.key", sa_type=Number)
    number: int = Field(primary_key=True, description="0-based, in the document's order")
    name: str
    cause: str
