"""The text of web page elements, broken into lines where a browser breaks it."""

import re
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from services.parser.html.content import SKIPPED, walk
from services.parser.wording import without_fields

_BREAKING: Final = (
    "p div h1 h2 h3 h4 h5 h6 li ul ol dl dt dd blockquote section article main aside center form hr pre address "
    "fieldset legend figure figcaption details summary table caption tbody thead tfoot tr td th br body"
)

BLOCKS: Final = frozenset(_BREAKING.split())
"""Elements that begin and end a line."""

_CJK: Final = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—"
_WRAPPED: Final = re.compile(rf"(?<=[{_CJK}])\n(?=[{_CJK}])")
_SPACE: Final = re.compile(r"[ \t\r\n\f\v]+")
_EDGE_SPACE: Final = " \t\r\n\u3000"


@dataclass
class Lines:
    """Collects text and cuts it into lines."""

    lines: list[str] = field(default_factory=list)
    _pending: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self._pending.append(text)

    def end_line(self) -> None:
        """End the line; white space counts as a browser counts it, none at its ends or where source lines wrap."""
        if not self._pending:
            return
        text = _SPACE.sub(_collapsed, "".join(self._pending))
        self._pending.clear()
        text = _WRAPPED.sub("", text).replace("\n", " ").replace("\xa0", " ")
        line = without_fields(text).strip(_EDGE_SPACE)
        if line:
            self.lines.append(line)


def _collapsed(space: re.Match[str]) -> str:
    return "\n" if "\n" in space.group() or "\r" in space.group() else " "


def cell_text(cell: LexborNode) -> str:
    """The lines of a table cell, with tabs between the cells of tables within it."""
    lines = Lines()
    for node, entering in walk(cell, SKIPPED):
        tag = node.tag or ""
        if tag == "-text":
            if entering:
                add_text(lines, node)
        elif tag in ("td", "th") and node.mem_id != cell.mem_id:
            if entering and node.prev is not None:
                lines.add(" ")
        elif tag in BLOCKS:
            lines.end_line()
    lines.end_line()
    return "\n".join(lines.lines)


def add_text(lines: Lines, node: LexborNode) -> None:
    """Add a text node, line by line where its white space is kept."""
    text = node.text_content or ""
    if node.parent is not None and node.parent.tag == "pre":
        for line in text.split("\n"):
            lines.add(line)
            lines.end_line()
    else:
        lines.add(text)
