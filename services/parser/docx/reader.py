"""Word documents (.docx): paragraphs with their outline levels, tables with their merged cells."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from services.parser.docx.styles import Styles
from services.parser.docx.tables import is_frame, rows_of, table_of
from services.parser.docx.text import CHOSEN, boxes, text_of
from services.parser.office_xml import Element, child, local, main_part, parse, sibling, under
from services.parser.packages import open_package, part
from services.parser.reading import Limits, Reading, check_size, paragraph, says_little
from shared.errors import Corrupt, TooLarge
from shared.schemas.document import Block, Unread

_INSIDE: Final = frozenset(
    ("body", "sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "Choice", "Fallback")
)
"""Elements that hold blocks and are none themselves."""
_NOTES: Final = ("footnotes.xml", "endnotes.xml")


def read(data: bytes, limits: Limits) -> Reading:
    """The document's blocks, notes at the end, without pages, for Word only knows them once it prints.

    Raises Corrupt, TooLarge, Unsupported (an encrypted part).
    """
    with open_package(data) as package:
        main = main_part(package, "word/document.xml", limits)
        content = part(package, main, limits)
        if content is None:
            raise Corrupt("The Word document has no text part.")
        styles = _styles(package, main, limits)
        notes = [part(package, sibling(main, name), limits) for name in _NOTES]
    root = parse(content, limits)
    body = child(root, "body")
    if body is None:
        raise Corrupt("The Word document has no body.")
    document = _Document(styles, limits)
    document.take(body, 0)
    for each in filter(None, notes):
        for note in parse(each, limits):
            document.take(note, 0)
    check_size(document.blocks, limits)
    return Reading(blocks=tuple(document.blocks), unread=_pictures(root, document.blocks))


def _styles(package: zipfile.ZipFile, main: str, limits: Limits) -> Styles:
    styles = Styles()
    content = part(package, sibling(main, "styles.xml"), limits)
    if content is not None:
        styles.add_styles(parse(content, limits))
    content = part(package, sibling(main, "numbering.xml"), limits)
    if content is not None:
        styles.add_lists(parse(content, limits))
    return styles


def _pictures(root: Element, blocks: list[Block]) -> tuple[Unread, ...]:
    """What to report when pictures are all the document shows."""
    count = sum(1 for _ in under(root, "blip")) + sum(1 for _ in under(root, "imagedata"))
    if not count or not says_little(blocks):
        return ()
    message = f"The document shows {count} pictures, which are not read."
    return (Unread(name="pictures", cause="unsupported", message=message),)


@dataclass
class _Document:
    """The blocks of a document as they are found."""

    styles: Styles
    limits: Limits
    blocks: list[Block] = field(default_factory=list)

    def take(self, element: Element, depth: int) -> None:
        """Add the blocks in `element`; raises TooLarge when they lie too deep in each other."""
        if depth > self.limits.depth:
            raise TooLarge(f"The document's parts lie more than {self.limits.depth} deep in each other.")
        for each in _alternatives(element):
            name = local(each)
            if name == "p":
                self._add_paragraph(each, depth)
            elif name == "tbl":
                self._add_table(each, depth)
            elif name in _INSIDE or name == CHOSEN:
                self.take(each, depth + 1)

    def _add_paragraph(self, element: Element, depth: int) -> None:
        marker, text = self.styles.marker(element), text_of(element)
        if text:
            heading = self.styles.heading(element)
            for line in (marker + text).split("\n"):
                self.blocks.append(paragraph(line, heading=heading))
        for box in boxes(element):
            self.take(box, depth + 1)

    def _add_table(self, element: Element, depth: int) -> None:
        if is_frame(element):
            for row in rows_of(element):
                for cell in row.cells:
                    self.take(cell.element, depth + 1)
            return
        table = table_of(element, self.styles, self.limits)
        if table is not None and any(cell.text for cell in table.cells):
            self.blocks.append(table)


def _alternatives(element: Element) -> Iterator[Element]:
    """The children; of alternatives for older programs the first only."""
    if local(element) == CHOSEN and len(element):
        yield element[0]
    else:
        yield from element
