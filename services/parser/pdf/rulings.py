"""A page's straight lines as drawn: strokes, thin filled shapes and thin pictures, through nested forms."""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

import pypdfium2.raw as pdfium

from services.parser.pdf import engine
from services.parser.pdf.geometry import Box, Turn
from services.parser.reading import Limits
from shared.errors import TooLarge

_THIN: Final = 3.5
"""Points: a filled shape no thicker than this is a line."""
_STRAIGHT: Final = 0.8
"""Points by which a line's ends may differ across it."""
_DEEPEST: Final = 12
"""Forms within each other that are followed."""
_FAINT: Final = 8
"""Opacity, of 255, below which nothing shows."""
_RECTANGLE: Final = 6
"""Segments of a path that is a rectangle at most."""
_UNSEEN: Final = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
"""How text is set that paints nothing."""
_GREY: Final = 60
"""How far the parts of a colour, of 255, lie apart at most that is no colour but grey."""
_SEAL: Final = (60.0, 220.0)
"""Width and height of a seal, points: official ones have 38 to 58 mm (国发〔1999〕25号)."""
_OVAL: Final = 1.7
"""How much longer a seal is than high at most."""
_WHITE: Final = 252
"""Colour parts, of 255, from which on a line is as white as the page."""

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


Colour = tuple[int, int, int]
"""Red, green and blue, of 255."""


class Line(NamedTuple):
    """A horizontal or vertical line: where it lies (y or x), and from where to where it runs."""

    at: float
    start: float
    end: float


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


def drawing(page: pdfium.FPDF_PAGE, turn: Turn, limits: Limits) -> Drawing:
    """The lines and pictures of `page`, turned by `turn`. Raises TooLarge."""
    result = Drawing()
    budget = limits.elements
    for number, (element, kind, matrix) in enumerate(_elements(page)):
        budget -= 1
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            _take_text(element, number, result)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            budget -= engine.count_segments(element)
            if budget > 0:
                _take_path(element, matrix, turn, result, number)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            _take_picture(element, matrix, turn, result)
        if budget < 0:
            raise TooLarge(f"A page draws more than {limits.elements} elements.")
    return result


def _elements(page: pdfium.FPDF_PAGE) -> Iterator[tuple[int, int, Matrix]]:
    """Every element that is no form: its address, its kind and the matrix of the forms around it."""
    handle = engine.address(page)
    for index in range(engine.count_elements(handle)):
        element = engine.element(handle, index)
        kind = engine.kind(element)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            yield from _within(element, _IDENTITY, 1)
        else:
            yield element, kind, _IDENTITY


def _within(form: int, outer: Matrix, depth: int) -> Iterator[tuple[int, int, Matrix]]:
    if depth > _DEEPEST:
        return
    matrix = _times(_matrix(form), outer)
    for index in range(engine.count_in_form(form)):
        element = engine.element_in_form(form, index)
        kind = engine.kind(element)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            yield from _within(element, matrix, depth + 1)
        else:
            yield element, kind, matrix


def _matrix(element: int) -> Matrix:
    own = pdfium.FS_MATRIX()
    if not engine.element_matrix(element, ctypes.addressof(own)):
        return _IDENTITY
    return own.a, own.b, own.c, own.d, own.e, own.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies `inner` first, then `outer`."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


@dataclass
class _Outline:
    """A connected part of a path: its corners on the upright page, and whether it has curves."""

    corners: list[tuple[float, float]]
    curved: bool = False
    closed: bool = False


def _take_text(element: int, number: int, result: Drawing) -> None:
    result.order[element] = number
    if engine.render_mode(element) in _UNSEEN:
        result.invisible.add(element)
    elif not _shows(element, engine.fill_colour):
        result.white.add(element)
    elif result.rings:
        result.colours[element] = _colour()


def _take_path(element: int, outer: Matrix, turn: Turn, result: Drawing, number: int) -> None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    engine.draw_mode(element, ctypes.addressof(fill), ctypes.addressof(stroke))
    stroked = bool(stroke.value) and _shows(element, engine.stroke_colour)
    filled = bool(fill.value) and _shows(element, engine.fill_colour)
    if fill.value and not filled and result.order:
        _take_cover(element, outer, turn, result, number)
    if not stroked and not filled:
        return
    width = ctypes.c_float()
    engine.stroke_width(element, ctypes.addressof(width))
    colour = _colour()
    outlines = _outlines(element, _times(_matrix(element), outer), turn)
    if max(colour) - min(colour) > _GREY and any(outline.curved for outline in outlines):
        _take_ring(outlines, colour, result)
    for outline in outlines:
        if stroked and width.value <= 2 * _THIN:
            _take_stroke(outline, result)
        if filled and not outline.curved:
            _take_shape(outline, result)


def _take_ring(outlines: Sequence[_Outline], colour: Colour, result: Drawing) -> None:
    """Take a round line of a seal's size and shape."""
    box = _around(_Outline([corner for outline in outlines for corner in outline.corners]))
    width, height = box.right - box.left, box.bottom - box.top
    if _SEAL[0] <= min(width, height) and max(width, height) <= min(_SEAL[1], _OVAL * min(width, height)):
        result.rings.append((colour, box))


def _take_cover(element: int, outer: Matrix, turn: Turn, result: Drawing, number: int) -> None:
    """Take a white rectangle that is drawn after a text and may hide it."""
    if not 4 <= engine.count_segments(element) <= _RECTANGLE or engine.has_transparency(element):
        return
    sides = (ctypes.c_float * 4)()
    if engine.bounds(element, *(ctypes.addressof(sides) + 4 * side for side in range(4))):
        left, bottom, right, top = sides
        box = turn.box(*_apply(outer, left, bottom), *_apply(outer, right, top))
        if min(box.right - box.left, box.bottom - box.top) > _THIN:
            result.covers.append((number, box))


_COLOUR: Final = (ctypes.c_uint * 4)()
"""Where the engine writes red, green, blue and opacity."""
_COLOUR_AT: Final = tuple(ctypes.addressof(_COLOUR) + 4 * part for part in range(4))


def _colour() -> Colour:
    """The colour last asked for."""
    red, green, blue, _ = _COLOUR
    return red, green, blue


def _shows(element: int, colour_of: Callable[..., int]) -> bool:
    """Whether what is drawn in the colour can be seen on white paper."""
    if not colour_of(element, *_COLOUR_AT):
        return True
    return _COLOUR[3] > _FAINT and (_COLOUR[0] < _WHITE or _COLOUR[1] < _WHITE or _COLOUR[2] < _WHITE)


def _outlines(element: int, matrix: Matrix, turn: Turn) -> list[_Outline]:
    outlines: list[_Outline] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    x_at, y_at = ctypes.addressof(x), ctypes.addressof(y)
    bends = 0
    for index in range(engine.count_segments(element)):
        segment = engine.segment(element, index)
        engine.point(segment, x_at, y_at)
        corner = turn.point(*_apply(matrix, x.value, y.value))
        kind = engine.segment_type(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO or not outlines:
            outlines.append(_Outline([corner]))
            bends = 0
        elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            # Three segments make a curve; only its end is a corner, and no line leads there.
            bends = (bends + 1) % 3
            outlines[-1].curved = True
            if bends == 0:
                outlines.append(_Outline([corner], curved=True))
        else:
            outlines[-1].corners.append(corner)
        if engine.closes(segment):
            outlines[-1].closed = True
    return outlines


def _take_stroke(outline: _Outline, result: Drawing) -> None:
    corners = outline.corners
    if outline.closed and not outline.curved and len(corners) > 2:
        corners = [*corners, corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        if abs(y1 - y0) <= _STRAIGHT and abs(x1 - x0) > abs(y1 - y0):
            result.horizontal.append(Line((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) <= _STRAIGHT and abs(y1 - y0) > abs(x1 - x0):
            result.vertical.append(Line((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _take_shape(outline: _Outline, result: Drawing) -> None:
    if len(outline.corners) > 2:
        box = _around(outline)
        if not _take_thin(box, result):
            result.panels.append(box)


def _around(outline: _Outline) -> Box:
    across = [x for x, _ in outline.corners]
    down = [y for _, y in outline.corners]
    return Box(min(across), min(down), max(across), max(down))


def _take_picture(element: int, outer: Matrix, turn: Turn, result: Drawing) -> None:
    matrix = _times(_matrix(element), outer)
    corners = [turn.point(*_apply(matrix, x, y)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    box = Box(min(across), min(down), max(across), max(down))
    if not _take_thin(box, result):
        result.pictures.append(box)


def _take_thin(box: Box, result: Drawing) -> bool:
    """Take a box as a line along its middle; False when it is too thick for one.

    A dot may belong to a dotted line of either direction and counts for both.
    """
    width, height = box.right - box.left, box.bottom - box.top
    if min(width, height) > _THIN:
        return False
    x, y = box.middle
    dot = max(width, height) <= _THIN
    if dot or width > height:
        result.horizontal.append(Line(y, box.left, box.right))
    if dot or height > width:
        result.vertical.append(Line(x, box.top, box.bottom))
    return True
