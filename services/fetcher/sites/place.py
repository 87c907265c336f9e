"""The place of an article's own text: the fullest of the known boxes, else the smallest with most of the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from services.fetcher.sites import FAMILIES

LEAST_SHARE: Final = 0.3
MOST_SHARE: Final = 0.5
LEAST_TEXT: Final = 30
_SKIPPED: Final = frozenset(
    {"script", "style", "noscript", "template", "select", "option", "textarea", "button", "title"}
)
_HOLDERS: Final = frozenset({"div", "section", "article", "main", "td", "center", "form", "ucapcontent"})
_FURNITURE: Final = re.compile(
    r"主办单位|承办单位|主办[：:]|承办[：:]|标识码|ICP备|备案|公网安备|版权所有|网站地图|技术支持|联系我们|Copyright|当前位置|您的位置"
    r"|打印本页|关闭窗口|分享到|字体大小|无障碍|今天是|访问量",
    re.IGNORECASE,
)
_CHROME: Final = re.compile(
    r"(?:^|[\s_-])(?:header|footer|foot|nav\w*|menu\w*|sidebar|breadcrumbs?|copyright|bottom|top)(?:$|[\s_-])"
)
_FILE: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)(?:$|[?#])", re.IGNORECASE)
_MEDIA: Final = "img, table, iframe, embed, object"


@dataclass(frozen=True)
class Place:
    """An element of the page and the selector that finds it."""

    selector: str
    node: LexborNode


def find_place(tree: LexborHTMLParser, selectors: Sequence[str], title: str) -> Place | None:
    """Where the article's own text is; `selectors` of the portal's file are believed, the known ones weighed."""
    for selector in selectors:
        for node in _select(tree, selector):
            if _holds(node):
                return Place(selector, node)
    if tree.body is None:
        return None
    weights = _Weights(tree.body, title)
    known = [(selector, node) for selector in _known() for node in _select(tree, selector) if _holds(node)]
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
def _known() -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for family in FAMILIES.values() for each in family.content))


def _select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)[:50]
    except (SelectolaxError, ValueError):
        return []


def _holds(node: LexborNode) -> bool:
    return bool(node.text(strip=True)) or node.css_first(_MEDIA) is not None


class _Weights:
    """How much of the page's own text each element holds; links to files count, others and furniture do not."""

    def __init__(self, body: LexborNode, title: str) -> None:
        nodes = list(body.traverse(include_text=True))
        places = {node.mem_id: number for number, node in enumerate(nodes)}
        parents = [places.get(node.parent.mem_id, -1) if node.parent is not None else -1 for node in nodes]
        quiet = [False] * len(nodes)
        own = [0] * len(nodes)
        bare = re.sub(r"\s", "", title)
        for number, node in enumerate(nodes):
            above = parents[number]
            quiet[number] = (above >= 0 and quiet[above]) or _is_quiet(node)
            if node.is_text_node and not quiet[number]:
                text = "".join((node.text_content or "").split())
                own[number] = 0 if not text or _FURNITURE.search(text) or text == bare else len(text)
        for number in range(len(nodes) - 1, 0, -1):
            if parents[number] >= 0:
                own[parents[number]] += own[number]
        self._nodes, self._weights = nodes, own
        self._by_id = {node.mem_id: own[number] for number, node in enumerate(nodes)}
        self.total = own[0] if own else 0

    def of(self, node: LexborNode) -> int:
        return self._by_id.get(node.mem_id, 0)

    def densest(self) -> LexborNode | None:
        """The smallest element that holds most of the text; None where none does but the whole page."""
        if self.total < LEAST_TEXT:
            return None
        least = MOST_SHARE * self.total
        holders = [
            (weight, -number)
            for number, (node, weight) in enumerate(zip(self._nodes, self._weights, strict=True))
            if weight >= least and node.tag in _HOLDERS
        ]
        if not holders:
            return None
        return self._nodes[-min(holders)[1]]


def _is_quiet(node: LexborNode) -> bool:
    """Whether the text under `node` is not the page's own: scripts, menus, footers, links to other pages."""
    if node.is_text_node:
        return False
    if node.tag == "a":
        return not _FILE.search(node.attributes.get("href") or "")
    if node.tag in _SKIPPED or node.tag in {"nav", "header", "footer"}:
        return True
    given = node.attributes
    names = f"{given.get('class') or ''} {given.get('id') or ''}" if given else ""
    return bool(_CHROME.search(names.lower()[:200]))


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
