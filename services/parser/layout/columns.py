"""Tables without lines: rows of texts that stand under each other in columns, most of them numbers."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.parser.layout.lines import TextLine, bands
from services.parser.layout.rules import edges_between
from services.parser.wording import is_number

_ROWS: Final = 3
"""Rows that show columns at least."""
_NUMBERS: Final = 0.2
"""Share of the texts that are numbers at least."""
_FILLED: Final = 0.5
"""Share of its rows in which a column has a text."""
_APART: Final = 3.0
"""Heights of a line that a row's middle may lie under the last one's."""


class Place(NamedTuple):
    """The lines of a text, and the columns it takes: from `column` on, `width` of them."""

    lines: list[TextLine]
    column: int
    width: int


@dataclass(frozen=True)
class Columned:
    """A table without lines: the texts of each row, and where the columns part, points."""

    rows: list[list[Place]]
    edges: tuple[float, ...]


def parted(lines: Sequence[TextLine]) -> list[Columned | list[TextLine]]:
    """Tables and the running text between them, in order: columns may stand closer than texts side by side do."""
    texts = [(text, line) for line in lines for text in line.texts or (line,)]
    line_of = {id(text): line for text, line in texts}
    found: list[Columned | list[TextLine]] = []
    run: list[list[TextLine]] = []
    for band in [*bands([text for text, _ in texts]), []]:
        if run and (not band or _is_apart(run[-1], band) or (len(band) < 2 and not _under(band[0], run))):
            found += _taken(run)
            run = []
        if run or len(band) > 1:
            run.append(band)
        elif band:
            found.append(band)
    return [
        part if isinstance(part, Columned) else _each_once(line_of[id(text)] for text in part)
        for part in _merged(found)
    ]


def _each_once(lines: Iterable[TextLine]) -> list[TextLine]:
    return list({id(line): line for line in lines}.values())


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
    inner = edges_between(run)
    rows: list[list[Place]] = []
    for band in run:
        row = _row(band, inner)
        if rows and _is_rest(row):
            _append(rows[-1], row[0])
        else:
            rows.append(row)
    edges = (
        min((text.box.left for text in texts), default=0.0),
        *inner,
        max((text.box.right for text in texts), default=0.0),
    )
    return Columned(rows, edges) if _is_table(rows, len(inner) + 1, texts) else None


def _row(band: Sequence[TextLine], inner: Sequence[float]) -> list[Place]:
    """The texts of a row, each over the columns that it reaches into; those of one column are one text."""
    row: list[Place] = []
    for line in sorted(band, key=lambda line: line.box.left):
        first, last = bisect_right(inner, line.box.left), bisect_left(inner, line.box.right)
        if row and first < row[-1].column + row[-1].width:
            row[-1].lines.append(line)
        else:
            row.append(Place([line], first, max(1, last - first + 1)))
    return row


def _is_rest(row: Sequence[Place]) -> bool:
    """Whether `row` is the second line of a text of the row above: alone, not in the first column, no number."""
    return len(row) == 1 and row[0].column > 0 and not is_number(row[0].lines[0].text)


def _append(row: list[Place], rest: Place) -> None:
    above = next((place for place in row if place.column == rest.column), None)
    if above is None:
        row.append(rest)
    else:
        above.lines.extend(rest.lines)


def _is_table(rows: Sequence[Sequence[Place]], columns: int, texts: Sequence[TextLine]) -> bool:
    """Whether most rows fill the columns, those of numbers aside, which may be blank."""
    if columns < 2 or sum(len(row) > 1 for row in rows) < _ROWS:
        return False
    numbers = sum(is_number(line.text) for line in texts)
    held = [[place for row in rows for place in row if place.column == column] for column in range(columns)]
    full = all(len(each) >= _FILLED * len(rows) or _is_of_numbers(each) for each in held)
    return full and numbers >= _NUMBERS * len(texts)


def _is_of_numbers(column: Sequence[Place]) -> bool:
    """Whether a column has a number, and under its heads nothing else."""
    texts = [place.lines[0].text for place in column]
    first = next((number for number, text in enumerate(texts) if is_number(text)), len(texts))
    return first < len(texts) and all(is_number(text) for text in texts[first:])


def _merged(found: Sequence[Columned | list[TextLine]]) -> list[Columned | list[TextLine]]:
    """Running text that nothing parts, put together."""
    merged: list[Columned | list[TextLine]] = []
    for each in found:
        if merged and isinstance(each, list) and isinstance(merged[-1], list):
            merged[-1] = merged[-1] + each
        else:
            merged.append(each)
    return merged
