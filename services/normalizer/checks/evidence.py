"""What speaks for and against our reading of the tables an equality is made of: see `policy`."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Final

from services.normalizer.checks.alternatives import Alternatives
from services.normalizer.checks.causes import Cause
from services.normalizer.checks.equations import Equation, Figure
from services.normalizer.checks.policy import Clause, Doubt, recognised
from services.normalizer.language.money import is_amount, is_blank
from services.normalizer.language.text import label
from services.normalizer.layout import Layout
from services.normalizer.recorder import LeftKind, ReaderResult
from services.normalizer.tables.captions import parts_a_table, running_heads
from services.normalizer.tables.grid import Place
from services.normalizer.tables.recognise import goes_on
from services.normalizer.unread import amounts_behind, rows_above
from shared.schemas.document import Cell, Paragraph, Table
from shared.schemas.names import Severity
from shared.schemas.records import Asset, BudgetLine, ProcurementLine, Provenance

_MONEY: Final = re.compile("[.,]")
_NEAR: Final = 4
"""How many blocks after a table another one may be its rest."""
_RATE: Final = re.compile(r"[%％]|增[长减]率|增幅|进度|[占比]比|比[重例]")
_NOTE: Final = re.compile(r"\(?(备注|注|说明|表注)\d{0,2}[:：)、.]")
_EXPLAINS: Final = re.compile(r"不?含|不?包[含括]|另有|未列|未计|除外|剔除|为空表")
_DEFINES: Final = "指"
_SENTENCE_END: Final = re.compile("[。;；]")
_ROUNDS: Final = re.compile(r"尾[差数]|四舍五入|[进取]位")
_OF_ROUNDING: Final = 2
"""How many times as much as printing allows a note on rounding may explain: a unit of each figure, not half."""
_NOTES_AFTER: Final = 3
_SLID: Final = 2
"""How many amounts at most stand in a column that is none of money because they slid."""
_READ_IN_TABLES: Final = (BudgetLine, ProcurementLine, Asset)


class Evidence:
    """Of one document: what was left unread and where, and which equalities of a table hold."""

    def __init__(self, layout: Layout, read: ReaderResult) -> None:
        self._layout = layout
        self._blocks = layout.document.blocks
        self._taken = read.taken
        self._rows_above = rows_above(layout, read)
        self._read: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        self._amounts: defaultdict[int, dict[tuple[int, int | None], Decimal]] = defaultdict(dict)
        self._left: defaultdict[LeftKind, set[int]] = defaultdict(set)
        self._strange: dict[int, list[tuple[int, int, str]]] = {}
        self._notes: dict[int, Sequence[str]] = {}
        self._unread_amounts: dict[int, set[int]] = {}
        self._nameless: defaultdict[int, set[int]] = defaultdict(set)
        self._without_unit = {line.table for line in read.of(BudgetLine) if line.amount is None}
        for line in read.of(BudgetLine):
            place = line.provenance
            if place.block is None or place.row is None or place.column is None:
                continue
            self._read[place.block].add((place.row, place.column))
            if line.amount is not None:
                self._amounts[place.block][place.row, place.column] = abs(line.amount)
            if is_amount(line.name):
                self._nameless[place.block].add(place.row)
        self._money_columns = {block: sorted({column for _, column in read}) for block, read in self._read.items()}
        for left in read.left:
            place = left.provenance
            if place.block is not None and left.severity is not Severity.INFO:
                self._left[left.kind].add(place.block)
                if left.kind is LeftKind.ROW and place.row is not None:
                    self._nameless[place.block].add(place.row)
        self._holding: Counter[tuple[int, int | None]] = Counter()
        self._failing: Counter[tuple[int, int | None]] = Counter()
        self._apart: defaultdict[tuple[int, int], list[Equation]] = defaultdict(list)
        self._sums: defaultdict[tuple[int, int], list[Equation]] = defaultdict(list)
        self._over_pages: set[int] = set()
        self._rows_without: set[tuple[int, int | None]] = set()
        self._alternatives = Alternatives(layout, read.of(BudgetLine))

    def hear(self, equations: Iterable[Equation]) -> None:
        """Take the sums that hold as bearing out how their tables and columns were read."""
        equations = [equation for equation in equations if not equation.rate]
        self._alternatives.hear(equations)
        for equation in equations:
            if not equation.holds:
                for column in _columns(equation):
                    self._failing[column] += 1
                if (place := _down(equation)) is not None:
                    self._apart[place[:2]].append(equation)
                if (top := _row_below(equation)) is not None:
                    self._sums[top].append(equation)
            elif equation.total.amount:
                for column in _columns(equation):
                    self._holding[column] += 1
                for block in _blocks(equation):
                    if _pages(equation, block) > 1:
                        self._over_pages.add(block)
                row = equation.row
                if row is not None and self._has_unread_amount(*row):
                    self._rows_without.add((row[0], equation.total.record.provenance.column))

    def doubts(self, cause: Cause, equations: Sequence[Equation]) -> list[list[Doubt]]:
        """For each sum of `cause` every clause that applies; `equations` are those of all rules.

        Of percentages alone, which are told as what they are, none does.
        """
        failed = [each for number in cause.equations if not (each := equations[number]).rate]
        if not failed:
            return [[]]
        here = Counter(place for equation in failed for place in _columns(equation))
        agreed = cause.cell is not None and len(cause.equations) > 1
        otherwise = self._otherwise(failed)
        return [[*self._between(each), *otherwise, *self._alone(each, here, agreed)] for each in failed]

    def _otherwise(self, failed: Sequence[Equation]) -> list[Doubt]:
        """Whether `failed`, the equalities of one cause, all hold under another reading of what is printed."""
        if (name := self._alternatives.lost_cell(failed)) is not None:
            return [Doubt(Clause.LOST, f"“{_short(name)}”一行有空白，可能缺一个数字")]
        if self._alternatives.is_shifted(failed):
            return [Doubt(Clause.DISPLACED, "一行的数字错开一栏后等式成立，可能列错了栏")]
        return []

    def _is_displaced(self, equation: Equation) -> bool:
        """Whether what a column has too much or lacks is what another column of one of its rows has."""
        total = equation.total.record.provenance
        if not equation.total.amount and total.block is not None:
            beside = {amount for (row, _), amount in self._amounts[total.block].items() if row == total.row}
            return bool(equation.expected) and equation.expected in beside
        place = _down(equation)
        if place is None:
            return False
        block, top, column = place
        if any(_is_moved(equation, other) for other in self._apart[block, top]):
            return True
        amounts = self._amounts[block]
        return any(
            amount == abs(equation.residual)
            and row != top
            and (row, column) not in amounts
            and (top, other) not in amounts
            for (row, other), amount in amounts.items()
        )

    def _lacks_a_row(self, equation: Equation) -> bool:
        """Whether a row is lacking in every column of a sum, and may have been lost where a page ends."""
        place = _row_below(equation)
        if (
            place is None
            or equation.residual <= equation.allowed
            or not self._alternatives.is_over_a_page(equation)
        ):
            return False
        lacking = sorted(each.residual for each in self._sums[place] if each.residual > each.allowed)
        if len(lacking) == 1:
            return len(self._money_columns[place[0]]) == 1
        return len(lacking) > 1 and sum(lacking[:-1], Decimal(0)) >= lacking[-1]

    def _alone(self, equation: Equation, here: Counter[tuple[int, int | None]], agreed: bool) -> Iterator[Doubt]:
        """Whether nothing bears out a column: no equality that holds, no two that agree on a cell."""
        alone = [place for place in _columns(equation) if not self._holding[place]]
        if any(self._failing[place] > here[place] for place in alone):
            yield Doubt(Clause.MISREAD, "有一栏的各项等式均不成立，可能未能正确识别")
        elif alone and not agreed:
            yield Doubt(Clause.ALONE, "没有其他等式可以佐证读法")

    def _between(self, equation: Equation) -> Iterator[Doubt]:
        """What is unknown or unread between the figures of an equality, or stated beside them."""
        if equation.doubt:
            yield Doubt(Clause.READING, equation.doubt)
        if (doubt := recognised(_places(equation.figures))) is not None:
            yield doubt
        if (lost := self._alternatives.lost_total(equation)) is not None:
            yield Doubt(Clause.LOST, f"“{_short(lost)}”一栏空白，可能缺一个数字")
        if self._lacks_a_row(equation):
            yield Doubt(Clause.LOST_ROW, "所加各行跨页，换页处可能缺一行")
        if self._is_displaced(equation):
            yield Doubt(Clause.DISPLACED, "同一行另一栏相差相同的金额，可能有数字列错了栏")
        row = equation.row
        for block in sorted(_blocks(equation)):
            yield from self._unread(equation, block, row)
            if _pages(equation, block) > 1 and block not in self._over_pages:
                yield Doubt(Clause.PAGE_BREAK, "所加各行分在两页，没有其他等式可以佐证")
            small = abs(equation.residual) <= _OF_ROUNDING * equation.allowed
            for note in self._notes_at(block):
                if small or _explains(note):
                    yield Doubt(Clause.NOTE, f"表注“{_short(note)}”可能说明差额")

    def _unread(self, equation: Equation, block: int, row: tuple[int, int] | None) -> Iterator[Doubt]:
        nameless = self._nameless[block]
        if nameless and (row is None or row[1] in nameless):
            yield Doubt(Clause.UNKNOWN_LABEL, "本表有未能识别名称的行")
        kinds = {figure.record.table for figure in equation.figures if isinstance(figure.record, BudgetLine)}
        if row is None and kinds & self._without_unit:
            yield Doubt(Clause.UNREAD_TABLE, "同类的另一张表没有标明金额单位，可能是本表的续表")
        if row is None and block in self._rests:
            yield Doubt(Clause.UNREAD_TABLE, "其后有未能读入的表格或金额，可能是本表的续表或末行")
        cells = {
            (figure.record.provenance.row, figure.record.provenance.column)
            for figure in equation.figures
            if figure.record.provenance.block == block
        }
        if block not in self._read or not self._grid(block):
            if block in self._left[LeftKind.CELL]:
                yield Doubt(Clause.UNREAD_CELL, "本表有未能读出的内容")
            return
        strange = self._strange_in_row(block, row[1]) if row else self._strange_below(block, cells)
        if strange is not None:
            yield Doubt(Clause.UNREAD_CELL, f"“{strange}”未能读出")
        borne_out = (block, equation.total.record.provenance.column) in self._rows_without
        if row and not borne_out and (block in self._left[LeftKind.COLUMN] or self._has_unread_amount(*row)):
            yield Doubt(Clause.UNREAD_COLUMN, "本表有未能识别的列")

    def _strange_in_row(self, block: int, row: int) -> str | None:
        """A filled cell of that row, in a column of money, that became no record."""
        return next(
            (
                _short(cell.text)
                for column in self._between_columns(block)
                if (cell := self._grid(block).get((row, column))) is not None
                and (row, column) not in self._read[block]
                and not is_blank(cell.text)
            ),
            None,
        )

    def _between_columns(self, block: int) -> Sequence[int]:
        """The columns of money; with those between them, where a cell was left that should be an amount."""
        columns = self._money_columns[block]
        return range(columns[0], columns[-1] + 1) if block in self._left[LeftKind.CELL] else columns

    def _strange_below(self, block: int, cells: set[tuple[int | None, int | None]]) -> str | None:
        """A filled cell that became no record: in the columns added, in a row blank there or beside these."""
        columns = {column for _, column in cells if column is not None}
        rows, money = {row for row, _ in cells}, self._money_columns[block]
        read = self._read[block]
        return next(
            (
                text
                for row, column, text in self._strange_cells(block)
                if column in columns
                or (row in rows and column not in money)
                or any((row, each) not in read for each in columns)
            ),
            None,
        )

    def _strange_cells(self, block: int) -> list[tuple[int, int, str]]:
        """Row, column and text of the filled cells below the header that became no record and may be an amount.

        Those of the columns of money, and amounts that stand alone in another column, where they slid.
        """
        if block not in self._strange:
            read, known = self._read[block], self._layout.table_at(block)
            first = min(row for row, _ in read)
            body = frozenset(known.body) if known else None
            any_text = block in self._left[LeftKind.CELL]
            below = [
                (row, column, cell.text)
                for (row, column), cell in self._grid(block).items()
                if (row > first if body is None else row in body)
                and (row, column) not in read
                and not is_blank(cell.text)
            ]
            columns = self._money_columns[block]
            labels = [(column, cell.text) for (row, column), cell in self._grid(block).items() if row < first]
            told = {*columns, *(column for column, text in labels if _RATE.search(text))}
            loose = Counter(column for _, column, text in below if column not in told and _is_printed_money(text))
            few = len({row for row, _ in read}) / 2
            self._strange[block] = [
                (row, column, _short(text))
                for row, column, text in below
                if (column in columns and (any_text or is_amount(text)))
                or (0 < loose[column] <= min(_SLID, few) and _is_printed_money(text))
            ]
        return self._strange[block]

    def _has_unread_amount(self, block: int, row: int) -> bool:
        """Whether the row prints money in a column that was not read."""
        if block not in self._unread_amounts:
            columns = self._money_columns[block]
            self._unread_amounts[block] = {
                at
                for (at, column), cell in self._grid(block).items()
                if column > columns[0] and column not in columns and is_amount(cell.text)
            }
        return row in self._unread_amounts[block]

    def _grid(self, block: int) -> Mapping[Place, Cell]:
        grid = self._layout.grids.get(block)
        return grid.starting if grid else {}

    @cached_property
    def _rests(self) -> frozenset[int]:
        """The tables followed by what no reader took: figures in a table, of no other title, or lone amounts."""
        known = (table.block for table in self._layout.tables)
        found = {block for block in known if amounts_behind(self._layout.document, block)}
        for number, block in enumerate(self._blocks):
            if not isinstance(block, Table) or not self._is_left(number, block):
                continue
            between: list[str] = []
            for before in range(number - 1, max(-1, number - 1 - _NEAR), -1):
                earlier = self._blocks[before]
                if not isinstance(earlier, Table):
                    between.append(earlier.text)
                    continue
                if before not in self._taken and earlier.column_count != block.column_count:
                    break
                if not all(self._goes_on(text, before) for text in between):
                    break
                found.add(before)
                if before in self._taken:
                    break
        return frozenset(found)

    def _is_left(self, number: int, block: Table) -> bool:
        """Whether figures of a table, or of the rows at its top, are of no table that is known."""
        return number in self._rows_above or (number not in self._taken and _has_figures(block))

    @cached_property
    def _heads(self) -> frozenset[str]:
        return running_heads(self._layout.document)

    def _goes_on(self, text: str, block: int) -> bool:
        """Whether under `text` table `block` may go on."""
        table = self._layout.table_at(block)
        return goes_on(table, text, self._heads) if table else parts_a_table(text)

    def _notes_at(self, block: int) -> Sequence[str]:
        """The notes in or right under the table that may explain a difference."""
        if block not in self._notes:
            self._notes[block] = self._notes_of(block)
        return self._notes[block]

    def _notes_of(self, block: int) -> Sequence[str]:
        table = self._blocks[block] if block < len(self._blocks) else None
        if not isinstance(table, Table):
            return ()
        texts = [cell.text for cell in table.cells if cell.row >= table.row_count - 2]
        for after in self._blocks[block + 1 : block + 1 + _NOTES_AFTER]:
            if not isinstance(after, Paragraph):
                break
            texts.append(after.text)
        notes = [text for text in map(label, texts) if _NOTE.match(text)]
        return [text for text in notes if _EXPLAINS.search(text) or _ROUNDS.search(text)]


def _blocks(equation: Equation) -> set[int]:
    """The tables of the document the equality's figures stand in."""
    return {
        block
        for figure in equation.figures
        if isinstance(figure.record, _READ_IN_TABLES) and (block := figure.record.provenance.block) is not None
    }


def _columns(equation: Equation) -> set[tuple[int, int | None]]:
    """The columns of tables the equality's figures that are not zero stand in; of whole rows, the table."""
    return {
        (place.block, place.column)
        for figure in equation.figures
        if figure.amount and isinstance(figure.record, _READ_IN_TABLES)
        if (place := figure.record.provenance).block is not None
    }


def _places(figures: Sequence[Figure]) -> list[Provenance]:
    return [figure.record.provenance for figure in figures]


def _down(equation: Equation) -> tuple[int, int, int] | None:
    """Block, row and column of the total of an equality that adds up one column of one table; else None.

    A blank total is of the column of its parts.
    """
    printed = {
        (place.block, place.column)
        for figure in equation.figures
        if figure.key
        for place in (figure.record.provenance,)
    }
    row = equation.total.record.provenance.row
    if len(printed) != 1 or row is None:
        return None
    block, column = printed.pop()
    return None if block is None or column is None else (block, row, column)


def _row_below(equation: Equation) -> tuple[int, int] | None:
    """Block and row of a total of budget lines that adds up a column of the rows below it; else None."""
    place = equation.total.record.provenance
    below = [part.record.provenance for part in equation.parts if isinstance(part.record, BudgetLine)]
    if place.block is None or place.row is None or len(below) < len(equation.parts):
        return None
    start = (place.block, place.row)
    under = all(each.column == place.column and start < (each.block or 0, each.row or 0) for each in below)
    return start if under else None


def _is_moved(one: Equation, other: Equation) -> bool:
    """Whether one amount, too much in one column, is what another lacks."""
    if one.residual != -other.residual:
        return False
    return any(abs(part.amount) == abs(one.residual) for part in (*one.parts, *other.parts))


def _pages(equation: Equation, block: int) -> int:
    return len({place.page for place in _places(equation.figures) if place.block == block and place.page})


def _is_printed_money(text: str) -> bool:
    """Whether `text` is an amount as money is printed, which codes, years and counts are not."""
    return is_amount(text) and bool(_MONEY.search(text))


def _has_figures(table: Table) -> bool:
    return any(is_amount(cell.text) for cell in table.cells)


def _explains(note: str) -> bool:
    """Whether `note` says what the figures hold or leave out, and does not only define a term (…指…，含…)."""
    found = ((sentence, _EXPLAINS.search(sentence)) for sentence in _SENTENCE_END.split(note))
    return any(said and _DEFINES not in sentence[: said.start()] for sentence, said in found)


def _short(text: str) -> str:
    return label(text)[:30]
