"""A page's characters as every engine gives them to the layout."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from services.parser.layout.geometry import Box, Turn


class Glyph(NamedTuple):
    """A character as drawn; `turn` counts the quarter turns (clockwise) by which its line would stand upright."""

    text: str
    box: Box
    turn: int
    element: int = 0
    """Address of the element of the page that it belongs to."""


@dataclass(frozen=True)
class Characters:
    """A page's characters in the order drawn."""

    upright: list[Glyph]
    oblique: list[Glyph]
    """Set aslant: watermarks."""
    unmapped: int
    """Characters whose font does not say what they are; they stand as U+FFFD."""
    turn: Turn
    width: float
    height: float
    """The upright page's size, points."""


Drawn = tuple[str, tuple[float, float, float, float], int | None, int]
"""A character as an engine finds it: its text; its left, bottom, right and top where y grows upwards; its quarter
turns, None when aslant; and its element. There are too many to give each a class of its own."""


def arranged(
    drawn: Sequence[Drawn], unmapped: int, bounds: tuple[float, float, float, float], quarters: int
) -> Characters:
    """The characters of a page turned so that most of them stand upright.

    `bounds` are the page's left, bottom, right and top; a page without text is turned by `quarters`.
    """
    counts = Counter(map(itemgetter(2), drawn))
    del counts[None]
    turn = Turn.of_page(counts.most_common(1)[0][0] if counts else quarters, *bounds)
    if turn.quarters == 0 and counts[0] == len(drawn):  # nearly every page: all its characters stand upright
        x, y = turn.left, turn.top
        new = tuple.__new__  # what both classes are made by, without what they wrap around it
        upright = [
            new(Glyph, (character, new(Box, (left - x, -top - y, right - x, -bottom - y)), 0, element))
            for character, (left, bottom, right, top), _, element in drawn
        ]
        oblique: list[Glyph] = []
    else:
        upright = [
            Glyph(character, turn.box(*sides), (own - turn.quarters) % 4, element)
            for character, sides, own, element in drawn
            if own is not None
        ]
        oblique = [
            Glyph(character, turn.box(*sides), 0, element)
            for character, sides, own, element in drawn
            if own is None
        ]
    page = turn.box(*bounds)
    return Characters(upright, oblique, unmapped, turn, page.right, page.bottom)
