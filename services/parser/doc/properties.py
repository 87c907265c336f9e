"""Property changes → what this reader needs to know of a paragraph and of a table row."""

from dataclasses import dataclass, field
from typing import Final

from services.parser.doc.binary import Binary
from services.parser.doc.changes import changes_in
from services.parser.doc.shades import OF_PARAGRAPHS, shades

_ELSEWHERE: Final = (0x6645, 0x6646)
"""The changes lie in the data stream, at the offset given."""
_STYLE: Final = 0x4600
_IN_TABLE: Final = 0x2416
_ROW_END: Final = 0x2417
_INNER_CELL: Final = 0x244B
_INNER_ROW_END: Final = 0x244C
_DEPTH: Final = 0x6649
_DEEPER: Final = 0x664A
_OUTLINE: Final = 0x2640
_LIST: Final = 0x460B
_LIST_LEVEL: Final = 0x260A
_ROW: Final = (0xD608, 0xD606)
_MERGE_UP: Final = 0xD62B
_MERGE: Final = 0x5624
_SPLIT: Final = 0x5625
_TABLE_STYLE: Final = 0x563A
_CELL_SIZE: Final = 20
_DEEPEST: Final = 1000


@dataclass
class RowCell:
    """How a row's cell is merged: with the cell to its left, with the one above."""

    left: bool = False
    up: bool = False


@dataclass
class Row:
    """A row's cell borders in twentieths of a point, and how its cells are merged."""

    borders: list[int]
    cells: list[RowCell]


@dataclass
class Properties:
    """What is known of a paragraph and, where it ends a row, of the row."""

    style: int = 0
    in_table: bool = False
    row_end: bool = False
    """Whether it ends a row; in a table within a table `inner_row_end` says so."""
    inner_cell: bool = False
    inner_row_end: bool = False
    depth: int = 0
    outline: int | None = None
    """0 to 8; 9 is body text."""
    list_number: int | None = None
    list_level: int | None = None
    row: Row | None = field(default=None)
    shaded: bool = False
    """Whether it has a shade, or a cell of its row; a style of tables may have one."""

    @property
    def table_depth(self) -> int:
        """In how many tables within each other the paragraph lies."""
        return max(self.depth, 1) if self.in_table or self.depth else 0

    def apply(self, changes: bytes, data: Binary) -> None:
        """Take `changes`; raises Corrupt when they point outside the `data` stream."""
        for code, operand in changes_in(changes):
            if code in _ELSEWHERE:
                at = int.from_bytes(operand, "little")
                for each, value in changes_in(data.part(at + 2, data.word(at))):
                    self._take(each, value)
            else:
                self._take(code, operand)

    def _take(self, code: int, operand: bytes) -> None:
        if code == _TABLE_STYLE or shades(code, operand, OF_PARAGRAPHS):
            self.shaded = True
        elif code in _ROW:
            self.row = _row(Binary(operand))
        elif code in (_MERGE_UP, _MERGE, _SPLIT):
            if self.row is not None and len(operand) >= 2:
                _merge(self.row, code, operand)
        elif code in (_IN_TABLE, _ROW_END, _INNER_CELL, _INNER_ROW_END):
            self._take_flag(code, bool(operand[0]))
        else:
            self._take_number(code, int.from_bytes(operand, "little", signed=True))

    def _take_flag(self, code: int, value: bool) -> None:
        if code == _IN_TABLE:
            self.in_table = value
        elif code == _ROW_END:
            self.row_end = value
        elif code == _INNER_CELL:
            self.inner_cell = value
        else:
            self.inner_row_end = value

    def _take_number(self, code: int, value: int) -> None:
        if code == _STYLE:
            self.style = value & 0xFFFF
        elif code == _DEPTH:
            self.depth = min(max(value, 0), _DEEPEST)
        elif code == _DEEPER:
            self.depth = min(max(self.depth + value, 0), _DEEPEST)
        elif code == _OUTLINE:
            self.outline = value
        elif code == _LIST:
            self.list_number = value
        elif code == _LIST_LEVEL:
            self.list_level = value


def _row(operand: Binary) -> Row | None:
    """A row's definition; None when it is cut short."""
    if not len(operand):
        return None
    count = operand.byte(0)
    after = 1 + 2 * (count + 1)
    if after > len(operand):
        return None
    borders = [operand.short(1 + 2 * number) for number in range(count + 1)]
    cells = [RowCell() for _ in range(count)]
    for number in range(min(count, (len(operand) - after) // _CELL_SIZE)):
        flags = operand.word(after + _CELL_SIZE * number)
        cells[number] = RowCell(left=bool(flags & 0x0002), up=flags & 0x0060 == 0x0020)
    return Row(borders, cells)


def _merge(row: Row, code: int, operand: bytes) -> None:
    """Merge or split cells of a row already defined."""
    first, second = operand[0], operand[1]
    if code == _MERGE_UP:
        if first < len(row.cells):
            row.cells[first].up = second == 1
    else:
        for number in range(first + (code == _MERGE), min(second, len(row.cells))):
            row.cells[number].left = code == _MERGE
