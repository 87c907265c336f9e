"""The same for workbooks before Excel 2007 (.xls), from the records of the file ([MS-XLS] 2.4)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from services.parser import compound
from services.parser.reading import Limits
from services.parser.wording import raised
from services.parser.xlsx.beside import head_lines
from services.parser.xlsx.formats import Printing
from services.parser.xlsx.near import ONE_CELL, ROW_OF_CELLS, near_xls, records
from services.parser.xlsx.old_texts import Runs, rich_texts
from services.parser.xlsx.styles import BUILT_IN, CellStyle
from shared.errors import Corrupt, TooLarge

_STREAMS: Final = ("Workbook", "Book")
"""Where the workbook is: since Excel 97, and before ([MS-XLS] 2.1.7.20); names have no case."""
_EXCEL_97: Final = 0x0600
"""The version that a workbook's first record states since then ([MS-XLS] 2.4.21)."""
_CODE_PAGE: Final = 0x0042
_SHEET: Final = 0x0085
_FORMAT: Final = 0x041E
_STYLE: Final = 0x00E0
_FONT: Final = 0x0031
_STYLED: Final = (0x0203, 0x027E, 0x0006, 0x00FD, 0x0204, 0x00D6)
"""Records of one number or text each, behind whose place its style stands: typed, packed, computed; texts."""
_ERROR: Final = 0x0205
_ROW: Final = 0x0208
_COLUMNS: Final = 0x007D
_HEAD: Final = 0x0014
_WINDOW: Final = 0x023E
_ROW_HIDDEN: Final = 0x20
_COLUMN_HIDDEN: Final = 0x01
_ZEROS: Final = 0x10
_LAST_COLUMN: Final = 255
"""A sheet of these workbooks has no further one ([MS-XLS] 2.5.44)."""
_SHARED: Final = 0x00FD
"""A cell with a shared text, whose number stands behind its style."""
_TEXTS: Final = 0x00FC
_CONTINUED: Final = 0x003C
_SUPERSCRIPT: Final = 1
_STRUCK_OUT: Final = 0x0008
_WHITE: Final = (0x01, 0x09)
"""Numbers of white among a workbook's colours ([MS-XLS] 2.5.161)."""
_STYLE_SIZE: Final = 20
"""Bytes of a style since Excel 97; those before paint a cell in other places."""
_PATTERN: Final = 26
"""Bits from the 14th byte of a style at which its pattern stands ([MS-XLS] 2.5.20)."""
_NO_FONT: Final = 4
"""The number that no font has ([MS-XLS] 2.5.129)."""
_PACKED: Final = 6
_WIDE: Final = 1
_PLAIN: Final = CellStyle()


def old_printings(data: bytes, limits: Limits) -> tuple[dict[str, Printing], bytes]:
    """Sheet name → how it is printed, and the workbook with far cells drawn near; raises Corrupt, TooLarge."""
    try:
        with compound.opened(data) as file:
            name = next((name for name in _STREAMS if file.exists(name)), None)
            if name is None:
                return {}, data
            stream = file.openstream(name).read(limits.file_bytes + 1)
    except compound.DAMAGED as error:
        raise Corrupt("The workbook is damaged or cut short.") from error
    if len(stream) > limits.file_bytes:
        raise TooLarge(f"The workbook would unpack to more than {limits.file_bytes} bytes.")
    try:
        book = _Book(stream, limits.elements)
        book.take()
        printings = {sheet: _sheet(book, offset, limits) for sheet, offset in book.sheets.items()}
        far = {book.sheets[sheet]: each.kept for sheet, each in printings.items() if each.kept is not None}
        return printings, near_xls(data, name, stream, far) if far else data
    except (struct.error, IndexError) as error:
        raise Corrupt("A record of the workbook is cut short.") from error


class _Font(NamedTuple):
    """What a font does to the characters set in it."""

    struck: bool = False
    white: bool = False
    raised: bool = False


@dataclass
class _Book:
    """The stream of a workbook, how many of its records may still be looked at, and what its cells refer to."""

    stream: bytes
    budget: int
    code_page: str = "cp1252"
    fonts: list[_Font] = field(default_factory=list)
    styles: list[CellStyle] = field(default_factory=list)
    own_fonts: list[int] = field(default_factory=list)
    """The font of each style."""
    texts: dict[int, Runs] = field(default_factory=dict)
    """Of the shared texts those in several fonts of which one strikes out or raises."""
    sheets: dict[str, int] = field(default_factory=dict)
    """Name of a sheet → where it is."""

    def take(self) -> None:
        """Take what stands before the sheets; raises struct.error or IndexError where that is cut short."""
        codes = dict(BUILT_IN)
        used: list[bytes] = []
        shared: list[bytes] = []
        last = 0
        for kind, content in self.records(0):
            if kind == _CODE_PAGE:
                self.code_page = f"cp{_word(content, 0)}"
            elif kind == _FORMAT:
                codes[_word(content, 0)] = self.text(content, 2, wide_count=True)
            elif kind == _FONT:
                struck, above = bool(_word(content, 2) & _STRUCK_OUT), _word(content, 8) == _SUPERSCRIPT
                self.fonts.append(_Font(struck, _word(content, 4) in _WHITE, above))
            elif kind == _STYLE:
                used.append(content)
            elif kind == _SHEET:
                self.sheets[self.text(content, 6)] = int.from_bytes(content[:4], "little")
            elif kind == _TEXTS or (kind == _CONTINUED and last == _TEXTS):
                shared.append(content)
            last = last if kind == _CONTINUED else kind
        self.styles = [CellStyle(codes.get(_word(each, 2), ""), self._is_unseen(each)) for each in used]
        self.own_fonts = [_word(each, 0) for each in used]
        if shared and any(font.struck or font.raised for font in self.fonts):
            self.texts = rich_texts(shared)

    def shown(self, text: int, style: int) -> str | None:
        """What is shown of a shared text in a cell of that style; None where it is all in the cell's font."""
        if text not in self.texts:
            return None
        own = self.own_fonts[style] if style < len(self.own_fonts) else 0
        pieces: list[str] = []
        for piece, number in self.texts[text]:
            font = self._font(own if number is None else number)
            if not font.struck:
                pieces.append(raised(piece, "".join(pieces[-1:])) if font.raised else piece)
        return "".join(pieces)

    def _font(self, number: int) -> _Font:
        number -= number > _NO_FONT
        return self.fonts[number] if number < len(self.fonts) else _Font()

    def _is_unseen(self, style: bytes) -> bool:
        """Whether a style strikes out its cells, or sets them white on white."""
        font = self._font(_word(style, 0))
        if not font.white or len(style) < _STYLE_SIZE:
            return font.struck
        return font.struck or not int.from_bytes(style[14:18], "little") >> _PATTERN

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


def _sheet(book: _Book, offset: int, limits: Limits) -> Printing:
    printing = Printing()
    for kind, content in book.records(offset):
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
        elif kind == _HEAD and content:
            printing.head = head_lines(book.text(content, 0, wide_count=True))
        elif kind == _WINDOW:
            printing.zeros = bool(_word(content, 0) & _ZEROS)
        for column, style in _cells(kind, content):
            place, shown = (_word(content, 0), column), book.styles[style] if style < len(book.styles) else _PLAIN
            if shown.code:
                printing.codes[place] = shown.code
            text = book.shown(int.from_bytes(content[6:10], "little"), style) if kind == _SHARED else None
            if text is not None:
                printing.texts[place] = text
            elif shown.unseen:
                printing.unseen.add(place)
    printing.keep(limits)
    return printing


def _cells(kind: int, content: bytes) -> list[tuple[int, int]]:
    """The column and style of each number or text in a record."""
    if kind in _STYLED:
        return [(_word(content, 2), _word(content, 4))]
    if kind != ROW_OF_CELLS:
        return []
    first, count = _word(content, 2), (len(content) - _PACKED) // _PACKED
    return [(first + number, _word(content, 4 + _PACKED * number)) for number in range(count)]
