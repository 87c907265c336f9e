"""The text of Word paragraphs: what is shown, without field codes, deletions and hidden text."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from services.parser.docx.styles import Styles, style_of
from services.parser.looks import PLAIN, Look
from services.parser.office_xml import Element, attribute, child, local, under
from services.parser.symbols import PRIVATE, character
from services.parser.wording import raised, shown_lines

CHOSEN: Final = "AlternateContent"
BOX: Final = "txbxContent"
_SKIPPED: Final = frozenset(
    ("pPr", "rPr", "del", "moveFrom", "instrText", "delInstrText", "delText", "rt", "fldData")
)
_CODE: Final = re.compile("[0-9A-Fa-f]{1,6}")
_SIGNS: Final = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-", "den": "/"}
"""Name of an element → what it prints; `den` is what a fraction of an equation has below its line."""


def text_of(paragraph: Element, styles: Styles) -> str:
    """The paragraph's text with tabs and line breaks; text boxes in it are left to `boxes`."""
    pieces: list[str] = []
    codes: list[bool] = []
    for name, element, look in _shown(paragraph, styles):
        if name == "fldChar":
            _field(codes, attribute(element, "fldCharType"))
        elif any(codes):
            continue
        elif name == "t":
            text = element.text or ""
            pieces.append(raised(text, "".join(pieces[-1:])) if look.raised else text)
        elif name == "br":
            if attribute(element, "type") not in ("page", "column"):
                pieces.append("\n")
        elif name == "sym":
            pieces.append(_symbol(element))
        else:
            pieces.append(_SIGNS.get(name, ""))
    return shown_lines("".join(pieces))


def boxes(paragraph: Element) -> list[Element]:
    """The contents of the text boxes anchored in the paragraph, each once."""
    found: list[Element] = []
    stack = [paragraph] if any(True for _ in under(paragraph, BOX)) else []
    while stack:
        element = stack.pop()
        if local(element) == BOX:
            found.append(element)
        elif local(element) not in _SKIPPED:
            stack.extend(reversed(list(_chosen(element))))
    return found


def _shown(paragraph: Element, styles: Styles) -> Iterator[tuple[str, Element, Look]]:
    """The elements of the paragraph that Word would show, in order: name, element, how its run is set."""
    style = style_of(paragraph)
    stack = [(each, PLAIN) for each in reversed(paragraph)]
    while stack:
        element, look = stack.pop()
        name = local(element)
        if name in _SKIPPED or name == BOX:
            continue
        if name == "r":
            look = styles.look(element, style)
        if look.hidden:
            continue
        yield name, element, look
        inner = element if name != CHOSEN else list(_chosen(element))
        stack.extend((each, look) for each in reversed(inner))


def count_hidden(root: Element, styles: Styles) -> int:
    """How many runs under `root` have a text that is not shown."""
    style = cache(style_of)
    hidden = (
        run for run in under(root, "r") if styles.look(run, style(next(run.iterancestors("{*}p"), run))).hidden
    )
    return sum(any(each.text for each in under(run, "t")) for run in hidden)


def _chosen(element: Element) -> Iterator[Element]:
    """The children, of alternatives only the first."""
    if local(element) == CHOSEN:
        first = child(element, "Choice")
        element = first if first is not None and len(first) else element
        fallback = child(element, "Fallback")
        yield from fallback if fallback is not None else element
    else:
        yield from element


def _field(codes: list[bool], kind: str | None) -> None:
    """Follow a field's begin, separator and end; `codes` says of each open field whether its code runs."""
    if kind == "begin":
        codes.append(True)
    elif kind == "separate" and codes:
        codes[-1] = False
    elif kind == "end" and codes:
        codes.pop()


def _symbol(element: Element) -> str:
    """What a sign of a font shows; nothing for a code that is none."""
    code = attribute(element, "char") or ""
    point = int(code, 16) if _CODE.fullmatch(code) else 0
    is_sign = 0x20 <= point < 0xD800 or point in PRIVATE
    return character(point, attribute(element, "font") or "") if is_sign else ""
