"""The goals a department sets itself by fields of work (分项绩效目标): numbered titles with prose under them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from services.normalizer.language.enumerations import Marker, read_marker
from services.normalizer.language.text import joined, squeezed
from services.normalizer.readers.performance.headings import read_heading
from services.normalizer.readers.performance.vocabulary import key, words
from services.normalizer.recorder import ReaderResult, Recorder
from shared.schemas.document import Block, Document, Paragraph, Table
from shared.schemas.records import Goal

_LONGEST_HEADING = 40


@dataclass
class _Item:
    """A goal while its paragraphs go by: the parts by kind, pieces joined by line breaks."""

    marker: Marker
    title: str
    blocks: list[int]
    texts: dict[str, str] = field(default_factory=dict)
    part: str = "goal"

    def take(self, text: str, block: int) -> None:
        """Add a paragraph to the part it is labelled for, or to the one that goes on."""
        for part, piece in _parts(text):
            self.part = part or self.part
            self.texts[self.part] = f"{self.texts[self.part]}\n{piece}" if self.part in self.texts else piece
        self.blocks.append(block)


def read_goals(document: Document, recorder: Recorder) -> ReaderResult:
    """The goals of every 分项绩效目标 section."""
    goals: list[Goal] = []
    taken: set[int] = set()
    for item in _items(document.blocks):
        taken.update(item.blocks)
        title, goal = item.title, item.texts.get("goal")
        if goal is None and "indicators" not in item.texts:
            title, goal = _split_title(title)
        goals.append(
            recorder.make(
                Goal,
                recorder.at_paragraph(item.blocks[0]),
                number=item.marker.number,
                title=joined(title).rstrip("：:"),
                goal=joined(goal or "") or None,
                indicators=joined(item.texts.get("indicators", "")) or None,
            )
        )
    return ReaderResult(tuple(goals), frozenset(taken))


def _items(blocks: Sequence[Block]) -> Iterator[_Item]:
    """The numbered goals between a section's heading and whatever closes it."""
    section: Marker | None = None
    inside, item = False, None
    for index, block in enumerate(blocks):
        text = block.text if isinstance(block, Paragraph) else ""
        marker = read_marker(text)
        opens = _opens_section(text, marker)
        if inside and (isinstance(block, Table) or opens or _closes_section(text, marker, section)):
            if item:
                yield item
            section = section if opens and not item else None
            inside, item = False, None
        if opens:
            inside, section = True, marker or section
        elif inside and marker and (marker.follows(item.marker) if item else marker.number == 1):
            if item:
                yield item
            item = _begun(index, marker, text)
        elif item:
            item.take(text, index)
    if item:
        yield item


def _begun(index: int, marker: Marker, text: str) -> _Item:
    (_, title), *rest = _parts(text[marker.end :]) or [(None, "")]
    item = _Item(marker, title, [index])
    for part, piece in rest:
        item.part = part or item.part
        item.texts[item.part] = piece
    return item


def _opens_section(text: str, marker: Marker | None) -> bool:
    if len(text) > _LONGEST_HEADING:
        return False
    title = key(text[marker.end :] if marker else text)
    return title in words().goals.section


def _closes_section(text: str, marker: Marker | None, section: Marker | None) -> bool:
    if marker and marker.follows(section):
        return True
    if read_heading(text):
        return True
    bare = squeezed(text)
    return len(bare) <= _LONGEST_HEADING and any(bare.endswith(word) for word in words().goals.closed_by)


def _parts(text: str) -> list[tuple[str | None, str]]:
    """The pieces of a paragraph, each after its label (`绩效目标：`); the first may have none."""
    pieces: list[tuple[str | None, str]] = []
    start, part = 0, None
    for match in _label().finditer(text):
        if text[start : match.start()].strip():
            pieces.append((part, text[start : match.start()].strip()))
        part = "goal" if match.group(1) in words().goals.goal else "indicators"
        start = match.end()
    if text[start:].strip():
        pieces.append((part, text[start:].strip()))
    return pieces


@cache
def _label() -> re.Pattern[str]:
    names = "|".join(sorted((*words().goals.goal, *words().goals.indicators), key=len, reverse=True))
    return re.compile(rf"(?:^|(?<=[。；;\s]))({names})\s*[:：]")


def _split_title(text: str) -> tuple[str, str | None]:
    """Title and text where one paragraph holds both: `1、干部管理。落实…`."""
    match = re.match(r"([^。：:；]{2,60})[。：:](.+)", text, re.DOTALL)
    return (match.group(1), match.group(2)) if match else (text, None)
