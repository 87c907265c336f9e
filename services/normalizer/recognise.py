"""Which known table is this: by the most specific title before or within it and its header together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.normalizer import terms
from services.normalizer.captions import Caption, caption, lines_before
from services.normalizer.grid import Grid
from services.normalizer.money import is_amount
from services.normalizer.wording import joined, label
from shared.schemas.document import Document, Table

OTHER: Final = "other"
_TITLE_ROWS: Final = 12
"""Rows within which a table's header begins."""
_HEADER_ROWS: Final = 5
_UNIT: Final = re.compile(r"\((?:金额单位[:]?|单位[:]?|金额)?(?:亿元|百万元|万元|千元|元|%)\)")
_YEAR: Final = re.compile(r"20\d\d年(?:度)?|^(?:本|当)年(?:度)?(?=预算数|决算数)")
_LEAD: Final = re.compile(r"^(?:其中[:：]?|[一二三四五六七八九十]{1,2}、|\d{1,2}[.、](?!\d)|#)")
_TOTAL: Final = re.compile(r"(?:.{0,4})(?:合计|总计|小计)")


@dataclass(frozen=True)
class Known:
    """A table of a known kind: where it stands, its caption, its header and the rows below it."""

    block: int
    grid: Grid
    kind: str
    title: str | None
    caption: Caption
    header: tuple[int, ...]
    body: tuple[int, ...]
    paths: tuple[tuple[str, ...], ...]
    """For each column the labels above it."""


def reduced(text: str) -> str:
    """A header label less its unit, year and list marker: `2024年预算数(万元)` is `预算数`."""
    return _LEAD.sub("", _YEAR.sub("", _UNIT.sub("", label(text))))


class _Same:
    """A document as itself: equal to no other, so that looking it up never compares all its blocks."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.document is self.document

    def __hash__(self) -> int:
        return id(self.document)


def known_tables(document: Document) -> Sequence[Known]:
    """Every table some reader of this service may know, in order; `other` ones are those known to be none.

    The last document's are kept, since every reader asks for them.
    """
    return _known_tables(_Same(document))


@lru_cache(maxsize=1)
def _known_tables(same: _Same) -> Sequence[Known]:
    document = same.document
    found: list[Known] = []
    for number, block in enumerate(document.blocks):
        if isinstance(block, Table) and block.cells:
            table = _known(document, number, found[-1] if found else None)
            if table:
                found.append(table)
    return tuple(found)


def _known(document: Document, number: int, previous: Known | None) -> Known | None:
    block = document.blocks[number]
    assert isinstance(block, Table)
    grid = Grid(block)
    header = header_rows(grid)
    if not header:
        return None
    before = lines_before(document, number)
    labels = [label(cell.text) for row in header for cell in grid.cells(row) if cell.text.strip()]
    text = caption(before, [[cell.text for cell in grid.filled(row)] for row in range(header[0])])
    kind, title = _by_title(text.lines, labels)
    if kind is None and title is None:
        kind = _continued(previous, grid, header, number, document) or _by_signature(labels) or _by_body(grid)
        if previous and kind == previous.kind and not text.unit:
            text = Caption((*previous.caption.lines, *text.lines), text.own)
    if kind is None:
        return None
    body = tuple(row for row in grid.rows(header[-1] + 1) if is_body(grid, row, header))
    return Known(number, grid, kind, title, text, header, body, tuple(grid.header_paths(header)))


def is_body(grid: Grid, row: int, header: Sequence[int]) -> bool:
    """Whether `row` says something of its own: not blank, no column numbers, no header again."""
    return bool(grid.filled(row)) and not grid.is_column_numbers(row) and not grid.repeats(row, header)


def _by_title(lines: Sequence[str], labels: Sequence[str]) -> tuple[str | None, str | None]:
    """The kind of the nearest line that is a title, and that line.

    A title whose header speaks against it gives the kind of the header's signature.
    """
    for line in reversed(lines):
        plain = label(line)
        best = _most_specific(plain)
        if best is None:
            continue
        kind = best if all(_found(pattern, labels) for pattern in terms.tables()[best].header) else None
        return kind or _by_signature(labels), joined(line)
    return None, None


def _most_specific(line: str) -> str | None:
    spans = {
        kind: max((match.end() - match.start() for match in table.titles.finditer(line)), default=0)
        for kind, table in terms.tables().items()
    }
    best = max(spans, key=lambda kind: spans[kind])
    return best if spans[best] > 1 else None


def _by_signature(labels: Sequence[str]) -> str | None:
    """The first kind whose whole signature is in the header labels; None where several titles would fit."""
    fitting = [
        kind
        for kind, table in terms.tables().items()
        if table.signature and all(_found(pattern, labels) for pattern in table.signature)
    ]
    return max(fitting, key=lambda kind: len(terms.tables()[kind].signature)) if fitting else None


def _by_body(grid: Grid) -> str | None:
    """The kind whose rows the table's first cells are."""
    firsts = [label(cells[0].text) for row in grid.rows() if (cells := grid.filled(row))]
    for kind, table in terms.tables().items():
        if table.body and all(_found(pattern, firsts) for pattern in table.body):
            return kind
    return None


def _found(pattern: re.Pattern[str], labels: Sequence[str]) -> bool:
    return any(pattern.search(text) for text in labels)


def _continued(
    previous: Known | None, grid: Grid, header: Sequence[int], number: int, document: Document
) -> str | None:
    """The kind of the table before, where this one has the same header and nothing but lines stand between."""
    if previous is None or any(isinstance(block, Table) for block in document.blocks[previous.block + 1 : number]):
        return None
    same = [label(cell.text) for row in header for cell in grid.filled(row)] == [
        label(cell.text) for row in previous.header for cell in previous.grid.filled(row)
    ]
    return previous.kind if same else None


def header_rows(grid: Grid) -> tuple[int, ...]:
    """The rows of the header: from the first with two known labels and no amount, as long as they go on."""
    start = next((row for row in range(min(_TITLE_ROWS, grid.row_count)) if _opens_header(grid, row)), None)
    if start is None:
        return ()
    rows = [start]
    for row in range(start + 1, min(start + _HEADER_ROWS, grid.row_count)):
        if not _goes_on(grid, row, rows):
            break
        rows.append(row)
    return tuple(rows)


def _opens_header(grid: Grid, row: int) -> bool:
    cells = grid.filled(row)
    labels = [reduced(cell.text) for cell in cells]
    if any(is_amount(cell.text) for cell in cells):
        return False
    return len({text for text in labels if is_header_label(text)}) > 1


def _goes_on(grid: Grid, row: int, header: Sequence[int]) -> bool:
    cells = grid.filled(row)
    if not cells:
        return any(
            grid.at(row, column) not in (None, grid.own(row, column)) for column in range(grid.column_count)
        )
    if any(is_amount(cell.text) for cell in cells) or grid.is_column_numbers(row) or grid.repeats(row, header):
        return False
    labels = [reduced(cell.text) for cell in cells]
    if cells[0].column == 0 and (len(cells) == 1 or _TOTAL.fullmatch(labels[0])):
        return False
    known = sum(is_header_label(text) for text in labels)
    return known * 2 > len(labels)


def is_header_label(text: str) -> bool:
    """Whether a `reduced` label is one the vocabulary knows for a column or a group of columns."""
    words = terms.columns()
    if not text or len(text) > 40:
        return False
    single = (words.line_no, words.code, words.unit_code, words.name, words.generic, words.groups, words.excluded)
    if text in words.code_parts or any(pattern.fullmatch(text) for pattern in (*single, *words.columns.values())):
        return True
    return any(
        pattern.fullmatch(text)
        for kind in ("organisation_units", "procurement", "assets")
        for pattern in terms.fields(kind).fields.values()
    )
