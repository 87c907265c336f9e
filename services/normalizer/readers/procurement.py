"""政府采购预算 → procurement_line records: items, subtotals of the units, the total."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final, Literal

from services.normalizer import unread
from services.normalizer.language import vocabulary
from services.normalizer.language.money import is_amount, is_blank
from services.normalizer.language.text import code, label, without_marker
from services.normalizer.layout import Layout
from services.normalizer.recorder import ReaderResult, Recorder, merged
from services.normalizer.tables.fields import Fields, fields_of
from services.normalizer.tables.recognise import KnownTable, reduced
from shared.schemas.document import Cell
from shared.schemas.records import ProcurementLine

LineType = Literal["item", "subtotal", "total"]
_MONEY: Final = ("project_budget", "unit_price", "total", *ProcurementLine.FUNDS, "sme_reserved")
_BOUGHT: Final = re.compile("采购项目|采购内容")
_FIGURES: Final = (*_MONEY, "quantity")


def read(layout: Layout, recorder: Recorder) -> ReaderResult:
    """The lines of every procurement table."""
    every = (_named(_straightened(fields_of(table))) for table in layout.of("procurement"))
    return merged(
        _read_table(fields.table, fields, recorder)
        for fields in every
        if "total" in fields.columns or "quantity" in fields.columns
    )


def _straightened(fields: Fields) -> Fields:
    """`fields` where the header of 上年结转 stands under 预留中小微企业份额, which has no parts of its own.

    The header slid then, and the figures tell what the column is: where a row's funds add up to its total without
    it, it is the share reserved for small firms; 上年结转 is the column left free, if there is one.
    """
    column = fields.columns.get("carryover")
    pattern = vocabulary.fields(fields.table.kind).fields["sme_reserved"]
    if column is None or not any(pattern.fullmatch(reduced(text)) for text in fields.table.paths[column][:-1]):
        return fields
    others = {name: place for name, place in fields.columns.items() if name not in ("carryover", "sme_reserved")}
    if not _adds_up(replace(fields, columns=others), column):
        return fields
    left = fields.columns.get("sme_reserved")
    carryover = {"carryover": left} if left is not None else {}
    return replace(fields, columns={**others, **carryover, "sme_reserved": column})


def _adds_up(fields: Fields, column: int) -> bool:
    """Whether in most rows that fill `column` the funds of `fields` are the total."""
    agree = [
        sum((fields.yuan(row, name) or Decimal(0) for name in ProcurementLine.FUNDS), Decimal(0))
        == fields.yuan(row, "total")
        for row in fields.table.body
        if (cell := fields.table.grid.own(row, column)) is not None and is_amount(cell.text)
    ]
    return sum(agree) * 2 > len(agree)


def _named(fields: Fields) -> Fields:
    """`fields` with what is bought and its sum where the header calls them 采购项目 and 预算总额."""
    columns = dict(fields.columns)
    if "item" not in columns and "project" in columns:
        path = fields.table.paths[columns["project"]]
        if _BOUGHT.search(path[-1]):
            columns["item"] = columns.pop("project")
    amounts = [columns[name] for name in ("quantity", "unit_price") if name in columns]
    if "total" not in columns and amounts and columns.get("project_budget", -1) > max(amounts):
        columns["total"] = columns.pop("project_budget")
    return replace(fields, columns=columns)


def _read_table(table: KnownTable, fields: Fields, recorder: Recorder) -> ReaderResult:
    records: list[ProcurementLine] = []
    organisation: str | None = None
    project: str | None = None
    unpaid: list[str] = []
    for row in table.body:
        line_type, of = _line_type(fields, row)
        if not _says_anything(fields, row, line_type):
            continue
        if line_type != "item":
            organisation, project = (of if line_type == "subtotal" else None), None
        else:
            project = fields.text(row, "project") or project
        record = _line_record(recorder, fields, row, line_type, (organisation, project))
        records.append(record)
        if record.total is None and fields.unit("total") is None and fields.number(row, "total") is not None:
            unpaid.append(record.id)
    left = [
        *unread.unread_cells(recorder, table, [cell for row in table.body for cell in _strange(fields, row)]),
        *unread.unread_columns(recorder, table, [column for column in fields.others if _is_paid(table, column)]),
        *unread.unit_missing(recorder, table, unpaid),
    ]
    return ReaderResult(tuple(records), frozenset({table.block}), tuple(left))


def _line_record(
    recorder: Recorder, fields: Fields, row: int, line_type: LineType, of: tuple[str | None, str | None]
) -> ProcurementLine:
    item = line_type == "item"
    catalogue = fields.text(row, "catalogue_code") if item else None
    named = fields.text(row, "project") if item else None
    return recorder.make(
        ProcurementLine,
        recorder.at_row(fields.table.block, row),
        line_type=line_type,
        organisation=of[0] or (fields.text(row, "organisation") if item else None),
        project=without_marker(named or of[1] or "") or None if item else None,
        item=fields.text(row, "item") if item else None,
        catalogue_code=code(catalogue) if catalogue else None,
        measure_unit=fields.text(row, "measure_unit") if item else None,
        quantity=fields.number(row, "quantity"),
        **{name: fields.yuan(row, name) for name in _MONEY},
    )


def _line_type(fields: Fields, row: int) -> tuple[LineType, str | None]:
    """What `row` is by its first words, and the unit a subtotal is of."""
    words = vocabulary.fields(fields.table.kind)
    text = fields.label(row)
    if words.total and words.total.fullmatch(label(text)):
        return "total", None
    if words.subtotal and fields.text(row, "item") is None and (match := words.subtotal.fullmatch(text)):
        return "subtotal", without_marker(match[1]) or None
    return "item", None


def _says_anything(fields: Fields, row: int, line_type: LineType) -> bool:
    """Whether `row` has a figure or, for an item, a name; a note or a blank total says nothing."""
    if any(fields.number(row, name) is not None or fields.yuan(row, name) is not None for name in _FIGURES):
        return True
    return line_type == "item" and fields.text(row, "item") is not None


def _strange(fields: Fields, row: int) -> list[Cell]:
    cells = [fields.cell(row, name) for name in _FIGURES]
    return [
        cell for cell in cells if cell and cell.row == row and not is_blank(cell.text) and not is_amount(cell.text)
    ]


def _is_paid(table: KnownTable, column: int) -> bool:
    return any((cell := table.grid.own(row, column)) is not None and is_amount(cell.text) for row in table.body)
