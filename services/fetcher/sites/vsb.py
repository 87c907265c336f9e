"""博达 VSB: page files count down and move with every new item, so each page's own next link is followed."""

import re
from dataclasses import replace
from typing import Final

from services.fetcher.sites import static_html
from services.fetcher.sites.contract import Listing, Page, SiteFamily
from shared.content_places import CONTENT_PLACES

_SIGN: Final = re.compile(r"Visual SiteBuilder|p_pages|p_t\b|_showDynClick|vsb|/info/\d+/\d+\.htm", re.IGNORECASE)


def read(page: Page) -> Listing:
    """The rows; the next page by `p_next`, which loses its link on the last page."""
    listing = static_html.read(page)
    return replace(listing, recognised=bool(_SIGN.search(page.text)) or bool(listing.rows))


VSB: Final = SiteFamily(
    name="vsb",
    signs=_SIGN,
    read=read,
    article_numbers=(r"/info/\d+/(\d+)\.html?$", r"[?&]wbnewsid=(\d+)"),
    content=CONTENT_PLACES["vsb"],
    downloads=(r"DownloadAttach", r"virtual_attach_file"),
)
