"""What a poll of a portal would take and leave, and what is wrong with it: nothing is kept or published."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from services.fetcher.browse import Found, browse
from services.fetcher.counts import Counts
from services.fetcher.discovery import family_of
from services.fetcher.http import responses
from services.fetcher.http.client import open_client
from services.fetcher.http.revalidation import PollContext, Visits, charset_of
from services.fetcher.portal import Portal
from services.fetcher.relevance import judged, may_be_disclosure
from services.fetcher.sites.article import Article
from services.fetcher.sites.attachments import is_file
from services.fetcher.sites.contract import Request
from shared.charset import decode
from shared.errors import GongkaiError

SHOWN: Final = 5

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Judged:
    """A row, whether it would be taken, and the rule that says so."""

    found: Found
    taken: bool
    rule: str


@dataclass
class Rehearsal:
    """The rows of a portal's lists, judged; the articles of the first that would be taken; what is wrong."""

    rows: list[Judged] = field(default_factory=list)
    articles: list[tuple[Found, Article]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def taken(self) -> list[Judged]:
        return [each for each in self.rows if each.taken]

    @property
    def left(self) -> list[Judged]:
        return [each for each in self.rows if not each.taken]


async def rehearse(portal: Portal, context: PollContext, tell: Tell, shown: int = SHOWN) -> Rehearsal:
    """Read all lists of `portal` and its first `shown` disclosures; `tell` hears how it gets on."""
    rehearsal = Rehearsal()
    counts = Counts()
    async with open_client(portal, context.settings, context.pace, context.resolve) as client:
        visits = Visits(portal, client, context)
        browsed = await browse(
            portal, visits, context, True, counts, lambda counts: tell(f"{counts.pages} list pages")
        )
        rehearsal.faults += [str(browsed.error)] * (browsed.error is not None) + browsed.remarks
        if browsed.found:
            rehearsal.faults += await _family(portal, visits)
        rehearsal.rows = [_judged(portal, found) for found in browsed.found.values()]
        if browsed.found and not rehearsal.taken:
            rehearsal.faults.append("No row of its lists is a disclosure; name the lists that have them.")
        for number, each in enumerate(rehearsal.taken[:shown]):
            tell(f"{counts.pages} list pages, {len(rehearsal.rows)} rows, article {number + 1}")
            await _read(portal, visits, context, each.found, rehearsal)
    return rehearsal


async def _family(portal: Portal, visits: Visits) -> list[str]:
    """A remark where the first list page bears the signs of another family than the portal's file says."""
    page = await visits.page(Request(portal.address(portal.lists[0])), portal.lists[0], 0)
    family = family_of(page)
    if family in {portal.family, "static_html"}:
        return []
    return [f"{page.url} bears the signs of the family {family}, the file says {portal.family}."]


def _judged(portal: Portal, found: Found) -> Judged:
    judgement = judged(found.row, found.column, portal.titles)
    if not portal.owns(found.row.url):
        return Judged(found, False, f"on another site, {found.row.url}; name its host under hosts to take it")
    if judgement.kind is None and may_be_disclosure(found.row, portal.titles):
        return Judged(found, True, "its title is cut; the article decides")
    return Judged(found, judgement.kind is not None, judgement.rule)


async def _read(portal: Portal, visits: Visits, context: PollContext, found: Found, rehearsal: Rehearsal) -> None:
    if is_file(found.row.url):
        return
    try:
        visit = await visits.article(found.row.url)
        if visit.data is None or not responses.is_markup(visit.data):
            return
        source, charset = decode(visit.data, portal.charset), charset_of(visit.data)
        article = await context.reader.article(
            source, visit.url, found.row, portal.body, context.clock.now(), charset
        )
    except GongkaiError as error:
        rehearsal.faults.append(str(error))
        return
    if portal.body and article.body not in portal.body:
        rehearsal.faults.append(
            f"{visit.url} has none of the portal's `body` places; its text is at {article.body}."
        )
    rehearsal.articles.append((found, article))
