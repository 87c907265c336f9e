"""A picture → its characters, each with its place and how certain it is, and its ruled lines, in pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from services.parser.layout.drawing import Line
from services.parser.layout.geometry import Box
from services.parser.ocr.networks import Networks, Pixels, Sign, networks
from services.parser.ocr.strokes import Strokes, straightened, strokes

_NOISE: Final = 0.5
"""How certain a text is at least: what is below is a speck or a drawing."""
_FIRST_WIDE: Final = "\u2e80"
"""From here on characters are as wide as high."""
_LATIN: Final = 0.72
"""Height of a Latin capital or a figure, ems."""
_REACH: Final = 0.9
"""Of its width, how far a character reaches from its middle at most: half of it, and what letter-spacing adds."""
_SMALLEST: Final = (2.0, 4.0)
"""Points that a character the first network missed is wide and high at least, and"""
_LARGEST: Final = 30.0
"""the points that it is high at most."""
_BESIDE: Final = 4.0
"""Points between two characters of one text that it missed."""
_MOST_MISSED: Final = 600
"""Texts that it missed which are looked at: a picture with more is no page of text."""
_MARGIN: Final = 2.0
"""Points of paper around a text that the second network is shown."""


@dataclass(frozen=True)
class Text:
    """A line of text: its characters with their boxes, and how certain each is."""

    signs: tuple[tuple[str, Box], ...]
    confidence: float
    """Of the least certain character."""


@dataclass(frozen=True)
class Recognised:
    """What a picture shows, in the pixels of the picture once it is straight."""

    texts: tuple[Text, ...]
    across: tuple[Line, ...]
    down: tuple[Line, ...]


def recognise(picture: Pixels, scale: float) -> Recognised:
    """What `picture`, of `scale` pixels a point, shows; raises ImportError without the networks."""
    network = networks()
    level = straightened(picture)
    drawn = strokes(level, scale)
    paper = level.copy()
    paper[drawn.ruled > 0] = 255
    texts = [text for box in _places(network, paper, drawn, scale) if (text := _text(network, paper, box, drawn))]
    return Recognised(tuple(texts), tuple(drawn.across), tuple(drawn.down))


def _places(network: Networks, paper: Pixels, drawn: Strokes, scale: float) -> Iterator[Box]:
    """Where texts stand: those the network finds, parted at lines that they run over, and the ink it left."""
    left = (drawn.ink & (drawn.ruled == 0)).astype(np.uint8)
    for box in network.texts(paper):
        left[int(box.top) : int(box.bottom) + 1, int(box.left) : int(box.right) + 1] = 0
        yield from _parted(box, drawn.down)
    yield from _missed(left, scale)


def _parted(box: Box, down: Sequence[Line]) -> Iterator[Box]:
    """A text, in as many as the lines make of it that cross its middle."""
    middle = (box.top + box.bottom) / 2
    at = sorted(line.at for line in down if line.start < middle < line.end and box.left < line.at < box.right)
    for first, last in zip([box.left, *at], [*at, box.right], strict=True):
        if last - first > (box.bottom - box.top) / 4:
            yield Box(first, box.top, last, box.bottom)


def _missed(ink: Pixels, scale: float) -> Iterator[Box]:
    """Ink of the size of characters, what stands beside each other together."""
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, round(_BESIDE * scale)), np.uint8))
    _, _, parts, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    margin = _MARGIN * scale
    found = [
        Box(float(left), float(top), float(left + width), float(top + height)).grown(margin)
        for left, top, width, height, _ in parts[1:].tolist()
        if width >= _SMALLEST[0] * scale and _SMALLEST[1] * scale <= height <= _LARGEST * scale
    ]
    inside = Box(0.0, 0.0, float(ink.shape[1]), float(ink.shape[0]))
    yield from (box.common(inside) for box in found[: _MOST_MISSED if len(found) <= _MOST_MISSED else 0])


def _text(network: Networks, paper: Pixels, box: Box, drawn: Strokes) -> Text | None:
    """The text in `box`; None where there is none."""
    left, top, right, bottom = int(box.left), int(box.top), round(box.right), round(box.bottom)
    ink = (drawn.ink & (drawn.ruled == 0))[top:bottom, left:right]
    rows = np.flatnonzero(ink.any(axis=1))
    if not len(rows) or right - left < 2:
        return None
    signs = list(network.signs_of(paper[top:bottom, left:right]))
    certain = [sign.confidence for sign in signs if sign.text.strip()]
    if not certain or sum(certain) / len(certain) < _NOISE:
        return None
    height = float(rows[-1] - rows[0] + 1)
    em = height if any(sign.text >= _FIRST_WIDE for sign in signs) else height / _LATIN
    base = float(top + rows[-1] + 1)
    boxes = [Box(left + start, base - em, left + end, base) for start, end in _widths(signs, em, right - left)]
    pairs = tuple((sign.text, each) for sign, each in zip(signs, boxes, strict=True))
    return Text(pairs, min(certain))


def _widths(signs: Sequence[Sign], em: float, width: float) -> Iterator[tuple[float, float]]:
    """From where to where each character reaches: to the middle between two, but not far beyond its own width."""
    for number, sign in enumerate(signs):
        half = _REACH * (em if sign.text >= _FIRST_WIDE else em / 2)
        before = (signs[number - 1].at + sign.at) / 2 if number else 0.0
        after = (signs[number + 1].at + sign.at) / 2 if number + 1 < len(signs) else width
        yield max(before, sign.at - half), min(after, sign.at + half)
