"""The names of a document's fonts, by which the signs of symbol fonts are told."""

from typing import Final

from services.parser.doc.binary import Binary
from services.parser.doc.header import WordFile
from shared.errors import Corrupt

_FONTS: Final = 15
_NAME: Final = 39
"""Where the name begins in a font's entry."""


def fonts_of(file: WordFile) -> tuple[str, ...]:
    """The fonts' names by number; none when their table is damaged, for only odd signs depend on them."""
    names: list[str] = []
    try:
        offset, length = file.place(_FONTS)
        table = Binary(file.table.part(offset, length))
        at = 4
        for _ in range(table.word(0) if length else 0):
            size = table.byte(at)
            name = table.part(at + 1, size)[_NAME:].decode("utf-16-le", "replace")
            names.append(name.partition("\x00")[0])
            at += 1 + size
    except Corrupt:
        return ()
    return tuple(names)
