"""The document's text, put together from the pieces that the file keeps it in."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.parser.doc.binary import Binary
from services.parser.doc.header import WordFile
from shared.errors import Corrupt

_CLX: Final = 33
_CHANGES: Final = 0x01
_PIECES: Final = 0x02
_PIECE_SIZE: Final = 12
_COMPRESSED: Final = 0x40000000
_SHORT_CHANGES: Final = {0x18: 0x2416, 0x19: 0x2417}
"""Codes of a piece's one-byte changes → those of the same property elsewhere; only tables' matter here."""


class Piece(NamedTuple):
    """A run of characters: its first character's number, its bytes' offset, and a character's size in bytes."""

    start: int
    offset: int
    size: int
    changes: bytes
    """Property changes of a fast save that hold for its paragraphs."""


@dataclass(frozen=True)
class Text:
    """The whole text, a character for each 16 bits, and where each lies in the file."""

    characters: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    def piece_of(self, number: int) -> Piece:
        """The piece that character `number` lies in."""
        return self.pieces[max(bisect_right(self.starts, number) - 1, 0)]

    def offset_of(self, number: int) -> int:
        """Where character `number` lies in the text stream."""
        piece = self.piece_of(number)
        return piece.offset + (number - piece.start) * piece.size


def text_of(file: WordFile) -> Text:
    """The text of `file`; raises Corrupt."""
    offset, length = file.place(_CLX)
    changes, table = _clx(Binary(file.table.part(offset, length)))
    count = (len(table) - 4) // _PIECE_SIZE
    if count < 1:
        raise Corrupt("The Word document has no text.")
    bounds = table.longs(0, count + 1)
    pieces: list[Piece] = []
    texts: list[str] = []
    room = len(file.text)
    for number in range(count):
        size = bounds[number + 1] - bounds[number]
        room -= size
        if size < 0 or room < 0 or bounds[0] != 0:
            raise Corrupt("The Word document is damaged: its text overlaps itself.")
        at = 4 * (count + 1) + 8 * number
        address, modifier = table.long(at + 2), table.word(at + 6)
        compressed = bool(address & _COMPRESSED)
        start = (address & ~_COMPRESSED) // 2 if compressed else address
        pieces.append(Piece(bounds[number], start, 1 if compressed else 2, _changes(modifier, changes)))
        texts.append(_characters(file.text, start, size, compressed))
    return Text("".join(texts), tuple(pieces), tuple(piece.start for piece in pieces))


def _clx(clx: Binary) -> tuple[list[bytes], Binary]:
    """The lists of property changes, and the table of pieces."""
    changes: list[bytes] = []
    at = 0
    while at < len(clx):
        kind = clx.byte(at)
        if kind == _PIECES:
            return changes, Binary(clx.part(at + 5, clx.long(at + 1)))
        if kind != _CHANGES:
            break
        length = clx.word(at + 1)
        changes.append(clx.part(at + 3, length))
        at += 3 + length
    raise Corrupt("The Word document is damaged: its text can't be found.")


def _changes(modifier: int, changes: list[bytes]) -> bytes:
    if modifier & 1:
        number = modifier >> 1
        return changes[number] if number < len(changes) else b""
    code = _SHORT_CHANGES.get((modifier >> 1) & 0x7F)
    return code.to_bytes(2, "little") + bytes([modifier >> 8]) if code else b""


def _characters(stream: Binary, start: int, count: int, compressed: bool) -> str:
    if compressed:
        return stream.part(start, count).decode("cp1252", "replace")
    units = memoryview(stream.part(start, 2 * count)).cast("H")
    return "".join(map(chr, units))
