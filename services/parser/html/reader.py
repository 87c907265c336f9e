"""Web pages: the article's own paragraphs, headings and tables."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.parser.charset import decode
from services.parser.html.content import SKIPPED, roots, walk
from services.parser.html.head import head_of
from services.parser.html.lines import BLOCKS, Lines, add_text
from services.parser.html.shown import settle
from services.parser.html.tables import is_layout, table_of
from services.parser.reading import (
    Limits,
    Reading,
    check_size,
    hidden_texts,
    is_large,
    paragraph,
    says_little,
    size_in,
)
from shared.errors import TooLarge
from shared.pictures import is_ornament
from shared.schemas.document import Block, Unread

_DECLARED: Final = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][\w:-]*)")
_UNCLOSED: Final = re.compile(
    r"area|base|br|col|colgroup|embed|hr|img|input|link|meta|param|source|track|wbr|"
    r"p|li|td|th|tr|dt|dd|option|tbody|thead|tfoot|html|head|body",
    re.IGNORECASE,
)
"""Elements that need no end tag and so tell nothing of depth."""
_DEEPEST: Final = 2000
_ATTRIBUTES: Final = 2000
"""Attributes of an element at most: the parser compares each with all."""
_LONG_TAG: Final = re.compile(r"<[a-zA-Z][^<>]{4000,}")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_PAGER: Final = re.compile(r"\[?\d{1,3}\]?|首页|[上下]一?页|尾页|末页|[<>|.…\s]")
"""What the links to the other pages of a long article are made of."""
_LONGEST_PAGER: Final = 80
_LINK_ABOVE: Final = 4
"""How far above a picture its link may stand."""
_HEADING: Final = re.compile(r"h[1-6]")


def read(data: bytes, limits: Limits, body: str | None = None) -> Reading:
    """The page's content; `body` selects it where the portal says so.

    Pictures as large as tables stand in `unread`, and all but icons of a page that shows nothing else. Raises
    Corrupt for no text at all, TooLarge.
    """
    declared = _DECLARED.search(data[:4096])
    text = decode(data, declared.group(1).decode("ascii") if declared else None)
    _check(text, limits)
    page, tree = _Page(limits), LexborHTMLParser(text)
    hidden = 0
    head = head_of(tree)
    for root in roots(tree, body):
        hidden += settle(tree, root)
        page.take(root)
    check_size(page.blocks, limits)
    return Reading(blocks=tuple(page.blocks), unread=(*page.pictures(), *hidden_texts(hidden, "page")), head=head)


def _check(text: str, limits: Limits) -> None:
    """Bound what the page would take once parsed: time grows with depth and attributes, memory with elements."""
    if text.count("<") > limits.elements:
        raise TooLarge(f"The page has more than {limits.elements} elements.")
    if any(len(_QUOTED.sub("", tag).split()) > _ATTRIBUTES for tag in _LONG_TAG.findall(text)):
        raise TooLarge(f"An element of the page has more than {_ATTRIBUTES} attributes.")
    depth = 0
    opened: Counter[str] = Counter()
    for closing, name in _TAG.findall(text):
        if _UNCLOSED.fullmatch(name):
            continue
        if not closing:
            opened[name.lower()] += 1
            depth += 1
        elif opened[name.lower()]:
            opened[name.lower()] -= 1
            depth -= 1
        if depth > _DEEPEST:
            raise TooLarge(f"The page's elements lie more than {_DEEPEST} deep in each other.")


def _is_pager(line: str) -> bool:
    return len(line) <= _LONGEST_PAGER and ("下一页" in line or "下页" in line) and not _PAGER.sub("", line)


def _link_of(node: LexborNode) -> str | None:
    """The address of the link that `node` stands in."""
    parent = node.parent
    for _ in range(_LINK_ABOVE):
        if parent is None or parent.tag == "a":
            break
        parent = parent.parent
    return parent.attributes.get("href") if parent is not None and parent.tag == "a" else None


def _style_of(picture: LexborNode) -> str:
    """The picture's style, with the sides that its attributes give in pixels."""
    stated = ((side, picture.attributes.get(side) or "") for side in ("width", "height"))
    sides = [f"{side}:{size.strip()}px" for side, size in stated if size.strip().isdecimal()]
    return ";".join((*sides, picture.attributes.get("style") or ""))


@dataclass
class _Page:
    """The blocks of a page as they are found."""

    limits: Limits
    blocks: list[Block] = field(default_factory=list)
    shown: list[tuple[str, bool]] = field(default_factory=list)
    """Names of the pictures in the content, and whether each says that it is as large as a table."""
    _lines: Lines = field(default_factory=Lines)
    _heading: int | None = None

    def take(self, root: LexborNode) -> None:
        """Add the blocks under `root`."""
        data: int | None = None
        for node, entering in walk(root, SKIPPED):
            tag = node.tag or ""
            if data is not None:
                if not entering and node.mem_id == data:
                    data = None
            elif tag == "-text":
                if entering:
                    add_text(self._lines, node)
            elif tag == "table" and entering and not is_layout(node):
                self._end_line()
                self._add_table(node)
                data = node.mem_id
            else:
                self._mark(node, tag, entering)
        self._end_line()

    def pictures(self) -> tuple[Unread, ...]:
        """What to report of large pictures, and of all where they are what the page shows."""
        every = says_little(self.blocks)
        return tuple(
            Unread(name=name, cause="unsupported", message="The page shows a picture, which is not read.")
            for name, large in self.shown
            if every or large
        )

    def _mark(self, node: LexborNode, tag: str, entering: bool) -> None:
        if tag == "img" and entering and not is_ornament(node.attributes, _link_of(node)):
            name = (node.attributes.get("src") or "picture").rsplit("/", 1)[-1][:200]
            self.shown.append((name, is_large(*size_in(_style_of(node)))))
        if tag not in BLOCKS:
            return
        self._end_line()
        if _HEADING.fullmatch(tag):
            self._heading = int(tag[1]) if entering else None

    def _end_line(self) -> None:
        self._lines.end_line()
        for line in self._lines.lines:
            if not _is_pager(line):
                self.blocks.append(paragraph(line, heading=self._heading))
        self._lines.lines.clear()

    def _add_table(self, node: LexborNode) -> None:
        caption = node.css_first("caption")
        if caption is not None and caption.text().strip():
            self.blocks.append(paragraph(caption.text().strip()))
        table = table_of(node, self.limits)
        if table is not None and any(cell.text for cell in table.cells):
            self.blocks.append(table)
