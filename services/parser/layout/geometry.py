"""Places on an upright page: x grows to the right, y downwards, both in points from the page's top left corner."""

from dataclasses import dataclass
from typing import NamedTuple

Matrix = tuple[float, float, float, float, float, float]
"""a to f of x' = ax + cy + e, y' = bx + dy + f."""


class Box(NamedTuple):
    """A rectangle with upright sides."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """The point in the middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def area(self) -> float:
        """Square points."""
        return (self.right - self.left) * (self.bottom - self.top)

    def holds(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether the point lies within, or outside by `margin` at most."""
        return self.left - margin <= x <= self.right + margin and self.top - margin <= y <= self.bottom + margin

    def grown(self, margin: float) -> "Box":
        """The box with `margin` more on every side."""
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def common(self, other: "Box") -> "Box":
        """What lies within both; turned inside out where nothing does."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def around(self, other: "Box") -> bool:
        """Whether the middle of `other` lies within and `other` is smaller."""
        return self.area > other.area and self.holds(*other.middle)


@dataclass(frozen=True)
class Turn:
    """Turns PDF page space (y upwards) so that the page's text stands upright.

    `quarters` counts quarter turns clockwise; `left` and `top` are the page's corner after the turn.
    """

    quarters: int
    left: float = 0.0
    top: float = 0.0

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of page space on the upright page."""
        if self.quarters == 0:
            across, down = x, -y
        elif self.quarters == 1:
            across, down = y, x
        elif self.quarters == 2:
            across, down = -x, y
        else:
            across, down = -y, -x
        return across - self.left, down - self.top

    def after(self, matrix: Matrix) -> Matrix:
        """The matrix that applies `matrix` first, then turns."""
        a, b, c, d, e, f = matrix
        if self.quarters == 0:
            return a, -b, c, -d, e - self.left, -f - self.top
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = map(self.point, (a, c, e, 0.0), (b, d, f, 0.0))
        return x0 - x3, y0 - y3, x1 - x3, y1 - y3, x2, y2

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of page space on the upright page."""
        if self.quarters == 0:  # nearly every character of nearly every page
            return Box(left - self.left, -top - self.top, right - self.left, -bottom - self.top)
        x0, y0 = self.point(left, bottom)
        x1, y1 = self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    @classmethod
    def of_page(cls, quarters: int, left: float, bottom: float, right: float, top: float) -> "Turn":
        """The turn by `quarters` of the page whose bounding box in page space is given."""
        corner = cls(quarters).box(left, bottom, right, top)
        return cls(quarters, corner.left, corner.top)
