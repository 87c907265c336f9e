"""The real disclosures: every table and row is there, counted in the raw text; printed sums hold."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from services.normalizer.stage import normalize_document
from services.parser.stage import read_file
from shared.schemas.names import ColumnName, TableName
from shared.schemas.records import (
    Asset,
    BudgetLine,
    Disclosure,
    Fact,
    Finding,
    OrganisationUnit,
    ProcurementLine,
    RecordBase,
)

Records = list[RecordBase]


@cache
def _records(path: Path) -> Records:
    return normalize_document(read_file(path))


@pytest.fixture(scope="session")
def containing(seeds: Path) -> Callable[[str], tuple[str, Records]]:
    """Text and records of the one seed whose text contains a phrase."""

    def find(phrase: str) -> tuple[str, Records]:
        (path,) = [each for each in sorted(seeds.glob("*.txt")) if phrase in each.read_text(encoding="utf-8")]
        return path.read_text(encoding="utf-8"), _records(path)

    return find


@pytest.fixture
def nine_tables(containing: Callable[[str], tuple[str, Records]]) -> tuple[str, Records]:
    return containing("部门预算国有资本经营预算财政拨款支出表\t")


TITLES = {
    "部门预算收支总表": TableName.BALANCE,
    "部门预算收入总表": TableName.INCOME,
    "部门预算支出总表": TableName.EXPENDITURE,
    "部门预算财政拨款收支总表": TableName.APPROPRIATION_BALANCE,
    "部门预算一般公共预算财政拨款支出表": TableName.GENERAL_BUDGET_EXPENDITURE,
    "部门预算一般公共预算财政拨款基本支出表": TableName.GENERAL_BUDGET_BASIC_EXPENDITURE,
    "部门预算政府性基金预算财政拨款支出表": TableName.GOVERNMENT_FUND_EXPENDITURE,
    "部门预算国有资本经营预算财政拨款支出表": TableName.STATE_CAPITAL_EXPENDITURE,
    "部门预算财政拨款“三公”经费支出表": TableName.THREE_PUBLIC,
}


def printed(text: str) -> dict[TableName, dict[int, str]]:
    """For each budget table the rows of the raw text that begin with a number: number → rest of the row."""
    rows: dict[TableName, dict[int, str]] = {}
    table: TableName | None = None
    for line in text.split("\n"):
        if line.strip() in TITLES:
            table = TITLES[line.strip()]
            rows[table] = {}
        elif table and line.startswith("峰峰机关事务 2024"):
            break
        elif table and (match := re.match(r"(\d{1,3})\t(.*)", line)):
            rows[table][int(match[1])] = match[2]
    return rows


def test_every_numbered_row_with_a_figure_is_read(nine_tables: tuple[str, Records]) -> None:
    text, records = nine_tables
    lines = [each for each in records if isinstance(each, BudgetLine)]
    for table, rows in printed(text).items():
        paid = {number for number, rest in rows.items() if re.search(r"\d\.|\t\d+ \d", rest)}
        assert {each.line_no for each in lines if each.table is table} == paid, table
    assert len(printed(text)) == len(TITLES)


def test_every_figure_of_the_budget_tables_is_read_once(nine_tables: tuple[str, Records]) -> None:
    """Cells are counted in the raw text; one that a page break cut (`925.7` + `4`) is one."""
    text, records = nine_tables
    lines = [each for each in records if isinstance(each, BudgetLine)]
    for table, rows in printed(text).items():
        figures = sum(len(re.findall(r"(?:^|\t)\d[\d ]*\.[\d ]+(?=\t|$)", rest)) for rest in rows.values())
        assert sum(each.table is table for each in lines) == figures, table


@pytest.mark.parametrize(
    "table",
    [
        TableName.INCOME,
        TableName.EXPENDITURE,
        TableName.GENERAL_BUDGET_EXPENDITURE,
        TableName.GENERAL_BUDGET_BASIC_EXPENDITURE,
        TableName.GOVERNMENT_FUND_EXPENDITURE,
    ],
)
def test_printed_totals_are_the_sums_of_their_parts(nine_tables: tuple[str, Records], table: TableName) -> None:
    """Every column and level, within what rounding to 0.01 万元 explains."""
    lines = [each for each in nine_tables[1] if isinstance(each, BudgetLine) and each.table is table]
    lines.sort(key=lambda each: each.column)
    for _, group in groupby(lines, key=lambda each: each.column):
        column = list(group)
        (total,) = [each.amount for each in column if each.name == "合计"]
        for length in {len(each.code) for each in column if each.code}:
            parts = [each.amount or Decimal(0) for each in column if each.code and len(each.code) == length]
            assert abs(sum(parts, -(total or Decimal(0)))) <= 50 * (len(parts) + 1)


def test_codes_and_names_are_whole(nine_tables: tuple[str, Records]) -> None:
    lines = [each for each in nine_tables[1] if isinstance(each, BudgetLine)]
    assert {len(each.code) for each in lines if each.code} == {3, 5, 7}
    by_place = {(each.table, each.line_no): (each.code, each.name) for each in lines}
    assert by_place[TableName.INCOME, 21] == ("20133", "宣传事务")
    assert by_place[TableName.INCOME, 15] == ("2013199", "其他党委办公厅(室)及相关机构事务支出")
    assert by_place[TableName.GENERAL_BUDGET_BASIC_EXPENDITURE, 16] == ("30213", "维修(护)费")


def test_units_procurement_and_assets_are_complete(nine_tables: tuple[str, Records]) -> None:
    text, records = nine_tables
    units = [each for each in records if isinstance(each, OrganisationUnit)]
    assert len(units) == len(re.findall(r"^\S+\t(?:行政|事业)\t", text, re.M))
    bought = [each for each in records if isinstance(each, ProcurementLine)]
    items = [each for each in bought if each.line_type == "item"]
    assert len(items) == len(re.findall(r"\t[ABC]\d{4,5} ?\d{3}\t", text))
    assert len([each for each in bought if each.line_type == "subtotal"]) == len(
        re.findall(r"^.*小 ?计\t{6}", text, re.M)
    )
    (total,) = [each for each in bought if each.line_type == "total"]
    for line_type in ("item", "subtotal"):
        parts = [each.total or Decimal(0) for each in bought if each.line_type == line_type]
        assert abs(sum(parts, -(total.total or Decimal(0)))) <= 50 * (len(parts) + 1)
    assert all(each.organisation for each in items)
    assert len([each for each in records if isinstance(each, Asset)]) == 4


def test_prose_and_tables_state_the_same_totals(nine_tables: tuple[str, Records]) -> None:
    facts = {each.metric.value: each.amount for each in nine_tables[1] if isinstance(each, Fact)}
    lines = {
        (each.table, each.column): each.amount
        for each in nine_tables[1]
        if isinstance(each, BudgetLine) and each.name == "合计"
    }
    assert facts["income_total"] == lines[TableName.INCOME, ColumnName.TOTAL]
    assert facts["expenditure_total"] == lines[TableName.EXPENDITURE, ColumnName.TOTAL]
    assert facts["expenditure_basic"] == lines[TableName.EXPENDITURE, ColumnName.BASIC]
    assert (
        facts["expenditure_personnel"] == lines[TableName.GENERAL_BUDGET_BASIC_EXPENDITURE, ColumnName.PERSONNEL]
    )
    assert facts["three_public_total"] == lines[TableName.THREE_PUBLIC, ColumnName.TOTAL]


def test_every_seed_has_region_year_and_kind_where_it_states_them(seeds: Path) -> None:
    found = []
    for path in sorted(seeds.glob("*.txt")):
        (record,) = [each for each in _records(path) if isinstance(each, Disclosure)]
        found.append((record.region_code, record.department_code, record.fiscal_year, record.kind))
    assert found == [
        ("130532", None, 2020, "department_budget"),
        ("131003", "263001", 2021, "department_budget"),
        ("130406", "550", 2024, "department_budget"),
        (None, None, 2020, "performance_targets"),
        ("130209", "203001", 2025, "performance_targets"),
    ]


def test_no_seed_leaves_anything_unread(seeds: Path) -> None:
    for path in sorted(seeds.glob("*.txt")):
        assert not [
            each.message for each in _records(path) if isinstance(each, Finding) and "unread" in each.check
        ]


def test_every_record_says_where_it_stands(seeds: Path) -> None:
    for path in sorted(seeds.glob("*.txt")):
        for record in _records(path):
            assert record.provenance.document
            if isinstance(record, BudgetLine):
                place = record.provenance
                assert None not in (place.table, place.row, place.column)
                assert re.search(r"\d", place.text)
