"""Opaque cursors: where a page ended, so that the next begins there, whatever came meanwhile."""

import base64
import json
from typing import Final

from pydantic_core import PydanticCustomError

Place = tuple[int | str, ...]
"""The sort values of the last row given."""

_NOT_OURS: Final = PydanticCustomError(
    "no_cursor", "not a cursor of this list; take `next_cursor` of the page before, with the same parameters"
)

Kind = range | None
"""What a place's value may be: a whole number that its column takes; None: text."""

INT: Final = range(-(2**31), 2**31)
BIGINT: Final = range(-(2**63), 2**63)
TEXT: Final = None


def write(place: Place) -> str:
    """`place` as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def read(cursor: str, *kinds: Kind) -> Place:
    """The place a cursor names, a value of each of `kinds`; raises ValueError when it is none of this list."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as error:
        raise _NOT_OURS from error
    if not isinstance(values, list) or len(values) != len(kinds) or not all(map(_fits, values, kinds)):
        raise _NOT_OURS
    return tuple(values)


def _fits(value: object, kind: Kind) -> bool:
    if kind is not None:
        return type(value) is int and value in kind
    return isinstance(value, str) and "\0" not in value and value.encode(errors="ignore").decode() == value
