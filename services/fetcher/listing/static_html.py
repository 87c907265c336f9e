"""Old static and ASP sites: rows with a date, pages by 下一页."""

from selectolax.lexbor import LexborHTMLParser

from services.fetcher.links import base_of
from services.fetcher.listing.page import Listing, Page
from services.fetcher.listing.pager import next_page, stated_total
from services.fetcher.listing.rows import read_rows


def read(page: Page) -> Listing:
    """The rows and the next page, found without knowing the site."""
    tree = LexborHTMLParser(page.text)
    base = base_of(tree, page.url)
    rows = read_rows(tree, base, page.row)
    following = next_page(tree, base, page.url)
    total = stated_total(tree)
    return Listing(rows, following, total, recognised=bool(rows or following or total is not None))
