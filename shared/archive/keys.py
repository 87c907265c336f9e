"""The keys of archived bytes, and whether bytes are still those of their key."""

import re
from typing import Final

from shared import ids
from shared.errors import Corrupt

_KEY: Final = re.compile(r"[0-9a-f]{64}")


def is_key(key: str) -> bool:
    """Whether `key` can name archived bytes at all; what it lets through is safe as a part of a path."""
    return _KEY.fullmatch(key) is not None


def checked(data: bytes, key: str, place: str) -> bytes:
    """`data` itself, read from `place`; raises Corrupt when it is not what was put under `key`."""
    if ids.content_hash(data) != key:
        raise Corrupt(f"The archived file {place} is damaged; take it from a backup or fetch it again.")
    return data
