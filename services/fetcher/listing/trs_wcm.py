"""TRS WCM: the page count stands in a script call, page n is index_{n}.html, counted from 0."""

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from services.fetcher.client import Request
from services.fetcher.links import base_of, without_comments
from services.fetcher.listing.page import Listing, Page
from services.fetcher.listing.pager import next_page, stated_total
from services.fetcher.listing.rows import read_rows

# Only a call has numbers; the function's definition on the same page has names.
_CALL: Final = re.compile(
    r"createPage\w*\(\s*(?P<div>['\"][^'\"]*['\"]\s*,)?\s*(?P<count>\d+)\s*,\s*(?P<current>\d+)\s*,"
    r"\s*['\"](?P<stem>[\w./\-]+)['\"]\s*,\s*['\"](?P<extension>\w+)['\"](?:\s*,\s*(?P<total>\d+))?"
)
_COUNT: Final = re.compile(r"\b(?:countPage|nPageCount|_nPageCount|pageCount)\s*=\s*(\d+)")
_CURRENT: Final = re.compile(r"\b(?:currentPage|nCurrIndex|_nCurrIndex)\s*=\s*(\d+)")
_SIGN: Final = re.compile(r"createPage\w*\(|\bTRS_|/t\d{8}_\d+\.s?html?|countPage", re.IGNORECASE)


def read(page: Page) -> Listing:
    """The rows and the next page by the script's numbers; by 下一页 where there is no script."""
    tree = LexborHTMLParser(page.text)
    base = base_of(tree, page.url)
    rows = read_rows(tree, base, page.row)
    scripts = "\n".join(without_comments(node.text()) for node in tree.css("script"))
    following, total = (
        _by_call(page, scripts) or _by_variables(page, scripts) or (next_page(tree, base, page.url), None)
    )
    recognised = bool(_SIGN.search(page.text)) or bool(rows)
    return Listing(rows, following, total if total is not None else stated_total(tree), recognised)


def _by_call(page: Page, scripts: str) -> tuple[tuple[Request, ...], int | None] | None:
    calls = list(_CALL.finditer(scripts))
    if not calls:
        return None
    call = calls[-1]
    count, current = int(call["count"]), int(call["current"])
    total = int(call["total"]) if call["total"] else None
    # With a div's name in front the current page is counted from 1.
    first = 1 if call["div"] else 0
    if current - first + 1 >= count:
        return (), total
    names = (f"{call['stem']}_{number}.{call['extension']}" for number in _numbers(page, call))
    return tuple(Request(urljoin(page.url, name)) for name in names), total


def _numbers(page: Page, call: re.Match[str]) -> tuple[int, ...]:
    """The numbers the next page may have in its address.

    Counted from 1, page 2 is mostly _2 and on some sites _1; the address of a page after it tells which. _1 is
    asked for first: where page 2 is _2, it is not there or is the first page again.
    """
    current = int(call["current"])
    if not call["div"]:
        return (current + 1,)
    name = urlsplit(page.url).path.rpartition("/")[2]
    numbered = re.fullmatch(re.escape(call["stem"].rpartition("/")[2]) + r"_(\d{1,6})\.\w+", name)
    if numbered:
        return (int(numbered[1]) + 1,)
    return tuple(number for number in (current, current + 1) if number)


def _by_variables(page: Page, scripts: str) -> tuple[tuple[Request, ...], int | None] | None:
    count, current = _COUNT.search(scripts), _CURRENT.search(scripts)
    if not count or not current:
        return None
    following = int(current[1]) + 1
    if following >= int(count[1]):
        return (), None
    name = urlsplit(page.url).path.rpartition("/")[2] or "index.html"
    stem, _, extension = name.rpartition(".")
    stem = re.sub(r"_\d+$", "", stem)
    return (Request(urljoin(page.url, f"{stem}_{following}.{extension}")),), None
