"""What every reader of list pages takes and gives."""

from dataclasses import dataclass
from datetime import datetime

from services.fetcher.client import Request


@dataclass(frozen=True)
class Page:
    """A list page as text; `url` is where it was found after redirects, `row` the portal file's selector.

    `before` is how many rows of the list the pages before this one gave.
    """

    request: Request
    url: str
    text: str
    row: str | None = None
    before: int = 0


@dataclass(frozen=True)
class Row:
    """One row of a list; `cut` says that the title ends in … and no whole one is on the page."""

    url: str
    title: str
    cut: bool = False
    published_at: datetime | None = None
    source: str | None = None
    column: str | None = None


@dataclass(frozen=True)
class Listing:
    """What a list page says. `following` holds the ways to try for the next page, in order; none: the last page.

    `recognised`: the page bears a sign of its family. `heading`: it lists nothing itself, it only leads to pages
    that do; `categories` are the lists to read where `following` leads nowhere. `total`: how many rows the portal
    says its list has.
    """

    rows: tuple[Row, ...]
    following: tuple[Request, ...] = ()
    total: int | None = None
    recognised: bool = True
    heading: bool = False
    categories: tuple[Request, ...] = ()
