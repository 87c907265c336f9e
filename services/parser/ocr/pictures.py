"""Files of pictures → pixels in grey, alone or where they stand on a page."""

from collections.abc import Iterable

import cv2
import numpy as np

from services.parser.layout.geometry import Box
from services.parser.ocr.networks import Pixels, resized


def grey(data: bytes) -> list[Pixels]:
    """The pictures in a file; none for a file that is none, is damaged, or of more pixels than OpenCV takes.

    Of the three colours the red one is taken: in it a red seal is as light as the paper.
    """
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # it would tell of a damaged file on stderr
    try:
        _, pictures = cv2.imdecodemulti(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return []
    return [colours[:, :, 2].astype(np.uint8) for colours in pictures]


def placed(pictures: Iterable[tuple[bytes, Box]], size: tuple[float, float], scale: float) -> Pixels:
    """A page of `size`, points, with `scale` pixels a point, on which each picture stands in its box."""
    width, height = (max(round(side * scale), 1) for side in size)
    page = np.full((height, width), 255, np.uint8)
    for data, box in pictures:
        left, top, right, bottom = (round(side * scale) for side in box.common(Box(0.0, 0.0, *size)))
        for picture in grey(data)[:1] if right > left and bottom > top else ():
            page[top:bottom, left:right] = resized(picture, right - left, bottom - top, cv2.INTER_AREA)
    return page
