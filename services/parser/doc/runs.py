"""Which properties hold where: the file's pages of paragraph and character runs."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from services.parser.doc.binary import Binary
from services.parser.doc.changes import changes_in
from services.parser.doc.header import WordFile
from services.parser.doc.shades import OF_CHARACTERS, shades
from services.parser.reading import Limits
from shared.errors import TooLarge

_CHARACTERS: Final = 12
_PARAGRAPHS: Final = 13
_PAGE: Final = 512
_PAGE_NUMBER: Final = 0x3FFFFF
_DELETED: Final = 0x0800
_HIDDEN: Final = 0x083C
_STRUCK: Final = 0x0837
_STRUCK_TWICE: Final = 0x2A53
_SYMBOL: Final = 0x6A09
_PLACE: Final = 0x6A03
_OBJECT: Final = 0x080A
_SCRIPT: Final = 0x2A48
_COLOUR: Final = 0x6870
_WHITE: Final = b"\xff\xff\xff\0"
_COLOUR_NUMBER: Final = 0x2A42
_WHITE_NUMBER: Final = 8
_HIGHLIGHT: Final = 0x2A0C
_SUPERSCRIPT: Final = 1
_ON: Final = 1
"""Stated by the characters themselves; 0x81, the opposite of their style's, mostly shows what a style hides."""


@dataclass(frozen=True)
class Runs:
    """Runs of bytes of the text stream, each with the list of changes that holds for it."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    changes: tuple[bytes, ...]

    def at(self, offset: int) -> bytes:
        """The changes that hold at `offset`; empty where no run says any."""
        number = bisect_right(self.starts, offset) - 1
        return self.changes[number] if number >= 0 and offset < self.ends[number] else b""


def paragraph_runs(file: WordFile, limits: Limits) -> Runs:
    """The runs of paragraphs; their changes begin with the style's number (16 bits). Raises Corrupt, TooLarge."""
    found: dict[int, tuple[int, bytes]] = {}
    for page, count in _pages(file, _PARAGRAPHS, limits):
        for number in range(count):
            at = 2 * page.byte(4 * (count + 1) + 13 * number)
            found[page.long(4 * number)] = (page.long(4 * number + 4), _paragraph(page, at) if at else b"")
    return _runs(found)


def character_runs(file: WordFile, limits: Limits) -> Runs:
    """The runs of characters not shown, raised, or that stand for something else. Raises Corrupt, TooLarge."""
    found: dict[int, tuple[int, bytes]] = {}
    for page, count in _pages(file, _CHARACTERS, limits):
        for number in range(count):
            at = 2 * page.byte(4 * (count + 1) + number)
            changes = page.part(at + 1, page.byte(at)) if at else b""
            if any(told(changes) for told in (is_hidden, is_white, symbol_in, is_raised, object_in)):
                found[page.long(4 * number)] = (page.long(4 * number + 4), changes)
    return _runs(found)


def is_hidden(changes: bytes) -> bool:
    """Whether characters are hidden, struck out, or deleted under tracked changes."""
    unseen = (_DELETED, _HIDDEN, _STRUCK, _STRUCK_TWICE)
    return any(code in unseen and operand[0] == _ON for code, operand in changes_in(changes))


def is_white(changes: bytes) -> bool:
    """Whether characters are white, and have no shade of their own."""
    white = False
    for code, operand in changes_in(changes):
        if code == _COLOUR:
            white = operand == _WHITE
        elif code == _COLOUR_NUMBER:
            white = operand[0] == _WHITE_NUMBER
        elif shades(code, operand, OF_CHARACTERS) or (code == _HIGHLIGHT and operand[0]):
            return False
    return white


def is_raised(changes: bytes) -> bool:
    """Whether characters stand above the line."""
    return any(code == _SCRIPT and operand[0] == _SUPERSCRIPT for code, operand in changes_in(changes))


def object_in(changes: bytes) -> int | None:
    """The number of the embedded object that a character stands for, if it does."""
    stated = dict(changes_in(changes))
    if stated.get(_OBJECT, b"\0")[0] != _ON or _PLACE not in stated:
        return None
    return int.from_bytes(stated[_PLACE], "little") or None


def symbol_in(changes: bytes) -> tuple[int, int] | None:
    """The font's number and the code of the sign that a character stands for, if it does."""
    for code, operand in changes_in(changes):
        if code == _SYMBOL:
            return int.from_bytes(operand[:2], "little"), int.from_bytes(operand[2:], "little")
    return None


def _pages(file: WordFile, structure: int, limits: Limits) -> list[tuple[Binary, int]]:
    """Each page of runs of one kind, with the number of its runs."""
    offset, length = file.place(structure)
    table = Binary(file.table.part(offset, length))
    count = max(len(table) - 4, 0) // 8
    pages = []
    total = 0
    for number in dict.fromkeys(table.longs(4 * (count + 1), count)):
        page = Binary(file.text.part((number & _PAGE_NUMBER) * _PAGE, _PAGE))
        runs = page.byte(_PAGE - 1)
        total += runs
        if total > limits.elements:
            raise TooLarge(f"The Word document has more than {limits.elements} runs.")
        pages.append((page, runs))
    return pages


def _paragraph(page: Binary, at: int) -> bytes:
    words = page.byte(at)
    return page.part(at + 1, 2 * words - 1) if words else page.part(at + 2, 2 * page.byte(at + 1))


def _runs(found: dict[int, tuple[int, bytes]]) -> Runs:
    order = sorted(found)
    return Runs(tuple(order), tuple(found[at][0] for at in order), tuple(found[at][1] for at in order))
