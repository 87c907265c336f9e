"""固定资产占用情况表 → asset records."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from services.normalizer import terms, unread
from services.normalizer.collector import Collector
from services.normalizer.fields import Fields, fields_of
from services.normalizer.money import is_blank
from services.normalizer.recognise import Known, known_tables
from services.normalizer.wording import label, narrow, squeezed, without_marker
from shared.schemas.document import Cell, Document
from shared.schemas.records import Asset

_DATE: Final = re.compile(r"(20\d\d)[年\-./](\d{1,2})[月\-./](\d{1,2})日?")
_YEAR_END: Final = re.compile(r"(20\d\d)年(?:度)?(?:末|底)")


def read(document: Document, collector: Collector) -> None:
    """Add an asset for each row that has a quantity or a value."""
    for table in known_tables(document):
        fields = fields_of(table) if table.kind == "assets" else None
        if fields and "category" in fields.columns and fields.columns.keys() & {"quantity", "value"}:
            collector.taken.add(table.block)
            _read_table(table, fields, collector)


def _read_table(table: Known, fields: Fields, collector: Collector) -> None:
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
        record = collector.add(
            Asset,
            collector.at_row(table.block, row),
            category=without_marker(category),
            quantity=quantity,
            value=value,
            as_of=as_of,
        )
        if value is None and fields.unit("value") is None and fields.text(row, "value"):
            unpaid.append(record.id)
    unread.unread_cells(collector, table, strange)
    unread.unit_missing(collector, table, unpaid)


def _total(fields: Fields, row: int) -> str | None:
    """What a total calls itself where it stands left of the categories."""
    total, text = terms.fields(fields.table.kind).total, fields.label(row)
    return text if total and total.fullmatch(label(text)) else None


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
