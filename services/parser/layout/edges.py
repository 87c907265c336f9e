"""Lines as drawn → borders: near ones snapped onto one place, pieces of one line joined."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from services.parser.layout.drawing import Line

_SNAP: Final = 3.0
"""Points within which parallel lines are one border: drawn twice, double, or a cell's own and its neighbour's."""
_GAP: Final = 3.0
"""Points between two pieces of one border."""
_DASH: Final = 12.0
"""Length of a dash at most, points."""
_DASH_GAP: Final = 6.0
"""Points between two dashes of one border."""
_SHORTEST: Final = 4.0
"""Points a border is long at least."""


def borders(lines: Iterable[Line]) -> list[Line]:
    """The borders that `lines`, all of one direction, make up; those on one place have the very same `at`."""
    found: list[Line] = []
    group: list[Line] = []
    for line in sorted(line for line in lines if math.isfinite(line.at + line.start + line.end)):
        if group and line.at - group[0].at > _SNAP:
            found += _joined(group)
            group = []
        group.append(line)
    if group:
        found += _joined(group)
    return found


def _joined(group: Sequence[Line]) -> list[Line]:
    weight = sum(max(line.end - line.start, 0.1) for line in group)
    at = sum(line.at * max(line.end - line.start, 0.1) for line in group) / weight
    joined: list[Line] = []
    start = end = last = 0.0
    for number, line in enumerate(sorted(group, key=lambda each: (each.start, each.end))):
        length = line.end - line.start
        gap = _DASH_GAP if max(last, length) <= _DASH else _GAP
        if number and line.start - end <= gap:
            end = max(end, line.end)
        else:
            if number:
                joined.append(Line(at, start, end))
            start, end = line.start, line.end
        last = length
    joined.append(Line(at, start, end))
    return [line for line in joined if line.end - line.start >= _SHORTEST]
