"""Budget tables → budget_line records: every filled money cell of the tables known, both sides of the balances."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.normalizer import unread
from services.normalizer.language import money
from services.normalizer.language.money import Unit
from services.normalizer.language.text import label
from services.normalizer.layout import Layout
from services.normalizer.readers import three_public
from services.normalizer.recorder import ReaderResult, Recorder, merged
from services.normalizer.tables.columns import Amount
from services.normalizer.tables.lines import Said, said_in
from services.normalizer.tables.recognise import KnownTable
from shared.schemas.document import Cell
from shared.schemas.names import ColumnName, TableName
from shared.schemas.records import BudgetLine

_KINDS: Final = frozenset(TableName)
_LARGE: Final = Decimal(100)
"""Figures from which on one that is met again tells the unit of a table."""


@dataclass(frozen=True)
class Around:
    """What the tables of a document say of one of them: its unit of money, and whose it is of several sets."""

    unit: Unit | None
    inferred: bool
    unit_name: str | None


def read(layout: Layout, recorder: Recorder) -> ReaderResult:
    """The lines of every budget table, in order."""
    tables = layout.of(*_KINDS)
    owners = _owners(tables)
    return merged(_read_table(table, _around(table, tables, owner), recorder) for table, owner in owners)


def _read_table(table: KnownTable, around: Around, recorder: Recorder) -> ReaderResult:
    if table.kind == TableName.THREE_PUBLIC and three_public.lies_flat(table):
        result = three_public.read(table, around.unit, around.unit_name, recorder)
    elif table.columns.parts:
        result = _read_lines(table, around, recorder)
    else:
        return ReaderResult()
    told = unread.unit_inferred(recorder, table, around.unit) if around.inferred and result.records else []
    return ReaderResult(result.records, result.taken, (*result.left, *told))


def _read_lines(table: KnownTable, around: Around, recorder: Recorder) -> ReaderResult:
    records: list[BudgetLine] = []
    strange: list[Cell] = []
    counted: list[Cell] = []
    several: list[int] = []
    for said in said_in(table):
        if said.line is not None and said.line.several:
            several.append(said.row)
        for amount in said.part.amounts:
            cell = said.cells.get(amount.column)
            if cell is None or money.is_blank(cell.text):
                continue
            if said.line is None or not money.is_amount(cell.text):
                strange.append(cell)
            elif said.line.counts:
                counted.append(cell)
            else:
                records.append(_line_record(recorder, table, said, (amount, cell), around))
    left = [
        *unread.unread_cells(recorder, table, strange),
        *unread.unread_rows(recorder, table, list(dict.fromkeys(cell.row for cell in counted))),
        *unread.rows_of_several(recorder, table, list(dict.fromkeys(several))),
        *unread.rows_in_one_cell(recorder, table),
        *unread.unread_columns(recorder, table, table.columns.unread),
        *unread.columns_set_aside(recorder, table, table.columns.set_aside),
        *unread.unit_missing(recorder, table, [record.id for record in records if record.amount is None]),
    ]
    return ReaderResult(tuple(records), frozenset({table.block}), tuple(left))


def _line_record(
    recorder: Recorder, table: KnownTable, said: Said, place: tuple[Amount, Cell], around: Around
) -> BudgetLine:
    amount, cell = place
    assert said.line is not None
    return recorder.make(
        BudgetLine,
        recorder.at_cell(table.block, cell),
        table=TableName(table.kind),
        line_no=said.line.line_no,
        side=said.part.side,
        code=said.line.code,
        name=said.line.name,
        column=ColumnName.TOTAL if said.line.across and said.part.side is None else amount.name,
        amount=money.yuan(cell.text, amount.unit or around.unit),
        basis=amount.basis,
        unit_name=around.unit_name,
    )


def _owners(tables: Sequence[KnownTable]) -> list[tuple[KnownTable, str | None]]:
    """Each table with the unit whose it is, where captions name several units for tables of the same kind."""
    named: list[tuple[KnownTable, str | None]] = []
    current: str | None = None
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for table in tables:
        department = table.caption.department
        current = department.name if department else current
        named.append((table, current))
        if department:
            owners[table.kind].add(label(department.name))
    several = any(len(names) > 1 for names in owners.values())
    return named if several else [(table, None) for table, _ in named]


def _around(table: KnownTable, tables: Sequence[KnownTable], owner: str | None) -> Around:
    stated = table.caption.unit
    if stated is not None or any(amount.unit for part in table.columns.parts for amount in part.amounts):
        return Around(stated, False, owner)
    unit = _unit_of_set(table, tables)
    return Around(unit, unit is not None, owner)


def _unit_of_set(table: KnownTable, tables: Sequence[KnownTable]) -> Unit | None:
    """The unit of the other tables under which alone the largest figure of `table` is one of theirs, or None."""
    largest = max(_figures(table), default=Decimal(0))
    if largest < _LARGE:
        return None
    agreeing: Counter[Unit] = Counter()
    for other in tables:
        if other is not table and (unit := other.caption.unit) is not None:
            amounts = {figure * unit for figure in _figures(other)}
            agreeing.update(each for each in _units(tables) if largest * each in amounts)
    return next(iter(agreeing)) if len(agreeing) == 1 else None


def _units(tables: Sequence[KnownTable]) -> set[Unit]:
    return {unit for table in tables if (unit := table.caption.unit) is not None}


def _figures(table: KnownTable) -> Iterator[Decimal]:
    for row in table.body:
        for cell in table.grid.filled(row):
            value = money.number(cell.text) if table.grid.held(cell) == "amount" else None
            if value is not None:
                yield value
