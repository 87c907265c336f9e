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

from services.fetcher.sites import FAMILIES, check_depth, trs_wcm
from services.fetcher.sites.attachments import Attachment, is_file, read_attachments, read_pictures
from services.fetcher.sites.contract import Page, Request, Row
from services.fetcher.sites.dates import is_plausible, read_date
from services.fetcher.sites.generic_pager import is_next
from services.fetcher.sites.generic_rows import in_chrome, leads_to_file
from services.fetcher.sites.links import Base, address_of, plain_text, resolve, text_of
from services.fetcher.sites.place import Place, find_place
from shared.errors import Drifted, NotShown

LONGEST_TITLE: Final = 300
INFORMATION: Final = 20_000
FEW_WORDS: Final = 500
LEAST_OWN: Final = 100
"""Signs of text from which an article says something itself."""
FURNITURE: Final = 400
"""Signs of a page's text that may be its footer's."""
DATA_CELLS: Final = 12
AGREES: Final = 0.6
MOST_LINKS: Final = 5000
_NUMBER: Final = (
    r"[\[（(【：:]{0,2}\d{1,3}(?:,\d{3}){1,3}[\]）)】]?"
    r"|[\[（(【：:]{0,2}\d{1,9}(?:\.\d{1,2}(?=[万千]))?[万千]?[\]）)】]?"
)
_COUNTER: Final = re.compile(
    r"(?:(?:本文|本页|本信息|该文|文章)?(?:已|共)?(?:被)?(?:有)?(?:点击|浏览|阅读|已阅|查看|下载|点赞|转发|收藏|评论|分享到?[：:]|有用|没用|人气(?:指数)?|热度"
    r"|(?:当前)?在线|访问(?=量|次|人|[：:])|hits?|views?|visits?|read|pv[：:])"
    rf"(?:过|量|次数|人数|数|率|人次)?[：:]?(?:{_NUMBER})(?:次|人次|人|℃|度|times)?"
    rf"|(?:共有?|已有?|累计)(?:{_NUMBER})(?:人次|人|次|位)?(?:网友)?(?:浏览|阅读|点击|查看|访问|下载|点赞)"
    rf"|(?:{_NUMBER})(?:人次|人|次)(?:浏览|阅读|点击)过?"
    r"|已下载\d{0,9}次|您是第\d{1,12}位访[问客]\w{0,3})",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(
    r"(?:打印|当前|现在|系统|服务器|北京|页面生成|访问|浏览|今天|今日|此刻|本地)(?:的)?(?:时间|日期|是|为)?[：:]?(?:北京时间)?"
    r"\d{2,4}[年/.-]\d{1,2}[月/.-]\d{1,2}日?(?:[T]?(?:上午|下午)?\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}秒?)?分?)?(?:星期[一二三四五六日天])?"
    r"(?:农历[\u4e00-\u9fff]{2,8})?"
    r"|\d{4}年\d{1,2}月\d{1,2}日(?:星期[一二三四五六日天])?农历[\u4e00-\u9fff]{2,8}"
    r"|(?:当前|现在|系统|北京)(?:的)?时间[：:]?\d{1,2}:\d{2}(?::\d{2})?"
    r"|(?:页面)?(?:执行|加载|响应)(?:时间|耗时)[：:]?\d{1,6}(?:\.\d{1,9})?(?:毫秒|秒|ms|s)?|Processedin\d{1,6}(?:\.\d{1,9})?second\(s\)(?:,\d{1,4}queries)?"
    r"|(?:晴|多云|阴|[小中大]雨|阵雨|雷阵雨|[小中大]雪)(?:转(?:晴|多云|阴|[小中大]雨))?-?\d{1,2}℃[~～/至-]{1,2}\d{1,2}℃"
)
_PASSING: Final = (
    (
        _COUNTER,
        re.compile(
            "点击|浏览|阅读|已阅|查看|下载|点赞|转发|收藏|评论|分享|有用|没用|人气|热度|在线|访"
            "|hit|Hit|HIT|view|View|VIEW|visit|Visit|VISIT|read|Read|READ|pv|Pv|PV"
        ),
    ),
    (
        _CLOCK,
        re.compile(
            "打印|当前|现在|系统|服务器|北京|页面生成|访问|浏览|今天|今日|此刻|本地|农历|执行|加载|响应|Processedin|℃"
        ),
    ),
)
"""What changes by itself in a text, and words one of which it always has: it is looked for around those."""
REACH: Final = 80
"""Signs that lie between such a word and either end of what it is part of, at most."""
_COUNTER_BOXES: Final = ", ".join(
    f"[{attribute}*={name}]"
    for attribute in ("id", "class")
    for name in (
        "hits",
        "Hits",
        "click",
        "Click",
        "viewcount",
        "viewCount",
        "readcount",
        "readCount",
        "visits",
        "pvcount",
    )
)
"""Selector of what holds nothing but a count of readers."""
_TITLE_PLACES: Final = ("h1", ".main_ArticleTitle", ".article-title", ".details-title", ".title", "h2", "h3")
_SITE_NAME: Final = re.compile(
    r"\s{0,9}[_|－—][^_|－—]*$|\s{1,9}-\s[^-]*$|-[^-]{2,30}(?:政府|网|局|委员会|平台)[^-]*$"
)
_SOURCE: Final = re.compile(
    r"(?:^|[\s|｜（(【\[])(?:(?:信息|稿件|文章|内容)?来\s{0,4}源|发布机构|发布单位|公开主体|发文机关)"
    r"(?:\s{0,9}[：:]\s{0,3}|\s{1,9})([^\s：:|，。；“”]{2,40})(?=[\s|）)】\]]|$)"
)
_NO_SOURCE: Final = re.compile(r"时间|日期|点击|浏览|字号|字体|发布|打印|^[【\[（(]")
_PUBLISHED: Final = re.compile(
    r"(?:发布时间|发布于|发布日期|更新时间|公开日期|发表时间|日\s{0,9}期|时\s{0,9}间)\s{0,9}[：:]?\s{0,3}(.{8,40})"
)
_DOCUMENT_DATE: Final = re.compile(
    r"(?:发文日期|成文日期|生成日期|发文时间|生成时间)\s{0,9}[：:]?\s{0,3}(.{8,40})"
)
_PAGE_NAMES: Final = frozenset({"page", "p", "pageno", "pageindex", "currentpage"})
_DATE_METAS: Final = ("pubdate", "publishdate", "pudate", "maketime")
_METAS: Final = ("articletitle", *_DATE_METAS, "contentsource")


@dataclass(frozen=True)
class Article:
    """One page of an article; `body` is the selector of its own content, `digest` a hash of what changes.

    `framed` is the page that it shows in a frame in place of a text of its own.
    """

    title: str
    published_at: datetime | None
    source: str | None
    body: str | None
    digest: str
    attachments: tuple[Attachment, ...]
    next_page: str | None
    framed: str | None = None


def read_article(
    source: str, url: str, row: Row, selectors: Sequence[str], now: datetime, charset: str = "utf-8"
) -> Article:
    """Read the page of `row`; `selectors` are tried before the known ones.

    Raises NotShown for a page that is not the row's (an error page, the home page, a shell that answers for every
    address), Drifted for a login or a page with its title and nothing else, TooLarge for one nested too deep.
    """
    check_depth(source, url)
    page = Page(Request(url), url, source, charset=charset)
    tree, base = page.tree, page.base
    has_scripts = tree.css_first("script") is not None
    place = find_place(page, selectors, row.title)
    attachments = read_attachments(page, place.node if place else None)
    scripted = trs_wcm.script_pages(page) if "createPage" in source else None
    for node in tree.css("script, style"):
        node.decompose()
    for node in tree.css(_COUNTER_BOXES)[:MOST_LINKS]:
        if re.fullmatch(r"\d{1,9}", node.text(strip=True)[:10]):
            node.decompose()
    metas = _metas(tree, row)
    shown = re.sub(r"\s*\n\s*", "\n", tree.body.text(separator="\n")) if tree.body else ""
    _check_is_of(row, tree, metas, url)
    if place is not None and not attachments and _says_little(place.node):
        attachments = read_pictures(place.node, base)
    if has_scripts and not attachments and _is_empty(tree, place, row):
        raise Drifted(f"{url} shows its title, but no text and no file; a script may load them (needs_script).")
    return Article(
        _title(tree, source, metas, row, shown),
        _published(metas, shown[:INFORMATION], row, now),
        metas.get("contentsource") or _source(shown[:INFORMATION]) or row.source,
        place.selector if place else None,
        hashlib.sha256((_changing(place.node) if place else _own_text(tree.body)).encode()).hexdigest(),
        attachments,
        _continuation(tree, base, url, scripted[0] if scripted else ()),
        _framed(tree, place, base, row) if not attachments else None,
    )


def signature(articles: Sequence[Article], files: Sequence[tuple[str, str]]) -> str:
    """What tells one state of a disclosure from another: titles, texts, and the files in any order."""
    parts = [
        *chain.from_iterable((each.title, each.digest) for each in articles),
        *chain.from_iterable(sorted(files)),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def agreement(part: str, whole: str) -> float:
    """The share of the pairs of neighbouring signs of `part` that `whole` has too."""
    short, long = (re.sub(r"\s+", "", text) for text in (part, whole))
    pairs = {short[place : place + 2] for place in range(len(short) - 1)}
    return sum(pair in long for pair in pairs) / len(pairs) if pairs else 1.0


def _check_is_of(row: Row, tree: LexborHTMLParser, metas: dict[str, str], url: str) -> None:
    """Raise Drifted unless the page shows the row's title, or most of it, as its own and not as a link."""
    stem = row.title.rstrip("….⋯ ")
    page_title = tree.css_first("title")
    headings = [page_title] if page_title else []
    said = (text_of(node)[:LONGEST_TITLE] for node in (*headings, *tree.css("h1, h2, h3")[:20]))
    if any(agreement(stem, each) >= AGREES for each in chain([metas.get("articletitle", "")], said)):
        return
    own = _own_text(tree.body, files=True)
    if any(_has(own, part) for part in (stem, *row.parts)) or agreement(stem, own) >= AGREES:
        return
    if tree.css_first("input[type=password]") is not None:
        raise Drifted(f"{url} is a login page in place of {row.title}.")
    raise NotShown(f"{url} does not show the title of its row, {row.title}.")


def _framed(tree: LexborHTMLParser, place: Place | None, base: Base, row: Row) -> str | None:
    """The page of the same site in a frame of the article's content, where that has next to nothing else."""
    content = place.node if place else tree.body
    if content is None or content.css_first("table") is not None:
        return None
    own = "".join(_own_text(content).split()).replace("".join(row.title.split()), "")
    if len(own) > (LEAST_OWN if place else LEAST_OWN + FURNITURE):
        return None
    frames = (frame for frame in content.css("iframe[src]")[:20] if not in_chrome(frame))
    addresses = (resolve(base, frame.attributes.get("src")) for frame in frames)
    return next((each for each in addresses if each and each != base.url and _is_beside(each, base)), None)


def _is_beside(address: str, base: Base) -> bool:
    return urlsplit(address).hostname == urlsplit(base.url).hostname and not is_file(address)


def _is_empty(tree: LexborHTMLParser, place: Place | None, row: Row) -> bool:
    if tree.css_first("img, iframe, embed, object, table") is not None:
        return False
    own = re.sub(r"\s+", "", _own_text(place.node if place else tree.body))
    return len(own.replace(re.sub(r"\s+", "", row.title), "")) < 2 or (
        place is None and any(not text_of(node) for selector in _EMPTY for node in tree.css(selector))
    )


_EMPTY: Final = (
    "#zoom",
    ".TRS_Editor",
    "#content",
    ".content",
    ".article-content",
    "[id^=vsb_content]",
    "#UCAP-CONTENT",
)


def _metas(tree: LexborHTMLParser, row: Row) -> dict[str, str]:
    """The metas by name; of several of a name the one that stands with the row's title, else the first."""
    found: dict[str, list[str]] = {}
    for node in tree.css("meta[name]")[:MOST_LINKS]:
        name, content = (node.attributes.get("name") or "").lower(), (node.attributes.get("content") or "").strip()
        if name in _METAS and content:
            found.setdefault(name, []).append(content)
    titles = found.get("articletitle", [])
    stem = row.title.rstrip("….⋯ ")
    agreeing = next((number for number, title in enumerate(titles) if agreement(stem, title) >= AGREES), None)
    if titles and agreeing is None:
        del found["articletitle"]
    number = agreeing or 0
    return {name: each[number] if number < len(each) else each[0] for name, each in found.items()}


def _says_little(content: LexborNode) -> bool:
    """Whether pictures, where there are any, are what the article is: it has no table and few words."""
    tables = (table for table in content.css("table") if len(table.css("td")) >= DATA_CELLS)
    return len(text_of(content)) < FEW_WORDS and next(tables, None) is None


def _title(tree: LexborHTMLParser, source: str, metas: dict[str, str], row: Row, shown: str) -> str:
    if stated := metas.get("articletitle"):
        return plain_text(stated)
    if bracketed := _bracketed(source):
        return bracketed
    if not row.cut and _has(shown, row.title):
        return row.title
    headings = (text_of(node) for place in _TITLE_PLACES for node in tree.css(place)[:50])
    stem = row.title.rstrip("….⋯ ")
    page_title = tree.css_first("title")
    whole = _SITE_NAME.sub("", text_of(page_title)[:LONGEST_TITLE]) if page_title else ""
    texts = [text for text in (*headings, whole) if text and len(text) <= LONGEST_TITLE]
    return next((text for text in texts if _has(text, stem)), row.title)


def _bracketed(source: str) -> str:
    """The title between a family's own comments."""
    for begin, end in (marks for family in FAMILIES.values() for marks in family.title_marks):
        markup = source.partition(begin)[2].partition(end)[0][:2000]
        body = LexborHTMLParser(markup).body if markup else None
        if body is not None and (text := text_of(body)):
            return text
    return ""


def _has(text: str, part: str) -> bool:
    return re.sub(r"\s+", "", part) in re.sub(r"\s+", "", text)


def _published(metas: dict[str, str], shown: str, row: Row, now: datetime) -> datetime | None:
    """The date the page shows, before those of its metas and of the list, made exact by one of the same day."""
    candidates = [moment for moment in _moments(metas, shown, row) if moment and is_plausible(moment, now)]
    if not candidates:
        return None
    same_day = (moment for moment in candidates if moment.date() == candidates[0].date())
    return max(same_day, key=lambda moment: ((moment.hour, moment.minute) != (0, 0), moment.second != 0))


def _moments(metas: dict[str, str], shown: str, row: Row) -> Iterator[datetime | None]:
    yield read_date(_first(_PUBLISHED, shown) or "")
    for name in _DATE_METAS:
        yield read_date(metas.get(name, "")[:100])
    yield read_date(_first(_DOCUMENT_DATE, shown) or "")
    yield row.published_at


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1].strip() if found else None


def _source(shown: str) -> str | None:
    """A short value after a label that speaks of who published it."""
    found = (match[1].strip() for match in _SOURCE.finditer(shown))
    return next((value for value in found if not _NO_SOURCE.search(value)), None)


def _changing(node: LexborNode) -> str:
    """Text and pictures of the content, click counters and clocks left out."""
    pictures = (picture.attributes.get("src") or "" for picture in node.css("img"))
    return _steady(node.text(separator=" ")) + "".join(address for address in pictures if "?" not in address)


def _own_text(node: LexborNode | None, files: bool = False) -> str:
    """The text under `node` that is no link, with `files` that of links to files too."""
    if node is None:
        return ""
    parts: list[str] = []
    linked: set[int] = set()
    for each in node.traverse(include_text=True):
        above = each.parent.mem_id if each.parent is not None else 0
        if above in linked or (
            each.tag == "a" and not (files and leads_to_file(each.attributes.get("href") or ""))
        ):
            linked.add(each.mem_id)
        elif each.is_text_node:
            parts.append(each.text_content or "")
    return _steady(" ".join(parts))


def _steady(text: str) -> str:
    """`text` without blanks, counters and clocks."""
    text = "".join(text.split())
    for pattern, words in _PASSING:
        text = "".join(pattern.sub("", part) if looked else part for part, looked in _around(words, text))
    return text


def _around(words: re.Pattern[str], text: str) -> Iterator[tuple[str, bool]]:
    """The parts of `text`, those around `words` and those between them."""
    begin = end = 0
    for word in words.finditer(text):
        if word.start() - REACH > end:
            yield text[begin:end], True
            yield text[end : word.start() - REACH], False
            begin = word.start() - REACH
        end = word.end() + REACH
    yield text[begin:end], True
    yield text[end:], False


def _continuation(tree: LexborHTMLParser, base: Base, url: str, scripted: Sequence[Request]) -> str | None:
    """The address of the article's next page (1119_2.html after 1119.html), never that of the next article."""
    own = _suffix(urlsplit(url).path)
    for request in scripted:
        name = _stem(urlsplit(request.url).path)
        if request.url != url and name in {urlsplit(url).path.lower(), _stem(urlsplit(url).path)}:
            return request.url
    for link in tree.css("a")[:MOST_LINKS]:
        text = link.text()
        text = plain_text(text)[:20] if len(text) < 40 else ""
        number = re.fullmatch(r"[\[【（(]?\s?第?(\d{1,3})页?\s?[\]】）)]?", text)
        if is_next(text) or (number and int(number[1]) == max(own, 1) + 1):
            address = address_of(link.attributes, base)
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


def _suffix(path: str) -> int:
    found = re.search(r"_(\d{1,3})\.\w+$", path)
    return int(found[1]) if found else 1
