"""The “三公” table where it lies flat: its items are columns, its rows years, kinds of figures or units."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from services.normalizer import unread
from services.normalizer.language import money, vocabulary
from services.normalizer.language import text as wording
from services.normalizer.language.money import Unit
from services.normalizer.language.totals import ends_in_total, is_total
from services.normalizer.recorder import ReaderResult, Recorder
from services.normalizer.tables.headers import reduced
from services.normalizer.tables.recognise import KnownTable
from services.normalizer.tables.spec import specs, three_public_item
from shared.schemas.document import Cell
from shared.schemas.names import Basis, ColumnName, TableName
from shared.schemas.records import BudgetLine

_YEAR: Final = re.compile(r"(20\d\d)年")
_YEAR_ALONE: Final = re.compile("(20\\d\\d)")
_DATED: Final = re.compile(r"^20\d\d\s*年(?:度)?")
_THREE: Final = re.compile("三公")
_TOTAL: Final = "total"
_NEEDED: Final = ("overseas", "vehicle", "reception")
_OF_VEHICLES: Final = "公务用车"
_BESIDE: Final = ("meetings", "training")
"""What a table may list beside the three, inside a total of its own."""


@dataclass(frozen=True)
class _Column:
    """A column of the table: the item it stands for, what it is called, its year and kind of figures.

    `inner` says that a total stands under a heading of the three alone.
    """

    column: int
    item: str
    name: str
    year: int | None
    basis: Basis | None
    inner: bool = False


@dataclass(frozen=True)
class _Of:
    """A row of figures: of which kind they are, and of which unit where the rows are units' below a total."""

    row: int
    basis: Basis | None = None
    unit_name: str | None = None


def lies_flat(table: KnownTable) -> bool:
    """Whether the header itself names the items of the “三公” expenditure."""
    labels = [text for path in table.paths for text in path]
    items = specs()[TableName.THREE_PUBLIC].items
    return all(any(items[item].within(text) for text in labels) for item in _NEEDED)


def read(table: KnownTable, unit: Unit | None, unit_name: str | None, recorder: Recorder) -> ReaderResult:
    """A line for every filled item of the whole department's row and of each unit's, named by its column."""
    every = [column for number in range(table.grid.column_count) if (column := _column(table, number))]
    kept = _of_this_year(every)
    rows = _whole(table, kept)
    kept = _totals_named(table, kept, [each.row for each in rows])
    records: list[BudgetLine] = []
    strange: list[Cell] = []
    for each in rows:
        for column in kept:
            cell = table.grid.own(each.row, column.column)
            if cell is None or cell.column != column.column or money.is_blank(cell.text):
                continue
            if not money.is_amount(cell.text):
                strange.append(cell)
                continue
            own = money.unit_in(table.paths[column.column][-1])
            records.append(
                recorder.make(
                    BudgetLine,
                    recorder.at_cell(table.block, cell),
                    table=_table(column),
                    line_no=None,
                    side=None,
                    code=None,
                    name=column.name,
                    column=ColumnName.TOTAL,
                    amount=money.yuan(cell.text, unit or own),
                    basis=column.basis or each.basis,
                    unit_name=each.unit_name or unit_name,
                )
            )
    read_rows = {each.row for each in rows}
    known = {column.column for column in every}
    others = [number for number in range(table.grid.column_count) if number not in known and _pays(table, number)]
    compared = [number for number in others if _compares(table, number)]
    unknown = [number for number in others if number not in compared]
    left = [
        *unread.unread_cells(recorder, table, strange),
        *unread.unread_rows(recorder, table, [row for row in _paid(table, kept) if row not in read_rows]),
        *unread.unread_columns(recorder, table, unknown),
        *unread.columns_of_another(recorder, table, [each.column for each in kept if each.item == "agency"]),
        *unread.columns_set_aside(
            recorder, table, [*(each.column for each in every if not _is_in(each, kept)), *compared]
        ),
        *unread.unit_missing(recorder, table, [record.id for record in records if record.amount is None]),
    ]
    return ReaderResult(tuple(records), frozenset({table.block}), tuple(left))


def _table(column: _Column) -> TableName:
    return TableName.AGENCY_OPERATING_FUNDS if column.item == "agency" else TableName.THREE_PUBLIC


def _is_in(column: _Column, columns: Sequence[_Column]) -> bool:
    return any(each.column == column.column for each in columns)


def _column(table: KnownTable, number: int) -> _Column | None:
    """What a column stands for by its heading; None where it is no item of the table."""
    labels = table.frame.labels[number]
    if not labels:
        return None
    year = next((int(match[1]) for text in table.paths[number] if (match := _YEAR.search(text))), None)
    basis = _basis(labels)
    items = [(text, item) for text in labels if (item := three_public_item(text))]
    text, item = items[-1] if items else ("", "")
    inner = any(_THREE.search(label) for label in labels[:-1]) and len(labels) > 1
    if item and not _is_heading_of_all(text, labels):
        name = _as_printed(table, number, wording.without_marker(text))
        leaf = _last_named(labels)
        if leaf != text and not _says_total(leaf):
            item, name = _part_of(leaf, item)
        return _Column(number, item, name, year, basis)
    if _THREE.search(labels[-1]):
        return _Column(number, _TOTAL, _as_printed(table, number, wording.without_marker(labels[-1])), year, None)
    if _says_total(labels[-1]) or basis:
        return _Column(number, _TOTAL, "合计", year, basis, inner)
    return None


def _is_heading_of_all(text: str, labels: Sequence[str]) -> bool:
    """Whether the item is named only within a heading of the whole table (`“三公”经费和机关运行经费`)."""
    return bool(_THREE.search(text)) and text is not labels[-1]


def _last_named(labels: Sequence[str]) -> str:
    """The label nearest the column that names an item or part, not a kind of figures."""
    bases = vocabulary.columns().bases.values()
    return next((text for text in reversed(labels) if not any(text in basis for basis in bases)), labels[-1])


def _part_of(leaf: str, item: str) -> tuple[str, str]:
    """The item and name of a part that leaves out what it is of: `购置费` under 公务用车购置及运行费."""
    name = leaf if three_public_item(leaf) else f"{_OF_VEHICLES}{leaf}"
    return three_public_item(name) or item, wording.without_marker(name)


def _says_total(text: str) -> bool:
    return is_total(text) or (text in vocabulary.columns().generic and ends_in_total(text))


def _basis(labels: Sequence[str]) -> Basis | None:
    bases = vocabulary.columns().bases
    return next((basis for text in reversed(labels) for basis, phrases in bases.items() if text in phrases), None)


def _as_printed(table: KnownTable, number: int, item: str) -> str:
    """`item` with the brackets of its header cell."""
    texts = [wording.name(table.grid.text(row, number)) for row in table.header]
    return next((_DATED.sub("", text) for text in texts if item in (reduced(text), wording.label(text))), item)


def _of_this_year(columns: Sequence[_Column]) -> list[_Column]:
    """The columns of the newest year; of several kinds of figures what was spent first, each with its kind."""
    newest = max((column.year for column in columns if column.year), default=None)
    kept = [column for column in columns if column.year in (None, newest)]
    if len({column.basis for column in kept} - {None}) > 1:
        return sorted(kept, key=lambda column: column.basis is not Basis.FINAL)
    return [replace(column, basis=None) for column in kept]


def _totals_named(table: KnownTable, columns: Sequence[_Column], rows: Sequence[int]) -> list[_Column]:
    """`columns`, a total that holds 会议费 and 培训费 too called so: it is no total of the three."""
    beside = [column for column in columns if column.item in _BESIDE]
    totals = [column for column in columns if column.item == _TOTAL]
    if not beside or not totals:
        return list(columns)
    inner = [column for column in totals if column.inner]
    if not inner and len({bool(_THREE.search(column.name)) for column in totals}) > 1:
        inner = [column for column in totals if _THREE.search(column.name)]
    names = "、".join(dict.fromkeys(column.name for column in beside))
    named = []
    for column in columns:
        holds_all = column.item == _TOTAL and column not in inner
        if holds_all and (inner or _adds_up(table, column, columns, rows)):
            column = replace(column, name=f"合计（含{names}）")
        named.append(column)
    return named


def _adds_up(table: KnownTable, total: _Column, columns: Sequence[_Column], rows: Sequence[int]) -> bool:
    """Whether in most rows `total` is the sum of the three and of what stands beside them."""
    agree = []
    vehicles = any(each.item == "vehicle" for each in columns)
    items = (*_NEEDED, *_BESIDE, *(() if vehicles else ("vehicle_purchase", "vehicle_operation")))
    for row in rows:
        parts = [each for each in columns if each.item in items and each.basis == total.basis]
        agree.append(sum((_figure(table, row, each) for each in parts), Decimal(0)) == _figure(table, row, total))
    return sum(agree) * 2 > len(agree)


def _figure(table: KnownTable, row: int, column: _Column) -> Decimal:
    return money.number(table.grid.text(row, column.column)) or Decimal(0)


def _pays(table: KnownTable, column: int) -> bool:
    held = table.frame.held[column]
    labels = table.frame.labels[column]
    words = vocabulary.columns()
    leaf = labels[-1] if labels else ""
    return bool(held.amounts or held.digits) and not any(
        leaf in phrases for phrases in (words.line_no, words.unit_code, words.remark)
    )


def _compares(table: KnownTable, column: int) -> bool:
    words = vocabulary.columns()
    return any(text in words.compared for text in table.frame.labels[column])


def _paid(table: KnownTable, columns: Sequence[_Column]) -> list[int]:
    """The rows with an amount in one of `columns`."""
    return [
        row
        for row in table.body
        if any(
            (cell := table.grid.own(row, each.column)) is not None and money.is_amount(cell.text)
            for each in columns
        )
    ]


def _whole(table: KnownTable, columns: Sequence[_Column]) -> list[_Of]:
    """The rows to read: those of each kind of figures, of the newest year, or of the total and its units."""
    paid = _paid(table, columns)
    named = {row: label for row in paid if (label := next(_labels(table, row), ""))}
    bases = {row: basis for row, text in named.items() if (basis := _basis([reduced(text)]))}
    if len(set(bases.values())) > 1:
        rows = sorted(bases, key=lambda row: bases[row] is not Basis.FINAL)
        return [_Of(row, bases[row]) for row in rows]
    years = {row: year for row in paid if (year := _year(table, row, columns))}
    if len(set(years.values())) > 1:
        return [_Of(row) for row in paid if years.get(row) == max(years.values())]
    totals = [row for row, text in named.items() if is_total(text)]
    units = {row: unit for row in paid if row not in totals and (unit := _unit_of(table, row))}
    if not totals and (len(paid) < 2 or len(units) < len(paid)):
        return [_Of(row) for row in table.body]
    return [*(_Of(row) for row in totals), *(_Of(row, None, unit) for row, unit in units.items())]


def _unit_of(table: KnownTable, row: int) -> str | None:
    """The unit that `row` is of, where the table has a column of units."""
    units = vocabulary.columns().unit_name
    cells = (cell for cell in table.grid.filled(row) if table.grid.held(cell) == "text")
    return next(
        (
            wording.name(cell.text)
            for cell in cells
            if table.frame.labels[cell.column][-1:] and table.frame.labels[cell.column][-1] in units
        ),
        None,
    )


def _year(table: KnownTable, row: int, columns: Sequence[_Column]) -> int | None:
    """The year that `row` is of, by its first words or by a column of years."""
    items = {each.column for each in columns}
    cells = [cell for cell in table.grid.filled(row) if cell.column not in items]
    texts = [table.grid.label(cell) for cell in cells]
    found = (match for text in texts if (match := _YEAR.search(text) or _YEAR_ALONE.fullmatch(text)))
    return next((int(match[1]) for match in found), None)


def _labels(table: KnownTable, row: int) -> Iterator[str]:
    """What `row` calls itself: its texts that are no figures."""
    for cell in table.grid.filled(row):
        if table.grid.held(cell) == "text":
            yield table.grid.label(cell)
