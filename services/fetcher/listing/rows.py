"""Rows of an HTML list: a link and a date near it, whatever tags hold them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.fetcher.dates import is_date, read_date, read_list_date
from services.fetcher.links import address_of, text_of
from services.fetcher.listing.page import Row

MOST_ROWS: Final = 2000
LINKS_IN_ROW: Final = 4
CLIMB: Final = 5
SHORTEST_TITLE: Final = 4
LONGEST_DATE: Final = 40
_ROWS: Final = frozenset({"li", "tr", "dd"})
_LISTS: Final = frozenset({"ul", "ol", "table", "tbody", "body", "html", "form"})
_DIGITS: Final = re.compile(r"[\s\[\]()（）【】\d\-/.年月日:：]{1,32}")
_DATE_LABEL: Final = re.compile(r"^\D{0,6}[：:]\s*")
_LABEL: Final = re.compile(r"^(?:文章)?标\s*题\s*[：:]\s*")
_OTHER_LABEL: Final = re.compile(r"^(?:更新时间|发布时间|发布日期|作者|点击数?|浏览次?数?|来源)\s*[：:]")
_BADGE: Final = re.compile(r"^(?:[\[【(（](?:置顶|图文?|新|荐|热)[\]】)）]|[·•●■◆▪>]|\s)+")
_CUT: Final = re.compile(r"(?:…+|\.{2,}|⋯+)$")
_ARTICLE: Final = re.compile(
    r"t\d{8}_\d+\.|/art_\d|/art/\d{4}/|/info/\d+/\d+\.|post_\d+\.|content_\d+|/\d{6,8}/\w*\d{3,}\.s?html?|[Aa]rticleID=\d"
)


def read_rows(tree: LexborHTMLParser, base: str, selector: str | None = None) -> tuple[Row, ...]:
    """The rows in page order, each address once."""
    boxes = list(_selected(tree, selector)) if selector else _dated(tree)
    found = (read_row(box, base) for box in boxes)
    rows = [row for row in found if row is not None]
    if not rows and not selector:
        rows = [row for row in (_undated(link, base) for link in tree.css("a")[:MOST_ROWS]) if row is not None]
    return tuple({row.url: row for row in reversed(rows)}.values())[::-1]


def read_row(box: LexborNode, base: str) -> Row | None:
    """The row in `box`: its link with the longest title; None when there is none."""
    inside = [box] if box.tag == "a" else box.css("a")
    links = [(address_of(link, base), link) for link in inside[:MOST_ROWS]]
    titled = [(_title(link), url) for url, link in links if url]
    titled = [(title, url) for title, url in titled if len(title) >= SHORTEST_TITLE]
    if not titled:
        return None
    title, url = max(titled, key=lambda pair: len(pair[0]))
    return Row(url, title, bool(_CUT.search(title)), read_list_date(_dates_in(box), url))


def _selected(tree: LexborHTMLParser, selector: str) -> Sequence[LexborNode]:
    return tree.css(selector)[:MOST_ROWS]


def _dated(tree: LexborHTMLParser) -> list[LexborNode]:
    """The smallest boxes with a date and a link, then their siblings without a date, in page order."""
    boxes: dict[int, LexborNode] = {}
    for text in _date_texts(tree):
        box = _box_of(text)
        if box is not None and len(boxes) < MOST_ROWS:
            boxes[box.mem_id] = box
    lists = Counter(box.parent.mem_id for box in boxes.values() if box.parent and box.tag in _ROWS)
    if not lists:
        return list(boxes.values())
    main = lists.most_common(1)[0][0]
    ordered: dict[int, LexborNode] = {}
    for box in boxes.values():
        if box.parent and box.parent.mem_id == main and box.mem_id not in ordered:
            for sibling in box.parent.iter():
                if sibling.tag == box.tag and sibling.mem_id not in ordered and len(ordered) < MOST_ROWS:
                    ordered[sibling.mem_id] = sibling
        ordered.setdefault(box.mem_id, box)
    return list(ordered.values())


def _date_texts(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    if tree.body is None:
        return
    for node in tree.body.traverse(include_text=True):
        if node.is_text_node and (part := _date_part(node)) and (is_date(part) or read_date(part)):
            yield node


def _date_part(text: LexborNode) -> str | None:
    """A text of digits and date signs, its label taken off; outside links also a short one with a date."""
    content = (text.text_content or "").strip()
    bare = _DATE_LABEL.sub("", content)
    if _DIGITS.fullmatch(bare):
        return bare
    if len(content) <= LONGEST_DATE and read_date(content) and not _inside_link(text):
        return content
    return None


def _inside_link(node: LexborNode) -> bool:
    for _ in range(CLIMB):
        if node.parent is None or node.tag == "a":
            break
        node = node.parent
    return node.tag == "a"


def _box_of(text: LexborNode) -> LexborNode | None:
    node = text.parent
    for _ in range(CLIMB):
        if node is None or node.tag in _LISTS:
            return None
        if node.tag == "a":
            return _row_around(node)
        if links := node.css("a"):
            return node if len(links) <= LINKS_IN_ROW else None
        node = node.parent
    return None


def _row_around(link: LexborNode) -> LexborNode:
    """The list row that `link`, which holds its date itself, is in; the link where there is none."""
    node = link.parent
    for _ in range(CLIMB):
        if node is None or node.tag in _LISTS:
            break
        if node.tag in _ROWS and len(node.css("a")) <= LINKS_IN_ROW:
            return node
        node = node.parent
    return link


def _undated(link: LexborNode, base: str) -> Row | None:
    url, title = address_of(link, base), _title(link)
    if url is None or len(title) <= SHORTEST_TITLE or not _ARTICLE.search(url):
        return None
    return Row(url, title, bool(_CUT.search(title)), read_list_date("", url))


def _title(link: LexborNode) -> str:
    """The whole title: of the `title` attribute when that goes on where the text was cut, else the text."""
    heading = link.css_first("h1, h2, h3, h4, h5, h6")
    shown = text_of(heading) if heading else " ".join(_texts(link))
    shown = _BADGE.sub("", re.sub(r"\s+", " ", shown)).strip()
    stem = _squeezed(_CUT.sub("", shown))
    for line in (link.attributes.get("title") or "").splitlines():
        stated = _BADGE.sub("", _LABEL.sub("", line.strip())).strip()
        if not _OTHER_LABEL.match(stated) and _squeezed(stated).startswith(stem):
            return stated
    return shown


def _texts(link: LexborNode) -> list[str]:
    texts = (node.text_content or "" for node in link.traverse(include_text=True) if node.is_text_node)
    return [text.strip() for text in texts if text.strip() and not is_date(text.strip())]


def _dates_in(box: LexborNode) -> str:
    parts = (_date_part(node) for node in box.traverse(include_text=True) if node.is_text_node)
    return " ".join(part for part in parts if part)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
