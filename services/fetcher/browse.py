"""Reads a portal's lists, page by page, into rows; a page without rows is an outcome, not "no news"."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from services.fetcher.counts import Counts, Watch
from services.fetcher.http.revalidation import PollContext, Visits
from services.fetcher.portal import ListPage, Portal
from services.fetcher.sites.contract import Listing, Page, Request, Row
from services.fetcher.sites.json_catalogue import first_request
from services.fetcher.sites.links import canonical
from shared import ids
from shared.errors import (
    Challenged,
    Drifted,
    EmptyListing,
    Gone,
    GongkaiError,
    Incomplete,
    PermanentError,
    PortalError,
    PortalUnavailable,
)

MOST_HEADINGS: Final = 5
MOST_CATEGORIES: Final = 5000
GIVE_UP: Final = 3
TOLERATED: Final = 0.02
"""Share of a stated total that may be missing: portals count what they hide."""


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

    def add(self, row: Row, column: str | None) -> None:
        """Keep a row by the one spelling of its address; two titles at one spelling are two disclosures."""
        identity = ids.disclosure_id(canonical(row.url))
        known = self.found.get(identity)
        if known is not None and known.row.title != row.title and canonical(row.url) != row.url:
            identity = ids.disclosure_id(row.url)
        self.found.setdefault(identity, Found(identity, row, column))


async def browse(
    portal: Portal, visits: Visits, context: PollContext, whole: bool, counts: Counts, watch: Watch
) -> Browsed:
    """All rows of the portal's lists, or of their first pages; what one list lacks does not stop the next."""
    browsed = Browsed()
    for of in portal.lists:
        reading = _ListRead(portal, of, visits, context, counts, watch)
        try:
            await reading.read(portal.page_limit if whole else portal.usual_pages or portal.page_limit, whole)
        except (PortalError, PortalUnavailable, PermanentError) as error:
            browsed.error = browsed.error or error
            if isinstance(error, Challenged):
                break
        browsed.remarks += reading.remarks
        for row in reading.rows:
            browsed.add(replace(row, url=portal.home(row.url)), of.column)
    counts.listed = len(browsed.found)
    known = portal.expect.known_title
    titles = [each.row.title for each in browsed.found.values()]
    if known and whole and not browsed.error and not any(known in title for title in titles):
        browsed.error = Drifted(f"No row of {portal.name} has the known title {known!r}; its lists have moved.")
    return browsed


class _ListRead:
    """One list, from its first page on."""

    def __init__(
        self, portal: Portal, of: ListPage, visits: Visits, context: PollContext, counts: Counts, watch: Watch
    ) -> None:
        self._portal = portal
        self._of = of
        self._visits = visits
        self._reader = context.reader
        self._counts = counts
        self._watch = watch
        self.rows: list[Row] = []
        self._urls: set[str] = set()
        self.remarks: list[str] = []

    async def read(self, limit: int, whole: bool) -> None:
        """Read up to `limit` pages of the list, or of each of its categories and theirs.

        Those of former years only for a `whole` read. The rows before an error stay; a category's error leaves the
        others.
        """
        address = self._portal.address(self._of)
        service = self._portal.family == "json_catalogue" or self._of.post is not None
        first = first_request(address, self._of.post) if service else (Request(address),)
        waiting = deque(_categories(await self._pages(first, limit), whole))
        headed, seen = bool(waiting), {request.identity for request in waiting}
        error: GongkaiError | None = None
        away = 0
        while waiting and len(seen) <= MOST_CATEGORIES and away < GIVE_UP:
            try:
                found = await self._pages((waiting.popleft(),), limit)
                away = 0
            except EmptyListing:
                continue
            except (PortalError, PortalUnavailable, PermanentError) as failure:
                if isinstance(failure, Challenged):
                    raise
                error, away = error or failure, away + isinstance(failure, PortalUnavailable)
                continue
            further = [each for each in _categories(found, whole) if each.identity not in seen]
            seen |= {request.identity for request in further}
            waiting += further
        if error is not None:
            raise error
        if headed and not self.rows:
            raise EmptyListing(f"No category of {self._of.url} of {self._portal.name} has rows.")

    async def _pages(self, first: Sequence[Request], limit: int) -> Listing:
        """Read the pages from `first` on; the heading whose categories are to be read, as it leads to no rows."""
        following: Sequence[Request] = first
        heading = Listing(())
        pages, headings, start = 0, 0, len(self.rows)
        last, guessed = Listing(()), False
        while following and pages < limit:
            try:
                page, listing = await self._next(following, pages, last, start)
            except (PortalError, PortalUnavailable, PermanentError) as error:
                if guessed and not isinstance(error, Challenged):
                    following = ()
                    break
                if pages or not heading.categories or not isinstance(error, Drifted):
                    raise
                return heading
            if heading.categories and not pages and not listing.rows:
                return heading
            if pages and self._repeats(listing):
                if not guessed:
                    self.remarks.append(f"{page.url}: page {pages + 1} is the same as the one before.")
                following = ()
                break
            self.rows += listing.rows
            self._urls |= {row.url for row in listing.rows}
            if listing.heading and headings < MOST_HEADINGS:
                headings += 1
                heading, following = listing, listing.following
                if not following:
                    return heading
                continue
            pages += 1
            last = replace(listing, total=listing.total if listing.total is not None else last.total)
            following, guessed = (*listing.following, *listing.guesses), not listing.following
            self._counts.pages += 1
            self._watch(self._counts)
            self._check(page, listing, pages)
        if following and pages >= limit:
            if limit == self._portal.page_limit:
                self.remarks.append(f"The list {self._of.url} has more than {limit} pages (page_limit).")
        else:
            self._check_whole(last, pages, len(self.rows) - start)
        return Listing(())

    async def _next(
        self, ways: Sequence[Request], pages: int, before: Listing, start: int
    ) -> tuple[Page, Listing]:
        """The page behind the first of `ways` that is there, with rows that the pages before it had not."""
        last: tuple[Page, Listing] | None = None
        error: PortalUnavailable | PermanentError | Gone | None = None
        for request in ways:
            if not self._portal.owns(request.url):
                continue
            try:
                page = await self._visits.page(request, self._of, len(self.rows) - start)
                listing = await self._reader.listing(page, self._portal.family)
            except (PortalUnavailable, PermanentError, Gone) as failure:
                error = error or failure
                continue
            last = page, listing
            if listing.heading or any(row.url not in self._urls for row in listing.rows):
                break
        if last is not None and (last[1].rows or last[1].heading or error is None or isinstance(error, Gone)):
            return last
        if error is not None and not isinstance(error, Gone):
            raise error
        if pages and self._portal.family == "json_catalogue" and before.total is None:
            return Page(ways[0], ways[0].url, ""), Listing(())
        told = f" ({error})" if error is not None else ""
        raise Drifted(f"Page {pages + 1} of the list {self._of.url} of {self._portal.name} is not there{told}.")

    def _repeats(self, listing: Listing) -> bool:
        return bool(listing.rows) and all(row.url in self._urls for row in listing.rows)

    def _check(self, page: Page, listing: Listing, pages: int) -> None:
        """Raise Drifted or EmptyListing for a page that is not what the portal's file expects."""
        if not listing.recognised:
            raise Drifted(f"{page.url} bears no sign of the family {self._portal.family}, and has no rows.")
        if pages == 1 and not listing.rows and page.text.count("#/") > 1:
            raise Drifted(f"{page.url}: its rows lead to the page itself; a script shows them (needs_script).")
        least = self._portal.expect.items_per_page.min
        past_the_end = pages > 1 and not listing.following
        if len(listing.rows) < least and not past_the_end:
            raise EmptyListing(f"{page.url} has {len(listing.rows)} rows, at least {least} are expected.")

    def _check_whole(self, last: Listing, pages: int, listed: int) -> None:
        """Raise Incomplete where the list itself speaks of more than what was read."""
        name = f"The list {self._of.url}"
        if last.total is not None and listed < last.total:
            told = f"{name} says it has {last.total} rows, {listed} were found."
            if last.total - listed > max(1, TOLERATED * last.total):
                raise Incomplete(told)
            self.remarks.append(told)
        if last.pages is not None and pages < last.pages and last.total is None:
            raise Incomplete(f"{name} says it has {last.pages} pages, {pages} were read.")
        if (
            last.more
            and (last.total is None or listed < last.total)
            and (last.pages is None or pages < last.pages)
        ):
            raise Incomplete(f"{name} has further pages that were not reached: {last.more} (needs_script).")


def _categories(heading: Listing, whole: bool) -> tuple[Request, ...]:
    return (*heading.categories, *(heading.former if whole else ()))
