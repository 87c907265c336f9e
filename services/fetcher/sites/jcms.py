"""大汉 JCMS: rows as XML in a script, further ones from a data service by record number."""

import html
import re
from itertools import chain
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from services.fetcher.sites import static_html
from services.fetcher.sites.contract import Listing, Page, Request, Row, SiteFamily
from services.fetcher.sites.generic_rows import MOST_ROWS, read_row
from services.fetcher.sites.links import resolve
from shared.content_places import CONTENT_PLACES

SERVICES: Final = ("/module/web/jpage/dataproxy.jsp", "/module/jpage/dataproxy.jsp")
_HREF: Final = re.compile(r"href=[\"']([^\"']{1,1000})[\"']")
_TOTAL: Final = re.compile(r"<totalrecord>\s{0,9}(\d{1,9})", re.IGNORECASE)
_OPTION: Final = re.compile(
    r"['\"]?\b(\w{1,60})['\"]?\s{0,9}:\s{0,9}(?:'([^']{0,500})'|\"([^\"]{0,500})\"|([\w./\-]{1,500}))"
)
_RECORD: Final = re.compile(r"</?record>", re.IGNORECASE)
_SIGN: Final = re.compile(r"<datastore|\.jpage\(|dataproxy\.jsp", re.IGNORECASE)
_SPAN: Final = frozenset({"startrecord", "endrecord", "perpage"})
CALL_LENGTH: Final = 4000


def read(page: Page) -> Listing:
    """The rows of a column page or of the service's answer; the next group by POST, then by GET."""
    if not _SIGN.search(page.text):
        return static_html.read(page)
    rows = _rows(page)
    total = _stated(page.text)
    query = dict(parse_qsl(urlsplit(page.request.url).query, keep_blank_values=True))
    if "startrecord" in query:
        return _listing(rows, _after_records(page, query, len(rows), total), total)
    call = _call(page.text)
    if call is None:
        column = not urlsplit(page.request.url).path.endswith(".jsp")
        return Listing(rows, _next_group(page, column), total)
    rows = rows or static_html.read(page).rows
    total = _number(call.get("totalRecord"), total or 0)
    return _listing(rows, _after_column(page, call, len(rows), total), total)


def _listing(rows: tuple[Row, ...], following: tuple[Request, ...], total: int | None) -> Listing:
    return Listing(rows, following, total, last=not following)


def _rows(page: Page) -> tuple[Row, ...]:
    rows = []
    for part in _RECORD.split(page.text)[1 : 2 * MOST_ROWS : 2]:
        record = part.partition("<![CDATA[")[2].rpartition("]]>")[0] or html.unescape(part)
        markup = f"<table>{record}</table>" if record.lstrip().lower().startswith("<tr") else record
        body = LexborHTMLParser(markup).body
        row = read_row(body, page.base) if body else None
        if row:
            rows.append(row)
    return tuple(rows)


def _call(text: str) -> dict[str, str] | None:
    """The options of the page's `jpage({…})` call, those of its `ajaxParam` included, as strings."""
    start = text.find(".jpage(")
    return None if start < 0 else _options(text[start : start + CALL_LENGTH].partition("})")[0])


def _options(text: str) -> dict[str, str]:
    return {name: first or second or plain for name, first, second, plain in _OPTION.findall(text)}


def _parameters(text: str) -> tuple[tuple[str, str], ...]:
    """What the page's call gives the service with every question: column, unit, site."""
    start = text.find("ajaxParam", max(0, text.find(".jpage(")))
    inner = text[start : start + CALL_LENGTH].partition("{")[2].partition("}")[0] if start >= 0 else ""
    return tuple(_options(inner).items())


def _after_column(page: Page, call: dict[str, str], count: int, total: int) -> tuple[Request, ...]:
    if count >= total:
        return ()
    per_page = _number(call.get("perPage"), 15)
    size = per_page * max(1, _number(call.get("groupSize"), 3))
    stated = (call["proxyUrl"],) if call.get("proxyUrl") else ()
    services = dict.fromkeys(urljoin(page.url, path) for path in (*stated, *SERVICES))
    span = (count + 1, min(total, count + size))
    parameters = _parameters(page.text)
    asked = [_records(service, parameters, span, per_page) for service in services]
    return (*asked[0], *_next_group(page, column=True), *chain.from_iterable(asked[1:]))


def _after_records(page: Page, query: dict[str, str], count: int, total: int | None) -> tuple[Request, ...]:
    start, end = _number(query.get("startrecord"), 1), _number(query.get("endrecord"), 0)
    following = start + count
    if not count or following > (total or 0):
        return ()
    form = page.request.form
    parameters = form or tuple((name, value) for name, value in query.items() if name not in _SPAN)
    span = (following, min(total or 0, following + max(0, end - start)))
    service = urlsplit(page.request.url)._replace(query="").geturl()
    post, get = _records(service, parameters, span, _number(query.get("perpage"), 15))
    return (get,) if form is None else (post, get)


def _records(
    service: str, parameters: tuple[tuple[str, str], ...], span: tuple[int, int], per_page: int
) -> tuple[Request, Request]:
    """The question for the records `span` (counted from 1, both ends in) by POST, then the same by GET."""
    records = [("startrecord", str(span[0])), ("endrecord", str(span[1])), ("perpage", str(per_page))]
    return (
        Request(f"{service}?{urlencode(records)}", parameters),
        Request(f"{service}?{urlencode([*records, *parameters])}"),
    )


def _next_group(page: Page, column: bool) -> tuple[Request, ...]:
    found = _HREF.search(page.text.partition("<nextgroup>")[2].partition("</nextgroup>")[0][:2000])
    link = resolve(page.base, found[1].replace("&amp;", "&")) if found else None
    if not link:
        return ()
    # The column page's own link names the group that is in the page already.
    return (Request(re.sub(r"(?<=[?&]page=)1(?=&|$)", "2", link) if column else link),)


def _stated(text: str) -> int | None:
    found = _TOTAL.search(text)
    return int(found[1]) if found else None


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


JCMS: Final = SiteFamily(
    name="jcms",
    signs=_SIGN,
    read=read,
    article_numbers=(r"/art_\d+_(\w+)\.html?$",),
    content=CONTENT_PLACES["jcms"],
    title_marks=(("<!--<$[标题名称(html)]>begin-->", "<!--<$[标题名称(html)]>end-->"),),
    downloads=(r"downfile\.",),
)
