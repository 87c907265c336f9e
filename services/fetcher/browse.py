"""Reads a portal's lists, page by page, into rows; a page without rows is an outcome, not "no news"."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from services.fetcher.client import Request
from services.fetcher.counts import Counts, Watch
from services.fetcher.listing import READERS
from services.fetcher.listing.page import Listing, Page, Row
from services.fetcher.portal import ListPage, Portal
from services.fetcher.visits import Visits
from shared import ids
from shared.errors import (
    Challenged,
    Corrupt,
    Drifted,
    EmptyListing,
    Gone,
    GongkaiError,
    PortalError,
    PortalUnavailable,
    TooLarge,
)


@dataclass(frozen=True)
class Found:
    """A row of a list of `column`, with the id its disclosure has or would have."""

    id: str
    row: Row
    column: str | None


@dataclass
class Browsed:
    """What the lists gave, each address once, and what went wrong first."""

    found: dict[str, Found] = field(default_factory=dict)
    error: GongkaiError | None = None
    remarks: list[str] = field(default_factory=list)


async def browse(portal: Portal, visits: Visits, whole: bool, counts: Counts, watch: Watch) -> Browsed:
    """All rows of the portal's lists, or of their first pages; what one list lacks does not stop the next."""
    browsed = Browsed()
    for of in portal.lists:
        reading = _Reading(portal, of, visits, counts, watch)
        try:
            await reading.read(portal.page_limit if whole else portal.usual_pages or portal.page_limit)
        except (PortalError, PortalUnavailable, Corrupt, TooLarge) as error:
            browsed.error = browsed.error or error
            if isinstance(error, Challenged):
                break
        browsed.remarks += reading.remarks
        for row in reading.rows:
            url = portal.home(row.url)
            identity = ids.disclosure_id(url)
            browsed.found.setdefault(identity, Found(identity, replace(row, url=url), of.column))
    counts.listed = len(browsed.found)
    known = portal.expect.known_title
    if (
        known
        and whole
        and not browsed.error
        and not any(known in each.row.title for each in browsed.found.values())
    ):
        browsed.error = Drifted(f"No row of {portal.name} has the known title {known!r}; its lists have moved.")
    return browsed


class _Reading:
    """One list, from its first page on."""

    def __init__(self, portal: Portal, of: ListPage, visits: Visits, counts: Counts, watch: Watch) -> None:
        self._portal = portal
        self._of = of
        self._visits = visits
        self._counts = counts
        self._watch = watch
        self._read = READERS[portal.family]
        self.rows: list[Row] = []
        self.remarks: list[str] = []

    async def read(self, limit: int) -> None:
        """Read up to `limit` pages of the list, or of each of its categories; the rows before an error stay."""
        categories = await self._pages(Request(self._portal.address(self._of)), limit)
        for category in categories:
            with suppress(EmptyListing):
                await self._pages(category, limit)
        if categories and not self.rows:
            raise EmptyListing(f"No category of {self._of.url} of {self._portal.name} has rows.")

    async def _pages(self, first: Request, limit: int) -> tuple[Request, ...]:
        """Read the pages from `first` on; the categories to read where a heading leads to no rows."""
        following: Sequence[Request] = (first,)
        categories: tuple[Request, ...] = ()
        asked: set[object] = set()
        pages, total, start = 0, None, len(self.rows)
        while following and pages < limit:
            try:
                page, listing = await self._next(following, pages, total, len(self.rows) - start)
            except Drifted:
                if pages or not categories:
                    raise
                return categories
            if categories and not pages and not listing.rows:
                return categories
            key = page.request.url, page.request.form
            if key in asked or self._repeats(listing):
                self._remark(f"page {pages + 1} is the same as the one before", page)
                break
            asked.add(key)
            self.rows += listing.rows
            total = listing.total if listing.total is not None else total
            following = listing.following
            if listing.heading:
                categories = listing.categories
                continue
            pages += 1
            self._counts.pages += 1
            self._watch(self._counts)
            self._check(page, listing, pages)
        if following and pages >= limit and limit == self._portal.page_limit:
            self.remarks.append(f"The list {self._of.url} has more than {limit} pages (page_limit).")
        count = len({row.url for row in self.rows[start:]})
        if not following and total is not None and count < total:
            self.remarks.append(f"The list {self._of.url} says it has {total} rows, {count} were found.")
        return ()

    async def _next(
        self, ways: Sequence[Request], pages: int, total: int | None, before: int
    ) -> tuple[Page, Listing]:
        """The page behind the first of `ways` that is there, and neither empty nor the page before again."""
        last: tuple[Page, Listing] | None = None
        error: PortalUnavailable | Corrupt | None = None
        for request in ways:
            if not self._portal.owns(request.url):
                continue
            try:
                page = await self._visits.page(request, self._of, before)
            except Gone:
                continue
            except (PortalUnavailable, Corrupt) as failure:
                error = error or failure
                continue
            last = page, self._read(page)
            if last[1].heading or (last[1].rows and not self._repeats(last[1])):
                break
        if error is not None and (last is None or not last[1].rows):
            raise error
        if last is None:
            if pages and self._portal.family == "json_catalogue" and total is None:
                return Page(ways[0], ways[0].url, ""), Listing(())
            raise Drifted(f"Page {pages + 1} of the list {self._of.url} of {self._portal.name} is not there.")
        return last

    def _repeats(self, listing: Listing) -> bool:
        return bool(listing.rows) and listing.rows == tuple(self.rows[-len(listing.rows) :])

    def _check(self, page: Page, listing: Listing, pages: int) -> None:
        """Raise Drifted or EmptyListing for a page that is not what the portal's file expects."""
        if not listing.recognised:
            raise Drifted(f"{page.url} bears no sign of the family {self._portal.family}, and has no rows.")
        least = self._portal.expect.items_per_page.min
        past_the_end = pages > 1 and not listing.following
        if len(listing.rows) < least and not past_the_end:
            raise EmptyListing(f"{page.url} has {len(listing.rows)} rows, at least {least} are expected.")

    def _remark(self, text: str, page: Page) -> None:
        self.remarks.append(f"{page.url}: {text}.")
