"""A government's lines as the rules take them: a column of one table, and what calls itself the year's total."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure
from services.normalizer.government import terms
from services.normalizer.language.text import without_marker
from shared.chinese import year_total
from shared.schemas.document import Table
from shared.schemas.names import Basis, TableName
from shared.schemas.records import BudgetLine

SIDED: Final = (TableName.GOVERNMENT_REVENUE, TableName.GOVERNMENT_EXPENDITURE, TableName.GOVERNMENT_BALANCE)
"""Tables of revenue and expenditure."""
PLANNED: Final = frozenset({Basis.BUDGET, Basis.DRAFT})
"""What was planned before the year."""
DONE: Final = frozenset({Basis.EXECUTION, Basis.EXPECTED_EXECUTION, Basis.FINAL})
"""What was taken in or spent, at whatever stage of the accounts."""
_FURTHER: Final = re.compile("转移|补助|结转|结余|转贷|调入|调出|还本|上解|调节基金")
_FURTHER_CODES: Final = ("105", "110", "230", "231")


@dataclass(frozen=True)
class MoneyColumn:
    """The lines of one column of a government's table, of one kind, in the order of its rows."""

    lines: tuple[BudgetLine, ...]
    figures: Mapping[str, Figure]

    def figure(self, line: BudgetLine) -> Figure:
        """What `line` prints."""
        return self.figures[line.id]


def money_columns(book: Book, *tables: TableName) -> Iterator[MoneyColumn]:
    """The columns of the government's `tables`, in order; of a column of several kinds of debt, each kind."""
    groups: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    for line in book.government:
        if line.table in tables:
            block, column = line.provenance.block, line.provenance.column
            place = book.government_runs.get(block), book.government_columns.get((block, column))
            groups[*place, line.table].append(line)
    figures = book.government_figures
    for lines in groups.values():
        yield MoneyColumn(tuple(line for line in lines if line.id in figures), figures)


def bare(name: str) -> str:
    """A row's name as it is compared: no marker, no white space."""
    return terms.plain(without_marker(name))


def rows_within(book: Book, line: BudgetLine) -> frozenset[int | None]:
    """The rows of the table of `line` that are a part of the row above: 其中."""
    table = book.block(line.provenance.block)
    cells = table.cells if isinstance(table, Table) else ()
    return frozenset(cell.row for cell in cells if cell.text.lstrip().startswith("其中"))


def is_further(line: BudgetLine) -> bool:
    """Whether a line of a balance is of what it has besides the year's own revenue and expenditure."""
    own = line.code and not line.code.startswith(_FURTHER_CODES)
    return not own and bool(_FURTHER.search(line.name))


def is_year_total(line: BudgetLine) -> bool:
    """Whether a line is all of the year's own revenue or expenditure, without transfers and what is carried on."""
    return line.side is not None and year_total(line.name) == line.side


def stage_of(basis: Basis | None) -> Basis | None:
    """What figures are as far as two tables of one document tell them apart: planned, as changed, done."""
    if basis in PLANNED:
        return Basis.BUDGET
    return Basis.EXECUTION if basis in DONE else basis
