"""The texts that cells of an .xls workbook share, where fonts change within them ([MS-XLS] 2.4.265, 2.5.293)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_WIDE: Final = 0x01
_FAR_EAST: Final = 0x04
"""What a reader of Chinese types is kept behind the text."""
_RICH: Final = 0x08
_RUN: Final = 4
"""Bytes of a run: the character at which it begins, and the number of its font."""

Runs = list[tuple[str, int | None]]
"""A text in pieces, each with the number of its font; None for the cell's own."""


def rich_texts(parts: Sequence[bytes]) -> dict[int, Runs]:
    """Number of a shared text → its pieces, of those in several fonts.

    `parts` are the contents of the record of shared texts and of those that go on with it. Raises struct.error
    or IndexError where they are cut short.
    """
    shared = _Shared(parts)
    count = struct.unpack("<II", shared.bytes(8))[1]
    found = {}
    for number in range(count):
        text, runs = shared.text()
        if runs:
            found[number] = list(_pieces(text, runs))
    return found


def _pieces(text: str, runs: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int | None]]:
    yield text[: runs[0][0]], None
    for (start, font), (end, _) in zip(runs, [*runs[1:], (len(text), 0)], strict=True):
        yield text[start:end], font


@dataclass
class _Shared:
    """Reads on through the records, which may part a text anywhere."""

    parts: Sequence[bytes]
    number: int = 0
    at: int = 0

    def bytes(self, count: int) -> bytes:
        """The next bytes; raises IndexError at the end."""
        found = b""
        while len(found) < count:
            if self.at >= len(self.parts[self.number]):
                self.number, self.at = self.number + 1, 0
            piece = self.parts[self.number][self.at : self.at + count - len(found)]
            self.at += len(piece)
            found += piece
        return found

    def text(self) -> tuple[str, list[tuple[int, int]]]:
        """The next text, and where other fonts begin in it."""
        count, flags = struct.unpack("<HB", self.bytes(3))
        runs = struct.unpack("<H", self.bytes(2))[0] if flags & _RICH else 0
        behind = struct.unpack("<I", self.bytes(4))[0] if flags & _FAR_EAST else 0
        text = self._characters(count, flags)
        fonts = list(struct.iter_unpack("<HH", self.bytes(_RUN * runs)))
        self.bytes(behind)
        return text, [(start, font) for start, font in fonts]

    def _characters(self, count: int, flags: int) -> str:
        """So many characters; each record says anew whether they have one byte or two."""
        text = ""
        while count:
            if self.at >= len(self.parts[self.number]):
                self.number, self.at = self.number + 1, 1
                flags = self.parts[self.number][0]
            size = 2 if flags & _WIDE else 1
            taken = min(count, (len(self.parts[self.number]) - self.at) // size)
            if not taken:
                raise IndexError
            text += self.bytes(size * taken).decode("utf-16-le" if size == 2 else "latin-1", "replace")
            count -= taken
        return text
