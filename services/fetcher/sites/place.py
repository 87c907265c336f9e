"""The place of an article's own text: the fullest of the known boxes, else the smallest with most of the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from services.fetcher.sites import FAMILIES
from services.fetcher.sites.contract import Page
from services.fetcher.sites.outline import Given, Outline, class_and_id

LEAST_SHARE: Final = 0.3
MOST_SHARE: Final = 0.5
LEAST_TEXT: Final = 30
MOST_BOXES: Final = 50
_SKIPPED: Final = frozenset(
    {"script", "style", "noscript", "template", "select", "option", "textarea", "button", "title"}
)
_HOLDERS: Final = frozenset({"div", "section", "article", "main", "td", "center", "form", "ucapcontent"})
_FURNITURE: Final = re.compile(
    r"主办单位|承办单位|主办[：:]|承办[：:]|标识码|ICP备|icp备|备案|公网安备|版权所有|网站地图|技术支持|联系我们"
    r"|Copyright|CopyRight|copyright|COPYRIGHT|当前位置|您的位置|打印本页|关闭窗口|分享到|字体大小|无障碍|今天是|访问量"
)
"""Without a flag for case: literals alone are found many times faster."""
_INFORMATION: Final = re.compile(
    "(?:时间|日期)[：:]|(?:发布|公开|发文)(?:时间|日期|机构|单位)|来源|作者|责任编辑|浏览|点击|阅读|字号|索引号|文号|分享"
)
LONGEST_INFORMATION: Final = 120
"""Signs of a text that may be the line of date, source and readers above an article."""
_CHROME: Final = re.compile(
    r"(?:^|[\s_-])(?:header|footer|foot|nav\w*|menu\w*|sidebar|breadcrumbs?|copyright|bottom|top)(?:$|[\s_-])"
)
_CHROME_TAGS: Final = frozenset({"nav", "header", "footer"})
MOST_CHROME: Final = 800
"""Signs of text beside links from which an element is none of the above, whatever it is called."""
_FILE: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)(?:$|[?#])", re.IGNORECASE)
_MEDIA: Final = "img, table, iframe, embed, object"


@dataclass(frozen=True)
class Place:
    """An element of the page and the selector that finds it."""

    selector: str
    node: LexborNode


def find_place(page: Page, selectors: Sequence[str], title: str) -> Place | None:
    """Where the article's own text is; `selectors` of the portal's file are believed, the known ones weighed."""
    tree = page.tree
    for selector in selectors:
        for node in _select(tree, selector):
            if _holds(node):
                return Place(selector, node)
    if page.outline is None:
        return None
    weights = _Weights(page.outline, title)
    named = page.outline.named
    known = [
        (selector, node)
        for selector, is_name in _known()
        for node in (named.get(selector.lower(), [])[:MOST_BOXES] if is_name else _select(tree, selector))
        if _holds(node)
    ]
    best = max((weights.of(node) for _, node in known), default=0)
    fitting = [(selector, node) for selector, node in known if weights.of(node) >= MOST_SHARE * best]
    chosen = min(fitting, key=lambda pair: weights.of(pair[1]), default=None)
    if chosen and (weights.total < LEAST_TEXT or weights.of(chosen[1]) >= LEAST_SHARE * weights.total):
        return Place(_selector(tree, chosen[1], chosen[0]), chosen[1])
    densest = weights.densest()
    if densest is not None:
        return Place(_selector(tree, densest), densest)
    return Place(_selector(tree, chosen[1], chosen[0]), chosen[1]) if chosen and best else None


@cache
def _known() -> tuple[tuple[str, bool], ...]:
    """The families' selectors, and of each whether it is but the name of a class or an id."""
    selectors = dict.fromkeys(each for family in FAMILIES.values() for each in family.content)
    return tuple((each, re.fullmatch(r"[.#][\w-]+", each) is not None) for each in selectors)


def _select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)[:MOST_BOXES]
    except (SelectolaxError, ValueError):
        return []


def _holds(node: LexborNode) -> bool:
    return bool(node.text(strip=True)) or node.css_first(_MEDIA) is not None


class _Weights:
    """How much of the page's own text each element holds; links to files count, others and furniture do not."""

    def __init__(self, outline: Outline, title: str) -> None:
        bare = "".join(title.split())
        said = _texts(outline, bare)
        whole = _sums(outline, said)
        end = 0
        for number, (tag, given) in enumerate(zip(outline.tags, outline.attributes, strict=True)):
            if number < end:
                said[number] = 0
            elif whole[number] and (tag in _CHROME_TAGS or (_is_chrome(given) and whole[number] < MOST_CHROME)):
                end = outline.ends[number]
        own = _sums(outline, said)
        self._outline, self._weights = outline, own
        self.total = own[0] if own else 0

    def of(self, node: LexborNode) -> int:
        number = self._outline.number(node)
        return self._weights[number] if number is not None else 0

    def densest(self) -> LexborNode | None:
        """The smallest element that holds most of the text; None where none does but the whole page."""
        if self.total < LEAST_TEXT:
            return None
        least = MOST_SHARE * self.total
        holders = [
            (weight, -number)
            for number, (tag, weight) in enumerate(zip(self._outline.tags, self._weights, strict=True))
            if weight >= least and tag in _HOLDERS
        ]
        return self._outline.nodes[-min(holders)[1]] if holders else None


def _is_furniture(text: str) -> bool:
    """Whether a text is the page's, not the article's: its footer, its way there, the line of date and source."""
    if len(text) <= LONGEST_INFORMATION and _INFORMATION.search(text):
        return True
    return _FURNITURE.search(text) is not None


def _texts(outline: Outline, title: str) -> list[int]:
    """How many signs each text has; of links to other pages, scripts, the title and furniture none."""
    quiet = [False] * len(outline.nodes)
    said = [0] * len(outline.nodes)
    inner = zip(outline.nodes, outline.parents, outline.tags, outline.attributes, strict=True)
    for number, (node, above, tag, given) in enumerate(inner):
        if above >= 0 and quiet[above]:
            quiet[number] = True
        elif not node.is_text_node:
            quiet[number] = tag in _SKIPPED or (tag == "a" and not _FILE.search(given.get("href") or ""))
        elif text := "".join((node.text_content or "").split()):
            heading = text == title and (above < 0 or outline.tags[above] != "a")  # a file may bear the title too
            said[number] = 0 if heading or _is_furniture(text) else len(text)
    return said


def _sums(outline: Outline, said: Sequence[int]) -> list[int]:
    """Of each element what it and all within it say."""
    sums = list(said)
    for number in range(len(sums) - 1, 0, -1):
        if outline.parents[number] >= 0:
            sums[outline.parents[number]] += sums[number]
    return sums


def _is_chrome(given: Given) -> bool:
    """Whether an element is a menu, header or footer by its class or id."""
    return bool(given) and _CHROME.search(class_and_id(given).lower()) is not None


def _selector(tree: LexborHTMLParser, node: LexborNode, known: str = "") -> str:
    """A CSS selector whose first match is `node`."""
    tries = [known] if known else []
    if node.id and re.fullmatch(r"[A-Za-z][\w-]*", node.id):
        tries.append(f"#{node.id}")
    for name in (node.attributes.get("class") or "").split():
        if re.fullmatch(r"[A-Za-z][\w-]*", name):
            tries.append(f"{node.tag}.{name}")
    for selector in tries:
        first = tree.css_first(selector)
        if first is not None and first.mem_id == node.mem_id:
            return selector
    return _path(node)


def _path(node: LexborNode) -> str:
    steps: list[str] = []
    place: LexborNode | None = node
    while place is not None and place.tag not in {"html", "body"}:
        number, before = 1, place.prev
        while before is not None:
            number += before.is_element_node
            before = before.prev
        steps.append(f"{place.tag}:nth-child({number})")
        place = place.parent
    return " > ".join(["body", *reversed(steps)])
