"""Tables that add up pass every rule; one planted defect fails exactly the rules it concerns."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.schemas.names import CheckStatus, ColumnName, TableName
from shared.schemas.records import Check

if TYPE_CHECKING:
    from tests.unit.normalizer.checks.conftest import Collected, Publication, Report

Judge = Callable[["Collected"], "Report"]

_TEN = Decimal(10)

DEFECTS: list[tuple[TableName, str, str | None, ColumnName, set[str]]] = [
    (
        TableName.BALANCE,
        "收入总计",
        "income",
        ColumnName.BUDGET,
        {"balance_sum", "income_balance", "prose_table"},
    ),
    (TableName.BALANCE, "本年收入合计", "income", ColumnName.BUDGET, {"balance_sum"}),
    (
        TableName.BALANCE,
        "一般公共预算拨款收入",
        "income",
        ColumnName.BUDGET,
        {"balance_sum", "appropriation_balance", "prose_table"},
    ),
    (
        TableName.BALANCE,
        "社会保障和就业支出",
        "expenditure",
        ColumnName.BUDGET,
        {"balance_sum", "expenditure_balance"},
    ),
    (
        TableName.INCOME,
        "合计",
        None,
        ColumnName.TOTAL,
        {"income_row_sum", "hierarchy_sum", "income_balance"},
    ),
    (
        TableName.INCOME,
        "2010102",
        None,
        ColumnName.TOTAL,
        {"income_row_sum", "hierarchy_sum", "income_expenditure_codes"},
    ),
    (TableName.INCOME, "20801", None, ColumnName.FISCAL_APPROPRIATION, {"income_row_sum", "hierarchy_sum"}),
    (
        TableName.EXPENDITURE,
        "合计",
        None,
        ColumnName.TOTAL,
        {"expenditure_row_sum", "hierarchy_sum", "expenditure_balance"},
    ),
    (
        TableName.EXPENDITURE,
        "2010101",
        None,
        ColumnName.BASIC,
        {"expenditure_row_sum", "hierarchy_sum", "fund_split"},
    ),
    (
        TableName.EXPENDITURE,
        "208",
        None,
        ColumnName.TOTAL,
        {
            "expenditure_row_sum",
            "hierarchy_sum",
            "expenditure_balance",
            "income_expenditure_codes",
            "fund_split",
        },
    ),
    (
        TableName.APPROPRIATION_BALANCE,
        "社会保障和就业支出",
        "expenditure",
        ColumnName.GENERAL_PUBLIC_BUDGET,
        {"appropriation_row_sum", "appropriation_balance", "appropriation_columns"},
    ),
    (
        TableName.APPROPRIATION_BALANCE,
        "支出总计",
        "expenditure",
        ColumnName.TOTAL,
        {"appropriation_row_sum", "appropriation_balance"},
    ),
    (
        TableName.GENERAL_BUDGET_EXPENDITURE,
        "2010299",
        None,
        ColumnName.PROJECT,
        {"fund_row_sum", "hierarchy_sum", "fund_split"},
    ),
    (
        TableName.GENERAL_BUDGET_EXPENDITURE,
        "合计",
        None,
        ColumnName.BASIC,
        {"fund_row_sum", "hierarchy_sum", "fund_split", "basic_total"},
    ),
    (
        TableName.GENERAL_BUDGET_BASIC_EXPENDITURE,
        "30101",
        None,
        ColumnName.TOTAL,
        {"basic_row_sum", "hierarchy_sum"},
    ),
    (
        TableName.GENERAL_BUDGET_BASIC_EXPENDITURE,
        "合计",
        None,
        ColumnName.PUBLIC_USE,
        {"basic_row_sum", "hierarchy_sum", "prose_table"},
    ),
    (
        TableName.THREE_PUBLIC,
        "公务接待费",
        None,
        ColumnName.TOTAL,
        {"three_public_sum", "three_public_row_sum", "prose_table"},
    ),
    (
        TableName.THREE_PUBLIC,
        "公务用车购置及运维费",
        None,
        ColumnName.GENERAL_PUBLIC_BUDGET,
        {"three_public_sum", "three_public_row_sum"},
    ),
]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_tables_that_add_up_pass_every_rule(
    data: st.DataObject, publications: st.SearchStrategy[Publication], judge: Judge
) -> None:
    report = judge(data.draw(publications).collect())
    assert [finding.message for finding in report.findings] == []
    statuses = {check.status for check in report.collector.of(Check)}
    assert statuses <= {CheckStatus.PASS, CheckStatus.NOT_APPLICABLE, CheckStatus.INSUFFICIENT_DATA}


@pytest.mark.parametrize(("table", "row", "side", "column", "concerned"), DEFECTS)
def test_a_planted_defect_fails_the_rules_it_concerns_and_no_other(
    table: TableName,
    row: str,
    side: str | None,
    column: ColumnName,
    concerned: set[str],
    publication: Publication,
    judge: Judge,
) -> None:
    line = publication.line(table, row, side)
    right = line.cells[column]
    line.cells[column] = right + _TEN
    report = judge(publication.collect())
    assert report.failed == concerned
    wrong_by = {finding.difference for finding in report.findings}
    assert wrong_by <= {"100000.00", "-100000.00"}
    for finding in report.findings:
        for figure in (finding.expected, finding.actual):
            assert figure is not None
            assert f"{(Decimal(figure) / 10_000).normalize():f}万元" in finding.message
