"""TRS WCM: the page count stands in a script call, page n is index_{n}.html, counted from 0."""

import re
from dataclasses import replace
from typing import Final
from urllib.parse import urljoin, urlsplit

from services.fetcher.sites import static_html
from services.fetcher.sites.contract import Listing, Page, Request, SiteFamily
from shared.content_places import CONTENT_PLACES

# Only a call has numbers; the function's definition on the same page has names.
_CALL: Final = re.compile(
    r"createPage\w{0,20}\(\s{0,20}(?P<div>['\"][^'\"]{0,100}['\"]\s{0,20},)?\s{0,20}(?P<count>\d{1,6})\s{0,20},\s{0,20}(?P<current>\d{1,6})\s{0,20},"
    r"\s{0,20}['\"](?P<stem>[\w./\-]{1,200})['\"]\s{0,20},\s{0,20}['\"](?P<extension>\w{1,10})['\"](?:\s{0,20},\s{0,20}['\"]?(?P<total>\d{1,9}))?"
)
_COUNT: Final = re.compile(r"\b(?:countPage|nPageCount|_nPageCount|pageCount)\s{0,20}=\s{0,20}['\"]?(\d{1,6})\b")
_CURRENT: Final = re.compile(r"\b(?:currentPage|nCurrIndex|_nCurrIndex)\s{0,20}=\s{0,20}['\"]?(\d{1,6})\b")
_EXTENSION: Final = re.compile(r"(?:index\.|\+\s{0,5}['\"]\.?|\.['\"]\s{0,5}\+\s{0,5}['\"])(s?html?|jhtml)\b")
_SIGN: Final = re.compile(
    r"createPage\w*\(|\bTRS_|/t\d{8}_\d+\.s?html?|countPage|\b_?nPageCount\s{0,9}=", re.IGNORECASE
)


def read(page: Page) -> Listing:
    """The rows and the next page by the script's numbers; by what the page says where there is no such script."""
    listing = static_html.read(page)
    recognised = bool(_SIGN.search(page.text)) or bool(listing.rows)
    stated = script_pages(page)
    if stated is None:
        return replace(listing, recognised=recognised)
    following, total = stated
    total = total if total is not None else listing.total
    return replace(
        listing,
        following=following,
        guesses=(),
        more=None,
        pages=None,
        total=total,
        recognised=recognised,
        last=not following,
    )


def script_pages(page: Page) -> tuple[tuple[Request, ...], int | None] | None:
    """The ways to the next page and the stated total by a script's numbers; None without such a script."""
    return _by_call(page, page.scripts) or _by_variables(page, page.scripts)


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
    stated = _EXTENSION.search(scripts)
    name = urlsplit(page.url).path.rpartition("/")[2] or f"index.{stated[1] if stated else 'html'}"
    stem, _, extension = name.rpartition(".")
    stem = re.sub(r"_\d+$", "", stem)
    return (Request(urljoin(page.url, f"{stem}_{following}.{extension}")),), None


TRS_WCM: Final = SiteFamily(
    name="trs_wcm",
    signs=_SIGN,
    read=read,
    article_numbers=(r"/t\d{8}_(\d+)\.s?html?$",),
    content=CONTENT_PLACES["trs_wcm"],
)
