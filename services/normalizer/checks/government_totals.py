"""CHECKS 34: revenue and its taxes, and totals of governments' tables whose rows have names and no codes.

Which rows are classes and which are parts of one, no such table says alike. Markers and names give a way to take
them; where another column adds up that way it is meant, and a column that does not is wrong.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure, sum_tolerance
from services.normalizer.checks.government_lines import SIDED, bare, is_further, is_year_total, money_columns
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.wording import cell_name
from services.normalizer.language.totals import ends_in_total, is_grand, is_total, without_total
from shared.schemas.document import Table
from shared.schemas.names import Fund, LineClassification, TableName
from shared.schemas.records import BudgetLine

_MAJOR: Final = re.compile(r"[一二三四五六七八九十]{1,3}、")
_TAXES: Final = frozenset({"税收收入", "非税收入"})
"""The classes of revenue, with a marker or without; that they make all of it is a rule of its own."""
_REVENUE: Final = re.compile(r"(?:.{0,8}一般公共预算|地方|本年|当年|财政)?收入")
_FEWEST: Final = 2
"""Parts other than zero from which on a sum proves that its column is made so."""
_UNLISTED: Final = "合计可能包括表中没有列出的科目"
_KINDS: Final = (LineClassification.FUNCTIONAL, LineClassification.GOVERNMENT_ECONOMIC, LineClassification.ITEM)


@dataclass(frozen=True)
class NamedRow:
    """A row without a code: its name, what marks it, its figure in each column."""

    name: str
    major: bool
    part: bool
    """Whether it says that it is of the row above: 其中."""
    figures: Mapping[int, Figure]


def check_totals(book: Book, outcome: Outcome) -> None:
    """Compare the total of rows without codes with the classes, and each class with the rows under it."""
    for total, rows in _tables(book):
        tops = _tops(rows)
        if not {rows[top].name for top in tops} <= _TAXES:
            _compare(total, [rows[top] for top in tops], "各项之和", outcome)
        _compare_under(rows, outcome, of_taxes=False)


def check_tax(book: Book, outcome: Outcome) -> None:
    """Compare general public revenue with tax and non-tax revenue, and these with the items under them."""
    for column in money_columns(book, TableName.GOVERNMENT_REVENUE, TableName.GOVERNMENT_BALANCE):
        named: defaultdict[str, list[BudgetLine]] = defaultdict(list)
        for line in column.lines:
            if line.fund is Fund.GENERAL_PUBLIC_BUDGET and line.side == "income":
                kind = "收入" if _REVENUE.fullmatch(without_total(line.name)) else line.name
                named[kind].append(line)
        if any(map(is_further, column.lines)):
            named["收入"] = [line for line in named["收入"] if not is_grand(line.name)]
        parts = [named["税收收入"], named["非税收入"]]
        if len(named["收入"]) != 1 or any(len(each) != 1 for each in parts):
            continue
        (total,) = named["收入"]
        figures = [column.figure(each[0]) for each in parts]
        outcome.adds_up(cell_name(total), column.figure(total), figures, "税收收入与非税收入之和")
    for _, rows in _tables(book):
        _compare_under(rows, outcome, of_taxes=True)


def _tops(rows: Sequence[NamedRow]) -> list[int]:
    """Where the classes stand: the rows marked as such, else all that do not say that they are of another."""
    tops = [at for at, row in enumerate(rows) if row.major or row.name in _TAXES]
    return tops if len(tops) >= _FEWEST else [at for at, row in enumerate(rows) if not row.part]


def _compare_under(rows: Sequence[NamedRow], outcome: Outcome, *, of_taxes: bool) -> None:
    """Compare each class with the two or more rows under it, unless these are a choice: 其中."""
    tops = _tops(rows)
    for top, end in pairwise([*tops, len(rows)]):
        below = rows[top + 1 : end]
        chosen = len(below) < _FEWEST or any(row.part for row in below)
        if (rows[top].name in _TAXES) is of_taxes and not chosen:
            _compare(rows[top], below, "其下各项之和", outcome)


def _compare(total: NamedRow, parts: Sequence[NamedRow], basis: str, outcome: Outcome) -> None:
    """Compare the columns in which as many parts are printed as in one that adds up.

    More than its parts a total may be where only one other column proves that all of them are listed.
    """
    summed = {column: [row.figures[column] for row in parts if column in row.figures] for column in total.figures}
    proved = [column for column, figures in summed.items() if _proves(total.figures[column], figures)]
    for column, figures in summed.items():
        beside = [other for other in proved if other != column and len(summed[other]) <= len(figures)]
        figure = total.figures[column]
        if beside and figures:
            assert isinstance(figure.record, BudgetLine)
            more = figure.amount > sum(each.amount for each in figures)
            doubt = _UNLISTED if more and len(beside) == 1 else None
            outcome.adds_up(cell_name(figure.record), figure, figures, basis, doubt)


def _proves(total: Figure, parts: Sequence[Figure]) -> bool:
    """Whether a column shows that `parts` are all that `total` is of."""
    apart = abs(total.amount - sum(part.amount for part in parts))
    return sum(bool(part.amount) for part in parts) >= _FEWEST and apart <= sum_tolerance((total, *parts))


def _tables(book: Book) -> Iterator[tuple[NamedRow, Sequence[NamedRow]]]:
    """The total of the year's own revenue or expenditure of a table without codes, and the rows it is of."""
    groups: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    for line in book.government:
        if line.table in SIDED and line.side:
            run = book.government_runs.get(line.provenance.block)
            groups[run, line.table, line.side, line.fund, line.level].append(line)
    for lines in groups.values():
        if any(line.code or line.area_name or line.classification not in _KINDS for line in lines):
            continue
        further = any(map(is_further, lines))
        totals = {_place(line) for line in lines if is_year_total(line) or (is_total(line.name) and not further)}
        if len(totals) != 1:
            continue
        places = _rows(book, lines)
        if not totals <= places.keys():
            continue
        rows, at = list(places.values()), list(places).index(totals.pop())
        within = _within(rows, at, further)
        if within and not any(ends_in_total(row.name) for row in within):
            yield rows[at], within


def _within(rows: Sequence[NamedRow], at: int, further: bool) -> Sequence[NamedRow]:
    """The rows that the total at `at` is of: those before it; below a first row its own, up to the next class."""
    if at:
        return rows[:at]
    if not rows[0].major:
        return () if further else rows[1:]
    return rows[1 : next((number for number, row in enumerate(rows) if number and row.major), len(rows))]


_Place = tuple[int | None, int | None, str]
"""Block, row and bare name: side by side in one row stand several names."""


def _place(line: BudgetLine) -> _Place:
    return line.provenance.block, line.provenance.row, bare(line.name)


def _rows(book: Book, lines: Sequence[BudgetLine]) -> dict[_Place, NamedRow]:
    """The rows of `lines` by their places, in order."""
    figures: defaultdict[_Place, dict[int, Figure]] = defaultdict(dict)
    for line in lines:
        column = book.government_columns.get((line.provenance.block, line.provenance.column))
        if (figure := book.figure(line)) is not None and column is not None:
            figures[_place(line)][column] = figure
    labels = _labels(book, {block for block, _, _ in figures})
    return {
        place: NamedRow(
            place[2],
            bool(_MAJOR.match(labels.get(place, ""))),
            labels.get(place, "").startswith("其中"),
            printed,
        )
        for place, printed in figures.items()
    }


def _labels(book: Book, blocks: set[int | None]) -> Mapping[_Place, str]:
    """The names of rows as printed, with their markers."""
    tables = ((block, table) for block in blocks if isinstance(table := book.block(block), Table))
    return {
        (block, cell.row, bare(cell.text)): cell.text.strip()
        for block, table in tables
        for cell in table.cells
        if cell.text.strip()
    }
