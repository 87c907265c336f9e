"""Budget tables → budget_line records: every filled money cell of the nine tables, both sides of the balances."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.normalizer import unread
from services.normalizer.language import money
from services.normalizer.language import text as wording
from services.normalizer.layout import Layout
from services.normalizer.readers import three_public
from services.normalizer.recorder import ReaderResult, Recorder, merged
from services.normalizer.tables.columns import Amount, Columns, Part, columns_of
from services.normalizer.tables.recognise import KnownTable
from shared.schemas.document import Cell
from shared.schemas.names import TableName
from shared.schemas.records import BudgetLine

_KINDS: Final = frozenset(TableName)
_CODE: Final = re.compile(r"[\[(（]?([A-Z]?\d{2,12})[\])）]?")
_FUSED: Final = re.compile(r"[\[(（]?(\d{3}(?:\d{2}){0,4})[\])）]?[-—_. ]?(?=[^\d.,年月日、])(.+)")
_TOTAL: Final = re.compile(".{0,10}(?:合计|总计|小计|共计)")
_NOTE: Final = re.compile(r"(?:备注|注|说明|填表说明)\s*[:：]|\*?注\d?[:：、]")


@dataclass(frozen=True)
class Line:
    """What a row says of itself on one side: its number, code and name."""

    line_no: int | None
    code: str | None
    name: str


def read(layout: Layout, recorder: Recorder) -> ReaderResult:
    """The lines of every budget table, in order."""
    return merged(_read_table(table, recorder) for table in layout.of(*_KINDS))


def _read_table(table: KnownTable, recorder: Recorder) -> ReaderResult:
    if table.kind == TableName.THREE_PUBLIC and three_public.lies_flat(table):
        return three_public.read(table, recorder)
    columns = columns_of(table)
    return _read_lines(table, columns, recorder) if columns.parts else ReaderResult()


def _read_lines(table: KnownTable, columns: Columns, recorder: Recorder) -> ReaderResult:
    records: list[BudgetLine] = []
    strange: list[Cell] = []
    unpaid: list[str] = []
    for row in table.body:
        if _is_note(table, row):
            continue
        for part, lines in zip(columns.parts, _lines(table, columns, row), strict=True):
            for amount in part.amounts:
                cell = table.grid.own(row, amount.column)
                if cell is None or cell.column != amount.column or money.is_blank(cell.text):
                    continue
                value = money.number(cell.text)
                if lines is None or not money.is_amount(cell.text):
                    strange.append(cell)
                    continue
                record = _line_record(recorder, table, part, lines, (amount, cell))
                records.append(record)
                if record.amount is None and value is not None:
                    unpaid.append(record.id)
    left = [
        *unread.unread_cells(recorder, table, strange),
        *unread.unread_columns(recorder, table, columns.unread),
        *unread.unit_missing(recorder, table, unpaid),
    ]
    return ReaderResult(tuple(records), frozenset({table.block}), tuple(left))


def _line_record(
    recorder: Recorder, table: KnownTable, part: Part, line: Line, place: tuple[Amount, Cell]
) -> BudgetLine:
    amount, cell = place
    return recorder.make(
        BudgetLine,
        recorder.at_cell(table.block, cell),
        table=TableName(table.kind),
        line_no=line.line_no,
        side=part.side,
        code=line.code,
        name=line.name,
        column=amount.name,
        amount=money.yuan(cell.text, amount.unit or table.caption.unit),
    )


def _is_note(table: KnownTable, row: int) -> bool:
    cells = table.grid.filled(row)
    return len(cells) == 1 and bool(_NOTE.match(cells[0].text.strip()))


def _lines(table: KnownTable, columns: Columns, row: int) -> Iterator[Line | None]:
    """For each part what `row` says of itself; None where nothing names the row."""
    for part in columns.parts:
        yield _line(table, part, row)


def _line(table: KnownTable, part: Part, row: int) -> Line | None:
    line_no = _integer(table, row, part.line_no)
    assert part.name is not None
    code, rest = _code(table, part, row)
    cell = table.grid.own(row, part.name)
    name = wording.name(cell.text) if cell else rest
    if cell and code is None and (fused := _FUSED.fullmatch(wording.joined(cell.text))):
        code, name = fused[1], wording.name(fused[2])
    name = name or rest or _total(table, part, row) or (_other_name(table, part, row) if code is None else "")
    return Line(line_no, code, name) if name else None


def _total(table: KnownTable, part: Part, row: int) -> str:
    """What a total calls itself where it stands left of the name, in the column of a unit's code or the like."""
    cells = (table.grid.own(row, column) for column in range(part.first, part.amounts[0].column))
    texts = (wording.name(cell.text) for cell in cells if cell)
    return next((text for text in texts if _TOTAL.fullmatch(wording.label(text))), "")


def _other_name(table: KnownTable, part: Part, row: int) -> str:
    """The unit a row is the sum of, where units have columns of their own beside the accounts."""
    cells = (table.grid.own(row, column) for column in part.others)
    return next((wording.name(cell.text) for cell in cells if cell and cell.text.strip()), "")


def _integer(table: KnownTable, row: int, column: int | None) -> int | None:
    if column is None:
        return None
    value: Decimal | None = money.number(table.grid.text(row, column))
    return int(value) if value is not None and value == value.to_integral_value() and value < 100_000 else None


def _code(table: KnownTable, part: Part, row: int) -> tuple[str | None, str]:
    """The code of `row`, its pieces joined, and what else stands in the code columns (`合计`)."""
    pieces = ["" for _ in part.codes]
    words = ""
    for number, column in enumerate(part.codes):
        cell = table.grid.own(row, column)
        if cell is None or cell.column != column or cell.column == part.name:
            continue
        text = wording.code(cell.text)
        if match := _CODE.fullmatch(text):
            pieces[number] = match[1]
        elif number and text.isdigit():
            pieces[number] = text.zfill(2)
        elif not money.is_blank(text):
            words = wording.name(cell.text)
    return _joined(pieces) or None, words


def _joined(pieces: Sequence[str]) -> str:
    """The code of 类, 款, 项 in columns of their own, whether each prints its own digits or the code so far."""
    whole = ""
    for piece in pieces:
        whole = piece if whole and piece.startswith(whole) else whole + piece
    return whole
