"""A piece of a parsed document around a place: the block itself, a few before and after, big tables cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from shared.schemas.document import Cell, Document, PageBox, Paragraph, Table
from shared.schemas.records import Provenance

AROUND: Final = 4
"""Blocks shown before and after."""
ROWS_AROUND: Final = 60
"""Rows of the table shown before and after the marked one."""


@dataclass(frozen=True)
class Place:
    """A place in a document: `block`, or else `table` of the file `document`; both may be unknown."""

    document: str | None
    block: int | None
    table: int | None
    row: int | None
    column: int | None
    text: str = ""

    @classmethod
    def of(cls, provenance: Provenance) -> Self:
        """Where a record stands."""
        found = provenance
        return cls(found.document, found.block, found.table, found.row, found.column, found.text)


@dataclass(frozen=True)
class GridCell:
    """A cell as shown: its spans end with the rows shown."""

    text: str
    row_span: int
    column_span: int
    marked: bool


@dataclass(frozen=True)
class GridRow:
    """A row of the table, with its number in the source, 0-based."""

    number: int
    marked: bool
    cells: Sequence[GridCell]


@dataclass(frozen=True)
class Grid:
    """The rows shown of a table, and how many it has."""

    index: int
    page: int | None
    rows: Sequence[GridRow]
    row_count: int
    marked: bool


@dataclass(frozen=True)
class Prose:
    """A paragraph in three parts: before the mark, marked, after it."""

    before: str
    text: str
    after: str
    page: int | None
    heading: int | None
    marked: bool


@dataclass(frozen=True)
class Excerpt:
    """The blocks shown, and the file (0-based) they are from."""

    file: int
    blocks: Sequence[Grid | Prose]
    spot: "Spot | None"
    """Where the marked cell or paragraph stands, if its page is known."""


@dataclass(frozen=True)
class Spot:
    """A page (1-based), and the place on it."""

    page: int
    box: PageBox


def excerpt(document: Document, place: Place) -> Excerpt | None:
    """The blocks around `place`; a record of the whole document stands at its beginning; None where it is not."""
    if not document.blocks:
        return None
    found = _find(document, place)
    if found is None:
        return None
    file = document.blocks[found].file
    shown = range(max(0, found - AROUND), min(len(document.blocks), found + AROUND + 1))
    of_document = place.block is None and place.table is None
    return Excerpt(
        file,
        [
            _block(document.blocks[number], place if number == found and not of_document else None)
            for number in shown
            if document.blocks[number].file == file
        ],
        None if of_document else _spot(document.blocks[found], place),
    )


def _spot(block: Table | Paragraph, place: Place) -> Spot | None:
    """Where the cell stands, or all cells of a row do; where the paragraph stands."""
    if isinstance(block, Paragraph):
        return Spot(block.page, block.box) if block.page and block.box else None
    boxes = [
        (cell.page, cell.box)
        for cell in block.cells
        if cell.page and cell.box and (_covers(cell, place) if place.column is not None else cell.row == place.row)
    ]
    if not boxes:
        return None
    page = boxes[0][0]
    lefts, tops, rights, bottoms = zip(*(box for on, box in boxes if on == page), strict=True)
    return Spot(page, (min(lefts), min(tops), max(rights), max(bottoms)))


def _find(document: Document, place: Place) -> int | None:
    if place.block is not None:
        return place.block if place.block < len(document.blocks) else None
    files = {number for number, file in enumerate(document.files) if place.document in {None, file.sha256}}
    for number, block in enumerate(document.blocks):
        if block.file in files and (
            place.table is None or (isinstance(block, Table) and block.index == place.table)
        ):
            return number
    return None


def _block(block: Table | Paragraph, place: Place | None) -> Grid | Prose:
    return _grid(block, place) if isinstance(block, Table) else _prose(block, place)


def _prose(paragraph: Paragraph, place: Place | None) -> Prose:
    text = paragraph.text
    marked = place.text if place and place.text and place.text in text else text if place else ""
    start = text.index(marked)
    end = start + len(marked)
    return Prose(text[:start], marked, text[end:], paragraph.page, paragraph.heading, marked=place is not None)


def _grid(table: Table, place: Place | None) -> Grid:
    row = place.row if place else None
    centre = row if row is not None else 0
    around = ROWS_AROUND if place else AROUND
    first, last = max(0, centre - around), min(table.row_count, centre + around + 1)
    rows: dict[int, dict[int, GridCell]] = {number: {} for number in range(first, last)}
    for cell in table.cells:
        top, bottom = max(cell.row, first), min(cell.row + cell.row_span, last)
        if top < bottom:
            width = max(1, min(cell.column_span, table.column_count - cell.column))
            marked = place is not None and _covers(cell, place)
            rows[top][cell.column] = GridCell(cell.text, bottom - top, width, marked)
    return Grid(
        table.index,
        table.page,
        [
            GridRow(number, number == row and place is not None, [cells[column] for column in sorted(cells)])
            for number, cells in rows.items()
        ],
        table.row_count,
        marked=place is not None,
    )


def _covers(cell: Cell, place: Place) -> bool:
    if place.row is None or place.column is None:
        return False
    in_row = cell.row <= place.row < cell.row + cell.row_span
    return in_row and cell.column <= place.column < cell.column + cell.column_span
