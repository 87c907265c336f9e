"""Brings together borders that a program put in slightly different places from row to row."""

from collections.abc import Sequence
from typing import Final

from shared.schemas.document import Cell, Table

_MOST: Final = 2_000_000
"""Columns without a cell of their own times cells, beyond which a table is left as it is."""


def without_slivers(table: Table) -> Table:
    """`table` less the columns that are only the gap between two places of one border.

    No cell has such a column to itself; some row has the border before it and another behind it, and beside the
    border both have cells of the same outer borders.
    """
    cells = table.cells
    count = table.column_count
    filled = {cell.column for cell in cells if cell.column_span == 1}
    wide = [column for column in range(count - 2, 0, -1) if column not in filled]
    if len(wide) * len(cells) > _MOST:
        return table
    for column in wide:
        alone = any(cell.column == column and cell.column_span == 1 for cell in cells)
        if not alone and _around(cells, column) & _around(cells, column + 1):
            cells = tuple(_moved(cell, column) for cell in cells)
            count -= 1
    return table.model_copy(update={"cells": cells, "column_count": count})


def _around(cells: Sequence[Cell], border: int) -> set[tuple[int, int]]:
    """The outer borders of the cells on both sides of `border`, for each row that has it."""
    left: dict[int, int] = {}
    right: dict[int, int] = {}
    for cell in cells:
        end = cell.column + cell.column_span
        if border in (cell.column, end):
            for row in range(cell.row, cell.row + cell.row_span):
                if cell.column == border:
                    right[row] = end
                else:
                    left[row] = cell.column
    return {(left[row], right[row]) for row in left.keys() & right.keys()}


def _moved(cell: Cell, column: int) -> Cell:
    """`cell` on the grid without `column`."""
    end = cell.column + cell.column_span
    if end <= column:
        return cell
    start = cell.column - (cell.column > column)
    return cell.model_copy(update={"column": start, "column_span": end - 1 - start})
