"""The document's paragraphs in order, each with its text and its properties."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.parser.doc.header import Part, WordFile
from services.parser.doc.pieces import Text
from services.parser.doc.properties import Properties
from services.parser.doc.runs import Runs
from services.parser.doc.shown import Shown

_MARK: Final = re.compile("[\r\x07\x0c]")
_CELL: Final = "\x07"


@dataclass(frozen=True)
class WordParagraph:
    """A paragraph, or a cell's last one, or the empty one that ends a row."""

    text: str
    properties: Properties
    cell_end: bool
    row_end: bool

    @property
    def depth(self) -> int:
        """In how many tables within each other it lies."""
        return self.properties.table_depth


def paragraphs(file: WordFile, text: Text, seen: Shown, runs: Runs, part: Part) -> Iterator[WordParagraph]:
    """The paragraphs of `part`; raises Corrupt."""
    start = part.start
    end = min(part.end, len(text.characters))
    while start < end:
        mark = _MARK.search(text.characters, start, end)
        at = mark.start() if mark else end - 1
        properties = Properties()
        changes = runs.at(text.offset_of(at))
        if len(changes) >= 2:
            properties.style = int.from_bytes(changes[:2], "little")
            properties.apply(changes[2:], file.data)
        properties.apply(text.piece_of(at).changes, file.data)
        yield _paragraph(seen.between(start, at if mark else end), text.characters[at], properties)
        start = at + 1


def _paragraph(text: str, mark: str, properties: Properties) -> WordParagraph:
    if properties.table_depth > 1:
        return WordParagraph(text, properties, properties.inner_cell, properties.inner_row_end)
    cell = mark == _CELL and properties.table_depth == 1
    return WordParagraph(text, properties, cell and not properties.row_end, cell and properties.row_end)
