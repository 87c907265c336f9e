"""Other readings of what is printed, under which failed equalities hold: a lost cell, a shifted row.

A source may have lost a figure (its cell is blank) or print a row with a cell too many or too few, so that figures
stand beside their columns. Where one such reading satisfies every equality of a cause, the sums are not accused.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import pairwise, takewhile
from operator import itemgetter
from typing import Final

from services.normalizer.checks.equations import CellKey, Equation, Figure
from services.normalizer.language import vocabulary
from services.normalizer.language.money import number
from services.normalizer.language.text import squeezed
from services.normalizer.language.totals import ends_in_total, is_total
from services.normalizer.layout import Layout
from services.normalizer.tables.lines import Line, said_in
from shared.schemas.records import BudgetLine

_STEPS: Final = (1, -1, 2, -2)
"""By how many cells a row may be off, the likeliest first."""
_MOST: Final = 4
"""How many figures that a shift brings into blank cells are tried together."""
_NONE: Final = Decimal(0)

RowPlace = tuple[int, int]
"""The block and row of a table's row."""
CellPlace = tuple[int, int, int]
"""The block, row and column of a table's cell."""


class Alternatives:
    """The tables of one document as they may have been printed otherwise."""

    def __init__(self, layout: Layout, lines: Iterable[BudgetLine]) -> None:
        self._layout = layout
        self._read: defaultdict[int, dict[tuple[int, int], BudgetLine]] = defaultdict(dict)
        for line in lines:
            place = line.provenance
            if place.block is not None and place.row is not None and place.column is not None:
                self._read[place.block][place.row, place.column] = line
        self._said: dict[int, dict[tuple[int, int], Line]] = {}
        self._whole: set[RowPlace] = set()

    def hear(self, equations: Iterable[Equation]) -> None:
        """Take the sums that hold within a row as proof that its blank cells are zero."""
        self._whole |= {row for equation in equations if equation.holds and (row := equation.row) is not None}

    def lost_cell(self, failed: Sequence[Equation]) -> str | None:
        """What the row calls itself whose blank cells, one amount in each, would satisfy all of `failed`."""
        lacking = [(abs(each.residual) if each.factors else each.residual, each.allowed) for each in failed]
        least = max(residual - allowed for residual, allowed in lacking)
        most = min(residual + allowed for residual, allowed in lacking)
        if not 0 < least <= most:
            return None
        blanks = [{place[:2]: place for place in self._blanks(equation)} for equation in failed]
        within = any(equation.row for equation in failed)
        rows = set.intersection(*map(set, blanks)) - (set() if within else self._whole)
        return self._name(blanks[0][min(rows)]) if rows else None

    def lost_total(self, equation: Equation) -> str | None:
        """What a blank total calls itself, where another total of its column stands for it in `equation`."""
        for figure in equation.figures if len(equation.parts) == 1 else ():
            place, row = figure.record.provenance, _row(figure)
            if row is None or place.column is None or not is_total(self._name((*row, place.column))):
                continue
            for other, column in self._lines(row[0]):
                blank = (row[0], other, column)
                if column == place.column and self._is_blank(*blank) and is_total(self._name(blank)):
                    return self._name(blank)
        return None

    def is_over_a_page(self, equation: Equation) -> bool:
        """Whether a page ends among the rows under the total of `equation`, or right behind the last of them."""
        total, start = equation.total.record, _row(equation.total)
        if start is None or not isinstance(total, BudgetLine):
            return False
        rows = [(place, line) for place, line in self._rows if place >= start]
        below = takewhile(lambda each: (each[1].code or "").startswith(total.code or ""), rows)
        last = sum(1 for _ in below)
        return any(self._parted(*pair) for pair in pairwise(rows[: last + 1]))

    def _parted(self, one: tuple[RowPlace, BudgetLine], other: tuple[RowPlace, BudgetLine]) -> bool:
        """Whether a page ends between two rows of one table."""
        (first, above), (second, below) = one, other
        if first[0] == second[0]:
            return above.provenance.page != below.provenance.page
        known = self._layout.table_at(second[0])
        return above.table == below.table and known is not None and not known.header

    @cached_property
    def _rows(self) -> list[tuple[RowPlace, BudgetLine]]:
        """Each row of every table with the first of its lines, in order."""
        found: dict[RowPlace, BudgetLine] = {}
        for block, lines in self._read.items():
            for (row, _), line in lines.items():
                found.setdefault((block, row), line)
        return sorted(found.items(), key=itemgetter(0))

    def is_shifted(self, failed: Sequence[Equation]) -> bool:
        """Whether all of `failed` hold once the figures of one row stand a cell or two farther left or right."""
        blanks = [set(self._blanks(equation)) for equation in failed]
        rows = {row for equation in failed for figure in equation.figures if (row := _row(figure)) is not None}
        rows |= {place[:2] for places in blanks for place in places}
        return any(
            all(self._holds(each, places, row, amounts) for each, places in zip(failed, blanks, strict=True))
            for row in sorted(rows)
            for amounts in self._shifts(*row)
        )

    def _holds(
        self, equation: Equation, blanks: Collection[CellPlace], row: RowPlace, amounts: Mapping[int, Decimal]
    ) -> bool:
        """Whether `equation` holds with `amounts` in the columns of `row`; in `blanks` they may be parts."""
        read, further = self._read[row[0]], []
        changes: dict[CellKey, Decimal] = {}
        for column, amount in amounts.items():
            line = read.get((row[1], column))
            if line is not None:
                changes[line.id, "amount"] = amount
            elif (*row, column) in blanks:
                further.append(amount)
            elif equation.total.key is None and (*row, column) == _blank_total(equation):
                further.append(-amount)
        if equation.holds_with(changes):
            return True
        residual = equation.residual_with(changes)
        return any(abs(residual - more) <= equation.allowed for more in _sums(further, bool(equation.factors)))

    def _shifts(self, block: int, row: int) -> Iterator[Mapping[int, Decimal]]:
        """Column → amount of a row once its figures from some column on are taken from farther left or right.

        No figure is lost thereby: what is passed over is blank, and each comes to stand in a column for figures.
        """
        grid = self._layout.grids.get(block)
        scale = next((scale for line in self._read[block].values() if (scale := _scale(line))), None)
        if grid is None or scale is None:
            return
        printed = {
            cell.column: value * scale for cell in grid.cells(row) if (value := number(cell.text)) is not None
        }
        texts = {cell.column for cell in grid.cells(row) if grid.held(cell) == "text"}
        columns = self._columns(block)
        for step in _STEPS:
            for first in range(columns[0] - abs(step), columns[-1] + 1) if columns else ():
                landed = {column - step for column in columns if column >= first and column in printed}
                if all(column >= first and column in columns and column not in texts for column in landed):
                    opened = range(first, first - step)
                    yield {
                        column: _NONE if column in opened else printed.get(column + step, _NONE)
                        for column in columns
                        if column >= first
                    }

    def _blanks(self, equation: Equation) -> Iterator[CellPlace]:
        """The blank cells that may be parts of `equation`: of its row, or of the columns that it adds."""
        if (place := equation.row) is not None:
            places = ((*place, column) for column in self._columns(place[0]))
            yield from (each for each in places if each[1:] not in self._read[each[0]] and not self._text(each))
        elif not equation.factors:
            for block, column in _added(equation):
                yield from ((block, row, column) for row in self._parts(equation, block, column))

    def _parts(self, equation: Equation, block: int, column: int) -> Iterator[int]:
        """The rows blank in a column that may be parts of `equation`: by their codes, else by where they stand."""
        lines = {row: line for (row, at), line in self._lines(block).items() if at == column}
        total = equation.total.record
        code = total.code if isinstance(total, BudgetLine) else None
        levels = {len(lines[row].code or "") for row in _rows(equation, block) if row in lines} - {0}
        among = self._among(equation, block, lines)
        own = _row(equation.total)
        for row, line in lines.items():
            if (block, row) == own or not self._is_blank(block, row, column):
                continue
            if line.code and (code or levels):
                if line.code.startswith(code) if code else len(line.code) == min(levels):
                    yield row
            elif row in among and not ends_in_total(line.name):
                yield row

    def _columns(self, block: int) -> Sequence[int]:
        """The columns from the first of money on, but for remarks."""
        known, remarks = self._layout.table_at(block), vocabulary.columns().remark
        labels = known.frame.labels if known else ()
        first = min(column for _, column in self._read[block])
        return [
            column
            for column in range(first, len(labels))
            if not (labels[column] and labels[column][-1] in remarks)
        ]

    def _among(self, equation: Equation, block: int, lines: Mapping[int, Line]) -> range:
        """The rows between the total of `equation` and the next total on the side where its parts stand."""
        total = equation.total.record.provenance
        end = max(lines, default=0) + 1
        parts = _rows(equation, block)
        if total.block != block or total.row is None or not parts:
            return range(end)
        others = [row for row, line in lines.items() if ends_in_total(line.name)]
        if max(parts) > total.row:
            return range(total.row, min((row for row in others if row > total.row), default=end))
        return range(max((row for row in others if row < total.row), default=0), total.row)

    def _is_blank(self, block: int, row: int, column: int) -> bool:
        """Whether a cell of a row with a name prints nothing, not even a dash."""
        place = (block, row, column)
        return (row, column) not in self._read[block] and bool(self._name(place)) and not self._text(place)

    def _text(self, place: CellPlace) -> str:
        grid = self._layout.grids.get(place[0])
        cell = grid.starting.get(place[1:]) if grid else None
        return squeezed(cell.text) if cell else ""

    def _name(self, place: CellPlace) -> str:
        """What the row of a cell calls itself, on its side of the table; empty where it has no name."""
        line = self._lines(place[0]).get(place[1:])
        return line.name if line else ""

    def _lines(self, block: int) -> Mapping[tuple[int, int], Line]:
        """Row and column of each cell for money → what its row says it is."""
        if block not in self._said:
            known = self._layout.table_at(block)
            self._said[block] = {
                (said.row, amount.column): said.line
                for said in (said_in(known) if known else ())
                if said.line is not None
                for amount in said.part.amounts
            }
        return self._said[block]


def _row(figure: Figure) -> RowPlace | None:
    place = figure.record.provenance
    if not isinstance(figure.record, BudgetLine) or place.block is None or place.row is None:
        return None
    return place.block, place.row


def _rows(equation: Equation, block: int) -> set[int]:
    """The rows of `block` in which the parts of `equation` stand."""
    places = (_row(part) for part in equation.parts)
    return {place[1] for place in places if place is not None and place[0] == block}


def _columns(figures: Iterable[Figure]) -> set[tuple[int, int]]:
    """The columns of tables in which `figures` stand."""
    places = ((_row(figure), figure.record.provenance.column) for figure in figures)
    return {(row[0], column) for row, column in places if row is not None and column is not None}


def _added(equation: Equation) -> set[tuple[int, int]]:
    """The columns that `equation` adds up; none where it compares two prints of one number."""
    of_total = _columns((equation.total,))
    if not equation.parts:
        return of_total
    columns = _columns(equation.parts)
    return columns if len(equation.parts) > 1 else columns & of_total


def _blank_total(equation: Equation) -> CellPlace | None:
    """Where the total of `equation` that is not printed would stand: in the column of its parts."""
    row, columns = _row(equation.total), _columns(equation.parts)
    if row is None or len(columns) != 1:
        return None
    block, column = columns.pop()
    return (*row, column) if block == row[0] else None


def _sums(amounts: Iterable[Decimal], signed: bool) -> set[Decimal]:
    """What some of `amounts` add up to; `signed`, also taken away."""
    sums = {_NONE}
    for amount in [each for each in amounts if each][:_MOST]:
        sums |= {one + amount for one in sums} | ({one - amount for one in sums} if signed else set())
    return sums


def _scale(line: BudgetLine) -> Decimal | None:
    """What one of the table's unit is worth, as the figure of `line` shows; None where it shows nothing."""
    printed = number(line.provenance.text)
    return line.amount / printed if line.amount and printed else None
