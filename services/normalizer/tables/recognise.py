"""Which known table is this: by the most specific title before or within it and its header together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.money import is_amount, is_blank
from services.normalizer.language.text import joined, label
from services.normalizer.tables.captions import Caption, caption, lines_before
from services.normalizer.tables.grid import Grid
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
class KnownTable:
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

    @property
    def top(self) -> int:
        """The row that says what its columns are, or where the header stands in the table before, the first."""
        return self.header[-1] if self.header else self.body[0]


def reduced(text: str) -> str:
    """A header label less its unit, year and list marker: `2024年预算数(万元)` is `预算数`."""
    return _LEAD.sub("", _YEAR.sub("", _UNIT.sub("", label(text))))


def recognised(document: Document) -> list[KnownTable]:
    """Every table some reader of this service may know, in order; `other` ones are those known to be none."""
    found: list[KnownTable] = []
    for number, block in enumerate(document.blocks):
        if isinstance(block, Table) and block.cells:
            table = _known(document, number, found[-1] if found else None)
            if table:
                found.append(table)
    return found


def _known(document: Document, number: int, previous: KnownTable | None) -> KnownTable | None:
    block = document.blocks[number]
    assert isinstance(block, Table)
    grid = Grid(block)
    header = header_rows(grid)
    before = lines_before(document, number)
    if not header:
        return _rest(previous, grid, number, document) or _other(before, grid, number)
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
    return KnownTable(number, grid, kind, title, text, header, body, tuple(grid.header_paths(header)))


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
        kind = best if all(_found(pattern, labels) for pattern in vocabulary.tables()[best].header) else None
        return kind or _by_signature(labels), joined(line)
    return None, None


def _most_specific(line: str) -> str | None:
    spans = {
        kind: max((match.end() - match.start() for match in table.titles.finditer(line)), default=0)
        for kind, table in vocabulary.tables().items()
    }
    best = max(spans, key=lambda kind: spans[kind])
    return best if spans[best] > 1 else None


def _by_signature(labels: Sequence[str]) -> str | None:
    """The first kind whose whole signature is in the header labels; None where several titles would fit."""
    fitting = [
        kind
        for kind, table in vocabulary.tables().items()
        if table.signature and all(_found(pattern, labels) for pattern in table.signature)
    ]
    return max(fitting, key=lambda kind: len(vocabulary.tables()[kind].signature)) if fitting else None


def _by_body(grid: Grid) -> str | None:
    """The kind whose rows the table's first cells are."""
    firsts = [label(cells[0].text) for row in grid.rows() if (cells := grid.filled(row))]
    for kind, table in vocabulary.tables().items():
        if table.body and all(_found(pattern, firsts) for pattern in table.body):
            return kind
    return None


def _found(pattern: re.Pattern[str], labels: Sequence[str]) -> bool:
    return any(pattern.search(text) for text in labels)


def _continued(
    previous: KnownTable | None, grid: Grid, header: Sequence[int], number: int, document: Document
) -> str | None:
    """The kind of the table before, where this one has the same header and nothing but lines stand between."""
    if previous is None or any(isinstance(block, Table) for block in document.blocks[previous.block + 1 : number]):
        return None
    same = [label(cell.text) for row in header for cell in grid.filled(row)] == [
        label(cell.text) for row in previous.header for cell in previous.grid.filled(row)
    ]
    return previous.kind if same else None


def _rest(previous: KnownTable | None, grid: Grid, number: int, document: Document) -> KnownTable | None:
    """The table without header right under the one before, with amounts in the same columns: its rows go on."""
    if previous is None or previous.grid.column_count != grid.column_count:
        return None
    if not _pays_alike(previous, grid):
        return None
    between = document.blocks[previous.block + 1 : number]
    if any(isinstance(block, Table) or block.text.strip() for block in between):
        return None
    body = tuple(row for row in grid.rows() if is_body(grid, row, ()))
    text = Caption(previous.caption.lines)
    return (
        KnownTable(number, grid, previous.kind, previous.title, text, (), body, previous.paths) if body else None
    )


def _pays_alike(previous: KnownTable, grid: Grid) -> bool:
    """Whether `grid` has amounts, and nothing else, where the rows of the table before have them."""
    paid = {cell.column for row in previous.body for cell in previous.grid.filled(row) if is_amount(cell.text)}
    texts = [cell.text for row in grid.rows() for cell in grid.filled(row) if cell.column in paid]
    return bool(texts) and all(is_amount(text) or is_blank(text) for text in texts)


def _other(before: Sequence[str], grid: Grid, number: int) -> KnownTable | None:
    """The table whose nearest title is one of those known to be something else, whatever its header."""
    title = next((line for line in reversed(before) if _most_specific(label(line))), None)
    if title is None or _most_specific(label(title)) != OTHER:
        return None
    paths = ((),) * grid.column_count
    return KnownTable(number, grid, OTHER, joined(title), Caption(tuple(before)), (), tuple(grid.rows()), paths)


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
    if any(is_amount(cell.text) for cell in cells):
        return False
    return len({label(cell.text) for cell in cells if is_header_label(reduced(cell.text))}) > 1


def _goes_on(grid: Grid, row: int, header: Sequence[int]) -> bool:
    cells = grid.filled(row)
    if not cells:
        return any(
            grid.at(row, column) not in (None, grid.own(row, column)) for column in range(grid.column_count)
        )
    if any(is_amount(cell.text) for cell in cells) or grid.is_column_numbers(row) or grid.repeats(row, header):
        return False
    labels = [reduced(cell.text) for cell in cells]
    known = sum(is_header_label(text) for text in labels)
    if known and len(cells) > 1 and _parts_of_groups(grid, row):
        return True
    if len(cells) == 1 and (cells[0].column == 0 or _TOTAL.fullmatch(labels[0])):
        return False
    if cells[0].column == 0 and _TOTAL.fullmatch(labels[0]):
        return False
    return known * 2 > len(labels)


def _parts_of_groups(grid: Grid, row: int) -> bool:
    """Whether every filled cell of `row` stands under a wider cell of the row above."""
    above = [grid.at(row - 1, cell.column) for cell in grid.filled(row)]
    return all(group is not None and group.column_span > 1 for group in above)


def is_header_label(text: str) -> bool:
    """Whether a `reduced` label is one the vocabulary knows for a column or a group of columns."""
    words = vocabulary.columns()
    if not text or len(text) > 40:
        return False
    single = (words.line_no, words.code, words.unit_code, words.name, words.generic, words.groups, words.excluded)
    if text in words.code_parts or any(pattern.fullmatch(text) for pattern in (*single, *words.columns.values())):
        return True
    return any(
        pattern.fullmatch(text)
        for kind in ("organisation_units", "procurement", "assets")
        for pattern in vocabulary.fields(kind).fields.values()
    )
