"""RTF bytes → tokens: control words, groups, and runs of bytes that are text."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z'])|"
    rb"(?P<brace>[{}])|[\r\n\x00]+|(?P<text>[^\\{}\r\n\x00]+)",
    re.DOTALL,
)
_SIGNS: Final = {"\n": "par", "\r": "par", "*": "*", "~": "~", "_": "_", "-": "-"}


class Token(NamedTuple):
    """A control word with its number, `{` or `}`, or text as bytes; a sign's word is the sign itself."""

    word: str
    number: int | None = None
    text: bytes = b""


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens of `data`; what is binary is left out."""
    at = 0
    while (match := _TOKEN.match(data, at)) is not None or at < len(data):
        if match is None:  # a backslash at the very end, or before what is no sign
            at += 1
            continue
        at = match.end()
        kind = match.lastgroup
        if match["word"]:
            word = match["word"].decode("ascii")
            number = int(match["number"]) if match["number"] else None
            if word == "bin":
                at += max(number or 0, 0)
            else:
                yield Token(word, number)
        elif kind == "byte":
            yield Token("text", None, bytes([int(match["byte"], 16)]))
        elif kind == "sign":
            sign = match["sign"].decode("latin-1")
            yield Token("text", None, match["sign"]) if sign in "\\{}" else Token(_SIGNS.get(sign, sign))
        elif kind == "brace":
            yield Token(match["brace"].decode("ascii"))
        elif kind == "text":
            yield Token("text", None, match["text"])
