"""OpenDocument texts (.odt) and sheets (.ods) → blocks; numbers stand as the document prints them."""

import itertools
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from services.parser import formats
from services.parser.grid import Grid
from services.parser.odf.styles import OdfStyles
from services.parser.odf.tables import table_of
from services.parser.odf.text import boxes, count_hidden, is_hidden_section, text_of
from services.parser.office_xml import Element, attribute, child, local, number, parse, under
from services.parser.packages import open_package, part
from services.parser.reading import POINTS, Limits, Reading, check_size, hidden_texts, is_large, paragraph
from services.parser.wording import is_number_at_edge
from services.parser.xlsx.tables import content
from shared.errors import Corrupt, Encrypted, PermanentError, TooLarge, Unsupported
from shared.schemas.document import HIDDEN, Block, Paragraph, Table, Unread

_INSIDE: Final = frozenset(("section", "index-body", "table-of-content", "text-box", "custom-shape", "frame"))
"""Elements that hold blocks and are none themselves."""
_ASIDE: Final = frozenset(("annotation", "tracked-changes", "forms", "shapes", "note", "title", "desc"))
"""Elements whose text does not stand where they do."""
_ASIDE_IN_SHEETS: Final = _ASIDE | {"frame", "custom-shape"}
_SIZE: Final = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(pt|in|cm|mm|px)")


def read_text(data: bytes, limits: Limits) -> Reading:
    """The blocks of a text, its page's head first. Raises Corrupt, Encrypted, TooLarge."""
    body, styles, heads = _opened(data, "text", limits)
    document = _Document(styles, limits, OdfFrames(data, limits))
    for head in heads:
        document.take_head(head)
    document.take(body, 0)
    check_size(document.blocks, limits)
    unread = (*document.frames.unread, *hidden_texts(count_hidden(body, styles), "document"))
    return Reading(blocks=tuple(document.blocks), unread=unread, scans=document.frames.scans)


def read_sheets(data: bytes, limits: Limits) -> Reading:
    """A heading and the tables of each sheet; hidden ones are named. Raises Corrupt, Encrypted, TooLarge."""
    body, styles, _ = _opened(data, "spreadsheet", limits)
    blocks: list[Block] = []
    unread: list[Unread] = []
    frames = OdfFrames(data, limits)
    for sheet in (each for each in body if local(each) == "table"):
        name = attribute(sheet, "name") or ""
        if not styles.is_shown(sheet):
            unread.append(Unread(name=name, cause=HIDDEN, message="The sheet is hidden."))
            continue
        document = _Document(styles, limits, frames, _ASIDE_IN_SHEETS)
        table = table_of(sheet, document.cell_text, limits)
        rows, spans = table.shown()
        if hidden := table.hidden_texts() + document.unseen:
            message = f"{hidden} cells that the sheet hides or strikes out, or shows in white on white."
            unread.append(Unread(name=name, cause=HIDDEN, message=message))
        found = content(rows, spans, limits)
        for frame in _frames(sheet):
            document.take(frame, 0)
            found += [*document.blocks, *frames.blocks(frame)]
            document.blocks.clear()
        if found:
            blocks += [paragraph(name.strip() or "Sheet", heading=1), *found]
    check_size(blocks, limits)
    return Reading(blocks=tuple(blocks), unread=(*unread, *frames.unread), scans=frames.scans)


def _opened(data: bytes, kind: str, limits: Limits) -> tuple[Element, OdfStyles, list[Element]]:
    """The body of the kind, the styles, and the page heads that the styles hold."""
    styles = OdfStyles()
    if data.startswith(b"PK"):
        with open_package(data) as package:
            text, more = part(package, "content.xml", limits), part(package, "styles.xml", limits)
            manifest = part(package, "META-INF/manifest.xml", limits)
        if manifest is not None and b"encryption-data" in manifest:
            raise Encrypted("The OpenDocument file is protected by a password.")
        if text is None:
            raise Corrupt("The OpenDocument file has no content.")
        roots = [parse(more, limits)] if more is not None else []
        roots.append(parse(text, limits))
    else:
        roots = [parse(data, limits)]
    for root in roots:
        styles.add(root)
    body = child(roots[-1], "body", kind)
    if body is None:
        raise Corrupt("The OpenDocument file has no body.")
    pages = list(under(roots[0], "master-page"))[:1]
    return body, styles, [each for page in pages for each in page if local(each) == "header"]


@dataclass
class OdfFrames:
    """What the frames of a file, whose bytes are `data`, hold besides text: sheets, charts and pictures."""

    data: bytes
    limits: Limits
    unread: list[Unread] = field(default_factory=list)
    scans: int = 0
    """Pictures whose text was recognised."""

    def blocks(self, frame: Element) -> list[Block]:
        """What the frame shows; it stands in `unread` where that can't be read."""
        inner, picture = child(frame, "object"), child(frame, "image")
        place = attribute(inner if inner is not None else picture, "href") or ""
        if not place or (inner is None and not _is_large(frame)) or not self.data.startswith(b"PK"):
            return []
        path = posixpath.normpath(place)
        try:
            with open_package(self.data) as package:
                data = part(package, path if inner is None else f"{path}/content.xml", self.limits)
            if data is None:
                raise Corrupt("The document does not hold what it shows.")
            return self._picture(data) if inner is None else self._object(data)
        except PermanentError as error:
            self.unread.append(Unread(name=posixpath.basename(path), cause=error.cause, message=str(error)))
            return []

    def _picture(self, data: bytes) -> list[Block]:
        left = self.limits.scans - self.scans
        reading = formats.reader_of("picture")(data, replace(self.limits, scans=left))
        self.scans += reading.scans
        self.unread += reading.unread
        return list(reading.blocks)

    def _object(self, data: bytes) -> list[Block]:
        """The tables of a sheet without its name, the titles of a chart."""
        body = child(parse(data, self.limits), "body")
        if child(body, "spreadsheet") is not None:
            reading = read_sheets(data, self.limits)
            self.unread += reading.unread
            return [block for block in reading.blocks if not (isinstance(block, Paragraph) and block.heading)]
        chart = child(body, "chart")
        if chart is None:
            raise Unsupported("What the document embeds is neither a sheet nor a chart.")
        lines = ("".join(map(str, each.itertext())).strip() for each in under(chart, "title"))
        return [paragraph(line) for line in lines if line]


def _frames(element: Element) -> Iterator[Element]:
    """The frames in `element`; not those within a frame."""
    stack = list(reversed(element))
    while stack:
        each = stack.pop()
        if local(each) == "frame":
            yield each
        else:
            stack.extend(reversed(each))


def _is_large(frame: Element) -> bool:
    """Whether a frame is as large as a table."""
    sides = (_SIZE.fullmatch(attribute(frame, side) or "") for side in ("width", "height"))
    return is_large(*(float(side[1]) * POINTS[side[2]] if side else 0.0 for side in sides))


@dataclass
class _Document:
    """The blocks of a document as they are found."""

    styles: OdfStyles
    limits: Limits
    frames: OdfFrames
    aside: frozenset[str] = _ASIDE
    """Elements whose text is none of the cell in which they stand."""
    blocks: list[Block] = field(default_factory=list)
    unseen: int = 0
    """Cells so far whose style hides their text."""

    def take_head(self, head: Element) -> None:
        """Add what a page's head says, its number aside."""
        for each in under(head, "p"):
            lines = text_of(each, self.styles).split("\n")
            self.blocks += [paragraph(line) for line in lines if line and not is_number_at_edge(line)]

    def take(self, element: Element, depth: int) -> None:
        """Add the blocks in `element`; raises TooLarge when they lie too deep in each other."""
        if depth > self.limits.depth:
            raise TooLarge(f"The document's parts lie more than {self.limits.depth} deep in each other.")
        for each in element:
            name = local(each)
            if name in ("p", "h"):
                self._add_paragraph(each, "", depth)
            elif name == "list":
                self._add_list(each, attribute(each, "style-name") or "", 0, depth)
            elif name == "table":
                self._add_table(each)
            elif name in _INSIDE and not is_hidden_section(each):
                self.take(each, depth + 1)

    def _add_paragraph(self, element: Element, marker: str, depth: int) -> None:
        text = text_of(element, self.styles)
        level = number(element, "outline-level") if local(element) == "h" else None
        if text:
            if level and not marker:
                marker = self.styles.marker("outline-style", level - 1)
            heading = min(level, 9) if level else None
            self.blocks += [paragraph(line, heading=heading) for line in (marker + text).split("\n")]
        for box in boxes(element):
            self.take(box, depth + 1)
        for frame in _frames(element):
            self.blocks += self.frames.blocks(frame)
        for note in under(element, "note-body"):
            self.take(note, depth + 1)

    def _add_list(self, element: Element, style: str, level: int, depth: int) -> None:
        if level > self.limits.depth:
            raise TooLarge(f"The document's lists lie more than {self.limits.depth} deep in each other.")
        for item in element:
            marked = local(item) != "list-item"
            for each in item:
                if local(each) == "list":
                    self._add_list(each, attribute(each, "style-name") or style, level + 1, depth)
                elif local(each) in ("p", "h"):
                    marker = "" if marked or not text_of(each, self.styles) else self.styles.marker(style, level)
                    marked = marked or bool(marker)
                    self._add_paragraph(each, marker, depth)

    def _add_table(self, element: Element) -> None:
        found = table_of(element, self.cell_text, self.limits)
        rows, spans = found.shown()
        grid = Grid(len(rows), self.limits)
        covered: set[tuple[int, int]] = set()
        for row, line in enumerate(rows):
            for column, text in enumerate(line):
                if (row, column) not in covered:
                    height, wide = spans.get((row, column), (1, 1))
                    right = min(column + wide, len(line))
                    covered.update(itertools.product(range(row, row + height), range(column, right)))
                    grid.put(row, text, (height, right - column), column=column)
        table = grid.table()
        if table is not None and any(cell.text for cell in table.cells):
            self.blocks += [table] if table.column_count > 1 else _lines(table)

    def cell_text(self, cell: Element, default: str) -> str:
        """The lines of a cell, of tables and lists in it too; `default` is the style of one that has none."""
        hidden = self.styles.look(cell, default).hidden
        self.unseen += hidden and bool("".join(map(str, cell.itertext())).strip())
        return "\n".join(line for line in self._lines(cell, "", 0, hidden) if line)

    def _lines(self, element: Element, style: str, level: int, hidden: bool) -> Iterator[str]:
        """The lines in `element`, which lies in a list of the style on `level` if it lies in one."""
        if level > self.limits.depth:
            raise TooLarge(f"The document's lists lie more than {self.limits.depth} deep in each other.")
        marked = local(element) != "list-item"
        for each in element:
            name = local(each)
            if name in ("p", "h"):
                text = text_of(each, self.styles, hidden=hidden)
                marker = "" if marked else self.styles.marker(style, level - 1)
                marked = True
                yield marker + text
                yield from (line for box in boxes(each) for line in self._lines(box, "", level + 1, False))
            elif name == "list":
                yield from self._lines(each, attribute(each, "style-name") or style, level + 1, hidden)
            elif name not in self.aside:
                yield from self._lines(each, style, level, hidden)


def _lines(table: Table) -> list[Block]:
    """The paragraphs of a table of one column, which only frames them."""
    return [paragraph(line) for cell in table.cells for line in cell.text.split("\n") if line]
