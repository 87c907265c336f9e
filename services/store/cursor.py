"""Opaque cursors: where a page ended, so that the next begins there, whatever came meanwhile."""

import base64
import json
from typing import Final

Place = tuple[int | str, ...]
"""The sort values of the last row given."""

_NOT_OURS: Final = "not a cursor of this list; take `next_cursor` of the page before, with the same parameters"
_LARGEST: Final = 2**63 - 1


def write(place: Place) -> str:
    """`place` as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def read(cursor: str, *kinds: type) -> Place:
    """The place a cursor names, a value of each of `kinds`; raises ValueError when it is none of this list."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise ValueError(_NOT_OURS) from error
    if not isinstance(values, list) or tuple(map(type, values)) != kinds:
        raise ValueError(_NOT_OURS)
    if any(isinstance(each, int) and abs(each) > _LARGEST for each in values):
        raise ValueError(_NOT_OURS)
    if any(isinstance(each, str) and "\0" in each for each in values):
        raise ValueError(_NOT_OURS)
    return tuple(values)
