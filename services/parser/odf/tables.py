"""OpenDocument tables: their cells by place, with what covers several places and what is hidden."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.parser.office_xml import Element, attribute, local, number
from services.parser.reading import Limits
from shared.errors import TooLarge

_GROUPS: Final = frozenset(
    ("table-header-rows", "table-rows", "table-row-group", "table-header-columns", "table-columns",
     "table-column-group")
)  # fmt: skip
_STYLED: Final = 1000
"""Columns whose style is looked at."""
_UNSEEN: Final = ("collapse", "filter")


@dataclass
class OdfTable:
    """The texts of a table's cells by (row, column), of what several places hold the first."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Place of a cell over several places → (rows, columns)."""
    row_count: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def shown(self) -> tuple[list[list[str]], dict[tuple[int, int], tuple[int, int]]]:
        """The texts row by row, and the spans, without what is hidden."""
        width = max((column for _, column in self.texts), default=-1) + 1
        rows = [row for row in range(self.row_count) if row not in self.hidden_rows]
        columns = [column for column in range(width) if column not in self.hidden_columns]
        spans = {}
        for (row, column), (height, wide) in self.spans.items():
            top, bottom = bisect_left(rows, row), bisect_left(rows, row + height)
            left, right = bisect_left(columns, column), bisect_left(columns, column + wide)
            if top < bottom and left < right:
                spans[top, left] = bottom - top, right - left
                self.texts[rows[top], columns[left]] = self.texts.get((row, column), "")
        return [[self.texts.get((row, column), "") for column in columns] for row in rows], spans

    def hidden_texts(self) -> int:
        """How many cells with a text are hidden."""
        return sum(
            bool(text) and (row in self.hidden_rows or column in self.hidden_columns)
            for (row, column), text in self.texts.items()
        )


CellText = Callable[[Element, str], str]
"""What a cell says, and the style of its column, which is its own where it has none → its text."""


def table_of(element: Element, text_of: CellText, limits: Limits) -> OdfTable:
    """The table, each cell's text by `text_of`; many blank rows are one. Raises TooLarge."""
    table = OdfTable()
    styles = _take_columns(element, table, limits)
    for row in _through(element, ("table-row",)):
        repeated = number(row, "number-rows-repeated") or 1
        cells = list(_cells(row, text_of, styles, limits))
        if not any(text or span != (1, 1) for _, text, span in cells):
            repeated = 1
        if repeated * max(len(cells), 1) + len(table.texts) > limits.cells:
            raise TooLarge(f"A table has more than {limits.cells} cells.")
        for _ in range(repeated):
            if attribute(row, "visibility") in _UNSEEN:
                table.hidden_rows.add(table.row_count)
            for column, text, span in cells:
                table.texts[table.row_count, column] = text
                if span != (1, 1):
                    table.spans[table.row_count, column] = span
            table.row_count += 1
    return table


def _take_columns(element: Element, table: OdfTable, limits: Limits) -> dict[int, str]:
    """Note the hidden columns; the style of the cells of each that states one."""
    column = 0
    styles: dict[int, str] = {}
    for each in _through(element, ("table-column",)):
        repeated = number(each, "number-columns-repeated") or 1
        if attribute(each, "visibility") in _UNSEEN:
            table.hidden_columns.update(range(column, min(column + repeated, limits.cells)))
        if style := attribute(each, "default-cell-style-name"):
            styles |= dict.fromkeys(range(column, min(column + repeated, _STYLED)), style)
        column += repeated
    return styles


def _cells(
    row: Element, text_of: CellText, styles: Mapping[int, str], limits: Limits
) -> Iterator[tuple[int, str, tuple[int, int]]]:
    """Column, text and span of the row's cells that say something or cover several places."""
    column = 0
    for cell in _through(row, ("table-cell", "covered-table-cell")):
        repeated = number(cell, "number-columns-repeated") or 1
        covered = local(cell) == "covered-table-cell"
        text = "" if covered else text_of(cell, styles.get(column, ""))
        span = number(cell, "number-rows-spanned") or 1, number(cell, "number-columns-spanned") or 1
        if text or span != (1, 1):
            if column + repeated > limits.cells:
                raise TooLarge(f"A table has more than {limits.cells} cells in a row.")
            for place in range(column, column + repeated):
                yield place, text, span
        column += repeated


def _through(element: Element, names: tuple[str, ...]) -> Iterator[Element]:
    """The children with one of the names, those in groups too."""
    for each in element:
        name = local(each)
        if name in names:
            yield each
        elif name in _GROUPS:
            yield from _through(each, names)
