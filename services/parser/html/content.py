"""Finds the part of a web page that is the article, not the site around it."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from shared.content_places import CONTENT_PLACES

CONTAINERS: Final = (*dict.fromkeys(chain.from_iterable(CONTENT_PLACES.values())), ".article", "article")
"""Where the common site systems put an article, the narrowest first."""

_FRAME: Final = (
    "script style template noscript nav header footer head title iframe object svg select option button textarea"
)
_HOLDERS: Final = "body div section main article center form table tbody tr td font span"

SKIPPED: Final = frozenset(_FRAME.split())
"""Elements whose text is not the page's own."""

_INNER: Final = frozenset(_HOLDERS.split())
"""Elements that may hold the whole content."""
_MOST: Final = 0.8
"""Share of an element's text that its one child holds when the rest is frame."""


def roots(tree: LexborHTMLParser, body: str | None) -> list[LexborNode]:
    """The elements that hold the page's content, in its order: what `body` selects, a known container, or the
    element with nearly all of the text."""
    for selector in (body, *CONTAINERS):
        found = _outermost(select(tree, selector)) if selector else []
        if any(weight(node) for node in found):
            return found
    top = tree.body or tree.root
    return [_densest(top)] if top is not None else []


def select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """What `selector` finds; nothing for one that is none."""
    try:
        return tree.css(selector)
    except (SelectolaxError, ValueError):
        return []


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """`nodes` less those within another of them."""
    chosen = {node.mem_id for node in nodes}
    return [node for node in nodes if not any(parent.mem_id in chosen for parent in _parents(node))]


def _parents(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _densest(node: LexborNode) -> LexborNode:
    """The innermost element that still holds nearly all text of `node`; never a part of a table of data."""
    weights = _weights(node)
    while weights.get(node.mem_id):
        child = max(children(node), key=lambda each: weights.get(each.mem_id, 0), default=None)
        if child is None or weights.get(child.mem_id, 0) < _MOST * weights[node.mem_id] or _is_data(child):
            return node
        node = child
    return node


def _weights(node: LexborNode) -> dict[int, int]:
    """The weight of `node` and of every element under it that may hold the whole content, by its id."""
    weights: dict[int, int] = {}
    running = [0]
    for each, entering in walk(node, SKIPPED | {"a"}):
        if each.tag == "-text":
            running[-1] += len((each.text_content or "").strip()) if entering else 0
        elif entering:
            running.append(0)
        else:
            weight_here = running.pop()
            running[-1] += weight_here
            if each.tag in _INNER:
                weights[each.mem_id] = weight_here
    return weights


def children(node: LexborNode) -> Iterator[LexborNode]:
    """What lies directly in `node`, texts too."""
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _is_data(node: LexborNode) -> bool:
    """Whether `node` is a table that holds no other and has rows of several cells."""
    if node.tag != "table" or holds_table(node):
        return False
    return node.css_first("tr > td + td, tr > th + td") is not None


def holds_table(node: LexborNode) -> bool:
    """Whether a table lies within `node`."""
    return any(each.tag == "table" and each.mem_id != node.mem_id for each, _ in walk(node, SKIPPED))


def weight(node: LexborNode) -> int:
    """Characters of text under `node`, links left out."""
    total = 0
    for each, entering in walk(node, SKIPPED | {"a"}):
        if entering and each.tag == "-text":
            total += len((each.text_content or "").strip())
    return total


def walk(node: LexborNode, skipped: frozenset[str]) -> Iterator[tuple[LexborNode, bool]]:
    """Every node under and with `node` in document order, as (node, entering); `skipped` elements are left out."""
    current: LexborNode | None = node
    depth = 0
    while current is not None:
        yield current, True
        child = current.child if current.tag not in skipped else None
        if child is not None:
            current, depth = child, depth + 1
            continue
        while current is not None:
            yield current, False
            if depth == 0:
                return
            if current.next is not None:
                current = current.next
                break
            current, depth = current.parent, depth - 1
