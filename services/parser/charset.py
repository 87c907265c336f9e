"""A file's bytes → text, or word that they are no text."""

from typing import Final

from shared import charset
from shared.errors import Corrupt

_MOST_LOST: Final = 0.02
"""Share of characters that may be unreadable before the bytes count as no text at all."""


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`, as `shared.charset` reads it; Corrupt when too much of it is in no charset tried."""
    text = charset.decode(data, declared)
    if text.count(charset.LOST) > max(1, _MOST_LOST * len(text)):
        raise Corrupt("The text is in no charset known here (tried UTF-8 and GB18030).")
    return text
