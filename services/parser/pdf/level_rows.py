"""Rows that no rule parts: one frame holds many, told by the lines of text that stand level in its columns."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from services.parser.pdf.lines import TextLine

_FIGURE: Final = re.compile(r"[-+－△▲]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[%％]?|[-—–－]{1,2}")
"""A whole figure, or the dash that stands for none: what no line of its own wraps."""
_DIGIT: Final = re.compile(r"\d")
_LEVEL: Final = 0.4
"""How far two lines may differ in height and stand level, as a share of the em."""
_PADDING: Final = 6.0
"""Points between a full line and its cell's border: office programs leave 2 to 5.4."""
_FULL: Final = 1.0
"""Ems that a full line lacks on the right at most besides the padding: the next character did not fit."""
_LABELLED: Final = 0.5
"""Share of the figures' levels at which a label of its own begins, in columns that are no figures'."""

Columns = Mapping[int, Sequence[TextLine]]
"""Number of a cell in the row → its lines from top to bottom."""


@dataclass
class _Row:
    """A row that shows: where its lines stand, and which they are."""

    level: float
    lines: dict[int, list[TextLine]] = field(default_factory=dict)


def are_names(lines: Sequence[TextLine], columns: Columns) -> bool:
    """Whether `lines` name the rows of figures that `columns` hold."""
    if not lines or _holds_figures(lines):
        return False
    figures = [line for each in columns.values() if _holds_figures(each) for line in each]
    level = [any(_is_level(line, figure.box.middle[1]) for figure in figures) for line in lines]
    return len(lines) > 1 and sum(level) >= max(2, _LABELLED * len(level))


def level_rows(columns: Columns, rights: Mapping[int, float]) -> list[dict[int, list[TextLine]]]:
    """The rows that a frame's row holds, each with its lines by cell; only one where nothing tells more apart.

    `rights` gives the x of each cell's right border. Figures stand a line each, level with each other; a name that
    fills its line goes on in the next, so that its row may have its figures at either line or between them.
    """
    figures = {cell for cell, lines in columns.items() if _holds_figures(lines)}
    levels = _levels([line for cell in figures for line in columns[cell] if _FIGURE.fullmatch(line.text)])
    blocks = {
        cell: _blocks(lines, rights[cell]) for cell, lines in columns.items() if cell not in figures and lines
    }
    if len(levels) < 2 or not any(_tells(texts, levels) for texts in blocks.values()):
        return [{cell: list(lines) for cell, lines in columns.items()}]
    rows = [_Row(level) for level in levels]
    for cell, texts in blocks.items():
        for text in texts:
            for part in _parts(text, levels):
                _put(rows, cell, part)
    for cell in figures:
        for line in columns[cell]:
            _put(rows, cell, [line])
    return [row.lines for row in rows]


def _holds_figures(lines: Sequence[TextLine]) -> bool:
    """Whether most of a cell's lines are figures, and more than one is."""
    figures = sum(bool(_FIGURE.fullmatch(line.text)) for line in lines)
    return figures > 1 and 2 * figures > len(lines) and any(_DIGIT.search(line.text) for line in lines)


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


def _blocks(lines: Sequence[TextLine], right: float) -> list[list[TextLine]]:
    """Lines of one cell by the text they belong to: a line that is full goes on in the next."""
    blocks: list[list[TextLine]] = []
    for line in lines:
        if blocks and right - blocks[-1][-1].box.right <= _PADDING + _FULL * line.em:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _tells(blocks: Sequence[Sequence[TextLine]], levels: Sequence[float]) -> bool:
    """Whether the texts of a column are the names of rows with figures, and not one text beside several figures."""
    named = sum(any(_reaches(block, level) for block in blocks) for level in levels)
    return len(blocks) > 1 and named >= max(2, _LABELLED * len(levels))


def _reaches(block: Sequence[TextLine], level: float) -> bool:
    return block[0].box.top <= level <= block[-1].box.bottom


def _parts(block: Sequence[TextLine], levels: Sequence[float]) -> list[Sequence[TextLine]]:
    """A text of full lines, parted where it lies beside the figures of several rows.

    Between the figures of two rows it parts as near to the middle as can be, and where its lines are furthest apart.
    """
    parts: list[Sequence[TextLine]] = []
    start = 0
    for above, below in pairwise([level for level in levels if _reaches(block, level)]):
        places = range(start + 1, len(block))
        if not places:
            break
        off = {place: abs(_gap(block, place)[0] - (above + below) / 2) for place in places}
        end = min(places, key=lambda place: (round(off[place]), -_gap(block, place)[1]))
        parts.append(block[start:end])
        start = end
    return [*parts, block[start:]]


def _gap(lines: Sequence[TextLine], place: int) -> tuple[float, float]:
    """The height of the gap before a line, and its width, points."""
    bottom, top = lines[place - 1].box.bottom, lines[place].box.top
    return (bottom + top) / 2, top - bottom


def _put(rows: list[_Row], cell: int, text: Sequence[TextLine]) -> None:
    """Add a text to the row it stands level with, or else whose figures stand beside it; or as a row of its own."""
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
