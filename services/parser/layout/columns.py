"""Tables without lines: rows of texts that stand under each other in columns, most of them numbers."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.parser.layout.lines import TextLine, bands
from services.parser.wording import is_number

_ROWS: Final = 3
"""Rows that show columns at least."""
_NUMBERS: Final = 0.2
"""Share of the texts that are numbers at least."""
_FILLED: Final = 0.5
"""Share of its rows in which a column has a text."""
_APART: Final = 3.0
"""Heights of a line that a row's middle may lie under the last one's."""


@dataclass(frozen=True)
class Columned:
    """A table without lines: for each row its lines by column, and where the columns part, points."""

    rows: list[dict[int, list[TextLine]]]
    edges: tuple[float, ...]


def parted(lines: Sequence[TextLine]) -> list[Columned | list[TextLine]]:
    """Tables and the running text between them, in order."""
    found: list[Columned | list[TextLine]] = []
    run: list[list[TextLine]] = []
    for band in [*bands(lines), []]:
        if run and (not band or _is_apart(run[-1], band) or (len(band) < 2 and not _under(band[0], run))):
            found += _taken(run)
            run = []
        if run or len(band) > 1:
            run.append(band)
        elif band:
            found.append(band)
    return _merged(found)


def _is_apart(above: Sequence[TextLine], band: Sequence[TextLine]) -> bool:
    height = max(line.box.bottom - line.box.top for line in above)
    return band[0].box.middle[1] - above[0].box.middle[1] > _APART * height


def _under(line: TextLine, run: Sequence[Sequence[TextLine]]) -> bool:
    """Whether `line` stands under a single text of each row of `run` at most."""
    return all(sum(_overlap(line, other) for other in band) <= 1 for band in run) and any(
        _overlap(line, other) for other in run[-1]
    )


def _overlap(one: TextLine, two: TextLine) -> bool:
    return one.box.left < two.box.right and two.box.left < one.box.right


def _taken(run: Sequence[Sequence[TextLine]]) -> list[Columned | list[TextLine]]:
    """`run` as a table when it is one, less the single texts at its end; else as running text."""
    rows = [*run]
    while rows and len(rows[-1]) < 2:
        rows.pop()
    rest: list[Columned | list[TextLine]] = [list(band) for band in run[len(rows) :]]
    table = _table(rows)
    return [table or [line for band in rows for line in band], *rest]


def _table(run: Sequence[Sequence[TextLine]]) -> Columned | None:
    texts = [line for band in run for line in band]
    spans: list[tuple[float, float]] = []
    for left, right in sorted((line.box.left, line.box.right) for line in texts):
        if spans and left < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], right))
        else:
            spans.append((left, right))
    inner = [(one[1] + two[0]) / 2 for one, two in itertools.pairwise(spans)]
    edges = (spans[0][0], *inner, spans[-1][1]) if spans else ()
    rows: list[dict[int, list[TextLine]]] = []
    for band in run:
        row: dict[int, list[TextLine]] = {}
        for line in band:
            row.setdefault(sum(edge < line.box.middle[0] for edge in inner), []).append(line)
        if rows and len(row) == 1 and 0 not in row and not is_number(band[0].text):
            for column, more in row.items():
                rows[-1].setdefault(column, []).extend(more)
        else:
            rows.append(row)
    return Columned(rows, edges) if _is_table(rows, len(spans), texts) else None


def _is_table(rows: Sequence[dict[int, list[TextLine]]], columns: int, texts: Sequence[TextLine]) -> bool:
    filled = [sum(column in row for row in rows) for column in range(columns)]
    numbers = sum(is_number(line.text) for line in texts)
    if sum(len(row) > 1 for row in rows) < _ROWS or min(filled) < _FILLED * len(rows) or columns < 2:
        return False
    return numbers >= _NUMBERS * len(texts)


def _merged(found: Sequence[Columned | list[TextLine]]) -> list[Columned | list[TextLine]]:
    """Running text that nothing parts, put together."""
    merged: list[Columned | list[TextLine]] = []
    for each in found:
        if merged and isinstance(each, list) and isinstance(merged[-1], list):
            merged[-1] = merged[-1] + each
        else:
            merged.append(each)
    return merged
