"""CHECKS 9: the tables that the list of contents names, and those that the disclosure holds."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome, Stated
from services.normalizer.language.text import joined, without_marker
from services.normalizer.tables.spec import kinds_named
from services.normalizer.tables.titles import title_in
from shared.schemas.document import HIDDEN, UNVALUED, Paragraph

_FEWEST: Final = 4
"""From how many titles in a row on, no table between them, they are a list."""
_CAPTION: Final = 4
"""How many lines may stand between the title over a table and the table: its number, whose it is, the unit."""
_LONGEST: Final = 60
_PAGE: Final = re.compile(r"[\s.…·⋯—_-]*\d{0,3}[\s.…·⋯—_-]*$")
_NUMBER: Final = re.compile(r"[-—–\s]*\d{1,3}[-—–\s]*")


def check_contents(book: Book, outcome: Outcome) -> None:
    """Every budget table that the list of contents names is in the disclosure, even if it is empty."""
    listed, elsewhere = _titles(book)
    kinds = {title: kind for title in listed if (kind := _kind(title)) is not None}
    if not kinds:
        outcome.absent = "没有列出各表的目录"
        return
    if any(part.cause not in {HIDDEN, UNVALUED} for part in book.document.unread) or not book.all_read:
        outcome.lacks("有未能读出的表格或文件，不能确定缺少哪张表")
        return
    there = {table.kind for table in book.layout.tables} | {kind for title in elsewhere if (kind := _kind(title))}
    absent = [title for title, kind in kinds.items() if kind not in there]
    if 2 * len(absent) >= len(kinds):
        outcome.lacks("目录所列各表多数不在文件中，可能另行公开")
        return
    outcome.tried(len(kinds))
    for title in absent:
        outcome.breaks(f"目录列有“{title}”，文件中没有这张表。", (), texts=Stated(title))


def _titles(book: Book) -> tuple[list[str], list[str]]:
    """The titles of tables that stand in lists, and those that stand elsewhere: over a table, or in one."""
    listed: list[str] = []
    elsewhere: list[str] = []
    run: list[str] = []
    since = 0
    for block in book.document.blocks:
        if isinstance(block, Paragraph):
            entry = _entry(block.text)
            if entry is None:
                since += not _NUMBER.fullmatch(block.text)
                continue
            if since:
                (listed if len(run) >= _FEWEST else elsewhere).extend(run)
                run = []
            run.append(entry)
            since = 0
            continue
        if since <= _CAPTION:
            elsewhere += run[-1:]
        (listed if len(run) >= _FEWEST else elsewhere).extend(run)
        run, since = [], 0
        entries = list(_entries(cell.text for cell in block.cells))
        (listed if len(entries) >= _FEWEST else elsewhere).extend(entries)
    (listed if len(run) >= _FEWEST else elsewhere).extend(run)
    return listed, elsewhere


def _entries(texts: Iterable[str]) -> Iterator[str]:
    return (entry for text in texts if (entry := _entry(text)) is not None)


def _entry(text: str) -> str | None:
    """The title of a table that a line is, without its list marker and page number; None where it is none."""
    if "表" not in text or len(text) > _LONGEST:
        return None
    title = _PAGE.sub("", without_marker(joined(text)))
    return title if title_in(title) is not None else None


def _kind(title: str) -> str | None:
    """The kind of table that a title names; None where it names several or none of those known."""
    found = title_in(title)
    scores = kinds_named(found.subjects) if found else {}
    kinds = [kind for kind, score in scores.items() if score == max(scores.values())]
    return kinds[0] if len(kinds) == 1 else None
