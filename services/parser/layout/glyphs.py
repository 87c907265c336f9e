"""A page's characters as every engine gives them to the layout."""

from dataclasses import dataclass
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
