"""A sheet's shown texts → its titles, tables and notes."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from services.parser.grid import Grid
from services.parser.reading import Limits, paragraph
from services.parser.wording import is_title_of_table
from shared.errors import TooLarge
from shared.schemas.document import Block

Merged = dict[tuple[int, int], tuple[int, int]]
"""Top left place of a merged range → (rows, columns)."""

_TITLES: Final = 10
"""Rows of titles over a table at most."""
_NOTES: Final = ("注", "备注", "说明", "附注")


def content(rows: list[list[str]], merged: Merged, limits: Limits) -> list[Block]:
    """The titles, tables and notes of what a sheet shows; of tables beside each other the left one first."""
    blocks: list[Block] = []
    for start, end in _parts(rows):
        sides = _sides(rows, range(start, end), merged)
        if len(sides) > 1:
            for side in sides:
                blocks += content(*_cut_out(rows, range(start, end), side, merged), limits)
            continue
        first = next((row for row in range(start, end) if _filled(rows[row]) > 1), end)
        last = _end(rows, first, end)
        blocks += _paragraphs(rows[start:first])
        blocks += _table(rows, range(first, last), merged, limits)
        blocks += _paragraphs(rows[last:end])
    return blocks


def _parts(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """The row ranges of the sheet's tables: a blank row and titles after it begin the next."""
    start = 0
    for row in range(1, len(rows)):
        if not _filled(rows[row - 1]) and _filled(rows[row]) == 1 and any(map(_filled, rows[start:row])):
            titles = itertools.takewhile(lambda line: _filled(line) == 1, rows[row : row + _TITLES])
            after = row + sum(1 for _ in titles)
            follows = next((_filled(line) for line in rows[after : after + _TITLES] if _filled(line)), 0)
            if follows > 1 and not _is_note(rows[row]):
                yield start, row
                start = row
    yield start, len(rows)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(text) for text in row)


def _end(rows: Sequence[Sequence[str]], first: int, end: int) -> int:
    """Where the table ends: after it only single texts follow a blank row, or the first note."""
    last = end
    while last > first and _filled(rows[last - 1]) < 2:
        last -= 1
    return next((row for row in range(last, end) if _is_note(rows[row])), end)


def _sides(rows: Sequence[Sequence[str]], numbers: range, merged: Merged) -> list[range]:
    """The columns of each table of a part, where blank columns part several, each with a title of its own."""
    width = max((len(rows[row]) for row in numbers), default=0)
    filled = {column for row in numbers for column, text in enumerate(rows[row]) if text}
    for (top, left), (height, wide) in merged.items():
        if left in filled and numbers.start < top + height and top < numbers.stop:
            filled.update(range(left, min(left + wide, width)))
    sides: list[range] = []
    for column in sorted(filled):
        if sides and sides[-1].stop == column:
            sides[-1] = range(sides[-1].start, column + 1)
        else:
            sides.append(range(column, column + 1))
    titles = [_title(rows[row][side.start : side.stop] for row in numbers) for side in sides]
    return sides if all(map(is_title_of_table, titles)) else []


def _title(rows: Iterable[Sequence[str]]) -> str:
    """The single text of the first row that has any."""
    texts = next((found for row in rows if (found := [text for text in row if text])), [])
    return texts[0] if len(texts) == 1 else ""


def _cut_out(
    rows: Sequence[list[str]], numbers: range, columns: range, merged: Merged
) -> tuple[list[list[str]], Merged]:
    """The rows and merged ranges of a part of a sheet, as if there were no other."""
    inner = {
        (top - numbers.start, left - columns.start): spans
        for (top, left), spans in merged.items()
        if top in numbers and left in columns
    }
    return [rows[row][columns.start : columns.stop] for row in numbers], inner


def _is_note(row: Sequence[str]) -> bool:
    """Whether the row is blank or a note under the table."""
    texts = [text for text in row if text]
    return not texts or (len(texts) == 1 and texts[0].startswith(_NOTES))


def _paragraphs(rows: Sequence[Sequence[str]]) -> Iterator[Block]:
    return (paragraph(line) for row in rows for text in row for line in text.split("\n") if line.strip())


def _table(rows: Sequence[Sequence[str]], numbers: range, merged: Merged, limits: Limits) -> list[Block]:
    filled = [column for row in numbers for column, text in enumerate(rows[row]) if text]
    if not filled:
        return []
    left, right = min(filled), max(filled) + 1
    if len(numbers) * (right - left) > limits.cells:
        raise TooLarge(f"A table of the workbook has more than {limits.cells} places.")
    if sum(height * min(width, right) for height, width in merged.values()) > 8 * limits.cells:
        raise TooLarge(f"The merged ranges of a sheet cover more than {8 * limits.cells} places.")
    covered = {
        (row, column)
        for (top, first), (height, width) in merged.items()
        if top in numbers
        for row in range(top, min(top + height, numbers.stop))
        for column in range(first, min(first + width, right))
    } - merged.keys()
    grid = Grid(len(numbers), limits)
    for row in numbers:
        for column in range(left, right):
            if (row, column) not in covered:
                height, width = merged.get((row, column), (1, 1))
                spans = (height, min(width, right - column))
                grid.put(row - numbers.start, rows[row][column], spans, column=column)
    table = grid.table()
    return [table] if table is not None else []
