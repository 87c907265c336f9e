"""A workbook for people: a sheet for each record type, with Chinese heads, words and typed cells."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.store.exports.comma_separated import plain
from services.store.exports.pages import Rows
from services.store.labels import explained, label
from services.store.rows import CHINA
from shared.schemas.record_types import BY_NAME
from shared.schemas.tabular import Column, Shape, columns, typed

_LANGUAGE: Final = "zh"
_MOST_ROWS: Final = 1_048_576
_LONGEST: Final = 32_767
"""Characters a cell takes."""
_CUT: Final = "…（后文略，见 JSON）"
_EXACT: Final = 10**15
"""From here on a cell's number is no longer exact: such a figure is written as text."""
_CHUNK: Final = 1 << 16
_WIDTHS: Final = {Shape.TEXT: 24, Shape.WORD: 16, Shape.MONEY: 18, Shape.MOMENT: 17, Shape.LIST: 24}
_NARROW: Final = 12
_GUIDE: Final = "字段说明"
_COLUMNS_OF_GUIDE: Final = (("表", 12), ("列", 24), ("说明", 64), ("字段", 22), ("Meaning", 64))


class XlsxWriter:
    """Writes a workbook to a temporary file, row by row; at its end the sheet that explains the columns."""

    def __init__(self) -> None:
        self._file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - closed by close()
        options = {"constant_memory": True, "in_memory": False, "default_date_format": "yyyy-mm-dd"}
        self._book = xlsxwriter.Workbook(self._file.name, options)
        self._formats = {
            Shape.MONEY: self._book.add_format({"num_format": "#,##0.00"}),
            Shape.DECIMAL: self._book.add_format({"num_format": "General"}),
            Shape.INTEGER: self._book.add_format({"num_format": "0"}),
            Shape.DATE: self._book.add_format({"num_format": "yyyy-mm-dd"}),
            Shape.MOMENT: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        self._head = self._book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F7"})
        self._sheet: Worksheet | None = None
        self._type = ""
        self._row = 0
        self._sheets: dict[str, int] = {}

    def add(self, rows: Rows) -> bytes:
        shown = columns(rows.type)
        for values in rows.values:
            if self._sheet is None or rows.type != self._type or self._row >= _MOST_ROWS:
                self._begin(rows.type)
            assert self._sheet is not None
            for number, (value, column) in enumerate(zip(values, shown, strict=True)):
                if value is not None:
                    _write(self._sheet, self._row, number, (value, column), self._formats.get(column.shape))
            self._row += 1
        return b""

    def end(self) -> Iterator[bytes]:
        self._finish_sheet()
        self._guide()
        self._book.close()
        with Path(self._file.name).open("rb") as file:
            while part := file.read(_CHUNK):
                yield part

    def close(self) -> None:
        if not self._book.fileclosed:
            self._book.close()
        self._file.close()

    def _begin(self, type_: str) -> None:
        self._finish_sheet()
        self._type, self._row = type_, 1
        self._sheets[type_] = number = self._sheets.get(type_, 0) + 1
        name = BY_NAME[type_].labels[_LANGUAGE]
        self._sheet = self._book.add_worksheet(name if number == 1 else f"{name} {number}")
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns(type_)):
            self._sheet.set_column(place, place, _WIDTHS.get(column.shape, _NARROW))
            self._sheet.write_string(0, place, column.title, self._head)

    def _finish_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.autofilter(0, 0, self._row - 1, len(columns(self._type)) - 1)

    def _guide(self) -> None:
        """The sheet that says what each column is."""
        sheet = self._book.add_worksheet(_GUIDE)
        for place, (text, width) in enumerate(_COLUMNS_OF_GUIDE):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, text, self._head)
        row = 0
        for type_ in self._sheets:
            for column in columns(type_):
                row += 1
                meaning = explained(_LANGUAGE, column.description)
                table = BY_NAME[type_].labels[_LANGUAGE]
                told = (table, column.title, meaning, column.name, column.description)
                for place, text in enumerate(told):
                    sheet.write_string(row, place, text)


writer = XlsxWriter


def _write(sheet: Worksheet, row: int, number: int, cell: tuple[Any, Column], form: Format | None) -> None:
    value, column = cell
    made = _made(value, column)
    if isinstance(made, date):
        sheet.write_datetime(row, number, made, form)
    elif isinstance(made, int | Decimal) and -_EXACT < made < _EXACT:
        sheet.write_number(row, number, made, form)
    else:
        text = str(made)
        sheet.write_string(row, number, text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT)


def _made(value: Any, column: Column) -> date | int | Decimal | str:
    """What a cell holds: a word of ours in Chinese, a time as China's clocks have it, what is nested as JSON."""
    if column.shape is Shape.WORD:
        return label(_LANGUAGE, column.field, str(value))
    made = typed(value, column.shape)
    if isinstance(made, datetime):
        return made.astimezone(CHINA).replace(tzinfo=None)
    return made if isinstance(made, date | int | Decimal) else plain(made)
