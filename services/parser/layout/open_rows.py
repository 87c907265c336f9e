"""Tables that rule their header only: the rows of text under it that keep to its columns."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from services.parser.layout.glyphs import Glyph
from services.parser.layout.lines import TextLine, bands, texts_of
from services.parser.layout.open_columns import column_of
from services.parser.layout.tables import Frame
from services.parser.wording import is_number

_FEWEST: Final = 2
"""Rows under a header at least that make it a table's."""
_APART: Final = 3.0
"""Heights of a line that a row's middle may lie under the last one's."""


def with_open_rows(grids: Sequence[Frame], glyphs: Sequence[Glyph]) -> list[Frame]:
    """`grids`, those whose rows have no lines with their rows; `glyphs` are what lies in none of them."""
    return [_whole(grid, grids, glyphs) if len(grid.columns) > 2 else grid for grid in grids]


def _whole(grid: Frame, others: Iterable[Frame], glyphs: Sequence[Glyph]) -> Frame:
    box = grid.box
    end = min((other.box.top for other in others if other.box.top >= box.bottom), default=float("inf"))
    under = [glyph for glyph in glyphs if box.bottom < glyph.box.middle[1] < end and glyph.box.right > box.left]
    rows = _rows(grid, texts_of(under)) if under else []
    if sum(len(row) > 1 for row in rows) < _FEWEST or not any(
        is_number(text.text) for row in rows for text in row
    ):
        return grid
    edges = [
        (max(text.box.bottom for text in one) + min(text.box.top for text in two)) / 2
        for one, two in pairwise(rows)
    ]
    return grid.with_rows([*edges, max(text.box.bottom for text in rows[-1])])


def _rows(grid: Frame, texts: Sequence[TextLine]) -> list[list[TextLine]]:
    """The rows that follow the header closely, each text in one column and none beside another there."""
    rows: list[list[TextLine]] = []
    below = grid.box.bottom
    for row in bands(texts):
        height = max(text.box.bottom - text.box.top for text in row)
        columns = [column_of(grid, text) for text in row]
        if min(text.box.top for text in row) - below > _APART * height - height:
            break
        if None in columns or len(set(columns)) < len(row):
            break
        rows.append(row)
        below = max(text.box.bottom for text in row)
    while rows and len(rows[-1]) == 1:
        rows.pop()
    return rows
