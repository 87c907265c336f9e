"""The “三公” table where it lies flat: its items are columns, its rows years or units."""

import re
from collections.abc import Sequence
from typing import Final

from services.normalizer import unread
from services.normalizer.language import money, vocabulary
from services.normalizer.language import text as wording
from services.normalizer.recorder import ReaderResult, Recorder
from services.normalizer.tables.recognise import KnownTable, reduced
from shared.schemas.document import Cell
from shared.schemas.names import ColumnName, TableName
from shared.schemas.records import BudgetLine

_ITEMS: Final = (re.compile("因公出国"), re.compile("公务用车|车辆"), re.compile("公务接待"))
_TOTAL: Final = re.compile("合计|总计|小计")
_YEAR: Final = re.compile(r"(20\d\d)年")
_FINAL: Final = re.compile("决算")


def lies_flat(table: KnownTable) -> bool:
    """Whether the header itself names the items of the “三公” expenditure."""
    labels = [text for path in table.paths for text in path]
    return all(any(item.search(text) for text in labels) for item in _ITEMS)


def read(table: KnownTable, recorder: Recorder) -> ReaderResult:
    """A line for every filled item of every row, named by its column."""
    records: list[BudgetLine] = []
    columns = {column: name for column in range(table.grid.column_count) if (name := _item(table, column))}
    kept = _newest(table, list(columns))
    strange: list[Cell] = []
    unpaid: list[str] = []
    rows = _whole(table, kept)
    for row in rows:
        for column in kept:
            cell = table.grid.own(row, column)
            if cell is None or cell.column != column or money.is_blank(cell.text):
                continue
            if not money.is_amount(cell.text):
                strange.append(cell)
                continue
            record = recorder.make(
                BudgetLine,
                recorder.at_cell(table.block, cell),
                table=TableName.THREE_PUBLIC,
                line_no=None,
                side=None,
                code=None,
                name=columns[column],
                column=ColumnName.TOTAL,
                amount=money.yuan(cell.text, table.caption.unit or money.unit_in(table.paths[column][-1])),
            )
            records.append(record)
            if record.amount is None:
                unpaid.append(record.id)
    left = [
        *unread.unread_cells(recorder, table, strange),
        *unread.unread_rows(recorder, table, [row for row in _paid(table, kept) if row not in rows]),
        *unread.unread_columns(recorder, table, [column for column in columns if column not in kept]),
        *unread.unit_missing(recorder, table, unpaid),
    ]
    return ReaderResult(tuple(records), frozenset({table.block}), tuple(left))


def _paid(table: KnownTable, columns: Sequence[int]) -> list[int]:
    """The rows with an amount in one of `columns`."""
    return [
        row
        for row in table.body
        if any(
            (cell := table.grid.own(row, column)) is not None and money.is_amount(cell.text) for column in columns
        )
    ]


def _whole(table: KnownTable, columns: Sequence[int]) -> list[int]:
    """The rows of the whole department: that of the total, where units have rows of their own; else all."""
    totals = [
        row for row in _paid(table, columns) if _TOTAL.fullmatch(wording.label(table.grid.filled(row)[0].text))
    ]
    return totals or list(table.body)


def _item(table: KnownTable, column: int) -> str | None:
    """The item a column stands for: its own label, or that of its group where it is the group's sum."""
    words = vocabulary.columns()
    labels = [reduced(text) for text in table.paths[column]]
    named = [text for text in labels if any(item.search(text) for item in _ITEMS)]
    if named:
        return _as_printed(table, column, wording.without_marker(named[-1]))
    if labels and words.generic.fullmatch(labels[-1]) and re.search("合计|小计|总计", labels[-1]):
        return "合计"
    if labels and re.search("三公", labels[-1]):
        return wording.without_marker(labels[-1])
    return None


def _as_printed(table: KnownTable, column: int, item: str) -> str:
    """`item` with the brackets of its header cell."""
    texts = [wording.name(table.grid.text(row, column)) for row in table.header]
    return next((text for text in texts if wording.label(text) == item), item)


def _newest(table: KnownTable, columns: Sequence[int]) -> list[int]:
    """The columns of the newest year, and of 决算 rather than 预算, where the table prints several."""
    years = {column: _year(table.paths[column]) for column in columns}
    newest = max((year for year in years.values() if year), default=None)
    kept = [column for column in columns if years[column] in (None, newest)]
    final = [column for column in kept if any(_FINAL.search(text) for text in table.paths[column])]
    return final or kept


def _year(path: Sequence[str]) -> int | None:
    return next((int(match[1]) for text in path if (match := _YEAR.search(text))), None)
