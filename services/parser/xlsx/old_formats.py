"""The same for workbooks before Excel 2007 (.xls), from the records of the file ([MS-XLS] 2.4)."""

import io
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import olefile

from services.parser.reading import Limits
from services.parser.xlsx.formats import BUILT_IN, Printing
from services.parser.xlsx.near import ONE_CELL, ROW_OF_CELLS, near_xls, records
from shared.errors import Corrupt, TooLarge

_STREAMS: Final = ("Workbook", "Book")
"""Where the workbook is: since Excel 97, and before ([MS-XLS] 2.1.7.20); names have no case."""
_EXCEL_97: Final = 0x0600
"""The version that a workbook's first record states since then ([MS-XLS] 2.4.21)."""
_CODE_PAGE: Final = 0x0042
_SHEET: Final = 0x0085
_FORMAT: Final = 0x041E
_STYLE: Final = 0x00E0
_NUMBERS: Final = (0x0203, 0x027E, 0x0006)
"""Records of one number each: typed, packed, computed."""
_ERROR: Final = 0x0205
_ROW: Final = 0x0208
_COLUMNS: Final = 0x007D
_WINDOW: Final = 0x023E
_ROW_HIDDEN: Final = 0x20
_COLUMN_HIDDEN: Final = 0x01
_ZEROS: Final = 0x10
_LAST_COLUMN: Final = 255
"""A sheet of these workbooks has no further one ([MS-XLS] 2.5.44)."""
_PACKED: Final = 6
_WIDE: Final = 1


def old_printings(data: bytes, limits: Limits) -> tuple[dict[str, Printing], bytes]:
    """Sheet name → how it is printed, and the workbook with far cells drawn near; raises Corrupt, TooLarge."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            name = next((name for name in _STREAMS if compound.exists(name)), None)
            if name is None:
                return {}, data
            stream = compound.openstream(name).read(limits.file_bytes + 1)
    except (OSError, ValueError, IndexError, TypeError, OverflowError) as error:
        raise Corrupt("The workbook is damaged or cut short.") from error
    if len(stream) > limits.file_bytes:
        raise TooLarge(f"The workbook would unpack to more than {limits.file_bytes} bytes.")
    codes = dict(BUILT_IN)
    used: list[int] = []
    sheets: dict[str, int] = {}
    try:
        book = _Book(stream, limits.elements)
        for kind, content in book.records(0):
            if kind == _CODE_PAGE:
                book.code_page = f"cp{_word(content, 0)}"
            elif kind == _FORMAT:
                codes[_word(content, 0)] = book.text(content, 2, wide_count=True)
            elif kind == _STYLE:
                used.append(_word(content, 2))
            elif kind == _SHEET:
                sheets[book.text(content, 6)] = int.from_bytes(content[:4], "little")
        styles = [codes.get(number, "") for number in used]
        printings = {name: _sheet(book.records(offset), styles, limits) for name, offset in sheets.items()}
        far = {sheets[name]: each.kept for name, each in printings.items() if each.kept is not None}
        return printings, near_xls(data, name, stream, far) if far else data
    except (struct.error, IndexError) as error:
        raise Corrupt("A record of the workbook is cut short.") from error


@dataclass
class _Book:
    """The stream of a workbook, and how many of its records may still be looked at."""

    stream: bytes
    budget: int
    code_page: str = "cp1252"

    def records(self, offset: int) -> Iterator[tuple[int, bytes]]:
        """The records from `offset` to the end of their part; raises TooLarge."""
        for kind, at, size in records(self.stream, offset):
            self.budget -= 1
            if self.budget < 0:
                raise TooLarge("The workbook has too many records.")
            yield kind, self.stream[at : at + size]

    def text(self, content: bytes, at: int, *, wide_count: bool = False) -> str:
        """The text whose count of characters stands at `at`: in a byte, or since Excel 97 in two for `wide_count`.

        Since Excel 97 a byte behind it says whether they have one byte each or two; before, the code page tells.
        """
        if _word(self.stream, 4) < _EXCEL_97:
            return _decoded(content[at + 1 : at + 1 + content[at]], self.code_page)
        count, flags = (_word(content, at), at + 2) if wide_count else (content[at], at + 1)
        if content[flags] & _WIDE:
            return content[flags + 1 : flags + 1 + 2 * count].decode("utf-16-le", "replace")
        return content[flags + 1 : flags + 1 + count].decode("latin-1")


def _decoded(text: bytes, code_page: str) -> str:
    try:
        return text.decode(code_page, "replace")
    except LookupError:
        return text.decode("cp1252", "replace")


def _word(content: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", content, at)[0])


def _sheet(parts: Iterable[tuple[int, bytes]], styles: Sequence[str], limits: Limits) -> Printing:
    printing = Printing()
    for kind, content in parts:
        if kind in ONE_CELL or kind == ROW_OF_CELLS:
            printing.filled[0].add(_word(content, 0))
            last = _word(content, len(content) - 2 if kind == ROW_OF_CELLS else 2)
            if last > _LAST_COLUMN:
                raise Corrupt(f"A cell of the workbook stands in column {last}, and there are {_LAST_COLUMN + 1}.")
            printing.filled[1].update(range(_word(content, 2), last + 1))
        if kind == _ROW and content[12] & _ROW_HIDDEN:
            printing.rows.add(_word(content, 0))
        elif kind == _COLUMNS and _word(content, 8) & _COLUMN_HIDDEN:
            printing.columns.append(range(_word(content, 0), _word(content, 2) + 1))
        elif kind == _ERROR and content[7]:
            printing.unvalued.add((_word(content, 0), _word(content, 2)))
        elif kind == _WINDOW:
            printing.zeros = bool(_word(content, 0) & _ZEROS)
        for column, style in _cells(kind, content):
            if style < len(styles) and styles[style]:
                printing.codes[_word(content, 0), column] = styles[style]
    printing.keep(limits)
    return printing


def _cells(kind: int, content: bytes) -> list[tuple[int, int]]:
    """The column and style of each number in a record."""
    if kind in _NUMBERS:
        return [(_word(content, 2), _word(content, 4))]
    if kind != ROW_OF_CELLS:
        return []
    first, count = _word(content, 2), (len(content) - _PACKED) // _PACKED
    return [(first + number, _word(content, 4 + _PACKED * number)) for number in range(count)]
