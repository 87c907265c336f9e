"""Article page → title, date, source, the place of its own content, its files, its next page."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.fetcher.attachments import Attachment, read_attachments, read_pictures
from services.fetcher.dates import is_plausible, read_date
from services.fetcher.links import address_of, base_of, text_of
from services.fetcher.listing.page import Row
from services.fetcher.listing.pager import is_next
from shared.errors import Drifted

LONGEST_TITLE: Final = 300
INFORMATION: Final = 20_000
FEW_WORDS: Final = 500
DATA_CELLS: Final = 12
KNOWN_BODIES: Final = (
    ".TRS_Editor",
    ".TRS_UEDITOR",
    "ucapcontent",
    "#UCAP-CONTENT",
    "#vsb_content",
    "#vsb_content_2",
    ".v_news_content",
    "#zoom",
    "#zoomcon",
    "#fontzoom",
    ".article-content",
    "#articleContent",
    ".article_content",
    ".news_content",
    ".xxgk_content",
    "#content",
    ".content",
    "#article",
    ".article",
)
_COUNTER: Final = re.compile(r"(?:点击|浏览|阅读|访问|下载)(?:次?数|量)?\s*[：:]?\s*\d+\s*次?|已下载\s*\d*\s*次")
_TITLE_MARKS: Final = ("<!--<$[标题名称(html)]>begin-->", "<!--<$[标题名称(html)]>end-->")
_TITLE_PLACES: Final = ("h1", ".main_ArticleTitle", ".article-title", ".title", "h2")
_SITE_NAME: Final = re.compile(
    r"\s{0,9}[_|－—][^_|－—]*$|\s{1,9}-\s[^-]*$|-[^-]{2,30}(?:政府|网|局|委员会|平台)[^-]*$"
)
_SOURCE: Final = re.compile(r"(?:来\s*源|发布机构|发布单位|公开主体|发文机关)\s*[：:]?\s{0,3}([^\s：:|]{2,40})")
_PUBLISHED: Final = re.compile(
    r"(?:发布时间|发布日期|更新时间|公开日期|发表时间|日\s*期|时\s*间)\s*[：:]?\s{0,3}(.{8,40})"
)
_DOCUMENT_DATE: Final = re.compile(r"(?:发文日期|成文日期|生成日期|发文时间|生成时间)\s*[：:]?\s{0,3}(.{8,40})")
_PAGE_NAMES: Final = frozenset({"page", "p", "pageno", "pageindex", "currentpage"})


@dataclass(frozen=True)
class Article:
    """One page of an article; `body` is the selector of its own content, `text` what a change shows in."""

    title: str
    published_at: datetime | None
    source: str | None
    body: str | None
    text: str
    attachments: tuple[Attachment, ...]
    next_page: str | None


def read_article(source: str, url: str, row: Row, selectors: Sequence[str], now: datetime) -> Article:
    """Read the page of `row`; `selectors` are tried before the known ones.

    Raises Drifted when the page has neither a known place of content nor the row's title: a shell that answers
    for every address.
    """
    tree = LexborHTMLParser(source)
    base = base_of(tree, url)
    attachments = read_attachments(tree, base)
    names = _metas(tree)
    for node in tree.css("script, style"):
        node.decompose()
    shown = tree.body.text(separator="\n") if tree.body else ""
    selector, content = _body(tree, selectors)
    title = _title(tree, source, names, row, shown)
    if content is not None and not attachments and _says_little(content):
        attachments = read_pictures(content, base)
    if content is None and not attachments and not _has(shown, row.title):
        raise Drifted(f"{url} shows neither the title of its row nor a known place of content.")
    return Article(
        title,
        _published(names, shown[:INFORMATION], row, now),
        names.get("contentsource") or _first(_SOURCE, shown[:INFORMATION]) or row.source,
        selector,
        _changing(content or tree.body),
        attachments,
        _continuation(tree, base, url),
    )


def signature(articles: Sequence[Article], files: Sequence[tuple[str, str]]) -> str:
    """What tells one state of a disclosure from another: titles, texts, and (address, hash) of the files."""
    parts = [*chain.from_iterable((each.title, each.text) for each in articles), *chain.from_iterable(files)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    pairs = ((node.attributes.get("name"), node.attributes.get("content")) for node in tree.css("meta[name]"))
    return {name.lower(): content.strip() for name, content in pairs if name and content and content.strip()}


def _body(tree: LexborHTMLParser, selectors: Sequence[str]) -> tuple[str | None, LexborNode | None]:
    for selector in (*selectors, *KNOWN_BODIES):
        for node in tree.css(selector):
            if text_of(node) or node.css_first("img, table, iframe, embed, object"):
                return selector, node
    return None, None


def _says_little(content: LexborNode) -> bool:
    """Whether pictures, where there are any, are what the article is: it has no table and few words."""
    tables = (table for table in content.css("table") if len(table.css("td")) >= DATA_CELLS)
    return len(text_of(content)) < FEW_WORDS and next(tables, None) is None


def _title(tree: LexborHTMLParser, source: str, names: dict[str, str], row: Row, shown: str) -> str:
    if stated := names.get("articletitle"):
        return re.sub(r"\s+", " ", stated)
    if bracketed := _bracketed(source):
        return bracketed
    if not row.cut and _has(shown, row.title):
        return row.title
    headings = (text_of(node) for place in _TITLE_PLACES for node in tree.css(place))
    stem = row.title.rstrip("….⋯ ")
    page_title = tree.css_first("title")
    whole = _SITE_NAME.sub("", text_of(page_title)[:LONGEST_TITLE]) if page_title else ""
    return next((text for text in (*headings, whole) if text and _has(text, stem)), row.title)


def _bracketed(source: str) -> str:
    """The title between JCMS's own comments."""
    begin, end = _TITLE_MARKS
    markup = source.partition(begin)[2].partition(end)[0][:2000]
    body = LexborHTMLParser(markup).body if markup else None
    return text_of(body) if body else ""


def _has(text: str, part: str) -> bool:
    return re.sub(r"\s+", "", part) in re.sub(r"\s+", "", text)


def _published(names: dict[str, str], shown: str, row: Row, now: datetime) -> datetime | None:
    """The most trustworthy date (metas, the page, the list), made exact by another one of the same day."""
    candidates = [moment for moment in _moments(names, shown, row) if moment and is_plausible(moment, now)]
    if not candidates:
        return None
    same_day = (moment for moment in candidates if moment.date() == candidates[0].date())
    return max(same_day, key=lambda moment: ((moment.hour, moment.minute) != (0, 0), moment.second != 0))


def _moments(names: dict[str, str], shown: str, row: Row) -> Iterator[datetime | None]:
    for name in ("pubdate", "publishdate", "maketime"):
        yield read_date(names.get(name, ""))
    for pattern in (_PUBLISHED, _DOCUMENT_DATE):
        yield read_date(_first(pattern, shown) or "")
    yield row.published_at


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1].strip() if found else None


def _changing(node: LexborNode | None) -> str:
    """Text and pictures of the content, click counters left out."""
    if node is None:
        return ""
    pictures = (picture.attributes.get("src") or "" for picture in node.css("img"))
    return re.sub(r"\s+", "", _COUNTER.sub("", node.text(separator=" "))) + "".join(
        address for address in pictures if "?" not in address
    )


def _continuation(tree: LexborHTMLParser, base: str, url: str) -> str | None:
    """The address of the article's next page (1119_2.html after 1119.html), never that of the next article."""
    for link in tree.css("a"):
        if is_next(text_of(link)):
            address = address_of(link, base)
            if address and address != url and _same_article(url, address):
                return address
    return None


def _same_article(url: str, other: str) -> bool:
    one, two = urlsplit(url), urlsplit(other)
    if one.hostname != two.hostname:
        return False
    if one.path == two.path:
        pairs = set(parse_qsl(one.query)) ^ set(parse_qsl(two.query))
        return bool(pairs) and all(name.lower() in _PAGE_NAMES for name, _ in pairs)
    return _stem(one.path) == _stem(two.path)


def _stem(path: str) -> str:
    return re.sub(r"_\d+(?=\.\w+$)", "", path.lower())
