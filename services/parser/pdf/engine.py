"""The engine's calls that come once a character or element, without what the usual binding wraps around each.

Handles are plain addresses. What a call fills in is given by its address too, so nothing is made for a call.
"""

import ctypes
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, Final

import pypdfium2.raw as pdfium

_Handle: Final = ctypes.c_void_p
_Number: Final = ctypes.c_int


def address(handle: Any) -> int:
    """The address that a handle of the usual binding stands for."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _bound(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    return ctypes.PYFUNCTYPE(result, *arguments)(address(function))


def filled(function: Any, kind: Any, handle: int, indexes: Sequence[int]) -> tuple[list[int], list[Any]]:
    """Call `function(handle, index, ADDRESS)` for each index, at the address of a `kind` of its own.

    What the calls returned, and the numbers that each filled in; `kind` is an array of some.
    """
    numbers = (kind._type_ * (len(indexes) * kind._length_))()
    done = list(map(function, repeat(handle), indexes, _places(numbers, kind._length_)))
    return done, list(zip(*[iter(numbers[:])] * kind._length_, strict=True))


def colours(function: Any, elements: Sequence[int]) -> tuple[list[int], list[tuple[int, int, int, int]]]:
    """Call `fill_colour` or `stroke_colour` for each element: what was returned, and the four parts of each."""
    parts = (ctypes.c_uint * (4 * len(elements)))()
    done = list(map(function, elements, *(_places(parts, 4, part) for part in range(4))))
    return done, list(zip(*[iter(parts[:])] * 4, strict=True))


def points(segments: Sequence[int]) -> tuple[list[float], list[float]]:
    """The x and the y of the end of each of a path's segments."""
    places = (ctypes.c_float * (2 * len(segments)))()
    for _ in map(point, segments, _places(places, 2), _places(places, 2, 1)):
        pass
    numbers = places[:]
    return numbers[::2], numbers[1::2]


def _places(numbers: Any, step: int, first: int = 0) -> range:
    """The addresses of every `step`th number of an array, from the `first` on."""
    size = ctypes.sizeof(numbers._type_)
    at = ctypes.addressof(numbers)
    return range(at + first * size, at + len(numbers) * size, step * size)


is_generated: Final = _bound(pdfium.FPDFText_IsGenerated, _Number, _Handle, _Number)
has_no_unicode: Final = _bound(pdfium.FPDFText_HasUnicodeMapError, _Number, _Handle, _Number)
text_object: Final = _bound(pdfium.FPDFText_GetTextObject, _Handle, _Handle, _Number)
loose_box: Final = _bound(pdfium.FPDFText_GetLooseCharBox, _Number, _Handle, _Number, _Handle)
origin: Final = _bound(pdfium.FPDFText_GetCharOrigin, _Number, _Handle, _Number, _Handle, _Handle)
matrix: Final = _bound(pdfium.FPDFText_GetMatrix, _Number, _Handle, _Number, _Handle)
angle: Final = _bound(pdfium.FPDFText_GetCharAngle, ctypes.c_float, _Handle, _Number)
font_size: Final = _bound(pdfium.FPDFText_GetFontSize, ctypes.c_double, _Handle, _Number)

count_elements: Final = _bound(pdfium.FPDFPage_CountObjects, _Number, _Handle)
element: Final = _bound(pdfium.FPDFPage_GetObject, _Handle, _Handle, _Number)
count_in_form: Final = _bound(pdfium.FPDFFormObj_CountObjects, _Number, _Handle)
element_in_form: Final = _bound(pdfium.FPDFFormObj_GetObject, _Handle, _Handle, ctypes.c_ulong)
kind: Final = _bound(pdfium.FPDFPageObj_GetType, _Number, _Handle)
element_matrix: Final = _bound(pdfium.FPDFPageObj_GetMatrix, _Number, _Handle, _Handle)
bounds: Final = _bound(pdfium.FPDFPageObj_GetBounds, _Number, *[_Handle] * 5)
has_transparency: Final = _bound(pdfium.FPDFPageObj_HasTransparency, _Number, _Handle)
render_mode: Final = _bound(pdfium.FPDFTextObj_GetTextRenderMode, _Number, _Handle)
fill_colour: Final = _bound(pdfium.FPDFPageObj_GetFillColor, _Number, *[_Handle] * 5)
stroke_colour: Final = _bound(pdfium.FPDFPageObj_GetStrokeColor, _Number, *[_Handle] * 5)
stroke_width: Final = _bound(pdfium.FPDFPageObj_GetStrokeWidth, _Number, _Handle, _Handle)

draw_mode: Final = _bound(pdfium.FPDFPath_GetDrawMode, _Number, _Handle, _Handle, _Handle)
count_segments: Final = _bound(pdfium.FPDFPath_CountSegments, _Number, _Handle)
segment: Final = _bound(pdfium.FPDFPath_GetPathSegment, _Handle, _Handle, _Number)
point: Final = _bound(pdfium.FPDFPathSegment_GetPoint, _Number, _Handle, _Handle, _Handle)
segment_type: Final = _bound(pdfium.FPDFPathSegment_GetType, _Number, _Handle)
closes: Final = _bound(pdfium.FPDFPathSegment_GetClose, _Number, _Handle)

clip: Final = _bound(pdfium.FPDFPageObj_GetClipPath, _Handle, _Handle)
count_clips: Final = _bound(pdfium.FPDFClipPath_CountPaths, _Number, _Handle)
count_clip_segments: Final = _bound(pdfium.FPDFClipPath_CountPathSegments, _Number, _Handle, _Number)
clip_segment: Final = _bound(pdfium.FPDFClipPath_GetPathSegment, _Handle, _Handle, _Number, _Number)
