"""Paragraphs in order → paragraphs and tables, the tables within each other as Word nests them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.parser.doc.lists import Lists
from services.parser.doc.paragraphs import WordParagraph
from services.parser.doc.properties import Row
from services.parser.doc.tables import Line, WordTable
from services.parser.reading import Limits, paragraph
from shared.errors import TooLarge
from shared.schemas.document import Block


@dataclass
class _Open:
    """A table that is still being read."""

    table: WordTable = field(default_factory=WordTable)
    cells: list[list[Line | WordTable]] = field(default_factory=list)
    content: list[Line | WordTable] = field(default_factory=list)

    def end_cell(self) -> None:
        """What was read since the last cell is a cell."""
        self.cells.append(self.content)
        self.content = []

    def end_row(self, row: Row | None) -> None:
        """The cells read since the last row are a row."""
        if self.content:
            self.end_cell()
        if self.cells:
            self.table.add_row(self.cells, row)
        self.cells = []


def blocks_of(source: Iterable[WordParagraph], lists: Lists, limits: Limits) -> Iterator[Block]:
    """The blocks that the paragraphs make up. Raises TooLarge."""
    for each in _nested(source, lists, limits):
        yield from _blocks(each, limits)


def _nested(source: Iterable[WordParagraph], lists: Lists, limits: Limits) -> Iterator[Line | WordTable]:
    """Paragraphs outside of tables, and whole tables."""
    stack: list[_Open] = []
    for each in source:
        if each.depth > limits.depth:
            raise TooLarge(f"The document's tables lie more than {limits.depth} deep in each other.")
        while len(stack) > each.depth:
            yield from _close(stack)
        while len(stack) < each.depth:
            stack.append(_Open())
        line = _line(each, lists)
        if not stack:
            yield from line
            continue
        top = stack[-1]
        top.content += line
        if each.row_end:
            top.end_row(each.properties.row)
        elif each.cell_end:
            top.end_cell()
    while stack:
        yield from _close(stack)


def _line(source: WordParagraph, lists: Lists) -> list[Line]:
    """What the paragraph says, with its number in a list; empty when it says nothing.

    In a table the number alone says something: rows are counted so.
    """
    marker = lists.marker(source.properties)
    if not source.text and not (marker and source.depth):
        return []
    return [Line(marker + source.text, lists.styles.heading(source.properties))]


def _close(stack: list[_Open]) -> Iterator[WordTable]:
    """End the innermost table: it goes into the cell around it, or out."""
    inner = stack.pop()
    inner.end_row(None)
    if not inner.table.rows:
        return
    if stack:
        stack[-1].content.append(inner.table)
    else:
        yield inner.table


def _blocks(source: Line | WordTable, limits: Limits) -> Iterator[Block]:
    if isinstance(source, Line):
        for text in source.text.split("\n"):
            yield paragraph(text, heading=source.heading)
    elif source.is_frame():
        for row in source.rows:
            for cell in row:
                for each in cell.content:
                    yield from _blocks(each, limits)
    else:
        table = source.table(limits)
        if table is not None:
            yield table
