"""大汉 JCMS: rows as XML in a script, further ones from a data service by record number."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from services.fetcher.client import Request
from services.fetcher.links import resolve
from services.fetcher.listing import static_html
from services.fetcher.listing.page import Listing, Page, Row
from services.fetcher.listing.rows import MOST_ROWS, read_row

SERVICE: Final = "/module/web/jpage/dataproxy.jsp"
_RECORD: Final = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL | re.IGNORECASE)
_NEXT_GROUP: Final = re.compile(r"<nextgroup>\s*<!\[CDATA\[.{0,200}?href=[\"']([^\"']{1,1000})[\"']", re.DOTALL)
_TOTAL: Final = re.compile(r"<totalrecord>\s*(\d+)", re.IGNORECASE)
_OPTION: Final = re.compile(r"['\"]?(\w+)['\"]?\s*:\s*(?:'([^']*)'|\"([^\"]*)\"|([\w./\-]+))")
_SIGN: Final = re.compile(r"<datastore|\.jpage\(|dataproxy\.jsp", re.IGNORECASE)
_OWN_OPTIONS: Final = frozenset({"totalRecord", "perPage", "groupSize", "proxyUrl"})


def read(page: Page) -> Listing:
    """The rows of a column page or of the service's answer; the next group by POST, then by GET."""
    if not _SIGN.search(page.text):
        return static_html.read(page)
    rows = _rows(page)
    options = _options(page.text)
    if options or "startrecord" not in page.request.url:
        total = int(options.get("totalRecord", "0") or 0) or _stated(page.text)
        return Listing(rows, _after_first(page, options, len(rows)), total)
    return Listing(rows, _after_group(page, len(rows)), _stated(page.text))


def _rows(page: Page) -> tuple[Row, ...]:
    rows = []
    for record in _RECORD.findall(page.text)[:MOST_ROWS]:
        markup = f"<table>{record}</table>" if record.lstrip().lower().startswith("<tr") else record
        body = LexborHTMLParser(markup).body
        row = read_row(body, page.url) if body else None
        if row:
            rows.append(row)
    return tuple(rows)


def _options(text: str) -> dict[str, str]:
    """The page's `jpage({…})` call, `ajaxParam` included, as one flat table of strings."""
    start = text.find(".jpage(")
    if start < 0:
        return {}
    call = text[start : start + 4000].partition("})")[0]
    return {name: first or second or plain for name, first, second, plain in _OPTION.findall(call)}


def _after_first(page: Page, options: dict[str, str], count: int) -> tuple[Request, ...]:
    total, per_page = int(options.get("totalRecord", "0") or 0), int(options.get("perPage", "15") or 15)
    group = _next_group(page, first=not urlsplit(page.request.url).path.endswith(".jsp"))
    if not options or total <= count:
        return group if total > count or not options else ()
    size = per_page * max(1, int(options.get("groupSize", "3") or 3))
    service = urljoin(page.url, options.get("proxyUrl") or SERVICE)
    form = tuple((name, value) for name, value in options.items() if name in _parameters(options))
    return (*_records(service, form, (count + 1, min(total, count + size)), per_page), *group)


def _parameters(options: dict[str, str]) -> list[str]:
    """The names inside `ajaxParam`: what follows the last of the call's own options that the service knows."""
    known = {"col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype"}
    return [name for name in options if name in known]


def _records(
    service: str, form: tuple[tuple[str, str], ...], span: tuple[int, int], per_page: int
) -> tuple[Request, Request]:
    """The request for the records `span` (counted from 1, both ends in) by POST, then the same by GET."""
    records = [("startrecord", str(span[0])), ("endrecord", str(span[1])), ("perpage", str(per_page))]
    return (
        Request(f"{service}?{urlencode(records)}", form),
        Request(f"{service}?{urlencode([*records, *form])}"),
    )


def _after_group(page: Page, count: int) -> tuple[Request, ...]:
    address = urlsplit(page.request.url)
    query = dict(parse_qsl(address.query, keep_blank_values=True))
    start, end = int(query["startrecord"]), int(query["endrecord"])
    total = _stated(page.text) or 0
    if end >= total or not count:
        return ()
    form = page.request.form
    if form is None:
        form = tuple((name, value) for name, value in query.items() if name not in _RECORD_NAMES)
    span = (end + 1, min(total, end + (end - start + 1)))
    post, get = _records(address._replace(query="").geturl(), form, span, int(query.get("perpage", "15")))
    return (get,) if page.request.form is None else (post, get)


_RECORD_NAMES: Final = frozenset({"startrecord", "endrecord", "perpage"})


def _next_group(page: Page, first: bool) -> tuple[Request, ...]:
    found = _NEXT_GROUP.search(page.text)
    link = resolve(page.url, found[1].replace("&amp;", "&")) if found else None
    if not link:
        return ()
    # The column page's own link names the group that is in the page already.
    return (Request(re.sub(r"(?<=[?&]page=)1(?=&|$)", "2", link) if first else link),)


def _stated(text: str) -> int | None:
    found = _TOTAL.search(text)
    return int(found[1]) if found else None
