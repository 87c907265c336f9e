"""The rows of a project's indicator tables as lines: levels filled down, pieces cut by a page joined."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.normalizer.readers.performance.rows import Header, Row
from services.normalizer.readers.performance.vocabulary import words

SAID = ("level3", "description", "value", "basis")
REPEATED = 4
"""Characters from which on a piece found again at the end of its cell is no coincidence."""


@dataclass
class Line:
    """An indicator row: texts by kind; `page_break` where a header, a new table or a new page stands before it."""

    row: Row
    texts: dict[str, str]
    spanned: bool
    page_break: bool
    level1: str | None = None
    level2: str | None = None

    @property
    def said(self) -> frozenset[str]:
        """What the row says beyond its level names."""
        return frozenset(kind for kind in SAID if kind in self.texts)

    @property
    def levels(self) -> dict[str, str]:
        """The level names that the row prints."""
        return {kind: self.texts[kind] for kind in ("level1", "level2") if kind in self.texts}


def line_of(row: Row, header: Header, page_break: bool) -> Line:
    """`row` under `header`, the first under it where the header itself holds a level's name."""
    spanned = header.covers(row, "level2") or header.covers(row, "level1")
    texts = header.texts(row)
    if header.level1 and not header.covers(row, "level1"):
        texts.setdefault("level1", header.level1)
    return Line(row, texts, spanned, page_break)


def settled(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines that say something, joined and with their levels."""
    level1: str | None = None
    level2: str | None = None
    for line in _joined(lines):
        if line.texts.get("level1", level1) != level1:
            level1, level2 = line.texts["level1"], None
        level2 = line.texts.get("level2", level2)
        line.level1, line.level2 = level1, level2
        if line.said:
            yield line


def _joined(lines: Sequence[Line]) -> list[Line]:
    whole = [line for line in lines if {"level3", "value"} <= line.said and not line.page_break]
    always_leads = bool(whole) and all("level2" in line.texts for line in whole)
    joined: list[Line] = []
    for line in lines:
        if joined and _continues(line, joined[-1], always_leads):
            _append(joined[-1], line)
        else:
            joined.append(line)
    return joined


def _continues(line: Line, before: Line, always_leads: bool) -> bool:
    """Whether `line` is the rest of the row before: names no level, and only goes on in cells that had begun.

    Under a page break the rest may be that of a level's name, or hold the last digits of a value.
    """
    if not line.said <= before.said or not (line.said or line.levels):
        return False
    if line.levels:
        return line.page_break and _mends(line.levels, before.levels)
    if line.spanned and not line.page_break:
        return False
    complete = {"level3", "value"} <= line.said
    return not complete or (line.page_break and always_leads and not line.spanned)


def _mends(rest: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """Whether names cut in two are whole level names again with `rest` put to them."""
    known = words().level_names
    return all(
        kind in before and text not in known and before[kind] not in known and before[kind] + text in known
        for kind, text in rest.items()
    )


def _append(line: Line, rest: Line) -> None:
    """Put the pieces of `rest` to `line`; a long piece that already ends the cell was only printed again."""
    for kind, text in rest.texts.items():
        before = line.texts.get(kind, "")
        if len(text) < REPEATED or not before.endswith(text):
            line.texts[kind] = before + text
