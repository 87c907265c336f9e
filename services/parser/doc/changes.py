"""The lists of property changes (sprms) that a Word file keeps for paragraphs, rows and characters."""

from collections.abc import Iterator
from typing import Final

from services.parser.doc.binary import Binary

_OPERANDS: Final = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of the operand by the code's top three bits; 0 where the operand states its length."""
_TABS: Final = 0xC615
_ROW: Final = (0xD608, 0xD606)


def changes_in(changes: bytes) -> Iterator[tuple[int, bytes]]:
    """Each change as (code, operand), the operand less its length; a change cut short ends the list."""
    source = Binary(changes)
    at = 0
    while at + 2 < len(source):
        code = source.word(at)
        at += 2
        length = _OPERANDS[code >> 13]
        if not length:
            if code in _ROW:
                if at + 2 > len(source):
                    return
                length, at = source.word(at) - 1, at + 2
            elif code == _TABS and source.byte(at) == 0xFF:
                length, at = _tabs(source, at + 1), at + 1
            else:
                length, at = source.byte(at), at + 1
        if length < 0 or at + length > len(source):
            return
        yield code, source.part(at, length)
        at += length


def _tabs(source: Binary, at: int) -> int:
    """Bytes of a change of tab stops too long for a length of one byte."""
    if at >= len(source):
        return 0
    deleted = 1 + 4 * source.byte(at)
    if at + deleted >= len(source):
        return 0
    return deleted + 1 + 3 * source.byte(at + deleted)
