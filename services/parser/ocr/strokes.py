"""What is drawn in a picture besides text: how it is skewed, its ink, and its ruled lines."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import cv2
import numpy as np

from services.parser.layout.drawing import Line
from services.parser.ocr.networks import Pixels, resized

_MOST_SKEWED: Final = 3.0
"""Degrees by which a scan is turned at most, and"""
_SKEW_STEP: Final = 0.1
"""the degrees that are told apart: half a line's height over a page."""
_SKEW_WIDTH: Final = 900
"""Width of the picture by which the skew is found."""
_ROUND: Final = 41
"""Pixels around one against which it is dark, at 200 dpi two lines of text."""
_DARKER: Final = 15
"""Shades by which ink is darker than what is around it."""
_ACROSS: Final = 22.0
"""Points that a line across is long at least: more than the dash of a heading's character."""
_DOWN: Final = 11.0
"""Points that a line down is long at least: a row of a table; what is no line of one ends between lines across."""
_PIECE: Final = 0.45
"""Share of its length that a line has in one piece at least: scans break lines, short ones make characters."""
_THICK: Final = 3.5
"""Points: what is thicker is no line."""
_BREAK: Final = 2.0
"""Points that may lack within a line."""
_MEETS: Final = 3.0
"""Points by which a line down may miss the line across at which it ends."""


class Strokes(NamedTuple):
    """The dark pixels of a picture, those of them that belong to lines, and the lines, in pixels."""

    ink: Pixels
    ruled: Pixels
    across: list[Line]
    down: list[Line]


def straightened(picture: Pixels) -> Pixels:
    """`picture`, turned so that its lines of text and of tables lie level."""
    height, width = picture.shape
    scale = min(1.0, _SKEW_WIDTH / width)
    small = resized(picture, round(width * scale), max(round(height * scale), 1), cv2.INTER_AREA)
    ink = _ink(small)
    angles = np.arange(-_MOST_SKEWED, _MOST_SKEWED + _SKEW_STEP / 2, _SKEW_STEP)
    best = max(angles.tolist(), key=lambda angle: (_levelness(_turned(ink, angle, 0)), -abs(angle)))
    if abs(best) < _SKEW_STEP:
        return picture
    return _turned(picture, best, 255)


def _levelness(ink: Pixels) -> float:
    """How sharply the rows of pixels differ from one another."""
    rows = ink.sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def _turned(picture: Pixels, angle: float, around: int) -> Pixels:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(picture, matrix, (width, height), borderValue=(around,))
    return turned.astype(np.uint8, copy=False)


def strokes(picture: Pixels, scale: float) -> Strokes:
    """The ink and the lines of a level `picture` of `scale` pixels a point."""
    ink = _ink(picture)
    thick, gap = round(_THICK * scale), round(_BREAK * scale)
    across = _runs(ink, round(_ACROSS * scale), gap)
    down = _runs(np.ascontiguousarray(ink.T), round(_DOWN * scale), gap).T.copy()
    horizontal = [
        Line(top + (high - 1) / 2, left, left + wide) for left, top, wide, high in _parts(across) if high <= thick
    ]
    vertical = [
        Line(left + (wide - 1) / 2, top, top + high) for left, top, wide, high in _parts(down) if wide <= thick
    ]
    kept = [line for line in vertical if _ends_at_lines(line, horizontal, _MEETS * scale)]
    ruled = across.copy()
    for line in kept:
        cv2.line(ruled, (round(line.at), round(line.start)), (round(line.at), round(line.end)), 1, thick)
    return Strokes(ink, cv2.dilate(ruled, np.ones((3, 3), np.uint8)).astype(np.uint8), horizontal, kept)


def _ink(picture: Pixels) -> Pixels:
    """1 where a pixel is dark."""
    dark = cv2.adaptiveThreshold(picture, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _ROUND, _DARKER)
    return dark.astype(np.uint8, copy=False)


def _runs(ink: Pixels, length: int, gap: int) -> Pixels:
    """The ink that goes on for `length` pixels to the right, with gaps that do not part its pieces."""
    pieces = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, round(_PIECE * length)), np.uint8))
    closed = cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return runs.astype(np.uint8, copy=False)


def _parts(mask: Pixels) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, width and height of what hangs together."""
    _, _, parts, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    for left, top, width, height, _ in parts[1:].tolist():
        yield left, top, width, height


def _ends_at_lines(line: Line, across: list[Line], reach: float) -> bool:
    """Whether a line down meets lines across at both its ends."""
    meeting = [each.at for each in across if each.start - reach <= line.at <= each.end + reach]
    return all(any(abs(at - end) <= reach for at in meeting) for end in (line.start, line.end))
