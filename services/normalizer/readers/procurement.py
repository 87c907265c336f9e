"""政府采购预算 → procurement_line records: items, subtotals of the units or classes, the total."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import takewhile
from typing import Final, Literal

from services.normalizer import unread
from services.normalizer.language.money import is_amount, is_blank
from services.normalizer.language.text import code, label, without_marker
from services.normalizer.language.totals import ends_in_total, is_total, without_total
from services.normalizer.layout import Layout
from services.normalizer.recorder import ReaderResult, Recorder, merged
from services.normalizer.tables.fields import Fields, fields_of
from services.normalizer.tables.headers import reduced
from services.normalizer.tables.recognise import KnownTable
from services.normalizer.tables.spec import specs
from shared.schemas.document import Cell
from shared.schemas.records import ProcurementLine

LineType = Literal["item", "subtotal", "total"]
_MONEY: Final = ("project_budget", "unit_price", "total", *ProcurementLine.FUNDS, "sme_reserved")
_BOUGHT: Final = re.compile("采购项目|采购内容")
_NAME: Final = re.compile("[\u4e00-\u9fff]{2}")
_ENTRY: Final = re.compile(r"[\[【(（]?(?P<code>[A-Z]\d{2,12})[\]】)）]?[-—_:：]?\s*(?P<name>[\u4e00-\u9fff].*)")
"""An entry of the catalogue, its code before its name: `A02010105台式计算机`."""
_FIGURES: Final = (*_MONEY, "quantity")


@dataclass(frozen=True)
class _Purchase:
    """What a row is a line of: its type, and the unit, class or project it stands under; the project's budget."""

    row: int
    line_type: LineType
    organisation: str | None = None
    project: str | None = None
    of_class: str | None = None
    project_row: int | None = None


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
    phrases = specs()[fields.table.kind].fields["sme_reserved"]
    if column is None or not any(reduced(text) in phrases for text in fields.table.paths[column][:-1]):
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
    """`fields` with what is bought and its sum where the header calls them 采购项目 or 采购目录, and 预算总额."""
    columns = dict(fields.columns)
    if "item" not in columns and "project" in columns:
        path = fields.table.paths[columns["project"]]
        if _BOUGHT.search(path[-1]):
            columns["item"] = columns.pop("project")
    named = any(_NAME.search(fields.text(row, "catalogue_code") or "") for row in fields.table.body)
    if "item" not in columns and named:
        columns["item"] = columns["catalogue_code"]
    amounts = [columns[name] for name in ("quantity", "unit_price") if name in columns]
    if "total" not in columns and amounts and columns.get("project_budget", -1) > max(amounts):
        columns["total"] = columns.pop("project_budget")
    return replace(fields, columns=columns)


def _read_table(table: KnownTable, fields: Fields, recorder: Recorder) -> ReaderResult:
    records: list[ProcurementLine] = []
    unpaid: list[str] = []
    for purchase in _purchases(fields):
        record = _line_record(recorder, fields, purchase)
        records.append(record)
        of_row = fields.number(purchase.row, "total")
        if record.total is None and fields.unit("total") is None and of_row is not None:
            unpaid.append(record.id)
    paid = [column for column in fields.others if _is_paid(table, column)]
    subtotals = [column for column in paid if any(map(ends_in_total, table.paths[column][-1:]))]
    left = [
        *unread.unread_cells(recorder, table, [cell for row in table.body for cell in _strange(fields, row)]),
        *unread.unread_columns(recorder, table, [each for each in paid if each not in subtotals]),
        *unread.columns_set_aside(recorder, table, subtotals),
        *unread.unit_missing(recorder, table, unpaid),
    ]
    return ReaderResult(tuple(records), frozenset({table.block}), tuple(left))


def _purchases(fields: Fields) -> Iterator[_Purchase]:
    """What each row is; a row of a project's money alone is told by the items under it, where there are any."""
    organisation: str | None = None
    project: str | None = None
    project_row: int | None = None
    rows = [row for row in fields.table.body if _says_anything(fields, row)]
    for number, row in enumerate(rows):
        line_type, of = _line_type(fields, row)
        if line_type != "item":
            project, project_row = None, None
            organisation = of if line_type == "subtotal" else None
            yield _Purchase(row, line_type, organisation, of_class=_class(fields, row))
            continue
        if _opens_unit(fields, rows, number):
            project, project_row, organisation = None, None, fields.text(row, "organisation")
            yield _Purchase(row, "subtotal", organisation)
            continue
        named = fields.text(row, "project")
        if _opens_project(fields, rows, number):
            project, project_row = named or project, row
            continue
        if named and named != project:
            project_row = None
        if _is_sum_of_items(fields, rows, number):
            project, organisation = None, named or fields.text(row, "organisation")
            yield _Purchase(row, "subtotal", organisation)
            continue
        project = named or project
        yield _Purchase(row, "item", organisation, project, project_row=project_row)


def _class(fields: Fields, row: int) -> str | None:
    of_class = fields.text(row, "class")
    return without_marker(of_class) if of_class and not is_total(of_class) else None


def _opens_unit(fields: Fields, rows: list[int], number: int) -> bool:
    """Whether a row is the sum of a unit, named in it alone, whose items stand below it."""
    if not _names_only_unit(fields, rows[number]):
        return False
    return any(
        fields.text(row, "item") is not None and not _has_own(fields, row, "organisation")
        for row in rows[number + 1 : number + 2]
    )


def _is_sum_of_items(fields: Fields, rows: list[int], number: int) -> bool:
    """Whether a row that names nothing bought is the sum of the items below it, each with a project of its own."""
    total = fields.yuan(rows[number], "total")
    if not total or "item" not in fields.columns or fields.text(rows[number], "item") is not None:
        return False
    below = list(takewhile(lambda row: fields.text(row, "item") is not None, rows[number + 1 :]))
    sums = sum((fields.yuan(row, "total") or Decimal(0) for row in below), Decimal(0))
    return total == sums and not _describes_as(fields, rows[number], below)


def _names_only_unit(fields: Fields, row: int) -> bool:
    named = _has_own(fields, row, "organisation") and _line_type(fields, row)[0] == "item"
    return named and fields.text(row, "item") is None and fields.text(row, "project") is None


def _has_own(fields: Fields, row: int, field: str) -> bool:
    own = fields.cell(row, field)
    return own is not None and own.row == row and not is_blank(own.text)


def _opens_project(fields: Fields, rows: list[int], number: int) -> bool:
    """Whether a row only gives the money of the items under it, which have no project of their own.

    A table by class always has such rows; elsewhere the items must add up to it.
    """
    if (
        "item" not in fields.columns
        or "project" not in fields.columns
        or fields.text(rows[number], "item") is not None
    ):
        return False
    below = list(takewhile(lambda row: _is_item_below(fields, row), rows[number + 1 :]))
    total = fields.yuan(rows[number], "total")
    sums = sum((fields.yuan(row, "total") or Decimal(0) for row in below), Decimal(0))
    apart = bool(below) and not _describes_as(fields, rows[number], below)
    return apart and ("class" in fields.columns or total == sums)


def _describes_as(fields: Fields, row: int, items: Sequence[int]) -> bool:
    """Whether `row` fills a column beside the fields, as 采购组织形式, that the `items` fill."""
    grid = fields.table.grid
    return any(
        not is_blank(grid.text(row, column)) and any(not is_blank(grid.text(item, column)) for item in items)
        for column in fields.others
    )


def _is_item_below(fields: Fields, row: int) -> bool:
    named = _has_own(fields, row, "project")
    return fields.text(row, "item") is not None and not named and _line_type(fields, row)[0] == "item"


def _line_record(recorder: Recorder, fields: Fields, purchase: _Purchase) -> ProcurementLine:
    row, item = purchase.row, purchase.line_type == "item"
    bought, catalogue = _bought(fields, row) if item else (purchase.of_class, None)
    money = {name: fields.yuan(row, name) for name in _MONEY}
    if purchase.project_row is not None:
        money["project_budget"] = fields.yuan(purchase.project_row, "total")
    return recorder.make(
        ProcurementLine,
        recorder.at_row(fields.table.block, row),
        line_type=purchase.line_type,
        organisation=(fields.text(row, "organisation") if item else None) or purchase.organisation,
        project=without_marker(purchase.project or "") or None,
        item=bought,
        catalogue_code=catalogue,
        measure_unit=fields.text(row, "measure_unit") if item else None,
        quantity=fields.number(row, "quantity"),
        **money,
    )


def _bought(fields: Fields, row: int) -> tuple[str | None, str | None]:
    """What is bought and its code in the catalogue, also where the column of 采购目录 prints both."""
    item, catalogue = fields.text(row, "item"), fields.text(row, "catalogue_code")
    entry = _ENTRY.fullmatch(catalogue or "")
    if entry:
        return entry["name"] if item == catalogue else item, entry["code"]
    return item, code(catalogue) if catalogue and catalogue != item else None


def _line_type(fields: Fields, row: int) -> tuple[LineType, str | None]:
    """What `row` is by its first words, and the unit a subtotal is of."""
    text = fields.label(row)
    if (total := specs()[fields.table.kind].total) and label(text) in total:
        return "total", None
    if fields.text(row, "item") is None and ends_in_total(text):
        return "subtotal", without_total(text) or None
    if _class(fields, row) and fields.text(row, "item") is None and fields.text(row, "project") is None:
        return "subtotal", None
    return "item", None


def _says_anything(fields: Fields, row: int) -> bool:
    """Whether `row` has a figure or, for an item, a name; a note or a blank total says nothing."""
    if any(fields.number(row, name) is not None or fields.yuan(row, name) is not None for name in _FIGURES):
        return True
    return _line_type(fields, row)[0] == "item" and fields.text(row, "item") is not None


def _strange(fields: Fields, row: int) -> list[Cell]:
    cells = [fields.cell(row, name) for name in _FIGURES]
    return [
        cell for cell in cells if cell and cell.row == row and not is_blank(cell.text) and not is_amount(cell.text)
    ]


def _is_paid(table: KnownTable, column: int) -> bool:
    return any((cell := table.grid.own(row, column)) is not None and is_amount(cell.text) for row in table.body)
