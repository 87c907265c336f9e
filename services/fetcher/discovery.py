"""From any page of a portal to its file: the site's family, the columns that publish, whose portal it is."""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from services.fetcher.http.client import open_client
from services.fetcher.http.revalidation import PollContext, Visits
from services.fetcher.portal import Family, ListPage, Portal, TitleRules
from services.fetcher.relevance import relevance
from services.fetcher.sites import FAMILIES
from services.fetcher.sites.contract import Listing, Page, Request, Row
from services.fetcher.sites.links import address_of, short_text
from shared.errors import GongkaiError

MOST_PAGES: Final = 30
DEEPEST: Final = 3
MOST_LISTS: Final = 5
MOST_FURTHER: Final = 5
"""Further pages of a list that are looked at where no list shows a disclosure on its first."""
SHOWN_ROWS: Final = 5
MOST_BEHIND: Final = 12
USUAL_PAGES: Final = 5
"""Pages of a folder that an ordinary poll of a platform reads; it leaves former years to the full one."""
UNKNOWN_REGION: Final = "000000"
_ORDER: Final[tuple[Family, ...]] = ("feed", "jcms", "json_catalogue", "vsb", "trs_wcm")
_COLUMN: Final = re.compile(r"预算|决算|财政|公示|公告|信息公开|政务公开|公开目录|资金|通知|信息")
_BEST: Final = re.compile(r"预算|决算")
_PLACE: Final = re.compile(
    r"([\u4e00-\u9fff]{2,20}?(?:自治县|自治旗|县|区|市|旗|州|盟))(?=人民政府|管理委员会|财政局|政府)"
)
_CODE: Final = re.compile(r"(?:SiteIDCode|网站标识码)\D{0,40}(\d{6})\d{4}", re.IGNORECASE)

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Column:
    """A list that publishes disclosures: what it would give, and the titles it would leave."""

    url: str
    name: str
    family: Family
    taken: tuple[Row, ...]
    left: tuple[Row, ...]
    more: bool


@dataclass
class Proposal:
    """A portal file as it may be, with what it would take; `region_code` is what the site says of itself."""

    base_url: str
    region_name: str | None = None
    region_code: str | None = None
    columns: list[Column] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def family(self) -> Family:
        """The family of most of its columns."""
        families = [column.family for column in self.columns]
        return max(families, key=families.count, default="static_html")


def family_of(page: Page) -> Family:
    """The family whose signs a page bears."""
    return next((name for name in _ORDER if FAMILIES[name].signs.search(page.text)), "static_html")


async def propose(url: str, context: PollContext, allow_private: tuple[str, ...], tell: Tell) -> Proposal:
    """Look around from `url`, at most MOST_PAGES pages, and propose a portal; `tell` hears of each page.

    Raises what the client raises when the first page cannot be read.
    """
    parts = urlsplit(url)
    portal = Portal(
        name="new",
        region_code=UNKNOWN_REGION,
        region_name="不明",
        family="static_html",
        base_url=f"{parts.scheme}://{parts.netloc}",
        lists=(ListPage(url=url),),
        allow_private=allow_private,
        pace_seconds=0 if allow_private else 1,
    )
    async with open_client(portal, context.settings, context.pace, context.resolve) as client:
        return await _Search(portal, Visits(portal, client, context), context, tell).run(url)


class _Search:
    """Walks from page to page, those that speak of budgets first."""

    def __init__(self, portal: Portal, visits: Visits, context: PollContext, tell: Tell) -> None:
        self._portal = portal
        self._visits = visits
        self._reader = context.reader
        self._tell = tell
        self._proposal = Proposal(portal.base_url)
        self._unread: list[tuple[Page, str, Family, Listing]] = []

    async def run(self, url: str) -> Proposal:
        waiting: deque[tuple[str, str, int]] = deque([(url, "", 0)])
        seen = {url}
        for number in range(MOST_PAGES):
            if not waiting:
                break
            address, name, depth = waiting.popleft()
            self._tell(f"{number + 1} pages, {len(self._proposal.columns)} columns, {name or address}")
            try:
                page = await self._visits.page(Request(address), self._portal.lists[0], 0)
            except GongkaiError as error:
                if number == 0:
                    raise
                self._proposal.remarks.append(str(error))
                continue
            self._name(page.text)
            await self._read(page, name)
            if depth < DEEPEST:
                for link, text in _columns(page):
                    if link not in seen and self._portal.owns(link):
                        seen.add(link)
                        step = waiting.appendleft if _BEST.search(text) else waiting.append
                        step((link, text, depth + 1))
        for page, name, family, listing in [] if self._proposal.columns else self._unread[:MOST_LISTS]:
            self._propose(page, name, family, await self._further(listing, family))
        self._proposal.columns = _best(self._proposal.columns, url)
        return self._proposal

    async def _further(self, listing: Listing, family: Family) -> Listing:
        """The rows of the pages after that of `listing`, as far as the first that are taken."""
        rows, last = listing.rows, listing
        for _ in range(MOST_FURTHER):
            if not last.following or any(relevance(row, None, TitleRules()) for row in rows):
                break
            try:
                page = await self._visits.page(last.following[-1], self._portal.lists[0], 0)
                last = await self._reader.listing(page, family)
            except GongkaiError as error:
                self._proposal.remarks.append(str(error))
                break
            rows += last.rows
        return replace(listing, rows=rows)

    async def _read(self, page: Page, name: str) -> None:
        family = family_of(page)
        try:
            listing = await self._reader.listing(page, family)
            if listing.heading and (listing.following or listing.categories):
                family = "platform" if any(each.folder for each in listing.categories) else family
                listing = await self._behind(listing, family)
        except GongkaiError as error:
            self._proposal.remarks.append(str(error))
            return
        self._propose(page, name, family, listing)

    def _propose(self, page: Page, name: str, family: Family, listing: Listing) -> None:
        rules = TitleRules()
        taken = tuple(row for row in listing.rows if relevance(row, name or None, rules))
        if taken and len(listing.rows) > 1:
            left = tuple(row for row in listing.rows if row not in taken)
            more = bool(listing.following or listing.guesses)
            self._proposal.columns.append(Column(page.url, name, family, taken, left, more))
        elif len(listing.rows) > SHOWN_ROWS and listing.following:
            self._unread.append((page, name, family, listing))

    async def _behind(self, heading: Listing, family: Family) -> Listing:
        """The rows behind the first pages that `heading` leads to, and that those lead to."""
        waiting = deque((*heading.following, *heading.categories[:SHOWN_ROWS]))
        rows: tuple[Row, ...] = ()
        for _ in range(MOST_BEHIND):
            if not waiting or len(rows) > SHOWN_ROWS:
                break
            page = await self._visits.page(waiting.popleft(), self._portal.lists[0], 0)
            listing = await self._reader.listing(page, family)
            if listing.rows and not listing.heading and not page.request.folder:
                return listing
            rows += listing.rows
            waiting.extendleft(reversed(listing.categories[:SHOWN_ROWS]))
        return replace(heading, rows=rows)

    def _name(self, text: str) -> None:
        found, code = _PLACE.search(text), _CODE.search(text)
        self._proposal.region_name = self._proposal.region_name or (found[1] if found else None)
        self._proposal.region_code = self._proposal.region_code or (code[1] if code else None)


def _best(columns: list[Column], start: str) -> list[Column]:
    """The columns that give most, each something of its own; a page that shows a little of all comes last."""
    chosen: list[Column] = []
    known: set[str] = set()
    for column in sorted(
        columns, key=lambda column: (column.url == start and not column.more, -len(column.taken))
    ):
        own = {row.url for row in column.taken}
        if own - known and len(chosen) < MOST_LISTS:
            chosen.append(column)
            known |= own
    return chosen


def _columns(page: Page) -> list[tuple[str, str]]:
    """Links that may lead to a column, by their words."""
    tree = LexborHTMLParser(page.text)
    found = []
    for link in tree.css("a, frame, iframe")[:3000]:
        text = short_text(link)
        address = address_of(link.attributes, page.base)
        if address and 2 <= len(text) <= 16 and _COLUMN.search(text):
            found.append((address, text))
    return found


def portal_file(proposal: Proposal, name: str, region_code: str, region_name: str, allow: tuple[str, ...]) -> str:
    """The YAML of the proposed portal."""
    lines = [
        f"name: {name}",
        f'region_code: "{region_code}"'
        + ("  # not found: put the code of GB/T 2260" * (region_code == UNKNOWN_REGION)),
        f"region_name: {region_name}",
        f"family: {proposal.family}",
        f"base_url: {proposal.base_url}",
        "lists:",
    ]
    for column in proposal.columns:
        lines.append(f"  - url: {_quoted(column.url.removeprefix(proposal.base_url) or '/')}")
    platform = proposal.family == "platform"
    lines += [f"usual_pages: {USUAL_PAGES}"] * platform
    least = (
        1 if platform else min((len(column.taken) + len(column.left) for column in proposal.columns), default=1)
    )
    lines += ["expect:", f"  items_per_page: {{min: {max(1, least // 2)}}}"]
    if allow:
        lines.append(f"allow_private: [{', '.join(allow)}]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if re.search(r"[^\w/.-]", text) else text
