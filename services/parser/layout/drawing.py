"""What a page draws besides characters: straight lines (strokes, thin shapes, thin pictures), panels, pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from services.parser.layout.geometry import Box

THIN: Final = 3.5
"""Points: a filled shape no thicker than this is a line."""
_STRAIGHT: Final = 0.8
"""Points by which a line's ends may differ across it."""
_GREY: Final = 60
"""How far the parts of a colour, of 255, lie apart at most that is no colour but grey."""
_SEAL: Final = (60.0, 220.0)
"""Width and height of a seal, points: official ones have 38 to 58 mm (国发〔1999〕25号)."""
_OVAL: Final = 1.7
"""How much longer a seal is than high at most."""

Colour = tuple[int, int, int]
"""Red, green and blue, of 255."""


class Line(NamedTuple):
    """A horizontal or vertical line: where it lies (y or x), and from where to where it runs."""

    at: float
    start: float
    end: float


@dataclass
class Outline:
    """A connected part of a path: its corners on the upright page, and whether it has curves."""

    corners: list[tuple[float, float]]
    curved: bool = False
    closed: bool = False


@dataclass
class Drawing:
    """What a page draws besides characters."""

    horizontal: list[Line] = field(default_factory=list)
    vertical: list[Line] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    panels: list[Box] = field(default_factory=list)
    """Coloured rectangles, as behind a table's cells."""
    covers: list[tuple[int, Box]] = field(default_factory=list)
    """White areas, with when they were drawn: they hide what was drawn before."""
    order: dict[int, int] = field(default_factory=dict)
    """Address of a text → when it was drawn."""
    invisible: set[int] = field(default_factory=set)
    """Addresses of texts that are set to be invisible."""
    white: set[int] = field(default_factory=set)
    """Addresses of texts in white."""
    rings: list[tuple[Colour, Box]] = field(default_factory=list)
    """Coloured rings of a seal's size, and their colour."""
    colours: dict[int, Colour] = field(default_factory=dict)
    """Address of a text that is drawn after a ring → its colour."""

    def take_path(self, outlines: Sequence[Outline], colour: Colour, width: float | None, filled: bool) -> None:
        """Take a path: `width` is its stroke's, points, None where it has none; `colour` that of what shows."""
        if max(colour) - min(colour) > _GREY and any(outline.curved for outline in outlines):
            self._take_ring(outlines, colour)
        for outline in outlines:
            if width is not None and width <= 2 * THIN:
                self._take_stroke(outline)
            if filled and not outline.curved and len(outline.corners) > 2:
                box = around(outline.corners)
                if not self._take_thin(box):
                    self.panels.append(box)

    def take_picture(self, corners: Sequence[tuple[float, float]]) -> None:
        """Take a picture by its corners on the upright page."""
        box = around(corners)
        if not self._take_thin(box):
            self.pictures.append(box)

    def _take_ring(self, outlines: Sequence[Outline], colour: Colour) -> None:
        """Take a round line of a seal's size and shape."""
        box = around([corner for outline in outlines for corner in outline.corners])
        width, height = box.right - box.left, box.bottom - box.top
        if _SEAL[0] <= min(width, height) and max(width, height) <= min(_SEAL[1], _OVAL * min(width, height)):
            self.rings.append((colour, box))

    def _take_stroke(self, outline: Outline) -> None:
        corners = outline.corners
        if outline.closed and not outline.curved and len(corners) > 2:
            corners = [*corners, corners[0]]
        for (x0, y0), (x1, y1) in pairwise(corners):
            if abs(y1 - y0) <= _STRAIGHT and abs(x1 - x0) > abs(y1 - y0):
                self.horizontal.append(Line((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
            elif abs(x1 - x0) <= _STRAIGHT and abs(y1 - y0) > abs(x1 - x0):
                self.vertical.append(Line((x0 + x1) / 2, min(y0, y1), max(y0, y1)))

    def _take_thin(self, box: Box) -> bool:
        """Take a box as a line along its middle; False when it is too thick for one.

        A dot may belong to a dotted line of either direction and counts for both.
        """
        width, height = box.right - box.left, box.bottom - box.top
        if min(width, height) > THIN:
            return False
        x, y = box.middle
        dot = max(width, height) <= THIN
        if dot or width > height:
            self.horizontal.append(Line(y, box.left, box.right))
        if dot or height > width:
            self.vertical.append(Line(x, box.top, box.bottom))
        return True


def around(corners: Sequence[tuple[float, float]]) -> Box:
    """The smallest box that holds `corners`."""
    across = [x for x, _ in corners]
    down = [y for _, y in corners]
    return Box(min(across), min(down), max(across), max(down))
