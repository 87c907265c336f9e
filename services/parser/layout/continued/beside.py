"""A sheet wider than its paper: the last columns of its table are printed on the next page."""

from collections.abc import Sequence
from typing import Final

from services.parser.layout.continued.running import caption, is_repeated
from services.parser.wording import is_number, squeezed
from shared.schemas.document import Block, Cell, Paragraph, Table

_HEADER: Final = 4
"""Rows of a header at most."""
_FEWEST: Final = 3
"""Rows of a table at least that is known to go on sideways."""
_BETWEEN: Final = 4
"""Paragraphs at most that are printed over the last columns: the title again, a unit."""


def join_beside(blocks: Sequence[Block]) -> list[Block]:
    """`blocks` with such columns beside their table; what is newly said over them stands over the whole table."""
    joined: list[Block] = []
    start = 0
    for block in blocks:
        table = joined[start - 1] if start else None
        if (
            isinstance(block, Table)
            and isinstance(table, Table)
            and len(joined) - start <= _BETWEEN
            and _goes_on(table, block)
        ):
            over = caption(each.text for each in _over(joined, start - 1))
            new = [
                each for each in joined[start:] if isinstance(each, Paragraph) and not is_repeated(each.text, over)
            ]
            joined[start - 1 :] = [*new, _beside(table, block)]
        else:
            joined.append(block)
        if isinstance(block, Table):
            start = len(joined)
    return joined


def _over(blocks: Sequence[Block], index: int) -> list[Paragraph]:
    """The paragraphs right over a block."""
    found: list[Paragraph] = []
    for block in reversed(blocks[max(index - 2 * _BETWEEN, 0) : index]):
        if not isinstance(block, Paragraph):
            break
        found.append(block)
    return found


def _goes_on(table: Table, piece: Table) -> bool:
    """Whether `piece` has the same rows on a later page, and under other labels nothing but numbers."""
    last = max((cell.page or 0 for cell in table.cells), default=0)
    if table.row_count != piece.row_count or table.row_count < _FEWEST or not last or (piece.page or 0) <= last:
        return False
    rows, own = _rows(piece), _rows(table)
    header = next((number for number, row in enumerate(rows) if any(is_number(cell.text) for cell in row)), 0)
    body = [cell.text for row in rows[header:] for cell in row if cell.text]
    labels = {squeezed(cell.text) for row in own[:header] for cell in row if cell.text}
    return (
        1 <= header <= _HEADER
        and all(map(is_number, body))
        and any(cell.text for row in rows[:header] for cell in row)
        and not any(squeezed(cell.text) in labels for row in rows[:header] for cell in row if cell.text)
        and all(any(cell.text and not is_number(cell.text) for cell in row) for row in own[header:] if row)
    )


def _rows(table: Table) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        rows[cell.row].append(cell)
    return rows


def _beside(table: Table, piece: Table) -> Table:
    moved = [cell.model_copy(update={"column": cell.column + table.column_count}) for cell in piece.cells]
    cells = sorted((*table.cells, *moved), key=lambda cell: (cell.row, cell.column))
    return table.model_copy(
        update={"column_count": table.column_count + piece.column_count, "cells": tuple(cells)}
    )
