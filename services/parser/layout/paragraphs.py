"""Lines of running text → paragraphs, from how far each line reaches and where the next begins."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.parser.layout.lines import TextLine, bands, beside
from services.parser.reading import Setting
from services.parser.wording import ends, half_widths, has_marker

_TEXT_WIDTH: Final = 0.7
"""Share of the page's width that running text reaches at least."""
_INDENT: Final = 0.8
"""Characters by which a paragraph's first line is indented at least."""
_INDENTED: Final = 2.5
"""Characters of a paragraph's indent at most."""
_SLACK: Final = 1.2
"""Characters that a full line may lack on the right besides what did not fit."""
_LONGEST_WORD: Final = 15
"""Characters of a word at most; longer ones are broken anywhere."""
_FULL: Final = 2.2
"""Characters that a line lacks on the right at most that certainly is no paragraph's last."""
_PITCH: Final = 1.35
"""A gap between lines wider than this share of the usual one parts paragraphs."""
_SIZE: Final = 0.12
"""Share by which the size of the characters may differ within a paragraph."""
_REST: Final = 2
"""Characters of a word that a narrow place leaves for the next line at most."""
_ALIGNED: Final = 0.3
"""Ems by which the ends of lines differ that stand under each other."""
_ENTRY: Final = re.compile(r"(?:\.{4}|…{2}|·{4}|_{4}).{0,200}\d\s*$")
"""The end of an entry of a table of contents."""
_UNBROKEN: Final = re.compile(
    r"[（《【〈“‘(\[]{0,4}(?:[\x21-\xff–—“”‘’…≥≤％，。；：、！？）》】]{1,60}|\S)[％%，。；：、！？）》】〉”’)\]]{0,4}"
)
"""What no line break parts: a word in narrow characters, or one wide one, with the marks round it."""


@dataclass(frozen=True)
class Margins:
    """Where the page's running text begins and ends, and how far apart its lines stand, points."""

    left: float
    right: float
    pitch: float


def margins(lines: Sequence[TextLine], width: float) -> Margins:
    """The margins that the `lines` of a page of this width show; one in its middle shows that both are alike."""
    outmost = min((line.box.left for line in lines), default=0.0)
    middle = any(
        line.box.left > outmost + _INDENTED * line.em and abs(line.box.left + line.box.right - width) <= line.em
        for line in lines
    )
    least_right = max(_TEXT_WIDTH * width, width - outmost if middle else 0.0)
    right = max([least_right, *(line.box.right for line in lines)])
    full = [line.box.left for line in lines if line.box.right >= right - _FULL * line.em]
    left = min(full or [line.box.left for line in lines], default=0.0)
    pitches = Counter(
        round(_pitch(before, line))
        for before, line in pairwise(lines)
        if not beside(before, line) and _pitch(before, line) > 0
    )
    usual = pitches.most_common(1)[0][0] + 0.5 if pitches else 0.0
    return Margins(left, right, usual)


def paragraphs(lines: Sequence[TextLine], page: Margins) -> list[list[TextLine]]:
    """The lines of each paragraph; `lines` from top to bottom with nothing between them."""
    found: list[list[TextLine]] = []
    before: TextLine | None = None
    for band in bands(lines):
        if len(band) > 1:
            rest = [line for line in band if before and _is_rest_of_word(before, line)]
            if rest:
                found[-1] += rest
            found += _columns([line for line in band if line not in rest])
            before = None
            continue
        line = band[0]
        if before and _goes_on(before, line, page):
            found[-1].append(line)
        else:
            found.append([line])
        before = line
    return found


def setting(lines: Sequence[TextLine], page: Margins) -> Setting:
    """How the paragraph of `lines` stands on its page."""
    last = lines[-1]
    is_wide = last.box.left < page.left + _INDENTED * last.em and last.box.right >= page.right - _FULL * last.em
    return Setting(lines[0].box.left, last.em, is_wide and not _ENTRY.search(last.text))


def _columns(band: Sequence[TextLine]) -> list[list[TextLine]]:
    """The texts of a band from left to right, each with the lines that stand under each other."""
    columns: list[list[TextLine]] = []
    reach = 0.0
    for line in sorted(band, key=lambda each: each.box.left):
        if columns and line.box.left < reach:
            columns[-1].append(line)
        else:
            columns.append([line])
        reach = max(reach, line.box.right) if len(columns[-1]) > 1 else line.box.right
    return [sorted(column, key=lambda line: line.box.middle[1]) for column in columns]


def _goes_on(before: TextLine, line: TextLine, page: Margins) -> bool:
    """Whether `line` continues the paragraph of `before`: that one is full, this one begins at the margin."""
    if abs(before.em - line.em) > _SIZE * max(before.em, line.em):
        return False
    usual = page.pitch or 2 * (before.box.bottom - before.box.top)
    if _pitch(before, line) > _PITCH * usual or _had_room(before, line, page):
        return False
    if _ENTRY.search(before.text) or (has_marker(line.text) and ends(before.text)):
        return False
    indent = _INDENT * line.em
    return line.box.left < page.left + indent or line.box.left < before.box.left - indent


def _is_rest_of_word(before: TextLine, line: TextLine) -> bool:
    """Whether `line`, beside another text, is the end of a word in a narrow place: 单位：万 over 元."""
    left, right = abs(before.box.left - line.box.left), abs(before.box.right - line.box.right)
    return (
        len(line.text) <= _REST
        and abs(before.em - line.em) <= _SIZE * before.em
        and min(left, right) <= _ALIGNED * line.em
        and line.box.top - before.box.bottom <= line.em
        and not ends(before.text)
    )


def _had_room(before: TextLine, line: TextLine, page: Margins) -> bool:
    """Whether the first word of `line` would still have fitted behind `before`."""
    word = _UNBROKEN.match(line.text)
    width = half_widths(word.group()) / 2 if word else 1.0
    needed = _SLACK + max(1.0, min(width, _LONGEST_WORD))
    return before.box.right < page.right - needed * before.em


def _pitch(before: TextLine, line: TextLine) -> float:
    return line.box.middle[1] - before.box.middle[1]
