"""Bytes → text: the byte order mark, then strict UTF-8, then GB18030; a declaration is no more than a hint."""

import codecs
from typing import Final

from shared.errors import Corrupt

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOST_LOST: Final = 0.02
"""Share of characters that may be unreadable before the bytes count as no text at all."""


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`, without its byte order mark; Corrupt when it is no text in any charset tried.

    `declared` is tried only when neither UTF-8 nor GB18030 fits.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    text = _utf8(data)
    if text is not None:
        return text
    names = ("gb18030", declared or "gb18030", "utf-8")
    candidates = [data.decode(name, "replace") for name in names if _known(name)]
    best = min(candidates, key=lambda candidate: candidate.count("\ufffd"))
    if best.count("\ufffd") > max(1, _MOST_LOST * len(best)):
        raise Corrupt("The text is in no charset known here (tried UTF-8 and GB18030).")
    return best


def _utf8(data: bytes) -> str | None:
    """Strict UTF-8, but for a last character that a truncated download cut."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        return None


def _known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
