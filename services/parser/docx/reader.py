"""Word documents (.docx): paragraphs with their outline levels, tables with their merged cells."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from services.parser.charts import texts_beside
from services.parser.docx.pictures import pictures, unread_pictures
from services.parser.docx.sections import Section, sections
from services.parser.docx.styles import Styles
from services.parser.docx.tables import arranges, rows_of, table_of
from services.parser.docx.text import CHOSEN, boxes, count_hidden, text_of
from services.parser.ocr.scans import is_installed
from services.parser.office_xml import Element, attribute, child, local, main_part, parse, sibling, under
from services.parser.packages import open_package, part
from services.parser.parts import Parts
from services.parser.reading import Limits, Reading, check_size, hidden_texts, paragraph
from services.parser.wording import is_number_at_edge
from shared.errors import Corrupt, TooLarge
from shared.schemas.document import Block

_INSIDE: Final = frozenset(
    ("body", "sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "Choice", "Fallback")
)
"""Elements that hold blocks and are none themselves."""
_NOTES: Final = ("footnotes.xml", "endnotes.xml")


def read(data: bytes, limits: Limits) -> Reading:
    """The document's blocks, notes at the end, without pages, for Word only knows them once it prints.

    What stands in the page heads comes over the section's first block. Raises Corrupt, TooLarge, Unsupported (an
    encrypted part).
    """
    with open_package(data) as package:
        main = main_part(package, "word/document.xml", limits)
        content = part(package, main, limits)
        if content is None:
            raise Corrupt("The Word document has no text part.")
        root = parse(content, limits)
        body = child(root, "body")
        if body is None:
            raise Corrupt("The Word document has no body.")
        document = _Document(_styles(package, main, limits), limits, Parts(package, main, limits))
        for section in sections(body):
            document.take_section(section)
        for name in _NOTES:
            notes = part(package, sibling(main, name), limits)
            for note in parse(notes, limits) if notes is not None else ():
                document.take(note, 0)
    check_size(document.blocks, limits)
    unread = (
        *document.parts.embedded.unread,
        *unread_pictures(root, document.blocks, frozenset(document.recognised)),
    )
    unread += hidden_texts(count_hidden(body, document.styles), "document")
    return Reading(blocks=tuple(document.blocks), unread=unread, scans=document.parts.embedded.scans)


def _styles(package: zipfile.ZipFile, main: str, limits: Limits) -> Styles:
    styles = Styles()
    content = part(package, sibling(main, "styles.xml"), limits)
    if content is not None:
        styles.add_styles(parse(content, limits))
    content = part(package, sibling(main, "numbering.xml"), limits)
    if content is not None:
        styles.add_lists(parse(content, limits))
    return styles


@dataclass
class _Document:
    """The blocks of a document as they are found."""

    styles: Styles
    limits: Limits
    parts: Parts
    blocks: list[Block] = field(default_factory=list)
    recognised: set[str] = field(default_factory=set)
    """References to pictures that were read where they stand, or told to be unread."""
    _head: list[str] = field(default_factory=list)
    """What the last page head says."""

    def take_section(self, section: Section) -> None:
        """Add a section's blocks, and before them what its page head newly says."""
        head: list[str] = []
        for reference in section.heads:
            content = self.parts.xml(reference)
            for each in under(content, "p") if content is not None else ():
                head += [
                    line for line in text_of(each, self.styles).split("\n") if line and not is_number_at_edge(line)
                ]
        if section.heads and head != self._head:
            self.blocks += [paragraph(line) for line in head]
            self._head = head
        for element in section.elements:
            self.take_one(element, 0)

    def take(self, element: Element, depth: int) -> None:
        """Add the blocks in `element`; raises TooLarge when they lie too deep in each other."""
        if depth > self.limits.depth:
            raise TooLarge(f"The document's parts lie more than {self.limits.depth} deep in each other.")
        for each in _alternatives(element):
            self.take_one(each, depth)

    def take_one(self, element: Element, depth: int) -> None:
        """Add the blocks that `element` is or holds."""
        name = local(element)
        if name == "p":
            self._add_paragraph(element, depth)
        elif name == "tbl":
            self._add_table(element, depth)
        elif name == "altChunk":
            self.blocks += self.parts.blocks(attribute(element, "id"))
        elif name in _INSIDE or name == CHOSEN:
            self.take(element, depth + 1)

    def _add_paragraph(self, element: Element, depth: int) -> None:
        marker, text = self.styles.marker(element), text_of(element, self.styles)
        if text:
            heading = self.styles.heading(element)
            for line in (marker + text).split("\n"):
                self.blocks.append(paragraph(line, heading=heading))
        self.blocks += [paragraph(line) for line in texts_beside(element, self.parts)]
        for box in boxes(element):
            self.take(box, depth + 1)
        for picture in pictures(element):
            if picture.is_large and picture.reference and is_installed():
                self.recognised.add(picture.reference)
                self.blocks += self.parts.blocks(picture.reference)
        for each in under(element, "OLEObject"):
            self.blocks += self.parts.blocks(attribute(each, "id"))

    def _add_table(self, element: Element, depth: int) -> None:
        rows = list(rows_of(element))
        if arranges(rows, self.styles):
            for row in rows:
                for cell in row.cells:
                    self.take(cell.element, depth + 1)
            return
        table = table_of(rows, self.styles, self.limits)
        if table is not None and any(cell.text for cell in table.cells):
            self.blocks.append(table)


def _alternatives(element: Element) -> Iterator[Element]:
    """The children; of alternatives for older programs the first only."""
    if local(element) == CHOSEN and len(element):
        yield element[0]
    else:
        yield from element
