"""Rows that no rule parts: one frame holds many, told by the lines of text that stand level in its columns."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from services.parser.layout.lines import TextLine

_FIGURE: Final = re.compile(r"[-+－△▲]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[%％]?|[-—–－]{1,2}")
"""A whole figure, or the dash that stands for none: what no line of its own wraps."""
_DIGIT: Final = re.compile(r"\d")
_LEVEL: Final = 0.4
"""How far two lines may differ in height and stand level, as a share of the em."""
_PADDING: Final = 6.0
"""Points between a full line and its cell's border: office programs leave 2 to 5.4."""
_FULL: Final = 1.0
"""Ems that a full line lacks on the right at most besides the padding: the next character did not fit."""
_SAME_WIDTH: Final = 0.5
"""Points by which the full lines of a number that wraps differ in width."""
_LABELLED: Final = 0.5
"""Share of the figures' levels at which a label of its own begins, in columns that are no figures'."""


class CellLines(NamedTuple):
    """A cell's lines of text from top to bottom, and the x of its borders."""

    left: float
    right: float
    lines: Sequence[TextLine]


@dataclass
class _Row:
    """A row that shows: where its lines stand, and which they are."""

    level: float
    lines: dict[int, list[TextLine]] = field(default_factory=dict)


def are_names(lines: Sequence[TextLine], cells: Iterable[CellLines]) -> bool:
    """Whether `lines` name the rows of figures that `cells` beside them hold."""
    if len(lines) < 2:
        return False
    figures = [line.box.middle[1] for cell in cells if _holds_figures(cell) for line in cell.lines]
    level = sum(any(_is_level(line, figure) for figure in figures) for line in lines)
    return level >= max(2, _LABELLED * len(lines))


def level_rows(cells: Mapping[int, CellLines]) -> list[dict[int, list[TextLine]]]:
    """The rows that a frame's row of `cells` holds, each with its lines by cell; one where nothing parts them.

    Figures stand a line each, level with each other; a name that fills its line goes on in the next, so that its
    row may have its figures at either line or between them.
    """
    figures = {number for number, cell in cells.items() if _holds_figures(cell)}
    levels = _levels([line for number in figures for line in cells[number].lines if _FIGURE.fullmatch(line.text)])
    others = {number: cell for number, cell in cells.items() if number not in figures and cell.lines}
    blocks = {number: _blocks(cell, levels) for number, cell in others.items()}
    if len(levels) < 2 or not any(_tells(texts, levels) for texts in blocks.values()):
        return [{number: list(cell.lines) for number, cell in cells.items()}]
    rows = [_Row(level) for level in levels]
    for number, texts in blocks.items():
        for text in texts:
            for part in _parts(text, levels):
                _put(rows, number, part)
    for number in figures:
        for line in cells[number].lines:
            _put(rows, number, [line])
    return [row.lines for row in rows]


def _holds_figures(cell: CellLines) -> bool:
    """Whether most of a cell's lines are figures, and more than one is: not one long number that wraps."""
    figures = sum(bool(_FIGURE.fullmatch(line.text)) for line in cell.lines)
    if figures < 2 or 2 * figures <= len(cell.lines) or not any(_DIGIT.search(line.text) for line in cell.lines):
        return False
    if not _FIGURE.fullmatch("".join(line.text for line in cell.lines)):
        return True
    widths = [line.box.right - line.box.left for line in cell.lines]
    room = cell.right - cell.left - 2 * _PADDING - _FULL * cell.lines[0].em
    return min(widths[:-1]) < max(room, max(widths) - _SAME_WIDTH)


def _levels(lines: Sequence[TextLine]) -> list[float]:
    """The heights at which `lines` stand, from top to bottom."""
    groups: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box.middle[1]):
        if groups and _is_level(line, groups[-1][0].box.middle[1]):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [sum(line.box.middle[1] for line in group) / len(group) for group in groups]


def _is_level(line: TextLine, level: float) -> bool:
    return abs(line.box.middle[1] - level) <= _LEVEL * (line.box.bottom - line.box.top)


def _blocks(cell: CellLines, levels: Sequence[float]) -> list[list[TextLine]]:
    """Lines of one cell by the text they belong to: a line goes on in the next if it is full, or the figures stand
    between the two."""
    blocks: list[list[TextLine]] = []
    for line in cell.lines:
        before = blocks[-1][-1] if blocks else None
        full = before is not None and cell.right - before.box.right <= _PADDING + _FULL * line.em
        if before is not None and (full or _stand_round(before, line, levels)):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _stand_round(one: TextLine, two: TextLine, levels: Sequence[float]) -> bool:
    """Whether figures stand at the middle of two lines that no figures stand level with."""
    if any(_is_level(line, level) for line in (one, two) for level in levels):
        return False
    middle = (one.box.top + two.box.bottom) / 2
    return any(abs(middle - level) <= _LEVEL * one.em for level in levels)


def _tells(blocks: Sequence[Sequence[TextLine]], levels: Sequence[float]) -> bool:
    """Whether the texts of a column name rows of figures, and are not one text beside several figures."""
    named = sum(any(_reaches(block, level) for block in blocks) for level in levels)
    return len(blocks) > 1 and named >= max(2, _LABELLED * len(levels))


def _reaches(block: Sequence[TextLine], level: float) -> bool:
    return block[0].box.top <= level <= block[-1].box.bottom


def _parts(block: Sequence[TextLine], levels: Sequence[float]) -> list[Sequence[TextLine]]:
    """A text of full lines, parted where it lies beside the figures of several rows.

    Each part has its figures beside its first line, its last or its middle. Of the ways to part it so, the one is
    taken where the lines are furthest apart, or else where the line before is the least full.
    """
    parts: list[Sequence[TextLine]] = []
    start = 0
    for above, below in pairwise([level for level in levels if _reaches(block, level)]):
        places = [place for place in range(start + 1, len(block)) if block[place].box.bottom > above]
        places = [place for place in places if block[place - 1].box.top < below]
        fitting = [place for place in places if _fits(block[start:place], above)]
        if not places:
            break
        end = max(fitting or places, key=lambda place: (round(_gap(block, place)), -block[place - 1].box.right))
        parts.append(block[start:end])
        start = end
    return [*parts, block[start:]]


def _fits(part: Sequence[TextLine], level: float) -> bool:
    """Whether the figures at `level` stand where a row has them."""
    middle = abs((part[0].box.top + part[-1].box.bottom) / 2 - level)
    return _is_level(part[0], level) or _is_level(part[-1], level) or middle <= _LEVEL * part[0].em


def _gap(lines: Sequence[TextLine], place: int) -> float:
    """The gap before a line, points."""
    return lines[place].box.top - lines[place - 1].box.bottom


def _put(rows: list[_Row], cell: int, text: Sequence[TextLine]) -> None:
    """Add a text to the row it stands level with, or else whose figures it reaches; or as a row of its own."""
    top, bottom = text[0].box.top, text[-1].box.bottom
    first = bisect_left(rows, top, key=lambda row: row.level)
    near = rows[first : bisect_right(rows, bottom, key=lambda row: row.level)]
    near = [row for row in near if any(_is_level(line, row.level) for line in text)] or near
    if near:
        row = min(near, key=lambda each: abs(each.level - (top + bottom) / 2))
    else:
        row = _Row((top + bottom) / 2)
        rows.insert(first, row)
    row.lines.setdefault(cell, []).extend(text)
