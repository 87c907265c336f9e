"""What PDFium draws of a page, through nested forms → the layout's drawing."""

import ctypes
from collections.abc import Callable, Iterator
from typing import Final

import pypdfium2.raw as pdfium

from services.parser.layout.drawing import THIN, Colour, Drawing, Outline
from services.parser.layout.geometry import Turn
from services.parser.pdf import engine
from services.parser.reading import Limits
from shared.errors import TooLarge

_DEEPEST: Final = 12
"""Forms within each other that are followed."""
_FAINT: Final = 8
"""Opacity, of 255, below which nothing shows."""
_RECTANGLE: Final = 6
"""Segments of a path that is a rectangle at most."""
_UNSEEN: Final = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
"""How text is set that paints nothing."""
_WHITE: Final = 252
"""Colour parts, of 255, from which on a line is as white as the page."""

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


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
    result.take_path(outlines, colour, width.value if stroked else None, filled)


def _take_cover(element: int, outer: Matrix, turn: Turn, result: Drawing, number: int) -> None:
    """Take a white rectangle that is drawn after a text and may hide it."""
    if not 4 <= engine.count_segments(element) <= _RECTANGLE or engine.has_transparency(element):
        return
    sides = (ctypes.c_float * 4)()
    if engine.bounds(element, *(ctypes.addressof(sides) + 4 * side for side in range(4))):
        left, bottom, right, top = sides
        box = turn.box(*_apply(outer, left, bottom), *_apply(outer, right, top))
        if min(box.right - box.left, box.bottom - box.top) > THIN:
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


def _outlines(element: int, matrix: Matrix, turn: Turn) -> list[Outline]:
    outlines: list[Outline] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    x_at, y_at = ctypes.addressof(x), ctypes.addressof(y)
    bends = 0
    for index in range(engine.count_segments(element)):
        segment = engine.segment(element, index)
        engine.point(segment, x_at, y_at)
        corner = turn.point(*_apply(matrix, x.value, y.value))
        kind = engine.segment_type(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO or not outlines:
            outlines.append(Outline([corner]))
            bends = 0
        elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            # Three segments make a curve; only its end is a corner, and no line leads there.
            bends = (bends + 1) % 3
            outlines[-1].curved = True
            if bends == 0:
                outlines.append(Outline([corner], curved=True))
        else:
            outlines[-1].corners.append(corner)
        if engine.closes(segment):
            outlines[-1].closed = True
    return outlines


def _take_picture(element: int, outer: Matrix, turn: Turn, result: Drawing) -> None:
    matrix = _times(_matrix(element), outer)
    corners = [turn.point(*_apply(matrix, x, y)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
    result.take_picture(corners)
