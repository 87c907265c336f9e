"""How archived bytes lie in their place: compressed where that is worth it, under the key of their content.

Bytes whose hash is their key are there as they are, others are a frame of Zstandard (RFC 8878) with them in it:
which of the two needs no mark.
"""

from typing import Final

import cramjam

from shared import ids
from shared.errors import Corrupt

LEVEL: Final = 3
WORTH: Final = 0.9
"""The part of its length that compressed data may have at most; PDF and DOCX are compressed as they come."""
_FRAME: Final = bytes.fromhex("28b52ffd")


def packed(data: bytes) -> bytes:
    """`data` as it is to be kept."""
    smaller = bytes(cramjam.zstd.compress(data, level=LEVEL))
    return smaller if len(smaller) <= WORTH * len(data) else data


def unpacked(kept: bytes, key: str, place: str) -> bytes:
    """The bytes of `key` from what is kept at `place`; raises Corrupt when it is not what was put under `key`."""
    if ids.content_hash(kept) == key:
        return kept
    if kept.startswith(_FRAME):
        try:
            data = bytes(cramjam.zstd.decompress(kept))
        except cramjam.DecompressionError:
            data = b""
        if ids.content_hash(data) == key:
            return data
    raise Corrupt(f"The archived file {place} is damaged; take it from a backup or fetch it again.")
