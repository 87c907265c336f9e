"""Excel workbooks (.xlsx, .xls): a heading and its tables for each sheet, numbers as they are printed."""

import io
import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.parser.grid import Grid
from services.parser.reading import Limits, Reading, check_size, paragraph
from services.parser.xlsx.formats import Formats, NumberFormat, printed_formats
from services.parser.xlsx.old_formats import old_printed_formats
from shared.errors import Corrupt, TooLarge, Unsupported
from shared.schemas.document import Block, Unread

Value = float | str | bool | int | date | datetime | time | timedelta
Merged = dict[tuple[int, int], tuple[int, int]]
"""Top left place of a merged range → (rows, columns)."""

_DIGITS: Final = 15
"""Significant digits Excel keeps; what a binary fraction has beyond them was never typed."""
_PANIC: Final = "PanicException"
_TITLES: Final = 10
"""Rows of titles over a table at most."""
_NOTES: Final = ("注", "备注", "说明", "附注")


def read(data: bytes, limits: Limits) -> Reading:
    """The visible sheets' blocks; hidden sheets are named in `unread`. Raises Corrupt, TooLarge, Unsupported."""
    formats = (printed_formats if data.startswith(b"PK") else old_printed_formats)(data, limits)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        blocks, unread = _sheets(workbook, formats, limits)
    except CalamineError as error:
        if "assword" in type(error).__name__:
            raise Unsupported("The workbook is encrypted.") from error
        raise Corrupt("The workbook is damaged.") from error
    except BaseException as error:
        # The library reports some damage by a panic, which is no Exception and has no class to import.
        if type(error).__name__ != _PANIC:
            raise
        raise Corrupt("The workbook is damaged.") from error
    check_size(blocks, limits)
    return Reading(blocks=tuple(blocks), unread=tuple(unread))


def _sheets(
    workbook: CalamineWorkbook, formats: dict[str, Formats], limits: Limits
) -> tuple[list[Block], list[Unread]]:
    blocks: list[Block] = []
    unread: list[Unread] = []
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            message = "The sheet is no table of cells."
            unread.append(Unread(name=sheet.name, cause="unsupported", message=message))
        elif sheet.visible != SheetVisibleEnum.Visible:
            unread.append(Unread(name=sheet.name, cause="unsupported", message="The sheet is hidden."))
        else:
            content = _content(workbook.get_sheet_by_name(sheet.name), formats.get(sheet.name, {}), limits)
            if content:
                blocks += [paragraph(sheet.name.strip() or "Sheet", heading=1), *content]
    return blocks, unread


def _content(sheet: CalamineSheet, formats: Formats, limits: Limits) -> list[Block]:
    """The sheet's titles, tables and notes."""
    if sheet.total_height * sheet.total_width > 8 * limits.cells:
        raise TooLarge(f"The sheet {sheet.name} has more than {8 * limits.cells} places.")
    rows = [
        [_text(value, formats.get((row, column))) for column, value in enumerate(line)]
        for row, line in enumerate(sheet.to_python(skip_empty_area=False))
    ]
    merged: Merged = {
        (top, left): (bottom - top + 1, right - left + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    }
    blocks: list[Block] = []
    for start, end in _parts(rows):
        first = next((row for row in range(start, end) if _filled(rows[row]) > 1), end)
        last = end
        while last > first and _is_note(rows[last - 1]):
            last -= 1
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


def _text(value: Value, printed: NumberFormat | None) -> str:
    """A cell's value as the sheet shows it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(Decimal(f"{value:.{_DIGITS}g}"), printed)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, str):
        return value.replace("_x000D_", "").replace("\r", "").strip()
    return str(value)


def _number(value: Decimal, printed: NumberFormat | None) -> str:
    if not value.is_finite():
        return str(value)
    if printed is None:
        return f"{value.normalize():f}"
    value = value * 100 if printed.percent else value
    rounded = value.quantize(Decimal(1).scaleb(-printed.decimals), ROUND_HALF_UP)
    return f"{rounded:f}" + ("%" if printed.percent else "")
