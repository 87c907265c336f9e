"""The budget tables as the rules see them: rows with named columns, and the sets they come in."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from services.normalizer.checks.outcome import Figure
from services.normalizer.checks.wording import COLUMN_TITLES, TABLE_TITLES, shown
from services.normalizer.language.text import label
from shared.schemas.document import Cell, Document, Table
from shared.schemas.names import ColumnName, TableName
from shared.schemas.records import BudgetLine

_GRAND = re.compile(r"(总?合计|总计|(本年)?(收入|支出)(总?合计|总计))")
_TOP_MARK = re.compile(r"[一二三四五六七八九十]+[、.．]")
_NEAR = 4
"""How many blocks after a table another one may be its rest."""
_PART_MARK = re.compile(r"其中|[(（][一二三四五六七八九十\d]+[)）]|\d+[、.．]")


@dataclass
class Row:
    """A row of a table, or one side of it: its cells by column; `label` is its name with the list marker."""

    line: BudgetLine
    label: str
    cells: dict[ColumnName, Figure] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return label(self.line.name)

    @property
    def code(self) -> str:
        return label(self.line.code or "")

    @property
    def is_grand(self) -> bool:
        """Whether this is the table's 合计."""
        return not self.code and bool(_GRAND.fullmatch(self.name))

    @property
    def is_top(self) -> bool:
        """Whether the name is marked as of the first level: 一、 二、."""
        return bool(_TOP_MARK.match(self.label))

    @property
    def is_part(self) -> bool:
        """Whether the name is marked as part of a line above: 其中, （一）, 1.."""
        return bool(_PART_MARK.match(self.label))


@dataclass
class Sheet:
    """One published table; `doubt` says why a failed sum in it may be ours, `row_doubt` why one in a row may."""

    name: TableName
    rows: list[Row]
    doubt: str | None = None
    row_doubt: str | None = None

    @property
    def title(self) -> str:
        return TABLE_TITLES[self.name]

    @cached_property
    def columns(self) -> list[ColumnName]:
        """The columns with any figure, in the order of the contract."""
        used = {column for row in self.rows for column in row.cells}
        return [column for column in ColumnName if column in used]

    def side(self, side: str) -> list[Row]:
        """The rows of one side of a balance table."""
        return [row for row in self.rows if row.line.side == side]

    def grand(self) -> Row | None:
        """The 合计 row, wherever it stands."""
        return next((row for row in self.rows if row.is_grand), None)

    def subject(self, row: Row, column: ColumnName) -> str:
        """How a message names a cell."""
        code = f"{row.code} " if row.code else ""
        place = "" if column is ColumnName.BUDGET else f"的{COLUMN_TITLES[column]}"
        return f"{self.title}“{code}{shown(row.line.name)}”{place}"


@dataclass
class Volume:
    """One set of tables: a file may hold the department's and then each unit's."""

    sheets: dict[TableName, Sheet] = field(default_factory=dict)
    doubt: str | None = None

    def get(self, name: TableName) -> Sheet | None:
        return self.sheets.get(name)

    def doubt_of(self, *sheets: Sheet) -> str | None:
        """Why a comparison between these tables may fail without the publisher's fault."""
        return self.doubt or next((sheet.doubt for sheet in sheets if sheet.doubt), None)


@dataclass(frozen=True)
class Unread:
    """The blocks of which cells, columns, or the whole table were not read."""

    cells: frozenset[int]
    columns: frozenset[int]
    tables: frozenset[int]

    def doubt(self, sheet: Sheet) -> None:
        """Mark `sheet` where what was not read may be an addend of its sums."""
        blocks = {row.line.provenance.block for row in sheet.rows} - {None}
        after = {block + step for block in blocks if block is not None for step in range(1, _NEAR + 1)}
        if blocks & self.cells or after & self.tables:
            sheet.doubt = f"{sheet.title}有未能读出的内容"
        if blocks & self.columns:
            sheet.row_doubt = f"{sheet.title}有未能识别的列"
        sheet.row_doubt = sheet.doubt or sheet.row_doubt


def build_volumes(lines: Sequence[tuple[BudgetLine, Figure]], document: Document, unread: Unread) -> list[Volume]:
    """Sort the lines into rows, tables and sets of tables."""
    labels = _Labels(document)
    volumes: list[Volume] = [Volume()]
    current: dict[TableName, _Growing] = {}
    for line, figure in lines:
        growing = current.get(line.table)
        if growing is None or growing.starts_again(line):
            sheet = Sheet(line.table, [])
            growing = current[line.table] = _Growing(sheet)
            if line.table in volumes[-1].sheets:
                volumes.append(Volume())
            volumes[-1].sheets[line.table] = sheet
        growing.add(line, figure, labels)
    for volume in volumes:
        for sheet in volume.sheets.values():
            unread.doubt(sheet)
        if len(volumes) > 1 and not _belongs_together(volume):
            volume.doubt = "文件含多套预算表，本套各表的对应关系不能确定"
    return [volume for volume in volumes if volume.sheets]


def _belongs_together(volume: Volume) -> bool:
    """Whether at least two tables of the set agree on a grand total."""
    totals: Counter[Decimal] = Counter()
    for sheet in volume.sheets.values():
        amounts = {figure.amount for row in sheet.rows if row.is_grand for figure in row.cells.values()}
        totals.update(amount for amount in amounts if amount)
    return any(count > 1 for count in totals.values())


class _Growing:
    """A table while its lines come in."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._rows: dict[tuple[object, ...], Row] = {}
        self._last: BudgetLine | None = None
        self._highest = -1

    def starts_again(self, line: BudgetLine) -> bool:
        """Whether `line` opens another table of the same name: another block whose numbering starts again."""
        last = self._last
        if last is None or _place(last)[0] == _place(line)[0]:
            return False
        if line.line_no is not None and self._highest >= 0:
            return line.line_no < self._highest
        return any(line.column in row.cells for row in self._rows.values() if _same_row(row.line, line))

    def add(self, line: BudgetLine, figure: Figure, labels: "_Labels") -> None:
        key = (*_place(line), line.side, line.line_no, line.code, line.name)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Row(line, labels.of(line))
            self.sheet.rows.append(row)
        row.cells.setdefault(line.column, figure)
        self._last = line
        self._highest = max(self._highest, line.line_no if line.line_no is not None else -1)


def _place(line: BudgetLine) -> tuple[tuple[object, ...], int | None]:
    place = line.provenance
    return (place.document, place.table, place.block), place.row


def _same_row(one: BudgetLine, other: BudgetLine) -> bool:
    return (one.side, one.code, one.name) == (other.side, other.code, other.name)


class _Labels:
    """The names as printed, list markers kept: records drop them, but they tell a line from its parts."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._rows: dict[int, dict[int, list[Cell]]] = {}

    def of(self, line: BudgetLine) -> str:
        """The text of the nearest cell left of the amount that ends with the line's name; else the name."""
        place = line.provenance
        name = label(line.name)
        if place.block is None or place.row is None or place.column is None:
            return name
        for cell in reversed(self._cells(place.block, place.row)):
            text = label(cell.text)
            if cell.column < place.column and text.endswith(name):
                return text
        return name

    def _cells(self, block: int, row: int) -> Sequence[Cell]:
        if block not in self._rows:
            rows: dict[int, list[Cell]] = {}
            table = self._document.blocks[block] if block < len(self._document.blocks) else None
            for cell in table.cells if isinstance(table, Table) else ():
                rows.setdefault(cell.row, []).append(cell)
            self._rows[block] = rows
        return self._rows[block].get(row, [])
