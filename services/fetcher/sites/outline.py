"""A page's body walked once: its elements and texts in document order, for all who look at where things stand."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from selectolax.lexbor import LexborNode

Given = Mapping[str, str | None]
"""The attributes of an element. selectolax makes them anew each time they are asked for."""
_NONE: Final[Given] = {}


def class_and_id(given: Given) -> str:
    """The class and the id of an element with these attributes, by which a site says what it is."""
    return f"{given.get('class') or ''} {given.get('id') or ''}"[:200]


class Outline:
    """The elements and texts under a page's body, numbered as they come, and what each lies in; -1: nothing.

    They are those of the tree as it is now: to be read before anything is taken out of it.
    """

    def __init__(self, body: LexborNode) -> None:
        self.nodes = list(body.traverse(include_text=True))
        self._numbers = {node.mem_id: number for number, node in enumerate(self.nodes)}
        parents = (node.parent for node in self.nodes)
        self.parents = [self._numbers.get(each.mem_id, -1) if each is not None else -1 for each in parents]

    @cached_property
    def tags(self) -> list[str | None]:
        return [node.tag for node in self.nodes]

    @cached_property
    def attributes(self) -> list[Given]:
        """Of a text none."""
        return [_NONE if node.is_text_node else node.attributes for node in self.nodes]

    @cached_property
    def named(self) -> dict[str, list[LexborNode]]:
        """The elements by their ids and classes in lower case as selectors of CSS, #id and .class."""
        named: dict[str, list[LexborNode]] = {}
        for node, given in zip(self.nodes, self.attributes, strict=True):
            if not given:
                continue
            if identity := given.get("id"):
                named.setdefault(f"#{identity.lower()}", []).append(node)
            for name in dict.fromkeys((given.get("class") or "").lower().split()):
                named.setdefault(f".{name}", []).append(node)
        return named

    @cached_property
    def ends(self) -> list[int]:
        """Of each node the number behind its last descendant."""
        ends = list(range(1, len(self.nodes) + 1))
        for number, parent in zip(reversed(range(len(ends))), reversed(self.parents), strict=True):
            if parent >= 0 and ends[parent] < ends[number]:
                ends[parent] = ends[number]
        return ends

    def number(self, node: LexborNode) -> int | None:
        """The number of `node`; None where it is not under the body."""
        return self._numbers.get(node.mem_id)
