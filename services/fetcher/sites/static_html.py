"""Any site whose lists stand in its pages, old static and ASP sites too: rows with dates, pages by evidence."""

import re
from typing import Final

from services.fetcher.sites.contract import Listing, Page, Request, SiteFamily
from services.fetcher.sites.generic_pager import next_page
from services.fetcher.sites.generic_rows import read_rows
from services.fetcher.sites.links import resolve
from services.fetcher.sites.page_counts import stated_pages, stated_total
from services.fetcher.sites.page_scripts import unpacked
from shared.content_places import BROAD_PLACES, CONTENT_PLACES


def read(page: Page) -> Listing:
    """The rows and the ways to the next page, found without knowing the site; of frames the way into them."""
    rows = read_rows(page)
    if not rows and (frames := _frames(page)):
        return Listing((), frames, heading=True)
    markups, pages = tuple(unpacked(page)), stated_pages(page)
    ways, total = next_page(page, pages, markups), stated_total(page, markups)
    recognised = bool(rows or ways.sure or total is not None)
    return Listing(
        rows, tuple(ways.sure), total, recognised, guesses=tuple(ways.guesses), more=ways.more, pages=pages
    )


def _frames(page: Page) -> tuple[Request, ...]:
    frames = page.tree.css("frame[src], iframe[src]")[:20]
    addresses = [resolve(page.base, frame.attributes.get("src")) for frame in frames]
    return tuple(Request(each) for each in dict.fromkeys(addresses) if each and each != page.url)


STATIC_HTML: Final = SiteFamily(
    name="static_html",
    signs=re.compile(r"(?!)"),
    read=read,
    article_numbers=(r"[?&](?:articleid|infoid)=([\w-]+)",),
    content=CONTENT_PLACES["static_html"] + BROAD_PLACES,
    downloads=(
        r"download\.\w{1,9}\?",
        r"filedown|attachdown|downloadfile|downfile|openfile|getfile|file_?download|showattach|viewfile",
        r"/(?:attach(?:ment)?s?|download|fileserver|files?/get|file/view)/[\w-]{1,80}/?$",
        r"[?&](?:attach(?:ment)?|annex|file)_?(?:id|guid)=",
        r"/(?:down|attach|download|file)\.(?:do|action|aspx|ashx|asp|php|jsp)\?",
    ),
)
