"""gkmlpt and its like: an empty shell names the site's id, a JSON service lists the articles."""

import html
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from services.fetcher.client import Request
from services.fetcher.dates import from_epoch, read_date
from services.fetcher.links import resolve
from services.fetcher.listing.page import Listing, Page, Row
from services.fetcher.listing.rows import MOST_ROWS

_SITE: Final = re.compile(r"['\"]?\bSID['\"]?\s*:\s*['\"]?(\d+)")
_TREE: Final = re.compile(r"['\"]?\bTREE['\"]?\s*:\s*\[")
_BUDGETS: Final = re.compile("预算|决算|财政|资金")
EVERYTHING: Final = 0
MOST_CATEGORIES: Final = 200
_SHELL: Final = re.compile(r"window\._CONFIG\s*=")
_TAG: Final = re.compile(r"<[^>]{0,200}>")
_ADDRESSES: Final = ("url", "post_url", "link", "href")
_TIMES: Final = ("display_publish_time", "publish_time", "created_at", "date", "publishDate", "pubDate")
_TOTALS: Final = ("post_count", "total", "totalCount", "count")


def read(page: Page) -> Listing:
    """The articles of one answer and the next page; on the shell, the way to the first answer."""
    content = _json(page.text)
    if content is None:
        # Past the last page some answer with anything but JSON.
        return Listing(()) if _number(page) > 1 else _shell(page)
    articles = _articles(content)
    rows = tuple(row for row in (_row(article, page) for article in articles[:MOST_ROWS]) if row)
    total = _total(content)
    so_far = page.before + len(articles)
    if total is not None and total < so_far:  # it counts something else
        total = None
    more = bool(articles) and (total is None or so_far < total)
    return Listing(rows, (_page(page, _number(page) + 1),) if more else (), total)


def _shell(page: Page) -> Listing:
    site = _SITE.search(page.text)
    if not _SHELL.search(page.text) or not site:
        return Listing((), recognised=False)
    root = page.url[: page.url.index("/gkmlpt")] if "/gkmlpt" in page.url else urljoin(page.url, "/").rstrip("/")
    query = urlencode({"page": 1, "sid": site[1]})
    everything, *categories = (
        Request(f"{root}/gkmlpt/api/all/{number}?{query}") for number in (EVERYTHING, *_categories(page.text))
    )
    return Listing((), (everything,), heading=True, categories=tuple(categories))


def _categories(text: str) -> list[int]:
    """The numbers of the shell's categories that speak of budgets, of all where none does."""
    start = _TREE.search(text)
    try:
        waiting, _ = json.JSONDecoder().raw_decode(text, start.end() - 1) if start else ([], 0)
    except (ValueError, RecursionError):
        return []
    numbers: dict[int, str] = {}
    while waiting and len(numbers) < MOST_CATEGORIES:
        node = waiting.pop(0)
        if not isinstance(node, dict) or node.get("jump_url"):
            continue
        children = node.get("children")
        waiting = (children if isinstance(children, list) else []) + waiting
        if isinstance(node.get("id"), int):
            numbers[node["id"]] = str(node.get("name"))
    fitting = [number for number, name in numbers.items() if _BUDGETS.search(name)]
    return fitting or list(numbers)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _articles(content: Any) -> list[Mapping[str, Any]]:
    """The first list of objects with a title, at most two levels down."""
    levels = [content, *(content.values() if isinstance(content, dict) else ())]
    inner = [each for level in levels[1:] if isinstance(level, dict) for each in level.values()]
    for candidate in (*levels, *inner):
        if isinstance(candidate, list) and all(isinstance(each, dict) for each in candidate):
            found = [each for each in candidate if "title" in each]
            if found:
                return found
    return []


def _row(article: Mapping[str, Any], page: Page) -> Row | None:
    links = (resolve(page.url, article[name]) for name in _ADDRESSES if isinstance(article.get(name), str))
    url = next((link for link in links if link), None)
    title = re.sub(r"\s+", " ", _TAG.sub("", html.unescape(str(article["title"])))).strip()
    if url is None or not title:
        return None
    times = (article.get(name) for name in _TIMES)
    moments = (from_epoch(time) or read_date(str(time)) for time in times if time)
    return Row(
        url,
        title,
        published_at=next((moment for moment in moments if moment), None),
        source=_text(article, "publisher", "source"),
        column=_text(article, "classify_main_name", "classify_name", "column"),
    )


def _text(article: Mapping[str, Any], *names: str) -> str | None:
    return next((str(article[name]).strip() for name in names if article.get(name)), None)


def _total(content: Any) -> int | None:
    if not isinstance(content, dict):
        return None
    for level in (content.get("classify"), content, content.get("data")):
        if isinstance(level, dict):
            for name in _TOTALS:
                if isinstance(level.get(name), int):
                    return int(level[name])
    return None


def _number(page: Page) -> int:
    query = dict(parse_qsl(urlsplit(page.request.url).query))
    number = query.get("page", "1")
    return max(1, int(number)) if number.isascii() and number.isdigit() else 1


def _page(page: Page, number: int) -> Request:
    address = urlsplit(page.request.url)
    query = dict(parse_qsl(address.query, keep_blank_values=True)) | {"page": str(number)}
    return Request(address._replace(query=urlencode(query)).geturl())
