"""The budget tables as the rules see them: rows with named columns, and the sets they come in."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from services.normalizer.checks.classes import class_code
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.wording import TABLE_TITLES, cell_name
from services.normalizer.language.text import label
from services.normalizer.language.totals import is_partial, is_total
from services.normalizer.tables.grid import Grid
from shared.schemas.names import Basis, ColumnName, TableName
from shared.schemas.records import BudgetLine

_TOP_MARK = re.compile(r"[一二三四五六七八九十]+[、.．]")
_OF_A_PART = re.compile("人员|公用|基本支出|项目支出|三公")
"""In the name of a total of a part of the table."""
_PART_MARK = re.compile(r"其中|[(（][一二三四五六七八九十\d]+[)）]|\d+[、.．]")


@dataclass
class Row:
    """A row of a table, or one side of it: its cells by column; `label` is its name with the list marker.

    `part` counts the groups of columns side by side that one side of a balance may have. `implied` is the code its
    name stands for, in a table that prints classes of spending without their codes.
    """

    line: BudgetLine
    label: str
    part: int = 0
    implied: str = ""
    cells: dict[ColumnName, Figure] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        return label(self.line.name)

    @cached_property
    def code(self) -> str:
        return label(self.line.code or "") or self.implied

    @cached_property
    def is_grand(self) -> bool:
        """Whether this is the table's 合计."""
        if self.code or not is_total(self.name) or is_partial(self.name):
            return False
        return not _OF_A_PART.search(self.name)

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
    """One published table; `identities` are the sums that hold in its rows, once they are looked for."""

    name: TableName
    rows: list[Row]
    identities: list[tuple[ColumnName, tuple[ColumnName, ...]]] | None = None

    @property
    def title(self) -> str:
        return TABLE_TITLES[self.name]

    @cached_property
    def columns(self) -> list[ColumnName]:
        """The columns with any figure, in the order of the contract."""
        used = {column for row in self.rows for column in row.cells}
        return [column for column in ColumnName if column in used]

    def side(self, side: str) -> list[list[Row]]:
        """The rows of one side of a balance table, those of each group of columns apart."""
        rows = [row for row in self.rows if row.line.side == side]
        return [[row for row in rows if row.part == part] for part in sorted({row.part for row in rows})]

    def grand(self) -> Row | None:
        """The 合计 row, wherever it stands."""
        return next((row for row in self.rows if row.is_grand), None)

    def subject(self, row: Row, column: ColumnName) -> str:
        """How a message names a cell."""
        return cell_name(row.line, column)


@dataclass
class Volume:
    """One set of tables: a file may hold the department's and then each unit's.

    `sheets` are by table and basis: of a table that prints what was planned beside what was spent, the plan has a
    basis, the rest None. `doubt` says why a comparison between its tables may fail without the publisher's fault.
    """

    sheets: dict[tuple[TableName, Basis | None], Sheet] = field(default_factory=dict)
    doubt: str | None = None

    def get(self, name: TableName, basis: Basis | None = None) -> Sheet | None:
        return self.sheets.get((name, basis))


def build_volumes(lines: Sequence[tuple[BudgetLine, Figure]], grids: Mapping[int, Grid]) -> list[Volume]:
    """Sort the lines into rows, tables and sets: by the unit a table names, else where a table begins again."""
    labels = _Labels(grids, [line for line, _ in lines])
    by_unit: dict[str | None, list[tuple[BudgetLine, Figure]]] = {None: []}
    for line, figure in lines:
        by_unit.setdefault(line.unit_name, []).append((line, figure))
    found: list[Volume] = []
    for of_unit in filter(None, by_unit.values()):
        volumes = _of_one_unit(of_unit, labels)
        for volume in volumes:
            if len(volumes) > 1 and not _belongs_together(volume):
                volume.doubt = "文件含多套预算表，本套各表的对应关系不能确定"
        found += volumes
    return found


def _of_one_unit(lines: Sequence[tuple[BudgetLine, Figure]], labels: "_Labels") -> list[Volume]:
    volumes = [Volume()]
    current: dict[tuple[TableName, Basis | None], _Growing] = {}
    for line, figure in lines:
        key = (line.table, None if line.basis is Basis.FINAL else line.basis)
        growing = current.get(key)
        if growing is None or growing.starts_again(line):
            sheet = Sheet(line.table, [])
            growing = current[key] = _Growing(sheet)
            if key in volumes[-1].sheets:
                volumes.append(Volume())
            volumes[-1].sheets[key] = sheet
        growing.add(line, figure, labels)
    for volume in volumes:
        for sheet in volume.sheets.values():
            _imply_codes(sheet)
    return volumes


def _imply_codes(sheet: Sheet) -> None:
    """Give the classes of a table that prints no code at all the codes their names stand for."""
    if any(row.line.code or row.line.side for row in sheet.rows):
        return
    for row in sheet.rows:
        row.implied = class_code(row.name) or ""


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
        self._named: dict[tuple[object, ...], set[ColumnName]] = {}
        self._last: BudgetLine | None = None
        self._highest: dict[str | None, int] = {}

    def starts_again(self, line: BudgetLine) -> bool:
        """Whether `line` opens another table of the same name: another block whose numbering starts again."""
        last = self._last
        if last is None or _table(last) == _table(line):
            return False
        if line.line_no is not None and line.side in self._highest:
            return line.line_no < self._highest[line.side]
        return line.column in self._named.get((line.side, line.code, line.name), ())

    def add(self, line: BudgetLine, figure: Figure, labels: "_Labels") -> None:
        part = labels.part(line)
        key = (*_table(line), line.provenance.row, line.side, part, line.line_no, line.code, line.name)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Row(line, labels.of(line), part)
            self.sheet.rows.append(row)
        row.cells.setdefault(line.column, figure)
        self._named.setdefault((line.side, line.code, line.name), set()).add(line.column)
        self._last = line
        if line.line_no is not None:
            self._highest[line.side] = max(self._highest.get(line.side, line.line_no), line.line_no)


def _table(line: BudgetLine) -> tuple[str, int | None, int | None]:
    place = line.provenance
    return place.document, place.table, place.block


def _repeating(line: BudgetLine) -> tuple[object, ...]:
    return *_table(line), line.side, line.column, line.basis


class _Labels:
    """What records do not say of lines: their names with list markers, and their part of several side by side."""

    def __init__(self, grids: Mapping[int, Grid], lines: Sequence[BudgetLine]) -> None:
        self._grids = grids
        rows: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        for line in (each for each in lines if each.side):
            rows[(*_repeating(line), line.provenance.row)].append(line.provenance.column or 0)
        self._columns: dict[tuple[object, ...], list[int]] = {}
        for (*key, _), columns in rows.items():
            if len(columns) > len(self._columns.get(tuple(key), ())):
                self._columns[tuple(key)] = sorted(columns)

    def of(self, line: BudgetLine) -> str:
        """The text of the nearest cell left of the amount that ends with the line's name; else the name."""
        place = line.provenance
        name = label(line.name)
        grid = self._grids.get(place.block) if place.block is not None else None
        if grid is None or place.row is None or place.column is None:
            return name
        for cell in reversed(grid.cells(place.row)):
            text = label(cell.text)
            if cell.column < place.column and text.endswith(name):
                return text
        return name

    def part(self, line: BudgetLine) -> int:
        """Which of the groups side by side `line` is of: the one whose column of that kind is nearest."""
        if not line.side:
            return 0
        columns = self._columns[_repeating(line)]
        at = line.provenance.column or 0
        return min(range(len(columns)), key=lambda part: abs(columns[part] - at))
