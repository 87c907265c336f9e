"""Rows of cell texts → a grid: rebuilds the spans that text without borders has lost."""

import itertools
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from services.parser.wording import is_number, is_total, names_total, squeezed
from shared.schemas.document import Cell, Table

Row = list[str | None]
"""A row over the whole grid: None where the cell to the left covers the place."""

_LABEL: Final = 40
"""Longest label of a header cell, characters."""
_HEADER_ROWS: Final = 4
_WIDEST_HEADER: Final = 200
"""Columns of a table whose header is still pieced together."""


def table_of(rows: Sequence[Sequence[str]], truncated: bool = False) -> Table:
    """The table of `rows`, whose cells may be fewer than the grid has columns.

    `truncated` says that the last row breaks off: then its last cell covers nothing more.
    """
    width = max(map(len, rows))
    amounts = _amount_columns(rows, width)
    grid: list[Row] = [[] for _ in rows]
    for number in range(len(rows) - 1, -1, -1):
        below = grid[number + 1] if number + 1 < len(rows) else None
        cut = truncated and number == len(rows) - 1
        grid[number] = _widened(list(rows[number]), width, below, None if cut else amounts)
    covered = _header_spans(grid)
    cells = [
        Cell(
            row=row,
            column=column,
            row_span=1 + covered.get((row, column), 0),
            column_span=_run(line, column),
            text=text,
        )
        for row, line in enumerate(grid)
        for column, text in enumerate(line)
        if text is not None and covered.get((row, column)) != _UNDER
    ]
    return Table(file=0, index=0, row_count=len(grid), column_count=width, cells=tuple(cells))


_UNDER: Final = -1
"""Marks a place that the cell above covers."""


def _run(line: Row, column: int) -> int:
    """How many places the cell at `column` covers to the right, itself included."""
    end = column + 1
    while end < len(line) and line[end] is None:
        end += 1
    return end - column


def _amount_columns(rows: Sequence[Sequence[str]], width: int) -> set[int]:
    """The columns in which a row without merged cells has an amount: a number with decimals or separators."""
    return {
        column
        for row in rows
        if len(row) == width
        for column, text in enumerate(row)
        if is_number(text) and not text.strip().isdecimal()
    }


def _widened(cells: list[str], width: int, below: Row | None, amounts: AbstractSet[int] | None) -> Row:
    """`cells` over the whole `width`; `amounts` are the columns of amounts, None for a row that breaks off."""
    missing = width - len(cells)
    if not missing:
        return [*cells]
    if amounts is None:
        return [*cells, *[""] * missing]
    if below is not None and width <= _WIDEST_HEADER:
        over = _over(cells, below)
        if over:
            return over
    totals = [number for number, text in enumerate(cells[:-1]) if names_total(text)]
    if totals and all(is_number(text) for text in cells[totals[0] + 1 :] if text and not names_total(text)):
        return _with_totals(cells, totals, missing, amounts)
    return [*cells, *[None] * missing]


def _with_totals(cells: Sequence[str], totals: Sequence[int], missing: int, amounts: AbstractSet[int]) -> Row:
    """`cells` with those at `totals` merged over code and name: what is behind one stands under amounts."""
    row: Row = []
    for number, text in enumerate(cells):
        row.append(text)
        if number not in totals:
            continue
        wanted = missing
        if number != totals[-1]:
            wanted = next((more for more in range(missing + 1) if len(row) + more in amounts), 0)
        row += [None] * wanted
        missing -= wanted
    return row


def _over(cells: list[str], below: Row) -> Row | None:
    """`cells` as the upper row of a header whose lower row is `below`; None when they can't be.

    A blank below hangs under one cell (a vertical merge), a run of filled places under one or more wide ones. A
    blank above is itself the rest of a cell further up.
    """
    labels = [*filter(None, cells), *[text for text in below if text]]
    if not cells[0] or any(len(text) > _LABEL or is_number(text) for text in labels):
        return None
    runs = _groups(cells, below) if "" not in below else _runs(below)
    while len(runs) < len(cells):
        runs = _split_once(runs, below)
        if not runs:
            return None
    pairs = list(zip(runs, cells, strict=False))
    if len(runs) != len(cells) or any(not text and (len(run) > 1 or below[run[0]] != "") for run, text in pairs):
        return None
    row: Row = [None] * len(below)
    for run, text in pairs:
        row[run[0]] = text
    return row


def _runs(below: Row) -> list[list[int]]:
    """The columns of `below`: each blank alone, and the filled ones between blanks together."""
    runs: list[list[int]] = []
    for column, text in enumerate(below):
        if text != "" and runs and below[runs[-1][-1]] != "" and runs[-1][-1] == column - 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    return runs


def _groups(cells: Sequence[str], below: Row) -> list[list[int]]:
    """The columns of `below` by the labels that repeat side by side; the last of `cells` has what is left.

    So 公开06表 of final accounts is printed: 人员经费 over one group of columns, 公用经费 over two.
    """
    width = len(below)
    for size in range(2, width // 2 + 1):
        count = width // size
        if below == below[:size] * count and 1 < len(cells) <= count:
            starts = [size * number for number in range(len(cells))]
            return [list(range(one, two)) for one, two in itertools.pairwise([*starts, width])]
    return []


def _split_once(runs: list[list[int]], below: Row) -> list[list[int]]:
    """`runs` with one run cut in two where a new group begins: at a total, or where the labels repeat."""
    for number, run in enumerate(runs):
        texts = [squeezed(below[column] or "") for column in run]
        for place in range(1, len(run)):
            if is_total(texts[place]) or texts[place] == texts[0]:
                return [*runs[:number], run[:place], run[place:], *runs[number + 1 :]]
    return []


def _header_spans(grid: list[Row]) -> dict[tuple[int, int], int]:
    """Turns blanks of header rows into spans, in place where they lie to the right.

    Returns (row, column) → rows covered below, or `_UNDER` for a covered place.
    """
    covered: dict[tuple[int, int], int] = {}
    top = 0
    while top + 1 < len(grid):
        end, last = top, min(top + _HEADER_ROWS, len(grid)) - 1
        while end < last and _is_upper(grid[end], grid[end + 1], end == 0):
            end += 1
        if end > top:
            for row in range(top, end):
                _cover_right(grid[row], grid[row + 1])
            _cover_down(grid, range(top, end + 1), covered)
        top = end + 1
    return covered


def _is_upper(row: Row, below: Row, first: bool) -> bool:
    """Whether `row` and `below` are two rows of one header.

    Further down only rows count whose spans are known already, or an empty row of values would pass for one.
    """
    labels = [text for text in (*row, *below) if text]
    if any(len(text) > _LABEL or is_number(text) for text in labels) or not row[0] or "" not in below:
        return False
    if not first and None not in row:
        return False
    wide = False
    for column, (upper, lower) in enumerate(zip(row, below, strict=True)):
        if upper and lower:
            nothing_right = column + 1 < len(row) and not row[column + 1] and bool(below[column + 1])
            if not nothing_right and not (column + 1 < len(row) and row[column + 1] is None):
                return False
            wide = True
    return wide


def _cover_right(row: Row, below: Row) -> None:
    for column in range(1, len(row)):
        if row[column] == "" and below[column]:
            row[column] = None


def _cover_down(grid: list[Row], header: range, covered: dict[tuple[int, int], int]) -> None:
    for row in header[:-1]:
        for column, text in enumerate(grid[row]):
            if not text or covered.get((row, column)) == _UNDER:
                continue
            places = range(column, column + _run(grid[row], column))
            down = row + 1
            while down in header and all(grid[down][place] in ("", None) for place in places):
                for place in places:
                    covered[down, place] = _UNDER
                down += 1
            if down > row + 1:
                covered[row, column] = down - row - 1
