"""How much was read: the amounts of money printed in the tables, and those of them that became records."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from services.normalizer.checks.places import MONEY_FIELDS
from services.normalizer.language.money import number
from services.normalizer.language.text import narrow, remembered, squeezed
from services.normalizer.layout import Layout
from services.normalizer.recorder import ReaderResult
from services.normalizer.tables.grid import Grid
from shared.schemas.document import Table
from shared.schemas.events import FigureCount
from shared.schemas.records import BudgetLine, Goal, Indicator, Project

UNKNOWN: Final = "unknown"
PERFORMANCE: Final = "performance"
_PRINTED_AS_MONEY: Final = re.compile(r"[.,]")
_NO_MONEY: Final = re.compile(r"[%％]|率|比重|占比|增长|增减|权重|分值|得分|数量|人数|面积")
"""What a column's texts say where its numbers are no money."""

Places = dict[int, Counter[int]]
"""Block → row → how many amounts."""


def coverage(layout: Layout, read: ReaderResult) -> dict[str, FigureCount]:
    """Kind of table → its amounts, printed and read.

    A column counts as money if any of its numbers is broken or grouped, as codes, years and serial numbers never
    are, and no text in it speaks of shares or counts; a row that numbers the columns has none. Of a performance
    table only what was read counts as printed.
    """
    taken = _read(read)
    targets = {
        record.provenance.block for record in read.records if isinstance(record, Goal | Project | Indicator)
    }
    government = {
        line.provenance.block: line.table.value for line in read.of(BudgetLine) if line.table.of_government
    }
    printed: Counter[str] = Counter()
    became: Counter[str] = Counter()
    for block, table in enumerate(layout.document.blocks):
        if not isinstance(table, Table):
            continue
        known = layout.table_at(block)
        kind = PERFORMANCE if block in targets else known.kind if known else UNKNOWN
        kind = government.get(block, kind)
        rows = taken[block]
        seen = Counter() if block in targets else Counter(_money_rows(table, layout.grids[block]))
        became[kind] += rows.total()
        printed[kind] += rows.total() + (seen - rows - _told_below(rows, seen)).total()
    return {
        kind: FigureCount(printed=count, read=became[kind]) for kind, count in sorted(printed.items()) if count
    }


def _read(read: ReaderResult) -> Places:
    """The amounts that became records, where they stand."""
    places: Places = defaultdict(Counter)
    for record in read.records:
        place = record.provenance
        if place.block is None or place.table is None or place.row is None:
            continue
        amounts = sum(getattr(record, field) is not None for field in MONEY_FIELDS.get(type(record), ()))
        if amounts:
            places[place.block][place.row] += amounts
    return places


def _told_below(rows: Counter[int], seen: Counter[int]) -> Counter[int]:
    """The amounts of rows without a record that the next row's record tells: a project's over what is bought."""
    return +Counter({row - 1: rows[row] - seen[row] for row in rows if row - 1 not in rows})


def _money_rows(table: Table, grid: Grid) -> Iterator[int]:
    """The row of each amount of money in `table`, which `grid` is of."""
    columns: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    barred: set[int] = set()
    for cell in table.cells:
        if number(cell.text) is not None:
            columns[cell.column].append((cell.row, cell.text))
        elif _bars(cell.text):
            barred.update(range(cell.column, cell.column + cell.column_span))
    for column, numbers in columns.items():
        if column not in barred and any(_PRINTED_AS_MONEY.search(narrow(text)) for _, text in numbers):
            yield from (row for row, _ in numbers if not grid.is_column_numbers(row))


@remembered
def _bars(text: str) -> bool:
    """Whether `text` says that the numbers of its column are no money."""
    return bool(_NO_MONEY.search(narrow(squeezed(text))))
