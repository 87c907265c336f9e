"""The two networks that the package rapidocr carries: where texts stand in a picture, and what they say.

They are run here, not by that package: it recognises texts in batches padded to one width, which takes twice the
time and memory, and tells neither how certain each character is nor where it stands.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from services.parser.layout.geometry import Box

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Pixels = NDArray[np.uint8]
"""A grey picture: rows of pixels, 0 black to 255 white."""

_PIXELS: Final = 2_000_000
"""Pixels that the first network sees at most: an A4 page at 145 dpi, which takes half a gibibyte."""
_STEP: Final = 32
"""Pixels by which its pictures grow."""
_TEXT: Final = 0.3
"""Likelihood from which on it takes a pixel for text, and"""
_MEAN: Final = 0.5
"""the mean of those that make up a text at least."""
_GROWTH: Final = 1.6
"""How much a text is larger than its kernel that the network finds: the area by the perimeter, times this."""
_HEIGHT: Final = 48
"""Height of what the second network sees, and"""
_STRIDE: Final = 8
"""the pixels of it that are one step of its answer."""
_WIDEST: Final = 3200
"""Pixels of the longest text it is given: more are pressed together."""


class Sign(NamedTuple):
    """A character, where its middle lies across the picture of its text, pixels, and how certain it is, 0 to 1."""

    text: str
    at: float
    confidence: float


@dataclass(frozen=True)
class Networks:
    """Both networks, loaded."""

    finding: "InferenceSession"
    reading: "InferenceSession"
    signs: tuple[str, ...]
    """What each class of the second network's answer stands for."""

    def texts(self, picture: Pixels) -> list[Box]:
        """Where the lines of text stand, in pixels."""
        height, width = picture.shape
        scale = min(1.0, (_PIXELS / (height * width)) ** 0.5)
        small = resized(picture, _stepped(width * scale), _stepped(height * scale))
        likely = _answer(self.finding, small)[0, 0]
        mask = cv2.dilate((likely > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
        outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        across, down = width / small.shape[1], height / small.shape[0]
        found = []
        for outline in outlines:
            left, top, wide, high = cv2.boundingRect(outline)
            if min(wide, high) < 3 or likely[top : top + high, left : left + wide].mean() < _MEAN:
                continue
            more = wide * high * _GROWTH / (2 * (wide + high))
            box = Box(left - more, top - more, left + wide + more, top + high + more)
            box = Box(box.left * across, box.top * down, box.right * across, box.bottom * down)
            found.append(box.common(Box(0.0, 0.0, float(width), float(height))))
        return sorted(found, key=lambda box: (box.top, box.left))

    def signs_of(self, picture: Pixels) -> Iterator[Sign]:
        """The characters of the one line of text that `picture` shows, from left to right."""
        height, width = picture.shape
        wide = min(max(round(width * _HEIGHT / height / _STRIDE), 2) * _STRIDE, _WIDEST)
        steps = _answer(self.reading, resized(picture, wide, _HEIGHT))[0]
        classes = steps.argmax(axis=1)
        last = 0
        for step, number in enumerate(classes.tolist()):
            if number and number != last:
                end = step + 1
                while end < len(classes) and classes[end] == number:
                    end += 1
                middle = (step + end) / 2 * _STRIDE * width / wide
                yield Sign(self.signs[number], middle, float(steps[step:end, number].max()))
            last = number


def resized(picture: Pixels, width: int, height: int, how: int = cv2.INTER_LINEAR) -> Pixels:
    """`picture` with so many pixels."""
    return cv2.resize(picture, (width, height), interpolation=how).astype(np.uint8, copy=False)


def _stepped(pixels: float) -> int:
    return max(round(pixels / _STEP), 1) * _STEP


def _answer(network: "InferenceSession", picture: Pixels) -> NDArray[np.float32]:
    grey = (picture.astype(np.float32) / 255 - 0.5) / 0.5
    colours = np.broadcast_to(grey, (1, 3, *picture.shape)).copy()
    answer: NDArray[np.float32] = network.run(None, {network.get_inputs()[0].name: colours})[0]
    return answer


@cache
def networks() -> Networks:
    """The networks, loaded once a process; raises ImportError, or OSError where the package carries none."""
    # The runtime would write a machine's id into the user's folders and look a collector up, from its import on.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # a worker is one processor's
    options.enable_cpu_mem_arena = False  # it would keep what the largest page took
    options.log_severity_level = 4

    def loaded(task: str) -> Any:
        return onnxruntime.InferenceSession(_model(task), options, providers=["CPUExecutionProvider"])

    reading = loaded("rec")
    known = reading.get_modelmeta().custom_metadata_map["character"].splitlines()
    return Networks(loaded("det"), reading, ("", *known, " "))


def _model(task: str) -> str:
    """The file of the network for a `task`, as rapidocr calls it."""
    package = find_spec("rapidocr")
    places = package.submodule_search_locations if package is not None else None
    models = sorted(Path(places[0]).glob(f"models/*_{task}_*.onnx")) if places else []
    if not models:
        raise ImportError("The package rapidocr, which carries the models for recognising text, is not installed.")
    return str(models[-1])
