"""What a sheet shows of its cells' values: as their formats print them, without what is hidden."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from services.parser.reading import Limits
from services.parser.xlsx.formats import Printing
from services.parser.xlsx.near import Kept, letters
from services.parser.xlsx.number_formats import date_text, number_text, text_text
from services.parser.xlsx.tables import Merged, content
from shared.errors import Unsupported
from shared.schemas.document import HIDDEN, UNVALUED, Block, Unread

Value = float | str | bool | int | date | datetime | time | timedelta

_DIGITS: Final = 15
"""Significant digits Excel keeps; what a binary fraction has beyond them was never typed."""
_NAMED: Final = 12
"""Places that a note names at most."""


@dataclass
class ShownSheet:
    """What a sheet shows of its cells, and what of them is not read."""

    printing: Printing
    hidden: list[str] = field(default_factory=list)
    """Rows and columns that are hidden and hold something, by number and letter; cells that are not to be seen."""
    unprinted: list[str] = field(default_factory=list)
    """Addresses of cells whose format is in no form known here."""
    unvalued: list[str] = field(default_factory=list)
    """Addresses of formulas without a result, or with an error for one."""

    def blocks(self, values: Sequence[Sequence[Value]], merged: Merged, limits: Limits) -> list[Block]:
        """The titles, tables and notes of a sheet of `values`, whose rows are all of one length."""
        width = max(map(len, values), default=0)
        kept = self.printing.kept or Kept(range(len(values)), range(width))
        rows = [
            [self._text(value, (row, column)) for column, value in zip(kept.columns, line, strict=False)]
            for row, line in zip(kept.rows, values, strict=False)
        ]
        return content(*self._seen(rows, merged, kept), limits)

    def unread(self, sheet: str) -> list[Unread]:
        """A note for each cause that something of the sheet is not read."""
        causes = (
            (self.hidden, HIDDEN, "What the sheet hides or strikes out, or shows in white on white."),
            (self.unprinted, Unsupported.cause, "Cells whose number format is not known here."),
            (
                self.unvalued,
                UNVALUED,
                "Formulas whose result the workbook does not hold, or holds as an error.",
            ),
        )
        return [
            Unread(name=f"{sheet}: {_listed(places)}", cause=cause, message=message)
            for places, cause, message in causes
            if places
        ]

    def _text(self, value: Value, place: tuple[int, int]) -> str:
        """A cell's value as the sheet shows it; empty, and noted, where that is not known."""
        text = _shown(self.printing.texts.get(place, value), self.printing.codes.get(place, ""))
        if text and place in self.printing.unseen:
            self.hidden.append(_address(*place))
            return ""
        if not (place[0] in self.printing.rows or self.printing.hides_column(place[1])):
            if text is None:
                self.unprinted.append(_address(*place))
            elif place in self.printing.unvalued:
                self.unvalued.append(_address(*place))
        is_zero = isinstance(value, int | float) and not isinstance(value, bool) and not value
        return "" if text is None or (is_zero and not self.printing.zeros) else text

    def _seen(self, rows: list[list[str]], merged: Merged, kept: Kept) -> tuple[list[list[str]], Merged]:
        """`rows` and `merged` without what is hidden; a merged cell's text stands in what is seen of it."""
        printing = self.printing
        if not printing.rows and not printing.columns:
            return rows, merged
        height, width = len(rows), max(map(len, rows), default=0)
        row_numbers = [row for row in range(height) if kept.rows[row] not in printing.rows]
        columns = [column for column in range(width) if not printing.hides_column(kept.columns[column])]
        gone = [row for row in range(height) if kept.rows[row] in printing.rows and any(rows[row])]
        self.hidden += [str(kept.rows[row] + 1) for row in gone]
        gone = [column for column in range(width) if printing.hides_column(kept.columns[column])]
        self.hidden += [letters(kept.columns[column]) for column in gone if any(line[column] for line in rows)]
        _keep_captions(rows, columns)
        moved: Merged = {}
        for (top, left), (high, wide) in merged.items():
            first, last = bisect_left(row_numbers, top), bisect_left(row_numbers, top + high)
            begin, end = bisect_left(columns, left), bisect_left(columns, left + wide)
            if first < last and begin < end and top < height and left < width:
                moved[first, begin] = (last - first, end - begin)
                rows[row_numbers[first]][columns[begin]] = rows[top][left]
        return [[rows[row][column] for column in columns] for row in row_numbers], moved


def _keep_captions(rows: list[list[str]], columns: Sequence[int]) -> None:
    """Move what hidden columns say over the sheet's first table into the next one that is shown and blank there.

    Titles and units stand in any column and are the sheet's: a column that is hidden hides figures. Where another
    text of the row is shown with the same label, it says it instead.
    """
    for row in rows:
        shown = [row[column] for column in columns if row[column]]
        if len(shown) > 1:
            return
        labels = {text.partition("：")[0] for text in shown}
        for column in [column for column, text in enumerate(row) if text and column not in columns]:
            place = next((each for each in columns if each > column and not row[each]), None)
            if place is not None and row[column].partition("：")[0] not in labels:
                row[place], row[column] = row[column], ""


def _listed(places: Sequence[str]) -> str:
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return ", ".join(places[:_NAMED]) + more


def _address(row: int, column: int) -> str:
    return f"{letters(column)}{row + 1}"


def _shown(value: Value, code: str) -> str | None:
    """A cell's value as its format prints it; None when that is not known."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        number = Decimal(f"{value:.{_DIGITS}g}")
        return number_text(number, code) if code and number.is_finite() else f"{number.normalize():f}"
    if isinstance(value, str):
        text = value.replace("_x000D_", "").replace("\r", "").strip()
        return text_text(text, code) if text and code else text
    if isinstance(value, datetime | date | time) and (printed := date_text(value, code)) is not None:
        return printed
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return str(value)
