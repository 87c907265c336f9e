"""A single wrong figure in an otherwise sound disclosure gives one finding, and that names it first."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from services.normalizer.stage import normalize_document
from services.sample_portals.render import blocks
from services.sample_portals.sample import sample
from shared.schemas.document import Document, Origin, Table
from shared.schemas.names import Severity, TableName
from shared.schemas.records import BudgetLine, Finding, RecordBase

SEED = 11
SHANGHAI, CHONGQING, HEBEI, JIANGSU, ACCOUNTS = 8, 2, 4, 54, 0
"""The numbers of sound disclosures in that layout."""


def _document(number: int) -> Document:
    each = sample(SEED, number)
    place = Origin(portal="sample", region_code=each.publisher.region, region_name=each.publisher.region_name)
    return blocks.document(each.written.content, "公开.txt", place)


def _with(document: Document, line: BudgetLine, text: str) -> Document:
    place = line.provenance
    assert place.block is not None
    table = document.blocks[place.block]
    assert isinstance(table, Table)
    cells = tuple(
        cell.model_copy(update={"text": text}) if (cell.row, cell.column) == (place.row, place.column) else cell
        for cell in table.cells
    )
    changed = table.model_copy(update={"cells": cells})
    return document.model_copy(
        update={"blocks": (*document.blocks[: place.block], changed, *document.blocks[place.block + 1 :])}
    )


def _loud(records: list[RecordBase]) -> list[Finding]:
    return [one for one in records if isinstance(one, Finding) and one.severity is not Severity.INFO]


def _line(records: list[RecordBase], table: TableName, row: str, column: str) -> BudgetLine:
    return next(
        one
        for one in records
        if isinstance(one, BudgetLine)
        and one.table is table
        and row in (one.code, one.name)
        and one.column == column
        and one.amount
    )


BASIC = TableName.GENERAL_BUDGET_BASIC_EXPENDITURE


@pytest.mark.parametrize(
    ("number", "table", "row", "column", "check"),
    [
        pytest.param(
            SHANGHAI,
            TableName.THREE_PUBLIC,
            "公务用车运行费",
            "total",
            "three_public_sum",
            id="beside-another-table",
        ),
        pytest.param(CHONGQING, BASIC, "30231", "total", "basic_row_sum", id="over-its-bound-too"),
        pytest.param(
            JIANGSU,
            TableName.APPROPRIATION_BASIC_EXPENDITURE,
            "303",
            "total",
            "hierarchy_sum",
            id="of-appropriations",
        ),
        pytest.param(ACCOUNTS, TableName.BALANCE, "本年支出合计", "budget", "balance_sum", id="stated-in-prose"),
        pytest.param(
            SHANGHAI,
            TableName.AGENCY_OPERATING_FUNDS,
            "机关运行经费预算数",
            "total",
            "prose_table",
            id="only-in-prose",
        ),
    ],
)
def test_one_wrong_figure_gives_one_finding_that_names_it(
    number: int, table: TableName, row: str, column: str, check: str
) -> None:
    document = _document(number)
    sound = list(normalize_document(document))
    assert not _loud(sound)
    line = _line(sound, table, row, column)
    assert line.amount is not None
    wrong = line.amount / 10_000 + Decimal("27.13")
    records = list(normalize_document(_with(document, line, f"{wrong:.2f}")))
    [finding] = _loud(records)
    changed = _line(records, table, row, column)
    assert (finding.check, changed.id in finding.subjects) == (check, True)


@pytest.mark.parametrize(
    ("number", "table", "row"),
    [(HEBEI, TableName.EXPENDITURE, "210"), (SHANGHAI, TableName.THREE_PUBLIC, "公务接待费")],
)
def test_one_figure_in_another_unit_is_told_once_and_no_table_accused(
    number: int, table: TableName, row: str
) -> None:
    document = _document(number)
    line = _line(list(normalize_document(document)), table, row, "total")
    assert line.amount is not None
    records = list(normalize_document(_with(document, line, f"{line.amount:.2f}")))
    [finding] = _loud(records)
    assert (finding.check, finding.expected) == ("unit_mismatch", f"{line.amount:.2f}")
    assert finding.subjects[0] == _line(records, table, row, "total").id


@pytest.mark.parametrize(
    ("seed", "number", "check"),
    [(2, 110, "change_sum"), (3, 86, "prose_repeated"), (5, 160, "prose_table"), (5, 44, "expenditure_balance")],
)
def test_what_follows_from_a_wrong_figure_is_not_told_again(seed: int, number: int, check: str) -> None:
    each = sample(seed, number)
    place = Origin(portal="sample", region_code=each.publisher.region, region_name=each.publisher.region_name)
    findings = _loud(list(normalize_document(blocks.document(each.written.content, "公开.txt", place))))
    assert [finding.check for finding in findings] == [check]


def test_of_many_parts_the_one_is_wrong_that_another_table_prints_otherwise() -> None:
    document = _document(JIANGSU)
    line = _line(list(normalize_document(document)), TableName.APPROPRIATION_BASIC_EXPENDITURE, "30201", "total")
    [finding] = _loud(list(normalize_document(_with(document, line, "91.35"))))
    assert finding.provenance.row == line.provenance.row
    assert (finding.expected, finding.actual) == (f"{line.amount:.2f}", "913500.00")


def test_classes_of_spending_add_up_to_the_total_beside_the_natures() -> None:
    document = _document(JIANGSU)
    line = _line(list(normalize_document(document)), TableName.BALANCE, "农林水支出", "budget")
    [finding] = _loud(list(normalize_document(_with(document, line, "7.77"))))
    assert (finding.check, finding.provenance.block) == ("balance_sum", line.provenance.block)


TITLE = "青石县水务局2024年部门预算"
INCOME = [
    ["项目名称", "金额"],
    ["收入总计", "152.79"],
    ["一般公共预算资金小计", "66.79"],
    ["公共财政拨款（补助）资金", "66.79"],
    ["专项收入", ""],
    ["其他资金小计", "80.00"],
    ["事业收入", "30.00"],
    ["其他收入", "50.00"],
    ["上年结转资金", "6.00"],
]
BALANCE = [
    ["本年收入", "", "本年支出", "", "", "", ""],
    ["项目", "预算数", "项目", "预算数", "", "", ""],
    ["", "", "", "合计", "基本支出", "", "项目支出"],
    ["", "", "", "", "人员经费", "公用经费", ""],
    ["一、财政拨款收入", "100.00", "一、农林水支出", "70.00", "20.00", "10.00", "40.00"],
    ["二、其他收入", "20.00", "二、住房保障支出", "50.00", "45.00", "5.00", ""],
    ["收入总计", "120.00", "支出总计", "120.00", "65.00", "15.00", "40.00"],
]


@pytest.mark.parametrize(
    ("title", "rows", "place", "check"),
    [
        pytest.param("收入总表", INCOME, (2, 1), "income_row_sum", id="a-subtotal-of-sources-in-rows"),
        pytest.param("收入总表", INCOME, (7, 1), "income_row_sum", id="a-source-in-a-row"),
        pytest.param("收支总表", BALANCE, (4, 4), "balance_sum", id="a-further-column"),
        pytest.param("收支总表", BALANCE, (6, 5), "balance_sum", id="the-total-of-a-further-column"),
    ],
)
def test_every_way_in_which_a_table_splits_its_money_is_added_up(
    document: Callable[..., Document], title: str, rows: list[list[str]], place: tuple[int, int], check: str
) -> None:
    blocks = [TITLE, title, "单位：万元", rows]
    assert not _loud(list(normalize_document(document(blocks))))
    wrong = [list(row) for row in rows]
    wrong[place[0]][place[1]] = "37.77"
    assert check in {finding.check for finding in _loud(list(normalize_document(document([*blocks[:3], wrong]))))}
