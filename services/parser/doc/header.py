"""The streams of a Word file and what its header says lies where in them."""

from dataclasses import dataclass
from typing import Final

from services.parser import compound
from services.parser.doc.binary import Binary
from services.parser.reading import Limits
from shared.errors import Corrupt, Encrypted, TooLarge, Unsupported

_WORD: Final = 0xA5EC
_WORD_97: Final = 0x00C1
_ENCRYPTED: Final = 0x0100
_SECOND_TABLE: Final = 0x0200
_FLAGS: Final = 0x0A
_VERSION: Final = 0x02
_LENGTHS: Final = 0x4C
"""Where the lengths of the text's parts begin."""
_PLACES: Final = 0x9A
"""Where the pairs of offset and length of everything else begin."""
_STREAMS: Final = ("WordDocument", "0Table", "1Table", "Data")


@dataclass(frozen=True)
class Part:
    """A part of the document's text, in characters from its beginning."""

    start: int
    end: int


@dataclass(frozen=True)
class WordFile:
    """A Word file's streams, and the places of what its reader needs."""

    text: Binary
    table: Binary
    data: Binary
    parts: tuple[Part, ...]
    """The main text, then footnotes, endnotes and text boxes."""
    heads: Part
    """The heads and feet of the pages of all sections."""

    def place(self, number: int) -> tuple[int, int]:
        """Offset and length in the table stream of structure `number` of the header's list."""
        at = _PLACES + 8 * number
        return self.text.long(at), self.text.long(at + 4)


def open_file(data: bytes, limits: Limits) -> WordFile:
    """The Word file in `data`; raises Corrupt, TooLarge, Encrypted, Unsupported (older than Word 97)."""
    streams = _streams(data, limits)
    text = Binary(streams.get("WordDocument", b""))
    if len(text) < _PLACES:
        raise Corrupt("The Word document has no text stream.")
    flags = text.word(_FLAGS)
    if text.word(0) != _WORD or text.word(_VERSION) < _WORD_97:
        raise Unsupported("The document comes from Word 95 or older.")
    if flags & _ENCRYPTED:
        raise Encrypted("The Word document is protected by a password.")
    name = "1Table" if flags & _SECOND_TABLE else "0Table"
    if name not in streams:
        raise Corrupt("The Word document has no table stream.")
    return WordFile(text, Binary(streams[name]), Binary(streams.get("Data", b"")), *_parts(text))


def _parts(text: Binary) -> tuple[tuple[Part, ...], Part]:
    """The parts that are read whole, and the one of heads and feet."""
    main, footnotes, heads, _, comments, endnotes, boxes, head_boxes = text.longs(_LENGTHS, 8)
    parts, start = [], 0
    for length, read in (
        (main, True),
        (footnotes, True),
        (heads, False),
        (comments, False),
        (endnotes, True),
        (boxes, True),
        (head_boxes, False),
    ):
        if read and length:
            parts.append(Part(start, start + length))
        start += length
    return tuple(parts), Part(main + footnotes, main + footnotes + heads)


def _streams(data: bytes, limits: Limits) -> dict[str, bytes]:
    """The streams a reader needs, by name."""
    found: dict[str, bytes] = {}
    try:
        with compound.opened(data) as file:
            for name in _STREAMS:
                if file.exists(name):
                    if file.get_size(name) > limits.file_bytes:
                        raise TooLarge(f"A part of the Word document has more than {limits.file_bytes} bytes.")
                    found[name] = file.openstream(name).read()
    except compound.DAMAGED as error:
        raise Corrupt("The Office 97 file is damaged or cut short.") from error
    return found
