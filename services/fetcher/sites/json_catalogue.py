"""gkmlpt and its like: an empty shell names the site's id, a JSON service lists the articles, by GET or POST."""

import html
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from services.fetcher.sites.contract import Listing, Page, Request, Row, SiteFamily
from services.fetcher.sites.dates import from_epoch, read_date
from services.fetcher.sites.generic_rows import MOST_ROWS
from services.fetcher.sites.links import plain_text, resolve
from services.fetcher.sites.page_counts import numbered, page_number
from shared.content_places import CONTENT_PLACES

EVERYTHING: Final = 0
MOST_CATEGORIES: Final = 200
MOST_NODES: Final = 20_000
FIRST_PAGE: Final = {"pageNo": 1, "pageSize": 20}
"""What a service that takes no GET is asked with where the portal's file says nothing of it."""
_SITE: Final = re.compile(r"['\"]?\bSID['\"]?\s{0,9}:\s{0,9}['\"]?(\d{1,20})")
_TREE: Final = re.compile(r"['\"]?\bTREE['\"]?\s{0,9}:\s{0,9}\[")
_BUDGETS: Final = re.compile("预算|决算|财政|资金")
_SHELL: Final = re.compile(r"window\._CONFIG\s{0,9}=")
_PLACEHOLDER: Final = re.compile(r"\{(\w{1,60})\}")
_TAG: Final = re.compile(r"<[^<>]{0,200}>")
_TITLES: Final = ("title", "doctitle", "infotitle", "articletitle", "subject", "topic", "showtitle", "name")
_ADDRESSES: Final = [
    "url",
    "post_url",
    "link",
    "href",
    "docpuburl",
    "docurl",
    "pageurl",
    "infourl",
    "linkurl",
    "htmlurl",
    "detailurl",
    "weburl",
    "articleurl",
    "path",
    "filepath",
]
_TIMES: Final = [
    "display_publish_time",
    "publish_time",
    "publishtime",
    "created_at",
    "date",
    "publishdate",
    "pubdate",
    "pubtime",
    "docreltime",
    "createtime",
    "releasetime",
    "infodate",
    "showtime",
    "writetime",
]
_TOTALS: Final = (
    "post_count",
    "total",
    "totalcount",
    "count",
    "recordcount",
    "totalrecord",
    "totalrows",
    "totalelements",
)
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
    content = _json(page.text)
    if content is None:
        # Past the last page some answer with anything but JSON.
        return Listing(()) if _number(page) > 1 else _shell(page)
    articles = _articles(content, page)
    rows = tuple(row for row in (_row(article, page) for article in articles[:MOST_ROWS]) if row)
    total = _total(content, page)
    so_far = page.before + len(articles)
    if total is not None and total < so_far:  # it counts something else
        total = None
    more = bool(articles) and (total is None or so_far < total)
    following = _next(page) if more else ()
    return Listing(rows, following, total, last=not following)


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


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _named(stated: str | None, known: Sequence[str]) -> list[str]:
    """The names to look for: the one the portal's file states, else those known."""
    return [stated.lower()] if stated else list(known)


def _articles(content: Any, page: Page) -> list[dict[str, Any]]:
    """The first list of objects with a title, level by level; their names in lower case."""
    titles, addresses = _named(page.fields.title, _TITLES), _named(page.fields.url, _ADDRESSES)
    templated = "{" in (page.fields.url or "")
    for candidate in _levels(content):
        if isinstance(candidate, list) and candidate and all(isinstance(each, dict) for each in candidate):
            lowered = [{str(name).lower(): value for name, value in each.items()} for each in candidate]
            found = [each for each in lowered if any(name in each for name in titles)]
            if found and (templated or any(name in each for each in found for name in addresses)):
                return found
    return []


def _levels(content: Any) -> Iterator[Any]:
    waiting = deque([content])
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.popleft()
        yield node
        if isinstance(node, dict):
            waiting.extend(node.values())


def _row(article: Mapping[str, Any], page: Page) -> Row | None:
    links = (resolve(page.base, address) for address in _addresses(article, page.fields.url))
    url = next((link for link in links if link), None)
    stated = next((str(article[name]) for name in _named(page.fields.title, _TITLES) if article.get(name)), "")
    title = plain_text(_TAG.sub("", html.unescape(stated)))
    if url is None or not title:
        return None
    times = (article.get(name) for name in _named(page.fields.date, _TIMES))
    moments = (from_epoch(time) or read_date(str(time)[:100]) for time in times if time)
    return Row(
        url,
        title,
        published_at=next((moment for moment in moments if moment), None),
        source=_text(article, "publisher", "source", "contentsource"),
        column=_text(article, "classify_main_name", "classify_name", "column", "channelname"),
    )


def _addresses(article: Mapping[str, Any], stated: str | None) -> Iterator[str]:
    """The addresses an article states, or the one its own fields make of the portal file's template."""
    if stated is None or "{" not in stated:
        yield from (article[name] for name in _named(stated, _ADDRESSES) if isinstance(article.get(name), str))
        return
    wanted = {name: article.get(name.lower()) for name in _PLACEHOLDER.findall(stated)}
    if all(isinstance(value, str | int) for value in wanted.values()):
        yield _PLACEHOLDER.sub(lambda place: quote(str(wanted[place[1]]), safe=""), stated)


def _text(article: Mapping[str, Any], *names: str) -> str | None:
    return next((plain_text(str(article[name])) for name in names if article.get(name)), None)


def _total(content: Any, page: Page) -> int | None:
    for level in _levels(content):
        if isinstance(level, dict):
            lowered = {str(name).lower(): value for name, value in level.items()}
            for name in _named(page.fields.total, _TOTALS):
                value = lowered.get(name)
                if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
                    value = int(value)
                if isinstance(value, int) and not isinstance(value, bool):
                    return value
    return None


def _number(page: Page) -> int:
    if page.request.json is not None:
        body = _json(page.request.json)
        name = _number_name(body, page)
        return body[name] if name and isinstance(body[name], int) else 1
    if page.fields.page is not None:
        stated = dict(parse_qsl(urlsplit(page.request.url).query)).get(page.fields.page, "1")
        return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 7 else 1
    return max(1, page_number(page.request.url) or 1)


def _number_name(body: Any, page: Page) -> str | None:
    names = {str(name).lower(): str(name) for name in body} if isinstance(body, dict) else {}
    return next((names[name] for name in _named(page.fields.page, _NUMBERS) if name in names), None)


def _next(page: Page) -> tuple[Request, ...]:
    number = _number(page) + 1
    request = page.request
    if request.json is not None:
        body = _json(request.json)
        name = _number_name(body, page)
        return (Request(request.url, json=json.dumps({**body, name: number}, ensure_ascii=False)),) if name else ()
    if page.fields.page is None and page_number(request.url) is not None:
        return (Request(numbered(request.url, number)),)
    address = urlsplit(request.url)
    query = dict(parse_qsl(address.query, keep_blank_values=True)) | {page.fields.page or "page": str(number)}
    return (Request(address._replace(query=urlencode(query)).geturl()),)


JSON_CATALOGUE: Final = SiteFamily(
    name="json_catalogue",
    signs=re.compile(r"\A\s{0,99}[{\[]|window\._CONFIG"),
    read=read,
    article_numbers=(r"/m?post_(\d+)\.html?$",),
    content=CONTENT_PLACES["json_catalogue"],
    downloads=(r"/attachment/\d",),
)
