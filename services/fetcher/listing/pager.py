"""The generic pager: where 下一页 leads, and how many rows the page says there are."""

import re
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from services.fetcher.client import Request
from services.fetcher.links import address_of, resolve, text_of

_NEXT: Final = frozenset({"下一页", "下页", "后页", "后一页", "下一頁", "下頁", "next", "nextpage", ">", "›"})
_TOTAL: Final = re.compile(r"共\s*(?:有)?\s*(\d{1,7})\s*(?:条|篇|项|个|則|则)")
_VSB_NEXT: Final = ".p_next a"


def next_page(tree: LexborHTMLParser, base: str, url: str) -> tuple[Request, ...]:
    """The request for the page after `url`; none on the last page."""
    marked = [*tree.css(_VSB_NEXT), *tree.css("a[rel=next], link[rel=next]")]
    worded = [link for link in tree.css("a") if is_next(text_of(link)) or is_next(link.attributes.get("title"))]
    for link in (*marked, *worded):
        address = address_of(link, base)
        if address and address != url:
            return (Request(address),)
    return _next_option(tree, base, url)


def is_next(text: str | None) -> bool:
    """Whether a link of this text leads to the next page."""
    return re.sub(r"[\s\[\]【】]|(?<=\w)[>»›]+$", "", text or "").lower() in _NEXT


def stated_total(tree: LexborHTMLParser) -> int | None:
    """How many rows the list has by its own word: 共98条."""
    found = _TOTAL.search(text_of(tree.body)) if tree.body else None
    return int(found[1]) if found else None


def _next_option(tree: LexborHTMLParser, base: str, url: str) -> tuple[Request, ...]:
    """The option after the selected one, in a list of pages to jump to."""
    for choice in tree.css("select"):
        options = choice.css("option")
        for here, after in pairwise(options):
            address = resolve(base, after.attributes.get("value"))
            if "selected" in here.attributes and address and address != url:
                return (Request(address),)
    return ()
