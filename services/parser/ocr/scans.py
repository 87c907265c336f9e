"""Which parts of a page are pictures of text, and the page with what they say, where it can be recognised."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from services.parser.layout.drawing import Line
from services.parser.layout.geometry import Box
from services.parser.layout.glyphs import Glyph
from services.parser.layout.page import PageContents, Scan
from services.parser.reading import is_large

if TYPE_CHECKING:
    from services.parser.ocr.networks import Pixels
    from services.parser.ocr.recognise import Recognised

_FEW: Final = 60
"""Characters: a page with fewer, most of it a picture, hardly says in text what it shows."""
_MOST: Final = 0.4
"""Share of a page that its pictures cover when they are what it shows."""
_UNSTATED: Final = 0.5
"""How certain the text is that lies unseen behind a scan: whoever recognised it does not say."""
DENSITY: Final = 200 / 72
"""Pixels of a page's point that are recognised: 200 dpi."""
_MOST_PIXELS: Final = 12_000_000
"""Pixels of one page at most: an A3 page at 300 dpi has 17 million."""

Draw = Callable[[float], "Pixels"]
"""The page as it is seen, turned as the layout turned it, with so many pixels a point."""


def is_installed() -> bool:
    """Whether text in pictures can be recognised: the extra `ocr` is installed."""
    return all(find_spec(name) is not None for name in ("cv2", "numpy", "onnxruntime", "rapidocr"))


@dataclass
class Scans:
    """Recognises the pages of one file that are pictures, `left` of them at most."""

    left: int
    taken: int = 0

    def read(self, page: PageContents, draw: Draw) -> PageContents:
        """`page` with what its pictures say, each character with how certain it is; else why they are not read."""
        page = _as_recognised(page)
        boxes = _pictures_of_text(page) if page.scan is Scan.NONE else []
        if not boxes:
            return page
        if not is_installed():
            return replace(page, scan=Scan.NOT_INSTALLED)
        if self.left <= 0:
            return replace(page, scan=Scan.TOO_MANY)
        self.left -= 1
        self.taken += 1
        return _recognised(page, boxes, draw)


def _as_recognised(page: PageContents) -> PageContents:
    """`page`; where the text it shows lies unseen behind a picture, it is what the picture was recognised as."""
    unseen = page.drawing.invisible
    if not unseen or not page.shown or _covered(page) < _MOST:
        return page
    elements = {glyph.element for glyph in page.shown} & unseen
    if not elements:
        return page
    return replace(page, confidences=dict.fromkeys(elements, _UNSTATED), scan=Scan.RECOGNISED)


def _covered(page: PageContents) -> float:
    """The share of the page that pictures cover."""
    whole = max(page.characters.width * page.characters.height, 1.0)
    return sum(box.area for box in page.drawing.pictures) / whole


def _pictures_of_text(page: PageContents) -> list[Box]:
    """The page where pictures are what it shows; else its pictures of a table's size over which no text lies."""
    if _covered(page) >= _MOST and len(page.shown) < _FEW:
        return [Box(0.0, 0.0, page.characters.width, page.characters.height)]
    return [
        box
        for box in page.drawing.pictures
        if is_large(box.right - box.left, box.bottom - box.top)
        and not any(box.holds(*glyph.box.middle) for glyph in page.shown)
    ]


def _recognised(page: PageContents, boxes: Sequence[Box], draw: Draw) -> PageContents:
    from services.parser.ocr.recognise import recognise

    size = page.characters.width * page.characters.height
    scale = min(DENSITY, (_MOST_PIXELS / max(size, 1.0)) ** 0.5)
    whole = draw(scale)
    glyphs = [glyph for glyph in page.shown if not any(box.holds(*glyph.box.middle) for box in boxes)]
    confidences = dict(page.confidences)
    across, down = list(page.drawing.horizontal), list(page.drawing.vertical)
    for box in boxes:
        left, top, right, bottom = (max(round(side * scale), 0) for side in box)
        part = whole[top:bottom, left:right]
        if not part.size:
            continue
        found = recognise(part, scale)
        place = _Place(left / scale, top / scale, scale)
        glyphs += place.glyphs(found, confidences)
        across += [place.line(line, place.top, place.left) for line in found.across]
        down += [place.line(line, place.left, place.top) for line in found.down]
    return replace(
        page,
        shown=glyphs,
        drawing=replace(page.drawing, horizontal=across, vertical=down),
        clip_of=lambda element: None if element in confidences else page.clip_of(element),
        confidences=confidences,
        scan=Scan.RECOGNISED if len(confidences) > len(page.confidences) else Scan.NO_TEXT,
    )


@dataclass(frozen=True)
class _Place:
    """Where a picture lies on the page, points, and its pixels a point."""

    left: float
    top: float
    scale: float

    def glyphs(self, found: "Recognised", confidences: dict[int, float]) -> Iterator[Glyph]:
        """The characters found in it; each text is an element of its own, whose confidence is added."""
        for text in found.texts:
            element = -1 - len(confidences)
            confidences[element] = round(text.confidence, 3)
            for sign, (left, top, right, bottom) in text.signs:
                box = Box(
                    self.left + left / self.scale,
                    self.top + top / self.scale,
                    self.left + right / self.scale,
                    self.top + bottom / self.scale,
                )
                yield Glyph(sign, box, 0, element)

    def line(self, line: Line, at: float, start: float) -> Line:
        """A line of the picture on the page; it lies from `at`, and begins from `start`."""
        return Line(at + line.at / self.scale, start + line.start / self.scale, start + line.end / self.scale)
