"""How messages lie in the log: deflated, with the first message of their topic for a dictionary.

Messages of a topic say the same names again and again, and each is short: alone, none gets much shorter.
"""

import zlib
from typing import Final, NamedTuple

LEVEL: Final = 3
_SMALL: Final = 4096
"""Up to which length a small window finds all there is to find, and is made in a tenth of the time."""


class Dictionary(NamedTuple):
    """What the messages of a topic are packed with; `id` is its row in the log's file."""

    id: int
    headers: bytes
    value: bytes

    @classmethod
    def of(cls, number: int, headers: bytes, value: bytes | None) -> "Dictionary":
        """From a topic's first message."""
        return cls(number, headers[:_SMALL], (value or b"")[: _SMALL - len(headers[: _SMALL // 2])])

    def pack(self, headers: bytes, value: bytes | None) -> tuple[bytes, bytes | None]:
        """Headers and value as they are kept; a value mostly names again what its headers name."""
        packed = None if value is None else _deflated(value, self.value + headers)
        return _deflated(headers, self.headers), packed

    def unpack(self, headers: bytes, value: bytes | None) -> tuple[bytes, bytes | None]:
        """The inverse of `pack`; raises zlib.error for what it never gave."""
        plain = _inflated(headers, self.headers)
        return plain, None if value is None else _inflated(value, self.value + plain)


def _deflated(data: bytes, dictionary: bytes) -> bytes:
    window, memory = (12, 5) if len(data) <= _SMALL else (15, 8)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -window, memory, zdict=dictionary[-(1 << window) :])
    return packer.compress(data) + packer.flush()


def _inflated(packed: bytes, dictionary: bytes) -> bytes:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS, zdict=dictionary)
    return unpacker.decompress(packed) + unpacker.flush()
