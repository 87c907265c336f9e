"""How the rules speak of nine tables: rounding, blanks, layouts, units, and what was not read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from services.normalizer.checks.rules import CHECKS
from services.normalizer.recorder import LeftKind
from shared.schemas.names import CheckStatus, ColumnName, Metric, Severity, TableName
from shared.schemas.records import BudgetLine, Check, Provenance

if TYPE_CHECKING:
    from tests.unit.normalizer.checks.conftest import Collected, Publication, Report

Judge = Callable[["Collected"], "Report"]

_TEN = Decimal(10)


def test_one_wrong_cell_is_one_finding_that_names_it_and_what_it_breaks(
    publication: Publication, judge: Judge
) -> None:
    publication.line(TableName.EXPENDITURE, "20101").cells[ColumnName.TOTAL] += 1
    report = judge(publication.collect())
    [finding] = report.findings
    assert (finding.expected, finding.actual, finding.difference) == ("3835500.00", "3845500.00", "10000.00")
    assert "“20101 " in finding.message
    assert "383.55万元" in finding.message
    assert "384.55万元" in finding.message
    assert finding.severity is Severity.ERROR
    assert finding.provenance.text == "384.55"
    assert report.failed == {"expenditure_row_sum", "hierarchy_sum", "income_expenditure_codes", "fund_split"}
    assert all(report.check(name).findings == (finding.id,) for name in report.failed)


def test_a_sum_off_by_what_printing_explains_is_rounding(publication: Publication, judge: Judge) -> None:
    publication.line(TableName.GENERAL_BUDGET_BASIC_EXPENDITURE, "合计").cells[ColumnName.PERSONNEL] += Decimal(
        "0.01"
    )
    report = judge(publication.collect())
    assert report.failed == set()
    assert report.check("basic_row_sum").status is CheckStatus.ROUNDING


@pytest.mark.parametrize(("hundredths", "status"), [(1, CheckStatus.ROUNDING), (2, CheckStatus.FAIL)])
def test_two_prints_of_one_number_may_differ_by_one_unit(
    hundredths: int, status: CheckStatus, publication: Publication, judge: Judge
) -> None:
    publication.facts = {
        Metric.INCOME_TOTAL: publication.facts[Metric.INCOME_TOTAL] + hundredths * Decimal("0.01")
    }
    assert judge(publication.collect()).check("prose_table").status is status


@pytest.mark.parametrize(("hundredths", "status"), [(2, CheckStatus.ROUNDING), (3, CheckStatus.FAIL)])
def test_the_tolerance_of_a_sum_includes_its_bound(
    hundredths: int, status: CheckStatus, publication: Publication, judge: Judge
) -> None:
    """Three parts and a total: 4 × 0.005万元 = 0.02万元."""
    publication.line(TableName.THREE_PUBLIC, "合计").cells = {
        ColumnName.TOTAL: publication.line(TableName.THREE_PUBLIC, "合计").cells[ColumnName.TOTAL]
        + hundredths * Decimal("0.01")
    }
    publication.add(TableName.THREE_PUBLIC, "因公出国（境）费", {ColumnName.TOTAL: Decimal("1.00")})
    publication.line(TableName.THREE_PUBLIC, "合计").cells[ColumnName.TOTAL] += 1
    assert judge(publication.collect()).check("three_public_sum").status is status


def test_the_total_row_may_stand_last(publication: Publication, judge: Judge) -> None:
    grand = publication.line(TableName.EXPENDITURE, "合计")
    publication.lines.remove(grand)
    last = max(place for place, line in enumerate(publication.lines) if line.table is TableName.EXPENDITURE)
    publication.lines.insert(last + 1, grand)
    assert judge(publication.collect()).failed == set()
    grand.cells[ColumnName.PROJECT] += _TEN
    assert "hierarchy_sum" in judge(publication.collect()).failed


def test_a_level_that_is_not_printed_is_skipped(publication: Publication, judge: Judge) -> None:
    publication.lines = [line for line in publication.lines if len(line.code or "") != 5]
    report = judge(publication.collect())
    assert report.failed == set()
    publication.line(TableName.EXPENDITURE, "201").cells[ColumnName.PROJECT] += _TEN
    assert "hierarchy_sum" in judge(publication.collect()).failed


def test_functional_and_economic_codes_are_not_added_together(publication: Publication, judge: Judge) -> None:
    """A table that prints its total by function and again by economy holds the same money twice."""
    table = TableName.EXPENDITURE
    grand = publication.line(table, "合计").cells
    publication.add(table, "商品和服务支出", grand, "302")
    assert judge(publication.collect()).failed == set()


def test_codes_that_repeat_by_unit_are_not_summed(publication: Publication, judge: Judge) -> None:
    row = publication.line(TableName.EXPENDITURE, "2010101")
    publication.add(TableName.EXPENDITURE, "行政运行（所属单位）", row.cells, row.code)
    report = judge(publication.collect())
    assert report.failed == set()
    assert "按单位分列" in (report.check("hierarchy_sum").reason or "")


def test_a_blank_total_is_not_zero(publication: Publication, judge: Judge) -> None:
    del publication.line(TableName.EXPENDITURE, "20101").cells[ColumnName.TOTAL]
    report = judge(publication.collect())
    assert report.failed == set()
    assert "没有填列" in (report.check("expenditure_row_sum").reason or "")


def test_a_cell_that_was_not_read_makes_a_failed_sum_insufficient(publication: Publication, judge: Judge) -> None:
    publication.line(TableName.EXPENDITURE, "2010101").cells[ColumnName.BASIC] += _TEN
    collector = publication.collect()
    blocks = TableName.EXPENDITURE
    place = next(line for line in collector.records if getattr(line, "table", None) is blocks).provenance
    marked = [
        record.model_copy(update={"provenance": record.provenance.model_copy(update={"block": 7})})
        if getattr(record, "table", None) is TableName.EXPENDITURE
        else record
        for record in collector.records
    ]
    collector.records[:] = marked
    collector.leave(LeftKind.CELL, place.model_copy(update={"block": 7}))
    report = judge(collector)
    assert report.failed == set()
    assert "未能读出" in (report.check("expenditure_row_sum").reason or "")


def test_a_table_in_the_wrong_unit_is_one_conflict_and_not_fifty_failed_sums(
    publication: Publication, judge: Judge
) -> None:
    publication.scales[TableName.GENERAL_BUDGET_EXPENDITURE] = Decimal(1)
    report = judge(publication.collect())
    assert report.failed == {"unit_conflict"}
    assert 1 <= len(report.findings) <= 3
    assert "单位" in report.findings[0].message
    assert report.check("basic_total").status is CheckStatus.INSUFFICIENT_DATA


def test_a_figure_in_yuan_beside_wan_yuan_is_a_unit_mismatch(publication: Publication, judge: Judge) -> None:
    publication.facts[Metric.AGENCY_OPERATING_FUNDS] /= 10_000
    report = judge(publication.collect())
    assert report.failed == {"unit_mismatch"}
    [finding] = report.of("unit_mismatch")
    assert (finding.expected, finding.actual) == ("462800.00", "46.28")
    assert "46.28元" in finding.message
    assert "46.28万元" in finding.message


def test_every_rule_speaks_once_even_of_an_empty_document(collector: Collected, judge: Judge) -> None:
    report = judge(collector)
    checks = report.collector.of(Check)
    assert [check.check for check in checks] == [rule.name for rule in CHECKS]
    assert {check.status for check in checks} == {CheckStatus.NOT_APPLICABLE, CheckStatus.INSUFFICIENT_DATA}
    assert all(check.reason for check in checks)


def test_a_rule_that_breaks_costs_only_itself(
    publication: Publication, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = CHECKS[0]

    def fail(*_: object) -> None:
        raise ZeroDivisionError("除以零")

    monkeypatch.setattr(
        "services.normalizer.checks.run.CHECKS", (type(broken)(1, broken.name, broken.severity, fail), *CHECKS[1:])
    )
    report = judge(publication.collect())
    assert report.check("balance_sum").status is CheckStatus.ERROR
    assert "除以零" in (report.check("balance_sum").reason or "")
    assert report.check("hierarchy_sum").status is CheckStatus.PASS


def test_two_runs_give_the_same_ids(publication: Publication, judge: Judge) -> None:
    publication.line(TableName.INCOME, "合计").cells[ColumnName.TOTAL] += _TEN
    first, second = (judge(publication.collect()) for _ in range(2))
    assert [finding.id for finding in first.findings] == [finding.id for finding in second.findings]
    assert len({finding.id for finding in first.findings}) == len(first.findings)


def _as_headings(publication: Publication) -> None:
    """Turn 财政拨款收支总表 into the layout with 一、本年收入 over its lines and no 本年合计 under them."""
    table = TableName.APPROPRIATION_BALANCE
    for side, word in (("income", "收入"), ("expenditure", "支出")):
        total = publication.line(table, f"本年{word}合计", side)
        publication.lines.remove(total)
        total.name = f"本年{word}"
        first = next(line for line in publication.lines if line.table is table and line.side == side)
        publication.lines.insert(publication.lines.index(first), total)


def test_the_layout_with_headings_over_their_lines_is_understood(publication: Publication, judge: Judge) -> None:
    _as_headings(publication)
    report = judge(publication.collect())
    assert report.failed == set()
    assert report.check("appropriation_balance").comparisons > 8
    publication.line(TableName.APPROPRIATION_BALANCE, "本年收入", "income").cells[ColumnName.BUDGET] += _TEN
    assert judge(publication.collect()).failed == {"appropriation_balance"}


def test_a_departments_own_code_is_no_class(publication: Publication, judge: Judge) -> None:
    grand = publication.line(TableName.EXPENDITURE, "合计").cells
    publication.add(TableName.EXPENDITURE, "某县委组织部", grand, "203")
    publication.add(TableName.EXPENDITURE, "某县委组织部本级", grand, "203001")
    assert judge(publication.collect()).failed == set()


def test_a_column_that_fails_in_most_rows_is_our_misreading(publication: Publication, judge: Judge) -> None:
    for line in publication.lines:
        if line.table is TableName.INCOME:
            line.cells[ColumnName.OTHER_INCOME] = line.cells[ColumnName.TOTAL]
    report = judge(publication.collect())
    assert report.failed == set()
    assert "版式" in (report.check("income_row_sum").reason or "")


def test_two_sets_of_tables_in_one_file_are_checked_each_for_itself(
    publication: Publication, judge: Judge
) -> None:
    first, second = publication.collect(), publication.collect()
    publication.line(TableName.INCOME, "2010101").cells[ColumnName.TOTAL] += _TEN
    for number, collected in enumerate((second, publication.collect()), start=1):
        for record in collected.of(BudgetLine):
            fields = {name: getattr(record, name) for name in (*BudgetLine.KEY, "amount")}
            table = (record.provenance.table or 0) + 100 * number
            first.add(BudgetLine, record.provenance.model_copy(update={"table": table}), **fields)
    report = judge(first)
    assert report.failed == {"income_row_sum", "hierarchy_sum", "income_expenditure_codes"}


def test_large_tables_are_checked_in_time_that_grows_with_their_size(collector: Collected, judge: Judge) -> None:
    amount = Decimal(10_000)
    for number in range(3_000):
        place = Provenance(document="0", table=1, row=number, column=2, text="1.00")
        collector.add(
            BudgetLine,
            place,
            table=TableName.EXPENDITURE,
            line_no=number,
            side=None,
            code=f"201{number % 90 + 10}{number // 90 + 10}",
            name=f"科目{number}",
            column=ColumnName.TOTAL,
            amount=amount,
        )
    assert judge(collector).failed == set()


def test_prose_is_not_blamed_for_a_table_in_the_wrong_unit(publication: Publication, judge: Judge) -> None:
    publication.scales[TableName.THREE_PUBLIC] = Decimal(1)
    publication.scales[TableName.EXPENDITURE] = Decimal(1)
    report = judge(publication.collect())
    assert "unit_conflict" in report.failed
    assert all("支出预算" not in finding.message for finding in report.of("unit_mismatch"))


@pytest.mark.parametrize(("more", "failed"), [(0, set()), (5, {"three_public_sum"})])
def test_a_total_over_the_three_public_subtotal_is_checked_too(
    more: int, failed: set[str], publication: Publication, judge: Judge
) -> None:
    """合计 and “三公”经费小计 in one table: prose means the 小计, and 合计 = 小计 where nothing else is listed."""
    grand = publication.line(TableName.THREE_PUBLIC, "合计")
    publication.add(TableName.THREE_PUBLIC, "“三公”经费小计", dict(grand.cells))
    grand.cells = {column: amount + more for column, amount in grand.cells.items()}
    assert judge(publication.collect()).failed - {"three_public_row_sum"} == failed


@pytest.mark.parametrize("meetings", ["5", "7"])
def test_what_stands_beside_the_three_public_subtotal_may_be_in_the_total(
    meetings: str, publication: Publication, judge: Judge
) -> None:
    grand = publication.line(TableName.THREE_PUBLIC, "合计")
    publication.add(TableName.THREE_PUBLIC, "“三公”经费小计", dict(grand.cells))
    grand.cells = {ColumnName.TOTAL: grand.cells[ColumnName.TOTAL] + 5}
    publication.add(TableName.THREE_PUBLIC, "会议费", {ColumnName.TOTAL: Decimal(meetings)})
    report = judge(publication.collect())
    assert report.failed == set()
    assert report.check("three_public_row_sum").status is CheckStatus.PASS
    expected = CheckStatus.PASS if meetings == "5" else CheckStatus.INSUFFICIENT_DATA
    assert report.check("three_public_sum").status is expected
