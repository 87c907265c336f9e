"""The sections of a Word document, each with the head of its pages ([MS-DOC] 2.3.5, 2.8.22, 2.8.26)."""

from collections.abc import Iterator
from itertools import pairwise, starmap
from typing import Final

from services.parser.doc.binary import Binary
from services.parser.doc.header import Part, WordFile
from shared.errors import Corrupt

_SECTIONS: Final = 6
_HEADS: Final = 11
"""Numbers of the lists of sections, and of the heads and feet, in the header's list of structures."""
_SECTION: Final = 12
"""Bytes that say where a section's properties are."""
_SEPARATORS: Final = 6
"""Stories before those of the first section: what stands over footnotes and endnotes."""
_STORIES: Final = 6
"""Stories of a section: heads of even and of odd pages, their feet, head and foot of the first page."""
_ODD: Final = 1
"""Which of them is the head of pages, where even ones have no own."""


def sections(file: WordFile, main: Part) -> Iterator[tuple[Part | None, Part]]:
    """The head of each section's pages, None where it has none or keeps the last, and its text.

    A document whose lists of them are damaged is one section without a head.
    """
    try:
        ends, stories = _section_ends(file), _stories(file)
    except Corrupt:
        ends, stories = [], []
    bounds = sorted(min(main.start + end, main.end) for end in ends[:-1])
    for number, text in enumerate(starmap(Part, pairwise([main.start, *bounds, main.end]))):
        first = _SEPARATORS + _STORIES * number + _ODD
        head = [file.heads.start + each for each in stories[first : first + 2]]
        is_stated = len(head) == 2 and head[0] < head[1] <= file.heads.end
        yield (Part(*head) if is_stated else None), text


def _section_ends(file: WordFile) -> list[int]:
    """Where the sections end, in characters of the main text."""
    offset, length = file.place(_SECTIONS)
    table = Binary(file.table.part(offset, length))
    return list(table.longs(4, max(len(table) - 4, 0) // (4 + _SECTION)))


def _stories(file: WordFile) -> list[int]:
    """Where the heads and feet begin, in characters of their part; each ends where the next begins."""
    offset, length = file.place(_HEADS)
    table = Binary(file.table.part(offset, length))
    return list(table.longs(0, len(table) // 4))
