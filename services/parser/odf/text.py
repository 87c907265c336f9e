"""The text of OpenDocument paragraphs: what is shown, without notes, comments, deletions and hidden text."""

import re
from collections.abc import Iterator
from typing import Final

from services.parser.odf.styles import OdfStyles
from services.parser.office_xml import Element, attribute, local, number
from services.parser.wording import raised, shown_lines

_SKIPPED: Final = frozenset(
    (
        "note", "annotation", "annotation-end", "tracked-changes", "ruby-text", "hidden-text", "hidden-paragraph",
        "frame", "custom-shape", "bookmark", "script", "variable-decls", "sequence-decls", "user-field-decls",
    )
)  # fmt: skip
"""What is no text of the paragraph: it stands elsewhere, or nowhere."""
_STYLED: Final = ("span", "p", "h", "table-cell")
"""Elements whose style may hide their text."""
_SIGNS: Final = {"tab": "\t", "line-break": "\n"}
_WHITE: Final = re.compile("[ \t\r\n]+")
_MOST_BLANKS: Final = 1000


def text_of(paragraph: Element, styles: OdfStyles, *, hidden: bool = False) -> str:
    """The paragraph's text with tabs and line breaks.

    Where its style hides it, or what it stands in is `hidden`, what parts of it with styles of their own show.
    """
    pieces: list[str] = []
    if hidden or styles.look(paragraph).hidden:
        for each in paragraph:
            if local(each) == "span":
                _take_span(each, styles, pieces)
    else:
        _take(paragraph, styles, pieces)
    return shown_lines("".join(pieces))


def is_hidden_section(element: Element) -> bool:
    """Whether a section is not shown (19.254 text:display)."""
    return local(element) == "section" and attribute(element, "display") == "none"


def count_hidden(element: Element, styles: OdfStyles) -> int:
    """How many texts in `element` their styles hide."""
    count = 0
    stack = [element]
    while stack:
        each = stack.pop()
        if is_hidden_section(each) or (local(each) in _STYLED and styles.look(each).hidden):
            count += bool("".join(map(str, each.itertext())).strip())
        else:
            stack.extend(each)
    return count


def _take(element: Element, styles: OdfStyles, pieces: list[str]) -> None:
    pieces.append(_plain(element.text))
    for each in element:
        name = local(each)
        if name == "span":
            _take_span(each, styles, pieces)
        elif name == "s":
            pieces.append(" " * min(number(each, "c") or 1, _MOST_BLANKS))
        elif name in _SIGNS:
            pieces.append(_SIGNS[name])
        elif name and name not in _SKIPPED:
            _take(each, styles, pieces)
        pieces.append(_plain(each.tail))


def _take_span(span: Element, styles: OdfStyles, pieces: list[str]) -> None:
    look = styles.look(span)
    if look.hidden:
        return
    inner: list[str] = []
    _take(span, styles, inner)
    text = "".join(inner)
    pieces.append(raised(text, "".join(pieces)[-1:]) if look.raised else text)


def _plain(text: str | None) -> str:
    """Text between elements, in which a run of white space is one blank (6.1.2)."""
    return _WHITE.sub(" ", text) if text else ""


def boxes(paragraph: Element) -> Iterator[Element]:
    """The text boxes and shapes with text that are anchored in the paragraph."""
    return (each for each in paragraph.iter() if local(each) in ("text-box", "custom-shape"))
