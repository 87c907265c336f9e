"""Page bytes → text: the byte order mark, then UTF-8, then GB18030; what header and meta say is often wrong."""

import codecs
import unicodedata
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOST: Final = "\ufffd"


def decode(data: bytes, charset: str | None = None) -> str:
    """The text of `data` in NFC; `charset` (of the portal's file) is believed, undecodable bytes become U+FFFD."""
    return unicodedata.normalize("NFC", _decode(data, charset)).replace("\x00", "")


def _decode(data: bytes, charset: str | None) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if charset:
        return data.decode(charset, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        # A page cut in a character, or with one bad byte, is still in the charset that loses less.
        readings = (data.decode(name, "replace") for name in ("gb18030", "utf-8"))
        return min(readings, key=lambda text: text.count(_LOST))
