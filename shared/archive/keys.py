"""The keys of archived bytes."""

import re
from typing import Final

_KEY: Final = re.compile(r"[0-9a-f]{64}")


def is_key(key: str) -> bool:
    """Whether `key` can name archived bytes at all; what it lets through is safe as a part of a path."""
    return _KEY.fullmatch(key) is not None
