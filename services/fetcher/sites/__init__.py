"""What is known of portals' sites: a family is one object in one file, and FAMILIES is the list of them."""

from dataclasses import replace
from typing import Final

from services.fetcher.portal import Family
from services.fetcher.sites.contract import Listing, Page, Request, SiteFamily
from services.fetcher.sites.feed import FEED
from services.fetcher.sites.jcms import JCMS
from services.fetcher.sites.json_catalogue import JSON_CATALOGUE
from services.fetcher.sites.platform import PLATFORM
from services.fetcher.sites.static_html import STATIC_HTML
from services.fetcher.sites.trs_wcm import TRS_WCM
from services.fetcher.sites.vsb import VSB
from shared.errors import TooLarge

DEEPEST: Final = 3000

FAMILIES: Final[dict[Family, SiteFamily]] = {
    "trs_wcm": TRS_WCM,
    "jcms": JCMS,
    "vsb": VSB,
    "json_catalogue": JSON_CATALOGUE,
    "feed": FEED,
    "platform": PLATFORM,
    "static_html": STATIC_HTML,
}


def read_list(page: Page, family: Family) -> Listing:
    """What a list page says to the reader of its family; where that finds no rows or no next page, to every other
    reader whose signs the page bears.

    Raises TooLarge for a page nested too deep to be read.
    """
    check_depth(page.text, page.url)
    own = PLATFORM if page.request.folder else FAMILIES[family]
    listing = own.read(page)
    if listing.heading and listing.categories:
        return listing
    for other in FAMILIES.values():
        if other is own or listing.last or (listing.rows and listing.following):
            continue
        based = other is STATIC_HTML and own in (TRS_WCM, VSB)  # theirs is its reading and more
        if not based and other is not VSB and (other is STATIC_HTML or other.signs.search(page.text)):
            listing = _joined(listing, other.read(page))
    return listing


def _joined(one: Listing, other: Listing) -> Listing:
    if one.rows and other.rows and not set(one.rows) & set(other.rows):
        return one
    if not one.rows and not one.following:
        return replace(other, recognised=one.recognised or other.recognised)
    if not other.rows and one.rows:
        return one
    following: tuple[Request, ...] = tuple(dict.fromkeys((*one.following, *other.following)))
    return replace(
        one,
        rows=one.rows or other.rows,
        following=following,
        guesses=one.guesses or other.guesses,
        total=one.total if one.total is not None else other.total,
        pages=one.pages if one.pages is not None else other.pages,
        more=one.more or other.more,
        last=one.last or other.last,
        heading=one.heading and not other.rows,
    )


def check_depth(text: str, url: str) -> None:
    """Raise TooLarge for markup nested so deep that a parser's time grows with the square of its size."""
    if text.count("<") <= DEEPEST:
        return
    depth = 0
    start = text.find("<")
    while start >= 0:
        head = text[start + 1 : start + 10].lower()
        if head.startswith(
            ("/div", "/span", "/section", "/font", "/table", "/ul", "/center", "/b>", "/a>", "/i>")
        ):
            depth -= depth > 0
        elif head.startswith(("div", "span", "section", "font", "table", "ul", "center", "b>", "a>", "i>")):
            depth += 1
            if depth > DEEPEST:
                raise TooLarge(f"{url} is nested more than {DEEPEST} elements deep.")
        start = text.find("<", start + 1)
