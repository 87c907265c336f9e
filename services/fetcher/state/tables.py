"""The fetcher's tables: portals, addresses, items, revisions, the outbox, and the fetchers that share them."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import LargeBinary, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.database import Moment, Number


class FetcherTable(SQLModel, registry=registry()):
    """What the fetcher keeps, apart from the tables of other services in the same database."""

    metadata: ClassVar[MetaData] = MetaData()


class PortalState(FetcherTable, table=True):
    """A portal's last poll; `outcome` is `running` while one is under way."""

    __tablename__ = "fetcher_portal"

    name: str = Field(primary_key=True)
    outcome: str
    reason: str | None = None
    counts: str = Field(default="{}", description="JSON: what the last poll counted")
    failures: int = Field(default=0, description="polls without success, in a row")
    started_at: datetime = Field(sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    success_at: datetime | None = Field(default=None, sa_type=Moment)
    whole_at: datetime | None = Field(default=None, sa_type=Moment, description="last read of all list pages")
    changed_at: datetime | None = Field(default=None, sa_type=Moment, description="last poll that found something")
    asked: bool = Field(default=False, description="somebody wants it polled now")
    fetcher: str | None = Field(default=None, description="name of the fetcher of the last poll")
    canary_at: datetime | None = Field(default=None, sa_type=Moment)
    canary: str | None = Field(default=None, description="what was wrong with the last canary")


class PollRecord(FetcherTable, table=True):
    """One of a portal's last polls."""

    __tablename__ = "fetcher_poll"

    portal: str = Field(primary_key=True)
    started_at: datetime = Field(primary_key=True, sa_type=Moment)
    finished_at: datetime = Field(sa_type=Moment)
    outcome: str
    reason: str | None = None
    counts: str
    log: str = Field(description="JSON: its requests, the rows it took and left")


class LedgerRow(FetcherTable, table=True):
    """What a host was asked on a day, by what came of it."""

    __tablename__ = "fetcher_ledger"

    host: str = Field(primary_key=True)
    day: str = Field(primary_key=True, description="YYYY-MM-DD, in China")
    verdict: str = Field(primary_key=True)
    requests: int = Field(sa_type=Number)
    bytes: int = Field(sa_type=Number)


class AddressState(FetcherTable, table=True):
    """What an address last answered: the validators to ask with, and which bytes they stand for."""

    __tablename__ = "fetcher_address"

    portal: str = Field(primary_key=True)
    key: str = Field(primary_key=True, description="hash of method, address and form")
    url: str
    etag: str | None = None
    last_modified: str | None = None
    sha256: str
    size: int
    media_type: str | None = None
    disposition: str = ""
    found_at: str = Field(description="address after redirects")
    whole_at: datetime = Field(sa_type=Moment, description="last answer that was not a 304")
    gone_at: datetime | None = Field(default=None, sa_type=Moment, description="first answer that it is not there")
    read_as: str | None = Field(default=None, description="hash of what else the reading of these bytes went by")
    reading: str | None = Field(default=None, description="JSON: what the article at this address says")


class ItemState(FetcherTable, table=True):
    """A disclosure as known: its newest revision, and how the last try to look at it went."""

    __tablename__ = "fetcher_item"

    disclosure_id: str = Field(primary_key=True)
    portal: str = Field(index=True)
    url: str
    title: str
    state: str = Field(description="done, gone, failed, noise or withdrawn")
    reason: str | None = None
    attempts: int = Field(default=0, description="tries without success, in a row")
    signature: str | None = None
    revision: int = 0
    revision_id: str | None = None
    missed: int = Field(default=0, description="full reads of the lists in a row that did not show it")
    absent: int = Field(default=0, description="times in a row that it was off the lists and not there")
    first_seen_at: datetime = Field(sa_type=Moment)
    checked_at: datetime = Field(sa_type=Moment)
    changed_at: datetime | None = Field(default=None, sa_type=Moment)


class RevisionState(FetcherTable, table=True):
    """A revision that was published."""

    __tablename__ = "fetcher_revision"

    disclosure_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    revision_id: str
    event_id: str
    fetched_at: datetime = Field(sa_type=Moment)


class OutboxRow(FetcherTable, table=True):
    """A message committed together with what it tells of; published in the order of `number`."""

    __tablename__ = "fetcher_outbox"

    number: int | None = Field(default=None, primary_key=True, sa_type=Number)
    event_id: str = Field(unique=True)
    topic: str
    key: str
    value: bytes = Field(sa_type=LargeBinary)
    headers: str = Field(description="JSON")
    published_at: datetime | None = Field(default=None, sa_type=Moment, index=True)


class MemberState(FetcherTable, table=True):
    """A fetcher that lives: `beat` grows while it does. A number is never given twice."""

    __tablename__ = "fetcher_member"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: int | None = Field(default=None, primary_key=True, sa_type=Number)
    name: str
    process: str = Field(description="JSON: which process of which machine")
    beat: int = Field(default=0, sa_type=Number)


class HoldState(FetcherTable, table=True):
    """What one fetcher at a time works on; free while `holder` is null or no member."""

    __tablename__ = "fetcher_hold"

    name: str = Field(primary_key=True, description="a portal's, or the outbox's")
    holder: int | None = Field(default=None, sa_type=Number)
