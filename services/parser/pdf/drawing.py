"""What PDFium draws of a page, through nested forms → the layout's drawing."""

import ctypes
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Final

import pypdfium2.raw as pdfium

from services.parser.layout.drawing import THIN, Drawing, Outline
from services.parser.layout.geometry import Matrix, Turn
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

_IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

# Where the engine writes what it is asked of one element.
_COLOUR: Final = (ctypes.c_uint * 4)()
_COLOUR_AT: Final = tuple(ctypes.addressof(_COLOUR) + 4 * part for part in range(4))
_MODE: Final = (ctypes.c_int * 2)()
_MODE_AT: Final = (ctypes.addressof(_MODE), ctypes.addressof(_MODE) + 4)
_OWN: Final = (ctypes.c_float * 6)()
_WIDTH: Final = ctypes.c_float()


def drawing(page: pdfium.FPDF_PAGE, turn: Turn, limits: Limits) -> Drawing:
    """The lines and pictures of `page`, turned by `turn`. Raises TooLarge."""
    result = Drawing()
    budget = limits.elements
    first_ring = budget
    whole = _elements(engine.count_elements, engine.element, engine.address(page), _IDENTITY, 0)
    for number, (element, kind, outer) in enumerate(whole):
        budget -= 1
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            result.order[element] = number
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            budget -= engine.count_segments(element)
            if budget > 0:
                _take_path(element, outer, turn, result, number)
                first_ring = min(first_ring, number) if result.rings else first_ring
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            _take_picture(element, outer, turn, result)
        if budget < 0:
            raise TooLarge(f"A page draws more than {limits.elements} elements.")
    _take_texts(result, first_ring)
    return result


def _elements(
    count: Callable[..., int], get: Callable[..., int], holder: int, outer: Matrix, depth: int
) -> Iterator[tuple[int, int, Matrix]]:
    """Every element that is no form: its address, its kind and the matrix of the forms around it."""
    elements = list(map(get, repeat(holder), range(count(holder))))
    for element, kind in zip(elements, map(engine.kind, elements), strict=True):
        if kind != pdfium.FPDF_PAGEOBJ_FORM:
            yield element, kind, outer
        elif depth < _DEEPEST:
            inner = _times(_matrix(element), outer)
            yield from _elements(engine.count_in_form, engine.element_in_form, element, inner, depth + 1)


def _matrix(element: int) -> Matrix:
    if not engine.element_matrix(element, ctypes.addressof(_OWN)):
        return _IDENTITY
    a, b, c, d, e, f = _OWN
    return a, b, c, d, e, f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies `inner` first, then `outer`."""
    if outer is _IDENTITY:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _take_texts(result: Drawing, first_ring: int) -> None:
    """Look at how the texts are drawn that `result` knows the order of; `first_ring` is where a ring was first."""
    texts = list(result.order)
    modes = map(engine.render_mode, texts)
    result.invisible = {text for text, mode in zip(texts, modes, strict=True) if mode in _UNSEEN}
    done, colours = engine.colours(engine.fill_colour, texts)
    white = {colour for colour in set(colours) if not _is_seen(*colour)}
    if white:
        result.white = {
            text for text, is_set, colour in zip(texts, done, colours, strict=True) if is_set and colour in white
        }
        result.white -= result.invisible
    if result.rings:
        unseen = result.invisible | result.white
        result.colours = {
            text: colour[:3]
            for (text, number), colour in zip(result.order.items(), colours, strict=True)
            if number > first_ring and text not in unseen
        }


def _take_path(element: int, outer: Matrix, turn: Turn, result: Drawing, number: int) -> None:
    engine.draw_mode(element, *_MODE_AT)
    fill, stroke = _MODE
    stroked = bool(stroke) and _shows(element, engine.stroke_colour)
    filled = bool(fill) and _shows(element, engine.fill_colour)
    if fill and not filled and result.order:
        _take_cover(element, outer, turn, result, number)
    if not stroked and not filled:
        return
    colour = _COLOUR[0], _COLOUR[1], _COLOUR[2]  # the one last asked for
    if stroked:
        engine.stroke_width(element, ctypes.addressof(_WIDTH))
    outlines = _outlines(element, turn.after(_times(_matrix(element), outer)))
    result.take_path(outlines, colour, _WIDTH.value if stroked else None, filled)


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


def _shows(element: int, colour_of: Callable[..., int]) -> bool:
    """Whether what is drawn in the colour can be seen on white paper."""
    return not colour_of(element, *_COLOUR_AT) or _is_seen(*_COLOUR)


def _is_seen(red: int, green: int, blue: int, opacity: int) -> bool:
    return opacity > _FAINT and (red < _WHITE or green < _WHITE or blue < _WHITE)


def _outlines(element: int, matrix: Matrix) -> list[Outline]:
    """The parts of a path, placed by `matrix`."""
    segments = list(map(engine.segment, repeat(element), range(engine.count_segments(element))))
    kinds = list(map(engine.segment_type, segments))
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x, y in zip(*engine.points(segments), strict=True)]
    if all(kind == pdfium.FPDF_SEGMENT_LINETO for kind in kinds[1:]):  # as nearly all do
        return [Outline(corners, closed=bool(engine.closes(segments[-1])))] if segments else []
    outlines: list[Outline] = []
    bends = 0
    for segment, kind, corner in zip(segments, kinds, corners, strict=True):
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
