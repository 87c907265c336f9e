"""Rows of a JSON answer by evidence: objects with a title, an address and mostly a date, whatever their names."""

import html
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from services.fetcher.sites.contract import Page, Row
from services.fetcher.sites.dates import from_epoch, read_date
from services.fetcher.sites.generic_rows import MOST_ROWS, read_rows
from services.fetcher.sites.links import plain_text, resolve

MOST_NODES: Final = 20_000
SAMPLE: Final = 20
"""Objects of a list that are looked at to choose among lists."""
LONGEST_VALUE: Final = 1000
LONGEST_MARKUP: Final = 2_000_000
_WRAPPED: Final = re.compile(
    r"\A[\s\ufeff]{0,99}(?:(?:var|let|const)\s{1,9})?[\w.$\[\]]{1,80}\s{0,9}(?:\(|=)\s{0,9}(?=[\[{])"
)
_PLACEHOLDER: Final = re.compile(r"\{(\w{1,60})\}")
_TAG: Final = re.compile(r"<[^<>]{0,200}>")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_TITLE: Final = re.compile(r"(?:title|subject|topic|标题|题名|名称|headline|bt|wzbt|xxbt)$")
_NAME: Final = re.compile(r"(?:name|filename|mc)$")
_NO_TITLE: Final = re.compile(
    r"content|summary|abstract|desc|body|keyword|source|author|channel|column|dept|org|publisher|classify|site|type|user|内容|摘要|来源|机构"
    r"|subtitle|sub_title|seo"
)
_ADDRESS: Final = re.compile(r"(?:urls?|link|href|path|链接|地址|网址|lj|dz)(?:\.\w+)?$")
_NO_ADDRESS: Final = re.compile(r"img|image|pic|thumb|cover|logo|icon|avatar|video|channel|site(?!url)|column|图")
_MOBILE: Final = re.compile(r"wap|mobile|(?:^|\.)m(?:url)?$")
_LOOKS_ADDRESS: Final = re.compile(
    r"(?:https?:/)?\.{0,2}/[^\s<>\"]{1,900}|[\w./-]{1,300}\.(?:s?html?|jhtml|aspx?|jsp|php|pdf|docx?|xlsx?)"
)
_PICTURE: Final = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|mp4|ico)(?:$|\?)", re.IGNORECASE)
_TIME: Final = re.compile(r"time|date|日期|时间|(?:rq|sj)$")
_PUBLISHED: Final = re.compile(r"pub|release|rel|fb|发布|公开|display|show|issue|write")
_LATER: Final = re.compile(r"up(?:date)?|modif|last|edit|end|exp|crea?t|更新|修改|create")
_MILLISECONDS: Final = re.compile(r"/Date\((\d{9,14})")
_SOURCES: Final = ("publisher", "source", "contentsource")
_COLUMNS: Final = ("classifymainname", "classifyname", "column", "channelname")
_TOTAL: Final = re.compile(
    r"(?:post|total|record|row|result|item|info|all|i?totalrecords?|recordstotal|num)?_?-?(?:count|total|totalrecords?|totalrows?|totalelements|totalnum(?:ber)?"
    r"|totalsize|numfound|num|totalrecordcount)|总数|总条数|记录数|总记录数"
)
_PAGES: Final = re.compile(r"pages|page_?count|total_?pages?|page_?total|总页数")


def parsed(text: str) -> Any:
    """What a JSON answer holds, out of a call back or an assignment too; None for what is none."""
    bare = text.lstrip("\ufeff \t\r\n")
    wrapped = _WRAPPED.match(bare) if not bare.startswith(("{", "[")) else None
    try:
        if wrapped:
            return json.JSONDecoder().raw_decode(bare, wrapped.end())[0]
        return json.loads(bare)
    except (ValueError, RecursionError):
        return None


def rows_of(content: Any, page: Page) -> tuple[list[Row], int]:
    """The rows of the list that has most to say, and how many it has; of markup inside where no list has any."""
    best: list[dict[str, Any]] = []
    most = (0, 0)
    markup = ""
    for level in _levels(content):
        if isinstance(level, str):
            markup = level if "<a" in level and len(level) > len(markup) else markup
            continue
        objects = _objects(level)
        if not objects:
            continue
        told = [_row(each, page) for each in objects[:SAMPLE]]
        weight = sum(2 if row.published_at else 1 for row in told if row), len(objects)
        if weight[0] and weight > most:
            best, most = objects, weight
    rows = [row for each in best[:MOST_ROWS] if (row := _row(each, page))]
    if rows or not markup:
        return rows, len(best)
    rows = list(read_rows(replace(page, text=markup[:LONGEST_MARKUP])))
    return rows, len(rows)


def stated(content: Any, page: Page) -> tuple[int | None, int | None]:
    """How many rows, and how many pages, an answer says that the whole list has."""
    total = pages = None
    for level in _levels(content):
        if not isinstance(level, dict):
            continue
        for name, value in level.items():
            plain = str(name).lower()
            named = plain == page.fields.total.lower() if page.fields.total else bool(_TOTAL.fullmatch(plain))
            number = _count(value)
            total = number if named and number is not None and total is None else total
            pages = number if _PAGES.fullmatch(plain) and pages is None else pages
    return total, pages


def next_link(content: Any, page: Page) -> str | None:
    """The address of the next page where an answer states it."""
    for level in _levels(content):
        if isinstance(level, dict):
            for name in ("next", "nextPage", "nextUrl", "next_page_url", "nextLink", "nextPageUrl"):
                value = level.get(name)
                if isinstance(value, str) and _LOOKS_ADDRESS.match(value):
                    return resolve(page.base, value)
    return None


def _count(value: Any) -> int | None:
    if isinstance(value, dict):  # {"total": {"value": 98}}
        value = value.get("value")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _levels(content: Any) -> Iterator[Any]:
    """All dicts, lists of objects and texts of an answer, level by level; JSON in a text is gone into."""
    waiting = deque([content])
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.popleft()
        if isinstance(node, str) and node[:1] in {"{", "["} and (inner := parsed(node)) is not None:
            node = inner
        yield node
        if isinstance(node, dict):
            waiting.extend(value for value in node.values() if isinstance(value, dict | list | str))
        elif isinstance(node, list) and len(node) < SAMPLE and not any(isinstance(each, dict) for each in node):
            waiting.extend(each for each in node if isinstance(each, list))


def _objects(level: Any) -> list[dict[str, Any]]:
    """The objects of a list, of a dict of objects, or of a list of lists; nested ones made flat, names plain."""
    if isinstance(level, dict):
        level = list(level.values())
        if len(level) < 2 or not all(isinstance(each, dict) for each in level):
            return []
    if not isinstance(level, list) or not level:
        return []
    if all(isinstance(each, list) for each in level):
        level = [{str(place): value for place, value in enumerate(each)} for each in level[:MOST_ROWS]]
    return [_flat(each) for each in level if isinstance(each, dict)]


def _flat(each: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in each.items():
        plain = str(name).lower()
        if isinstance(value, dict) and depth < 2:
            inner = _flat(value, depth + 1)
            for own, held in inner.items():
                flat.setdefault(own if own not in each else f"{plain}.{own}", held)
                flat.setdefault(f"{plain}.{own}", held)
        else:
            flat[plain] = value
    return flat


def _row(article: Mapping[str, Any], page: Page) -> Row | None:
    fields = page.fields
    title = _title(article, fields.title)
    url = next((link for each in _addresses(article, fields.url) if (link := resolve(page.base, each))), None)
    if url is None or not title:
        return None
    source, column = _text(article, _SOURCES), _text(article, _COLUMNS)
    return Row(
        url, title, _is_cut(title), published_at=_published(article, fields.date), source=source, column=column
    )


def _title(article: Mapping[str, Any], named: str | None) -> str:
    if named:
        return _plain(article.get(named.lower()))
    titles = {name: value for name, value in article.items() if isinstance(value, str) and value.strip()}
    usable = [name for name in titles if not _NO_TITLE.search(name) and len(titles[name]) < LONGEST_VALUE]
    for pattern in (_TITLE, _NAME):
        named_so = [name for name in usable if pattern.search(name.replace("_", ""))]
        if named_so:
            whole = min(named_so, key=lambda name: (_is_cut(titles[name]), len(name), -len(titles[name])))
            return _plain(titles[whole])
    spoken = [name for name in usable if len(_CHINESE.findall(titles[name])) >= 6 and "<p" not in titles[name]]
    return _plain(max((titles[name] for name in spoken), key=len, default=""))


def _addresses(article: Mapping[str, Any], named: str | None) -> Iterator[str]:
    """The addresses an article states, likeliest first, or the one that the portal file's template makes."""
    if named is not None and "{" in named:
        wanted = {name: article.get(name.lower()) for name in _PLACEHOLDER.findall(named)}
        if all(isinstance(value, str | int) for value in wanted.values()):
            yield _PLACEHOLDER.sub(lambda place: quote(str(wanted[place[1]]), safe=""), named)
        return
    texts = {name: value for name, value in article.items() if isinstance(value, str) and value.strip()}
    if named is not None:
        yield from (value for name, value in texts.items() if name == named.lower())
        return
    fitting = [
        name
        for name in texts
        if not _NO_ADDRESS.search(name) and not _PICTURE.search(texts[name]) and len(texts[name]) < LONGEST_VALUE
    ]
    called = [name for name in fitting if _ADDRESS.search(name.replace("_", ""))]
    called.sort(key=lambda name: bool(_MOBILE.search(name)))
    yield from (texts[name] for name in called)
    yield from (texts[name] for name in fitting if name not in called and _LOOKS_ADDRESS.fullmatch(texts[name]))


def _published(article: Mapping[str, Any], named: str | None) -> datetime | None:
    if named:
        names = [named.lower()]
    else:
        names = [name for name in article if _TIME.search(name)]
        names.sort(key=lambda name: (bool(_LATER.search(name)), not _PUBLISHED.search(name), len(name)))
        names += [name for name in article if name not in names and name.isdigit()]
    for name in names:
        if moment := _moment(article.get(name)):
            return moment
    return None


def _is_cut(title: str) -> bool:
    return title.rstrip().endswith(("…", "..", "⋯"))


def _moment(value: Any) -> datetime | None:
    """A time as services write it: text, epoch, ticks, 20240205, or [2024, 2, 5, 8, 0]."""
    if isinstance(value, list) and len(value) >= 3:
        value = "-".join(map(str, value[:3]))
    if isinstance(value, str) and (ticks := _MILLISECONDS.match(value)):
        value = ticks[1]
    if isinstance(value, int) and 19_000_000 < value < 21_000_000:
        value = str(value)
    return (read_date(value[:100]) if isinstance(value, str) else None) or from_epoch(value)


def _plain(value: Any) -> str:
    if not isinstance(value, str | int):
        return ""
    return plain_text(_TAG.sub("", html.unescape(str(value))))


def _text(article: Mapping[str, Any], names: Sequence[str]) -> str | None:
    found = (value for name, value in article.items() if name.replace("_", "") in names and value)
    return next((_plain(value) for value in found if isinstance(value, str)), None)
