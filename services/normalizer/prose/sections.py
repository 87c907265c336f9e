"""The parts of a document by their headings: 第一部分, 一、, （一）, 1、."""

import re
from dataclasses import dataclass
from typing import Final

from services.normalizer.language.enumerations import Marker, read_marker
from services.normalizer.language.text import joined, without_marker
from services.normalizer.tables.captions import is_contents_line
from shared.schemas.document import Block, Document, Paragraph

_NUMERAL: Final = "一二三四五六七八九十百"
_LEVELS: Final = (
    (1, re.compile(rf"第[{_NUMERAL}\d]{{1,3}}(?:部分|章)\s*")),
    (1, re.compile(rf"[{_NUMERAL}]{{1,4}}\s*[、.．]")),
    (2, re.compile(rf"[（(][{_NUMERAL}]{{1,4}}[)）]")),
    (3, re.compile(r"\d{1,3}\s*(?:[、．]|\.(?!\d))")),
    (4, re.compile(r"[（(]\d{1,3}[)）]|\d{1,3}[)）]|[①-⑳]")),
)
_PART: Final = _LEVELS[0][1]
_LONGEST: Final = 50
_SENTENCE: Final = re.compile(r"[。；;！？!?]|，.*，")


@dataclass(frozen=True)
class Heading:
    """A heading: the block it is, its level (1 to 4) and its words without marker."""

    block: int
    level: int
    title: str


def heading(text: str) -> tuple[int, str] | None:
    """Level and title of `text` where it is a marked, short line that is no sentence; else None."""
    line = joined(text.strip().lstrip("-*# ").split("\t")[0])
    if len(line) > _LONGEST or is_contents_line(text) or _SENTENCE.search(line.rstrip("。:：")):
        return None
    for level, pattern in _LEVELS:
        if match := pattern.match(line):
            return level, line[match.end() :].strip("：: 。")
    return None


def headings(document: Document) -> list[Heading]:
    """Every heading of the document, in order; an unmarked one only where the format states its level."""
    found: list[Heading] = []
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph):
            continue
        marked = heading(block.text)
        if marked:
            found.append(Heading(number, *marked))
        elif block.heading and len(block.text) <= _LONGEST:
            found.append(Heading(number, min(block.heading, 4), without_marker(joined(block.text))))
    return found


def paths(document: Document) -> list[tuple[str, ...]]:
    """For each block the titles of the sections it stands in, outermost first, its own heading included.

    第一部分 and 一、 rank alike: a 六、 after a 第二部分 that stood inside 五、 opens the next section. A sentence
    that is marked as the item after a heading ends that heading's section and has none of its own.
    """
    at = {each.block: each for each in headings(document)}
    levels: dict[int, tuple[str | None, Marker | None]] = {}
    result = []
    for number, block in enumerate(document.blocks):
        level, title, marker = _opened(block, at.get(number))
        if number in at or (marker and marker.follows(levels.get(level, (None, None))[1])):
            levels = {each: found for each, found in levels.items() if each < level}
            levels[level] = (title, marker)
        result.append(tuple(title for _, (title, _) in sorted(levels.items()) if title is not None))
    return result


def _opened(block: Block, found: Heading | None) -> tuple[int, str | None, Marker | None]:
    """Level, title and marker of a block, as far as it is a heading or an item of a list of them."""
    text = joined(block.text.strip()) if isinstance(block, Paragraph) else ""
    marker = read_marker(text)
    if found:
        return found.level, found.title, marker
    level = next((level for level, pattern in _LEVELS if marker and pattern.match(text)), 0)
    return level, None, marker if level else None


def part_titles(document: Document) -> list[tuple[str, ...]]:
    """For each block the title of the 第一部分 that the sections around it are in, if any.

    A 六、 after a 第二部分 that stood inside 五、 is in none.
    """
    at = {each.block: each for each in headings(document)}
    part: tuple[str, ...] = ()
    last = before = 0
    result = []
    for number, block in enumerate(document.blocks):
        if number in at and isinstance(block, Paragraph):
            marker = read_marker(joined(block.text))
            if _PART.match(joined(block.text)):
                part, before, last = (at[number].title,), last, 0
            elif at[number].level == 1 and marker:
                part = () if marker.number == before + 1 > 1 and not last else part
                last = marker.number
        result.append(part)
    return result
