"""A table's characters → its cells: each goes where its middle lies, unless its text runs over a border."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from services.parser.pdf.glyphs import Glyph
from services.parser.pdf.tables import Frame

_ACROSS: Final = 0.2
"""Share of its width that a character has on either side of a border it is drawn over."""
_TOUCH: Final = 0.4
"""Gap within one text, as a share of the line's height."""
_LEVEL: Final = 0.2
"""How far two characters of one text differ in height, as a share of the line's."""


def by_cell(grid: Frame, glyphs: Sequence[Glyph]) -> dict[int, list[Glyph]]:
    """The characters of each cell that has any.

    A text drawn over a border, as spreadsheets do where the next cell is blank, stays in the cell it begins in.
    """
    owners = [grid.cell_at(*glyph.box.middle) for glyph in glyphs]
    members: dict[int, list[int]] = defaultdict(list)
    for number, owner in enumerate(owners):
        members[owner].append(number)
    for number in range(1, len(glyphs)):
        own, before = owners[number], owners[number - 1]
        if own == before or not goes_on(glyphs[number - 1], glyphs[number]):
            continue
        row, column, _, _ = grid.spans[own]
        border = grid.columns[column]
        rest = _rest(glyphs, members[own], number)
        over = any(_is_over(glyph, border) for glyph in glyphs[number - 1 : number + 1])
        if row == grid.spans[before][0] and rest and over:
            for other in rest:
                owners[other] = before
            members[before] += rest
            members[own] = []
    texts: dict[int, list[Glyph]] = defaultdict(list)
    for owner, glyph in zip(owners, glyphs, strict=True):
        texts[owner].append(glyph)
    return texts


def goes_on(one: Glyph, two: Glyph) -> bool:
    """Whether `two` is drawn right behind `one`."""
    height = two.box.bottom - two.box.top
    return (
        one.turn == two.turn == 0
        and abs(one.box.bottom - two.box.bottom) <= _LEVEL * height
        and abs(two.box.left - one.box.right) <= _TOUCH * height
    )


def _is_over(glyph: Glyph, border: float) -> bool:
    """Whether the character is drawn over a vertical `border`."""
    inset = _ACROSS * (glyph.box.right - glyph.box.left)
    return glyph.text != " " and glyph.box.left + inset < border < glyph.box.right - inset


def _rest(glyphs: Sequence[Glyph], members: Sequence[int], first: int) -> list[int]:
    """The characters of a cell when they are one text that begins with `first`; else none."""
    if not members or members[0] != first or members[-1] - first != len(members) - 1:
        return []
    if all(goes_on(glyphs[number - 1], glyphs[number]) for number in members[1:]):
        return list(members)
    return []
