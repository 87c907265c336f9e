"""博达 VSB: page files count down and move with every new item, so each page's own next link is followed."""

import re
from dataclasses import replace
from typing import Final

from services.fetcher.listing import static_html
from services.fetcher.listing.page import Listing, Page

_SIGN: Final = re.compile(r"Visual SiteBuilder|p_pages|p_t\b|_showDynClick|vsb|/info/\d+/\d+\.htm", re.IGNORECASE)


def read(page: Page) -> Listing:
    """The rows; the next page by `p_next`, which loses its link on the last page."""
    listing = static_html.read(page)
    return replace(listing, recognised=bool(_SIGN.search(page.text)) or bool(listing.rows))
