"""gkmlpt and its like: an empty shell names the site's id, a JSON service lists the articles, by GET or POST."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from services.fetcher.sites.contract import Listing, Page, Request, SiteFamily
from services.fetcher.sites.json_rows import MOST_NODES, next_link, parsed, rows_of, stated
from services.fetcher.sites.page_counts import numbered, page_number
from shared.content_places import CONTENT_PLACES

EVERYTHING: Final = 0
MOST_CATEGORIES: Final = 200
FIRST_PAGE: Final = {"pageNo": 1, "pageSize": 20}
"""What a service that takes no GET is asked with where the portal's file says nothing of it."""
_SITE: Final = re.compile(r"['\"]?\bSID['\"]?\s{0,9}:\s{0,9}['\"]?(\d{1,20})")
_TREE: Final = re.compile(r"['\"]?\bTREE['\"]?\s{0,9}:\s{0,9}\[")
_BUDGETS: Final = re.compile("预算|决算|财政|资金")
_SHELL: Final = re.compile(r"window\._CONFIG\s{0,9}=")
_OFFSETS: Final = frozenset({"offset", "start", "skip", "from", "startindex"})
_NUMBERED_FILE: Final = re.compile(r"(?<=[/_-])(\d{1,4})(?=\.json$)")
_NUMBERS: Final = (
    "pageno",
    "pagenum",
    "pageindex",
    "page",
    "currpage",
    "currentpage",
    "curpage",
    "current",
    "pagenumber",
    "p",
)


def read(page: Page) -> Listing:
    """The articles of one answer and the next page; on the shell, the way to the first answer."""
    content = parsed(page.text)
    if content is None:
        # Past the last page some answer with anything but JSON.
        return Listing(()) if _number(page) > 1 else _shell(page)
    rows, count = rows_of(content, page)
    total, pages = stated(content, page)
    so_far = page.before + count
    if total is not None and (total < so_far or (total == count and (pages or 0) > 1)):  # it counts something else
        total = None
    known = total is not None or pages is not None
    more = bool(rows) and (not known or so_far < (total or 0) or (total is None and _number(page) < (pages or 0)))
    following = _next(page, content, count) if more else ()
    return Listing(tuple(rows), following, total, last=not following)


def first_request(url: str, post: Mapping[str, object] | None) -> tuple[Request, ...]:
    """The ways to ask for a service's first page: as the portal's file says, else by GET and then by POST."""
    if post is not None:
        return (Request(url, json=json.dumps(post, ensure_ascii=False)),)
    return (Request(url), Request(url, json=json.dumps(FIRST_PAGE)))


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
        roots, _ = json.JSONDecoder().raw_decode(text, start.end() - 1) if start else ([], 0)
    except (ValueError, RecursionError):
        return []
    waiting = list(reversed(roots))
    numbers: dict[int, str] = {}
    seen = 0
    while waiting and len(numbers) < MOST_CATEGORIES and seen < MOST_NODES:
        node = waiting.pop()
        seen += 1
        if not isinstance(node, dict) or node.get("jump_url"):
            continue
        children = node.get("children")
        waiting += reversed(children) if isinstance(children, list) else []
        if isinstance(node.get("id"), int):
            numbers[node["id"]] = str(node.get("name"))
    fitting = [number for number, name in numbers.items() if _BUDGETS.search(name)]
    return fitting or list(numbers)


def _named(stated: str | None, known: Sequence[str]) -> list[str]:
    """The names to look for: the one the portal's file states, else those known."""
    return [stated.lower()] if stated else list(known)


def _number(page: Page) -> int:
    if page.request.json is not None:
        body = parsed(page.request.json)
        name = _number_name(body, page)
        return body[name] if name and isinstance(body[name], int) else 1
    query = dict(parse_qsl(urlsplit(page.request.url).query))
    if page.fields.page is not None:
        return _whole(query.get(page.fields.page, "1"), 1)
    inner = next((body for value in query.values() if value[:1] == "{" and (body := parsed(value))), None)
    if inner is not None and (name := _number_name(inner, page)):
        return _whole(str(inner[name]), 1)
    number = page_number(page.request.url)
    return 1 if number is None else number


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def _number_name(body: Any, page: Page) -> str | None:
    names = {str(name).lower(): str(name) for name in body} if isinstance(body, dict) else {}
    return next((names[name] for name in _named(page.fields.page, _NUMBERS) if name in names), None)


def _next(page: Page, content: Any, count: int) -> tuple[Request, ...]:
    """The way to the next page: the one an answer states, else the page's own question with the next number."""
    if link := next_link(content, page):
        return (Request(link),)
    number = _number(page) + 1
    request = page.request
    if request.json is not None:
        body = parsed(request.json)
        name = _number_name(body, page)
        return (
            (Request(request.url, json=json.dumps({**(body or {}), name: number}, ensure_ascii=False)),)
            if name
            else ()
        )
    address = urlsplit(request.url)
    pairs = dict(parse_qsl(address.query, keep_blank_values=True))
    changed = {page.fields.page: str(number)} if page.fields.page else _changed(pairs, page, number, count)
    if not changed and page_number(request.url) is not None:
        return (Request(numbered(request.url, number)),)
    ways = [address._replace(query=urlencode(pairs | (changed or {"page": str(number)})))]
    if not changed and (numbered_file := _NUMBERED_FILE.search(address.path)):
        path = _NUMBERED_FILE.sub(str(int(numbered_file[1]) + 1), address.path)
        ways.insert(0, address._replace(path=path))
    return tuple(Request(way.geturl()) for way in ways)


def _changed(pairs: Mapping[str, str], page: Page, number: int, count: int) -> dict[str, str]:
    """The parameter that says where a page begins, with the next value: an offset, or a number in JSON."""
    for name, value in pairs.items():
        if name.lower() in _OFFSETS and value.isdigit():
            return {name: str(int(value[:9]) + count)}
        body = parsed(value) if value[:1] == "{" else None
        if own := _number_name(body, page):
            return {name: json.dumps({**(body or {}), own: number}, ensure_ascii=False, separators=(",", ":"))}
    return {}


JSON_CATALOGUE: Final = SiteFamily(
    name="json_catalogue",
    signs=re.compile(r"\A[\s\ufeff]{0,99}(?:[{\[]|[\w.$]{1,80}\(\s{0,9}[{\[])|window\._CONFIG"),
    read=read,
    article_numbers=(r"/m?post_(\d+)\.html?$",),
    content=CONTENT_PLACES["json_catalogue"],
    downloads=(r"/attachment/\d",),
)
