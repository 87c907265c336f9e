"""What a browser shows of a page: nothing hidden, fields as their values, a table where one is laid out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.parser.html.content import SKIPPED, children, select, walk
from services.parser.wording import raised

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_MEDIA: Final = re.compile(r"@media[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
"""What holds for some screens or for paper only."""
_RULE: Final = re.compile(r"([^{}@;]+)\{([^{}]*)\}")
_LAID_OUT: Final = frozenset(
    (
        "display", "visibility", "opacity", "font-size", "text-decoration", "text-decoration-line", "mso-hide",
        "vertical-align", "left", "text-indent", "color", "background", "background-color",
    )
)  # fmt: skip
_WHITE: Final = ("#fff", "#ffffff", "white", "rgb(255,255,255)")
_NO_GROUND: Final = ("", "none", "transparent", "inherit", "initial", *_WHITE)
_FAR_LEFT: Final = re.compile(r"-\d{4,}(?:px|pt)?")
"""How far to the left text stands that is not to be seen, as pages put it for other programs."""
_MOST_RULES: Final = 2000
_STRUCK: Final = "s, strike, del"
_NO_FIELD: Final = frozenset(("hidden", "button", "submit", "reset", "image", "file", "password", "search"))
"""Types of <input> whose value is no content."""
_ROLES: Final = {
    "table-row": "row",
    "row": "row",
    "table-cell": "cell",
    "cell": "cell",
    "gridcell": "cell",
    "columnheader": "cell",
    "rowheader": "cell",
}
"""CSS `display` or ARIA role → the part of a table that an element is."""
_OWN: Final = frozenset(["table", "thead", "tbody", "tfoot", "tr", "td", "th"])

Style = dict[str, str]


def settle(tree: LexborHTMLParser, root: LexborNode) -> int:
    """Change what lies under `root` to what a browser shows of it; the number of texts that are gone."""
    styles = _Styles(tree)
    hidden = [node for node in root.css(_STRUCK) if node.mem_id != root.mem_id]
    hidden += [node for node in _elements(root) if styles.is_hidden(node)]
    gone = _removed(hidden, styles)
    for node in root.css("input, textarea, select"):
        _stand_as_value(node)
    raised_by_style = (node for node in _elements(root) if styles.of(node).get("vertical-align") == "super")
    for node in (*root.css("sup"), *raised_by_style):
        if (text := node.text()) != (mark := raised(text, _before(node))):
            node.replace_with(mark)
    _make_tables(root, styles)
    return gone


def _elements(root: LexborNode) -> list[LexborNode]:
    return [
        node
        for node, entering in walk(root, SKIPPED)
        if entering and node.mem_id != root.mem_id and not (node.tag or "-").startswith("-")
    ]


def _removed(nodes: list[LexborNode], styles: "_Styles") -> int:
    """Take `nodes` out; the number of those with text. A hidden cell that keeps its place is only emptied."""
    gone = 0
    ids = {node.mem_id for node in nodes}
    for node in nodes:
        if any(parent.mem_id in ids for parent in _above(node)):
            continue
        gone += bool(node.text().strip())
        if node.tag in ("td", "th") and styles.keeps_place(node):
            for child in list(children(node)):
                child.decompose()
        else:
            node.decompose()
    return gone


def _above(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _before(node: LexborNode) -> str:
    """The text right before `node` in its element."""
    before = node.prev
    return (before.text() if before.tag != "-text" else before.text_content or "") if before is not None else ""


def _stand_as_value(node: LexborNode) -> None:
    """Put a form field's value in its place; nothing for what a reader is to fill in, as outside of tables."""
    is_shown = any(name in node.attributes for name in ("readonly", "disabled")) or any(
        parent.tag in ("td", "th") for parent in _above(node)
    )
    kind = (node.attributes.get("type") or "text").lower()
    if node.tag == "textarea":
        text = node.text()
    elif node.tag == "select":
        chosen = node.css_first("option[selected]") or node.css_first("option")
        text = chosen.text() if is_shown and chosen is not None else ""
    elif kind in ("checkbox", "radio"):
        text = "√" if "checked" in node.attributes else ""
    else:
        text = "" if kind in _NO_FIELD or not is_shown else node.attributes.get("value") or ""
    node.replace_with(text)


@dataclass
class _Styles:
    """How the page's own style sheets lay out its elements; those in other files are not known."""

    tree: LexborHTMLParser
    has_others: bool = False
    """Whether the page has style sheets in other files, too."""
    _stated: dict[int, Style] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.has_others = bool(self.tree.css('link[rel="stylesheet"]'))
        sheet = "\n".join(node.text() for node in self.tree.css("style"))
        rules = _RULE.findall(_MEDIA.sub("", _COMMENT.sub("", sheet)))
        for selectors, text in rules[:_MOST_RULES]:
            style = _style(text)
            for selector in selectors.split(",") if style else ():
                for node in select(self.tree, selector.strip()):
                    self._stated.setdefault(node.mem_id, {}).update(style)

    def of(self, node: LexborNode) -> Style:
        """What is stated of the element; its own `style` comes last."""
        given, stated = node.attributes, self._stated.get(node.mem_id, {})
        if not given:
            return stated
        own = given.get("style")
        stated = stated | (_style(own) if own else {})
        for name, attribute in (("color", "color"), ("background", "bgcolor"), ("background", "background")):
            if value := given.get(attribute):
                stated.setdefault(name, value.strip().lower())
        return stated

    def is_hidden(self, node: LexborNode) -> bool:
        """Whether the element is not shown, is struck out, or is white on white."""
        style = self.of(node)
        if "display" not in style and "hidden" in node.attributes:
            return True
        return bool(style) and (
            style.get("display") == "none"
            or style.get("visibility") in ("hidden", "collapse")
            or style.get("font-size", "").rstrip("pxtem%") in ("0", "0.0")
            or style.get("opacity") in ("0", "0.0", "0%")
            or style.get("mso-hide") == "all"
            or any("line-through" in style.get(name, "") for name in ("text-decoration", "text-decoration-line"))
            or any(_FAR_LEFT.fullmatch(style.get(name, "")) for name in ("left", "text-indent"))
            or (style.get("color", "").replace(" ", "") in _WHITE and not self._is_on_colour(node))
        )

    def _is_on_colour(self, node: LexborNode) -> bool:
        """Whether what is behind the element is coloured, or may be: as style sheets in other files say."""
        for each in (node, *_above(node)):
            style = self.of(each)
            if any(
                style.get(name, "").replace(" ", "") not in _NO_GROUND
                for name in ("background", "background-color")
            ):
                return True
            if self.has_others and each.tag != "body" and each.attributes.keys() & {"class", "id"}:
                return True
        return False

    def keeps_place(self, node: LexborNode) -> bool:
        """Whether a hidden element leaves its place blank."""
        return "hidden" not in node.attributes and self.of(node).get("display") != "none"

    def role(self, node: LexborNode) -> str | None:
        """`row` or `cell` where the element is laid out as one and is none by its name."""
        if node.tag in _OWN or (node.tag or "-").startswith("-"):
            return None
        return _ROLES.get(self.of(node).get("display", "")) or _ROLES.get(node.attributes.get("role") or "")


def _style(text: str) -> Style:
    """The declarations that tell whether and how an element is shown."""
    style = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        if (name := name.strip().lower()) in _LAID_OUT:
            style[name] = value.replace("!important", "").strip().lower()
    return style


def _make_tables(root: LexborNode, styles: _Styles) -> None:
    """Make rows that stand under each other a table."""
    rows = [node for node in _elements(root) if styles.role(node) == "row"]
    for _, group in groupby(rows, key=lambda row: row.parent.mem_id if row.parent is not None else 0):
        first, *others = group
        html = "".join(_row(row, styles) for row in (first, *others))
        table = LexborHTMLParser(f"<table>{html}</table>").css_first("table")
        if table is not None and first.parent is not None:
            first.replace_with(table)
            for row in others:
                row.decompose()


def _row(row: LexborNode, styles: _Styles) -> str:
    cells = [child for child in children(row) if styles.role(child) == "cell"]
    return f"<tr>{''.join(f'<td>{cell.html}</td>' for cell in cells)}</tr>"
