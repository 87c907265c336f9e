"""The parts of a document by their headings: 第一部分, 一、, （一）, 1、."""

import re
from dataclasses import dataclass
from typing import Final

from services.normalizer.language.text import joined, without_marker
from services.normalizer.tables.captions import is_contents_line
from shared.schemas.document import Document, Paragraph

_NUMERAL: Final = "一二三四五六七八九十百"
_LEVELS: Final = (
    (1, re.compile(rf"第[{_NUMERAL}\d]{{1,3}}(?:部分|章)\s*")),
    (1, re.compile(rf"[{_NUMERAL}]{{1,4}}\s*[、.．]")),
    (2, re.compile(rf"[（(][{_NUMERAL}]{{1,4}}[)）]")),
    (3, re.compile(r"\d{1,3}\s*(?:[、．]|\.(?!\d))")),
    (4, re.compile(r"[（(]\d{1,3}[)）]|\d{1,3}[)）]|[①-⑳]")),
)
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

    第一部分 and 一、 rank alike: a 六、 after a 第二部分 that stood inside 五、 opens the next section.
    """
    at = {each.block: each for each in headings(document)}
    levels: dict[int, str] = {}
    result = []
    for number in range(len(document.blocks)):
        if number in at:
            levels = {level: title for level, title in levels.items() if level < at[number].level}
            levels[at[number].level] = at[number].title
        result.append(tuple(levels[level] for level in sorted(levels)))
    return result
