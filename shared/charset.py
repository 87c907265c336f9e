"""Bytes → text: the byte order mark, then UTF-8, then GB18030; what is declared of a charset is often wrong."""

import codecs
import unicodedata
from typing import Final

LOST: Final = "\ufffd"
"""Stands where bytes are in no charset tried."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BELIEVABLE: Final = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "big5", "big5hkscs", "cp950"})
"""Declared charsets that can be told wrong: single-byte ones read anything and so prove nothing."""


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data` in NFC, without byte order mark and NULs; bytes in no charset become U+FFFD.

    `declared` is tried only when neither UTF-8 nor GB18030 fits, and taken when it loses less than they do. A last
    character that a truncated download cut is left out.
    """
    return unicodedata.normalize("NFC", _decode(data, declared)).replace("\x00", "")


def _decode(data: bytes, declared: str | None) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        readings = (data.decode(name, "replace") for name in ("gb18030", *_believable(declared), "utf-8"))
        return min(readings, key=lambda text: text.count(LOST))


def _believable(declared: str | None) -> tuple[str, ...]:
    try:
        name = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        return ()
    return (name,) if name in _BELIEVABLE else ()
