"""Lines of running text → paragraphs."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from services.parser.pdf.lines import TextLine

_INDENT: Final = 0.8
"""Characters by which a paragraph's first line is indented at least."""
_SHORT: Final = 2.2
"""Characters that a full line may lack on the right: what follows did not fit."""
_PITCH: Final = 1.35
"""A gap between lines wider than this share of the usual one parts paragraphs."""
_SIZE: Final = 0.12
"""Share by which the size of the characters may differ within a paragraph."""


def paragraphs(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """The lines that make up each paragraph; `lines` from top to bottom with nothing between them."""
    if not lines:
        return []
    right = max(line.box.right for line in lines)
    left = _margin(lines)
    pitch = _usual_pitch(lines)
    found = [[lines[0]]]
    for before, line in zip(lines, lines[1:], strict=False):
        if _goes_on(before, line, left, right) and _pitch(before, line) <= _PITCH * pitch:
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _goes_on(before: TextLine, line: TextLine, left: float, right: float) -> bool:
    """Whether `line` continues the paragraph of `before`: that one is full, this one begins at the margin."""
    if abs(before.em - line.em) > _SIZE * max(before.em, line.em):
        return False
    if before.box.right < right - _SHORT * before.em:
        return False
    return line.box.left < left + _INDENT * line.em or line.box.left < before.box.left - _INDENT * line.em


def _margin(lines: Sequence[TextLine]) -> float:
    """Where the text's lines begin that are not indented."""
    return min(line.box.left for line in lines)


def _pitch(before: TextLine, line: TextLine) -> float:
    return line.box.middle[1] - before.box.middle[1]


def _usual_pitch(lines: Sequence[TextLine]) -> float:
    """The distance between lines that is most frequent, points."""
    pitches = [_pitch(before, line) for before, line in zip(lines, lines[1:], strict=False)]
    counts = Counter(round(pitch) for pitch in pitches if pitch > 1)
    if not counts:
        return max(line.box.bottom - line.box.top for line in lines) * 2
    return float(counts.most_common(1)[0][0]) + 0.5
