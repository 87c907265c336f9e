"""Governments' tables that go on: on a further sheet or page, or in panels side by side."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

from services.normalizer.government.titles import title_of
from services.normalizer.language.totals import ends_in_total
from services.normalizer.tables.captions import lines_before
from shared.schemas.document import Document
from shared.schemas.records import BudgetLine

_AGAIN: Final = re.compile(r"^续|[(（]?续表?[一二三四五六七八九十\d]*[)）]?$")

Place = tuple[int | None, int | None]
"""Block and column."""
_Kinds = frozenset[tuple[object, ...]]
"""What the figures of a column are of."""


def runs_of(lines: Iterable[BudgetLine], document: Document) -> Mapping[int | None, int]:
    """Of each block of `lines` the block it goes on: of a continuation the first of its run.

    One goes on the other that has its columns and its title (or none of its own) where it says so (续) or the
    other did not end in a total.
    """
    runs: dict[int | None, int] = {}
    earlier: tuple[int, str, Mapping[int | None, _Kinds], bool] | None = None
    for block, grouped in groupby(lines, key=lambda line: line.provenance.block):
        own = list(grouped)
        if block is None or block in runs:
            continue
        printed = title_of(lines_before(document, block)) or (earlier[1] if earlier else "")
        title, columns = _AGAIN.sub("", printed), _columns(own)
        again = earlier is not None and earlier[1] == title and _are_alike(earlier[2], columns)
        goes_on = earlier is not None and again and (printed != title or not earlier[3])
        runs[block] = runs[earlier[0]] if earlier and goes_on else block
        earlier = (block, title, columns, ends_in_total(own[-1].name))
    return runs


def columns_of(lines: Iterable[BudgetLine]) -> Mapping[Place, int | None]:
    """Of each block and column of `lines` the column that it goes on.

    A long list is printed in panels side by side: under the labels of the first, with rows of their own.
    """
    columns: defaultdict[Place, list[BudgetLine]] = defaultdict(list)
    for line in lines:
        columns[line.provenance.block, line.provenance.column].append(line)
    first: dict[tuple[int | None, _Kinds], tuple[int | None, set[object]]] = {}
    found: dict[Place, int | None] = {}
    for (block, column), own in columns.items():
        rows: set[object] = {(line.provenance.row, line.name) for line in own}
        start, taken = first.setdefault((block, frozenset(map(_kind, own))), (column, set()))
        is_further = taken.isdisjoint(rows)
        taken.update(rows if is_further else ())
        found[block, column] = start if is_further else column
    return found


def _kind(line: BudgetLine) -> tuple[object, ...]:
    """All that a figure is of but its row."""
    return (
        line.column_label, line.table, line.side, line.fund, line.level, line.basis, line.year, line.column,
    )  # fmt: skip


def _columns(lines: Iterable[BudgetLine]) -> Mapping[int | None, _Kinds]:
    found: defaultdict[int | None, set[tuple[object, ...]]] = defaultdict(set)
    for line in lines:
        found[line.provenance.column].add((line.column_label, line.table, line.level))
    return {column: frozenset(said) for column, said in found.items()}


def _are_alike(one: Mapping[int | None, _Kinds], other: Mapping[int | None, _Kinds]) -> bool:
    """Whether the columns that both tables fill, of which there are some, are of the same."""
    both = one.keys() & other.keys()
    return bool(both) and all(one[column] == other[column] for column in both)
