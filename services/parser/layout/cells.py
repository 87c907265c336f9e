"""A table's characters → its cells: each goes where its middle lies, unless its text runs over a border."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from services.parser.layout.glyphs import Glyph
from services.parser.layout.lines import runs_of
from services.parser.layout.tables import Frame

_ACROSS: Final = 0.2
"""Share of its width that a character has on either side of a border it is drawn over."""

_APART: Final = 0.03
"""Gap or overlap between two texts, as a share of their height, that one text set in pieces does not have."""


def by_cell(grid: Frame, glyphs: Sequence[Glyph]) -> dict[int, list[Glyph]]:
    """The characters of each cell that has any.

    A text drawn over a border, as spreadsheets do where the next cell is blank, stays in the cell it begins in.
    """
    texts: dict[int, list[Glyph]] = defaultdict(list)
    for run in runs_of(glyphs):
        owner = cell = -1
        kept = False
        first = end = math.inf
        for number, glyph in enumerate(run):
            _, (left, top, right, bottom), _, _ = glyph
            across, down = (left + right) / 2, (top + bottom) / 2
            if not first <= across < end:
                cell = grid.cell_at(across, down)
                _, column, _, columns = grid.spans[cell]
                first, end = grid.columns[column], grid.columns[column + columns]
            if number and cell != owner:
                row, column, _, _ = grid.spans[cell]
                over = any(_is_over(each, grid.columns[column]) for each in run[number - 1 : number + 1])
                upper, _, height, _ = grid.spans[owner]
                kept = (kept or (over and upper <= row < upper + height)) and not _begins(run, number)
            if not kept:
                owner = cell
            texts[owner].append(glyph)
    return texts


def _begins(run: Sequence[Glyph], number: int) -> bool:
    """Whether a text of its own begins there: an element of several characters, not set right behind the last."""
    before, first = run[number - 1 : number + 1]
    if not first.element or before.element == first.element:
        return False
    is_longer = number + 1 < len(run) and run[number + 1].element == first.element
    return is_longer and abs(first.box.left - before.box.right) > _APART * (first.box.bottom - first.box.top)


def _is_over(glyph: Glyph, border: float) -> bool:
    """Whether the character is drawn over a vertical `border`."""
    inset = _ACROSS * (glyph.box.right - glyph.box.left)
    return glyph.text != " " and glyph.box.left + inset < border < glyph.box.right - inset
