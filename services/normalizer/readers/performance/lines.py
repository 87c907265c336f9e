"""The rows of a project's indicator tables as lines: levels filled down, pieces cut by a page joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from services.normalizer.readers.performance.rows import Header, Row

SAID = ("level3", "description", "symbol", "value", "unit", "basis")


@dataclass
class Line:
    """An indicator row: texts by kind; `page_break` where a header, or a new table, stands before it."""

    row: Row
    texts: dict[str, str]
    spanned: bool
    page_break: bool
    level1: str | None = None
    level2: str | None = None
    pieces: list[Row] = field(default_factory=list)

    @property
    def said(self) -> frozenset[str]:
        """What the row says beyond its level names."""
        return frozenset(kind for kind in SAID if kind in self.texts)

    @property
    def leads(self) -> bool:
        """Whether the row names its level itself, or stands beside a cell that does."""
        return self.spanned or "level1" in self.texts or "level2" in self.texts


def line_of(row: Row, header: Header, page_break: bool) -> Line:
    """`row` under `header`."""
    spanned = header.covers(row, "level2") or header.covers(row, "level1")
    texts = header.texts(row)
    if page_break and header.level1 and not header.covers(row, "level1"):
        texts.setdefault("level1", header.level1)
    return Line(row, texts, spanned, page_break)


def settled(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines that say something, joined and with their levels."""
    level1: str | None = None
    level2: str | None = None
    for line in _joined(lines):
        if "level1" in line.texts:
            level1, level2 = line.texts["level1"], None
        level2 = line.texts.get("level2", level2)
        line.level1, line.level2 = level1, level2
        if line.said:
            yield line


def _joined(lines: Sequence[Line]) -> list[Line]:
    told = [line for line in lines if line.leads and line.said]
    always_leads = bool(told) and all(
        line.leads for line in lines if {"level3", "value"} <= line.said and not line.page_break
    )
    joined: list[Line] = []
    for line in lines:
        if joined and _continues(line, joined[-1], always_leads):
            _append(joined[-1], line)
        else:
            joined.append(line)
    return joined


def _continues(line: Line, before: Line, always_leads: bool) -> bool:
    """Whether `line` is the rest of the row before: names no level, and only goes on in cells that had begun."""
    if line.leads or not line.said or not line.said <= before.said:
        return False
    complete = {"level3", "value"} <= line.said
    return not complete or (line.page_break and always_leads)


def _append(line: Line, rest: Line) -> None:
    for kind, text in rest.texts.items():
        if not line.texts[kind].endswith(text):
            line.texts[kind] += text
    line.pieces.append(rest.row)
