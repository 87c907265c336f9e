"""List pages → rows, a file a site family; READERS is the one table family → reader."""

from collections.abc import Callable
from typing import Final

from services.fetcher.listing import jcms, json_catalogue, static_html, trs_wcm, vsb
from services.fetcher.listing.page import Listing, Page
from services.fetcher.portal import Family

Reader = Callable[[Page], Listing]

READERS: Final[dict[Family, Reader]] = {
    "trs_wcm": trs_wcm.read,
    "jcms": jcms.read,
    "vsb": vsb.read,
    "static_html": static_html.read,
    "json_catalogue": json_catalogue.read,
}
