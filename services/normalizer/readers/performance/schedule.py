"""The spending plan of a project: cumulative percentages for the ends of March, June, October and December."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from services.normalizer.language.text import label
from services.normalizer.readers.performance.rows import Row
from shared.schemas.document import Cell

MONTHS = (3, 6, 10, 12)

_MONTH = re.compile(r"(\d{1,2})月(?:底|末|份)?")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%?")

Plan = tuple[Decimal | None, ...]


def month_of(cell: Cell) -> int | None:
    """The month whose end `cell` names (`3月底`), or null."""
    match = _MONTH.fullmatch(label(cell.text))
    return int(match.group(1)) if match else None


def percent_of(cell: Cell) -> Decimal | None:
    """The percentage that `cell` prints, or null."""
    match = _PERCENT.fullmatch(label(cell.text))
    return Decimal(match.group(1)) if match else None


def read_plan(rows: Sequence[Row]) -> Plan | None:
    """Four percentages, null where blank; null where the rows name no month.

    A month's percentage stands below it, or to its right in the same row (`12月底 | 100%`).
    """
    planned: dict[int, Decimal | None] = {}
    for row, below in zip_longest(rows, rows[1:]):
        for position, cell in enumerate(row.cells):
            month = month_of(cell)
            if month is not None and planned.get(month) is None:
                planned[month] = _beside(row, position) or _below(cell, below)
    if not planned:
        return None
    return tuple(planned.get(month) for month in MONTHS)


def _beside(row: Row, position: int) -> Decimal | None:
    following = row.cells[position + 1 : position + 2]
    return percent_of(following[0]) if following else None


def _below(cell: Cell, below: Row | None) -> Decimal | None:
    if below is None or any(month_of(other) for other in below.cells):
        return None
    reach = range(cell.column, cell.column + cell.column_span)
    for other in below.cells:
        if other.column in reach or cell.column in range(other.column, other.column + other.column_span):
            return percent_of(other)
    return None
