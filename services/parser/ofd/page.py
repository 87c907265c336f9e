"""One page of an OFD file → its characters and its drawing (GB/T 33190-2016, 8 to 13)."""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from services.parser.layout.drawing import Colour, Drawing, Outline, around
from services.parser.layout.geometry import Box, Turn
from services.parser.layout.glyphs import Drawn, arranged
from services.parser.layout.page import PageContents
from services.parser.layout.seen import on_page, seen
from services.parser.ofd.package import Numbers, OfdDocument, numbers, page_box
from services.parser.office_xml import Element, attribute, child, local
from services.parser.symbols import UNKNOWN
from shared.errors import TooLarge

POINTS: Final = 72 / 25.4
"""Points of a millimetre."""
_ABOVE: Final = 0.86
_BELOW: Final = 0.14
"""How far a character's box reaches above and below its baseline, as shares of the font's size."""
_NARROW: Final = 0.5
"""Width of a Latin character whose line does not say it, ems."""
_LINE: Final = 0.353
"""Width of a line that states none, millimetres (8.2)."""
_OBLIQUE: Final = math.radians(10)
_DEEPEST: Final = 12
"""Composite graphics and blocks within each other that are followed."""
_FAINT: Final = 8
_WHITE: Final = 252
_BLACK: Final[Colour] = (0, 0, 0)
_POINTS_OF: Final = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
"""Letter of a path's step → how many numbers follow (9.3)."""

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class _Place:
    """Where what is within an object stands on the page: its matrix, in millimetres, y downwards."""

    matrix: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

    def within(self, element: Element) -> "_Place":
        """The place of what is within `element`."""
        own = numbers(attribute(element, "CTM"))
        left, top = (*numbers(attribute(element, "Boundary")), 0.0, 0.0)[:2]
        a, b, c, d, e, f = own if len(own) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        p, q, r, s, t, u = self.matrix
        e, f = e + left, f + top
        return _Place(
            (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point on the page, in points, y upwards."""
        a, b, c, d, e, f = self.matrix
        return (a * x + c * y + e) * POINTS, -(b * x + d * y + f) * POINTS

    @property
    def quarters(self) -> int | None:
        """How many quarters clockwise bring a text upright; None when it stands aslant."""
        angle = math.atan2(self.matrix[1], self.matrix[0])
        quarters = round(angle / (math.pi / 2)) if math.isfinite(angle) else 0
        return None if abs(angle - quarters * math.pi / 2) > _OBLIQUE else -quarters % 4


@dataclass
class _Shape:
    """A path, kept until it is known how the page is turned."""

    outlines: list[Outline]
    colour: Colour
    width: float | None
    filled: bool


@dataclass
class _Finding:
    """Takes a page's objects as they are drawn."""

    document: OfdDocument
    budget: int
    drawn: list[Drawn] = field(default_factory=list)
    shapes: list[_Shape] = field(default_factory=list)
    pictures: list[tuple[str, Outline]] = field(default_factory=list)
    """Pictures, each by its id and corners."""
    covers: list[tuple[int, Outline]] = field(default_factory=list)
    clips: dict[int, Outline] = field(default_factory=dict)
    drawing: Drawing = field(default_factory=Drawing)
    unmapped: int = 0
    count: int = 0
    """Objects taken so far; it numbers them too."""

    def take(self, element: Element, place: _Place, depth: int) -> None:
        """Take what `element` holds; raises TooLarge."""
        for each in element:
            self.budget -= 1
            if self.budget < 0:
                raise TooLarge(f"A page draws more than {self.document.file.limits.elements} elements.")
            name = local(each)
            if attribute(each, "Visible") == "false":
                continue
            if name == "TextObject":
                self._take_text(each, place)
            elif name == "PathObject":
                self._take_path(each, place)
            elif name == "ImageObject":
                self.pictures.append((attribute(each, "ResourceID") or "", _box(each, place)))
            elif name in ("Content", "Layer", "PageBlock") and depth < _DEEPEST:
                self.take(each, place, depth + 1)
            elif name == "CompositeObject" and depth < _DEEPEST:
                unit = child(self.document.resources.get(attribute(each, "ResourceID") or ""), "Content")
                if unit is not None:
                    self.take(unit, place.within(each), depth + 1)

    def _take_text(self, element: Element, place: _Place) -> None:
        self.count += 1
        self.drawing.order[self.count] = self.count
        colour, opacity = self._colour(element, "FillColor")
        if opacity <= _FAINT or attribute(element, "Fill") == "false":
            self.drawing.invisible.add(self.count)
        elif min(colour) >= _WHITE:
            self.drawing.white.add(self.count)
        elif colour != _BLACK:
            self.drawing.colours[self.count] = colour
        if clip := _clip(element, place):
            self.clips[self.count] = clip
        size = (numbers(attribute(element, "Size")) or (0.0,))[0]
        scale = (numbers(attribute(element, "HScale")) or (1.0,))[0]
        inside = place.within(element)
        x = y = 0.0
        for code in (each for each in element if local(each) == "TextCode"):
            x = (numbers(attribute(code, "X")) or (x,))[0]
            y = (numbers(attribute(code, "Y")) or (y,))[0]
            across, down = _steps(attribute(code, "DeltaX")), _steps(attribute(code, "DeltaY"))
            self._take_characters(code.text or "", (x, y), (across, down), (inside, size, scale))

    def _take_characters(
        self,
        text: str,
        start: tuple[float, float],
        steps: tuple[Sequence[float], Sequence[float]],
        look: tuple[_Place, float, float],
    ) -> None:
        (x, y), (across, down), (place, size, scale) = start, steps, look
        for number, character in enumerate(text):
            shown = _shown(character)
            said = across[number] if number < len(across) else None
            width = _width(character, size * scale, said)
            step = said if said is not None else 0.0 if down else width
            box = around([place.point(x, y - _ABOVE * size), place.point(x + width, y + _BELOW * size)])
            self.unmapped += shown == UNKNOWN
            if shown and math.isfinite(sum(box)):
                self.drawn.append((shown, (box.left, box.top, box.right, box.bottom), place.quarters, self.count))
            x += step
            y += down[number] if number < len(down) else 0.0

    def _take_path(self, element: Element, place: _Place) -> None:
        self.count += 1
        line, line_opacity = self._colour(element, "StrokeColor")
        fill, fill_opacity = self._colour(element, "FillColor")
        stroked = self._said(element, "Stroke") != "false" and line_opacity > _FAINT and min(line) < _WHITE
        fills = self._said(element, "Fill") == "true" and fill_opacity > _FAINT
        data = child(element, "AbbreviatedData")
        outlines = list(_outlines((data.text or "") if data is not None else "", place.within(element)))
        if fills and min(fill) >= _WHITE and self.drawn:
            self.covers += [(self.count, each) for each in outlines if not each.curved and len(each.corners) > 2]
        filled = fills and min(fill) < _WHITE
        if outlines and (stroked or filled):
            width = (numbers(self._said(element, "LineWidth")) or (_LINE,))[0] * POINTS
            self.shapes.append(_Shape(outlines, fill if filled else line, width if stroked else None, filled))

    def _said(self, element: Element, name: str) -> str | None:
        """An attribute, of the element or of the way to draw that it names."""
        return next((value for each in self._ways(element) if (value := attribute(each, name)) is not None), None)

    def _colour(self, element: Element, name: str) -> tuple[Colour, float]:
        """A colour in RGB, and its opacity, both of 255."""
        opacity = (numbers(attribute(element, "Alpha")) or (255.0,))[0]
        for way in self._ways(element):
            if (colour := child(way, name)) is not None:
                own = (numbers(attribute(colour, "Alpha")) or (255.0,))[0]
                return _rgb(numbers(attribute(colour, "Value"))), opacity * own / 255
        return _BLACK, opacity

    def _ways(self, element: Element) -> Iterator[Element]:
        """The element, and the ways to draw that it refers to, each with what it is based on."""
        yield element
        name = attribute(element, "DrawParam")
        for _ in range(_DEEPEST):
            way = self.document.resources.get(name or "")
            if way is None:
                return
            yield way
            name = attribute(way, "Relative")


class OfdPage(NamedTuple):
    """What a page shows, and its pictures, each by its id and place."""

    contents: PageContents
    pictures: list[tuple[str, Box]]


def page_contents(document: OfdDocument, path: str) -> OfdPage | None:
    """What the page at `path` shows; None where it is missing. Raises Corrupt, TooLarge."""
    roots = document.page(path)
    if roots is None:
        return None
    own = [box for root in roots if (box := page_box(child(root, "Area"))) is not None]
    left, top, width, height = own[-1] if own else document.box
    finding = _Finding(document, document.file.limits.elements)
    for root in roots:
        content = child(root, "Content")
        if content is not None:
            finding.take(content, _Place(), 0)
    for note in document.noted(path):
        finding.take(note, _Place().within(note), 0)
    sides = left * POINTS, -(top + height) * POINTS, (left + width) * POINTS, -top * POINTS
    found = arranged(finding.drawn, finding.unmapped, sides, 0)
    drawing = _turned(finding, found.turn)
    shown = seen(on_page(found), drawing)

    def clip_of(element: int) -> Box | None:
        clip = finding.clips.get(element)
        return _on_page(clip, found.turn) if clip is not None else None

    hidden = len(found.upright) - len(shown)
    contents = PageContents(found, shown, drawing, hidden, clip_of, found.turn.quarters)
    return OfdPage(contents, [(name, _on_page(outline, found.turn)) for name, outline in finding.pictures])


def _turned(finding: _Finding, turn: Turn) -> Drawing:
    drawing = finding.drawing
    for shape in finding.shapes:
        for outline in shape.outlines:
            outline.corners = [turn.point(*corner) for corner in outline.corners]
        drawing.take_path(shape.outlines, shape.colour, shape.width, shape.filled)
    for _, picture in finding.pictures:
        drawing.take_picture([turn.point(*corner) for corner in picture.corners])
    drawing.covers += [(number, _on_page(cover, turn)) for number, cover in finding.covers]
    return drawing


def _on_page(outline: Outline, turn: Turn) -> Box:
    return around([turn.point(*corner) for corner in outline.corners])


def _box(element: Element, place: _Place) -> Outline:
    """The corners of an object's rectangle."""
    left, top, width, height = (numbers(attribute(element, "Boundary")) + (0.0,) * 4)[:4]
    return Outline([place.point(x, y) for x in (left, left + width) for y in (top, top + height)])


def _clip(element: Element, place: _Place) -> Outline | None:
    """The corners of the area to which an object is cut; None without one."""
    area = child(element, "Clips", "Clip", "Area")
    path = child(area, "Path")
    data = child(path, "AbbreviatedData")
    if area is None or path is None or data is None:
        return None
    outlines = _outlines(data.text or "", place.within(element).within(path))
    corners = [corner for outline in outlines for corner in outline.corners]
    return Outline(corners) if corners else None


def _outlines(data: str, place: _Place) -> Iterator[Outline]:
    """The connected parts of a path, as its steps draw them."""
    outline: Outline | None = None
    words = data.split()
    at = 0
    while at < len(words):
        step = words[at]
        count = _POINTS_OF.get(step)
        values = numbers(" ".join(words[at + 1 : at + 1 + (count or 0)]))
        if count is None or len(values) != count:
            break
        at += 1 + count
        if step == "C":
            if outline is not None:
                outline.closed = True
            continue
        corner = place.point(*values[-2:])
        if step in "SM" or outline is None:
            if outline is not None:
                yield outline
            outline = Outline([corner])
        elif step == "L":
            outline.corners.append(corner)
        else:
            outline.curved = True
            yield outline
            outline = Outline([corner], curved=True)
    if outline is not None:
        yield outline


def _steps(value: str | None) -> list[float]:
    """How far each character stands from the one before it; `g n v` repeats a distance (11.3)."""
    steps: list[float] = []
    words = iter((value or "").split())
    try:
        for word in words:
            if word == "g":
                count, step = int(next(words)), float(next(words))
                steps += [step] * min(max(count, 0), 100_000)
            else:
                steps.append(float(word))
    except (StopIteration, ValueError):
        return steps
    return steps


def _rgb(values: Numbers) -> Colour:
    """A colour of one, three or four parts as red, green and blue."""
    if not values:
        return _BLACK
    if len(values) == 4:
        cyan, magenta, yellow, black = (min(max(value, 0.0), 255.0) / 255 for value in values)
        values = tuple(255 * (1 - part) * (1 - black) for part in (cyan, magenta, yellow))
    red, green, blue = values if len(values) == 3 else values[:1] * 3
    return int(red), int(green), int(blue)


def _shown(character: str) -> str:
    """What the character is; empty for what is none."""
    if character.isspace():
        return " "
    if character == UNKNOWN or "\ue000" <= character <= "\uf8ff":
        return UNKNOWN
    is_none = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn")
    return "" if is_none else unicodedata.normalize("NFC", character)


def _width(character: str, em: float, step: float | None) -> float:
    """How wide a character is: an em or half of one, or what its line leaves or gives it."""
    if unicodedata.east_asian_width(character) in "WFA":
        return step if step is not None and 0 < step < em else em
    return step if step is not None and 0 < step < em else _NARROW * em
