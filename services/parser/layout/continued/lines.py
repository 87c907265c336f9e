"""Joins sentences that a source without pages breaks into lines: a web page, or text taken from a print."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import Final

from services.parser.wording import (
    breaks_off,
    ends_sentence,
    goes_on_below,
    half_widths,
    has_marker,
    leads_on,
)
from shared.schemas.document import Block, Paragraph

_CLAUSE: Final = re.compile("[，。；]")
_LINES: Final = 4
"""Lines of a sentence that show whether the next one goes on with it."""
_RAGGED: Final = 8
"""Half characters by which the next line of a broken sentence may be wider: an indent, a mark that hangs over."""
_UNEVEN: Final = 3
"""Half characters by which lines that fill a measure differ."""
_ENOUGH: Final = 3
"""Lines broken for certain that show a measure."""


def join_lines(blocks: Sequence[Block]) -> list[Block]:
    """`blocks` with the lines of a sentence as one paragraph, line breaks between.

    A line goes on where its end or the next one's beginning says so, or where it is as wide as such lines are.
    """
    measures = Counter(_broken(blocks))
    joined: list[Block] = []
    lines: list[str] = []
    for block, below in zip_longest(blocks, blocks[1:]):
        if not isinstance(block, Paragraph):
            joined.append(block)
            continue
        lines.append(block.text)
        if isinstance(below, Paragraph) and _is_joined(lines, block, below, measures):
            continue
        joined.append(block if len(lines) == 1 else block.model_copy(update={"text": "\n".join(lines)}))
        lines = []
    return joined


def _is_joined(lines: Sequence[str], block: Paragraph, below: Paragraph, measures: Counter[int]) -> bool:
    """Whether `below` goes on with the sentence of `lines`, the last of which is `block`."""
    return _are_text(block, below) and (
        _goes_on("\n".join(lines[-_LINES:]), below.text) or _fills(block.text, measures)
    )


def _broken(blocks: Sequence[Block]) -> Iterator[int]:
    """The width of each line that goes on below for certain."""
    for block, below in pairwise(blocks):
        if not isinstance(block, Paragraph) or not isinstance(below, Paragraph):
            continue
        if _are_text(block, below) and _goes_on(block.text, below.text):
            yield half_widths(_last(block.text))


def _are_text(before: Paragraph, after: Paragraph) -> bool:
    return not before.heading and not after.heading and (leads_on(after.text) or not has_marker(after.text))


def _goes_on(text: str, below: str) -> bool:
    """Whether `text` is broken in mid sentence; a title may hold a `、`, and what stands under it is wider."""
    if goes_on_below(text, below):
        return True
    is_title = not _CLAUSE.search(text) and half_widths(below) > half_widths(_last(text)) + _RAGGED
    return breaks_off(text) and not is_title


def _fills(text: str, measures: Counter[int]) -> bool:
    """Whether `text` is no sentence's end and its last line as wide as those that are broken for certain."""
    if ends_sentence(text):
        return False
    width = half_widths(_last(text))
    return sum(measures[width + less] for less in range(-_UNEVEN, _UNEVEN + 1)) >= _ENOUGH


def _last(text: str) -> str:
    return text.rpartition("\n")[2]
