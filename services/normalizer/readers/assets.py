"""固定资产占用情况表 → asset records."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from services.normalizer import unread
from services.normalizer.language.money import is_blank
from services.normalizer.language.text import label, narrow, squeezed, without_marker
from services.normalizer.layout import Layout
from services.normalizer.recorder import ReaderResult, Recorder, merged
from services.normalizer.tables.fields import Fields, fields_of
from services.normalizer.tables.recognise import KnownTable
from services.normalizer.tables.spec import specs
from shared.schemas.document import Cell
from shared.schemas.records import Asset

_DATE: Final = re.compile(r"(20\d\d)[年\-./](\d{1,2})[月\-./](\d{1,2})日?")
_YEAR_END: Final = re.compile(r"(20\d\d)年(?:度)?(?:末|底)")


def read(layout: Layout, recorder: Recorder) -> ReaderResult:
    """An asset for each row that has a quantity or a value."""
    return merged(
        _read_table(table, fields, recorder)
        for table in layout.of("assets")
        if "category" in (fields := fields_of(table)).columns and fields.columns.keys() & {"quantity", "value"}
    )


def _read_table(table: KnownTable, fields: Fields, recorder: Recorder) -> ReaderResult:
    records: list[Asset] = []
    as_of = as_of_date([*table.caption.lines, *(text for path in table.paths for text in path)])
    strange: list[Cell] = []
    unpaid: list[str] = []
    for row in table.body:
        category = fields.text(row, "category") or _total(fields, row)
        quantity, value = fields.number(row, "quantity"), fields.yuan(row, "value")
        filled = [
            cell for name in ("quantity", "value") if (cell := fields.cell(row, name)) and not is_blank(cell.text)
        ]
        strange += [cell for cell in filled if category is None or not _is_figure(fields, row, cell)]
        if category is None or (quantity is None and not filled):
            continue
        record = recorder.make(
            Asset,
            recorder.at_row(table.block, row),
            category=without_marker(category),
            quantity=quantity,
            value=value,
            as_of=as_of,
        )
        records.append(record)
        if value is None and fields.unit("value") is None and fields.text(row, "value"):
            unpaid.append(record.id)
    left = [*unread.unread_cells(recorder, table, strange), *unread.unit_missing(recorder, table, unpaid)]
    return ReaderResult(tuple(records), frozenset({table.block}), tuple(left))


def _total(fields: Fields, row: int) -> str | None:
    """What a total calls itself where it stands left of the categories."""
    total, text = specs()[fields.table.kind].total, fields.label(row)
    return text if total and label(text) in total else None


def _is_figure(fields: Fields, row: int, cell: Cell) -> bool:
    if cell.column == fields.columns.get("quantity"):
        return fields.number(row, "quantity") is not None
    return fields.number(row, "value") is not None or fields.yuan(row, "value") is not None


def as_of_date(lines: Sequence[str]) -> date | None:
    """The day the nearest line states (`截止时间：2020年12月31日`, `2023-12-31`, `2023年末`), or None."""
    for line in reversed(lines):
        plain = narrow(squeezed(line))
        if match := _DATE.search(plain):
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                continue
        if match := _YEAR_END.search(plain):
            return date(int(match[1]), 12, 31)
    return None
