"""When a check may speak: each clause of the policy on a small disclosure that is read from its text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import pytest

from services.normalizer.checks.policy import SOFT, Clause, Doubt, misread, verdict
from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.document import Document, Table
from shared.schemas.names import CheckStatus, Severity
from shared.schemas.records import Check, Finding

TITLE = "青石县水务局2024年部门预算信息公开\n\n"
BALANCE = (
    "部门预算收支总表\n\n单位：万元\n\n"
    "收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n"
    "一、一般公共预算拨款收入\t{general}\t一、社会保障和就业支出\t20.00\n"
    "二、政府性基金预算拨款收入\t30.00\t二、农林水支出\t110.00\n"
    "本年收入合计\t{whole}\t本年支出合计\t130.00\n"
    "收入总计\t{whole}\t支出总计\t130.00\n"
)
EXPENDITURE = (
    "部门预算支出总表\n\n单位：万元\n\n"
    "科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    "\t合计\t{whole}\t40.00\t90.00\n"
    "213\t农林水支出\t130.00\t40.00\t90.00\n"
    "21303\t水利\t130.00\t40.00\t90.00\n"
    "2130301\t行政运行\t40.00\t40.00\t\n"
    "2130305\t水利工程建设\t{works}\t\t{works}\n"
)
STRANGE = "行政村道路明细\n\n单位：万元\n\n路段\t里程\t造价\n东山段\t12.5\t18.60\n西山段\t8.5\t24.90\n"


class Said(NamedTuple):
    """What a check says of a document: its outcome, its findings of any check it shares."""

    check: Check
    findings: list[Finding]


def say(text: str | Document, check: str) -> Said:
    document = (
        read_document([NamedBytes("gongkai.txt", (TITLE + text).encode(), None, None)])
        if isinstance(text, str)
        else text
    )
    records = normalize_document(document)
    told = next(one for one in records if isinstance(one, Check) and one.check == check)
    return Said(told, [one for one in records if isinstance(one, Finding) and one.id in told.findings])


def document(text: str) -> Document:
    return read_document([NamedBytes("gongkai.txt", (TITLE + text).encode(), None, None)])


def test_a_failed_sum_of_a_table_read_whole_is_an_error() -> None:
    said = say(BALANCE.format(general="100.00", whole="150.00"), "balance_sum")
    assert said.check.status is CheckStatus.FAIL
    assert {finding.severity for finding in said.findings} == {Severity.ERROR}


def scan(text: str, confidence: float) -> Document:
    """The document as if its table had been recognised in a picture, the wrong figures with that confidence."""
    read = document(text)

    def recognised(table: Table) -> Table:
        cells = [
            cell.model_copy(update={"confidence": confidence if cell.text == "150.00" else 0.999})
            for cell in table.cells
        ]
        return table.model_copy(update={"cells": tuple(cells)})

    blocks = tuple(recognised(block) if isinstance(block, Table) else block for block in read.blocks)
    return read.model_copy(update={"blocks": blocks})


def test_a_failed_sum_of_a_scan_is_a_warning_at_most() -> None:
    wrong = BALANCE.format(general="100.00", whole="150.00")
    (finding, *_) = say(scan(wrong, 0.99), "balance_sum").findings
    assert finding.severity is Severity.WARNING
    assert "图片识别" in finding.message
    assert (finding.provenance.confidence or 0) > 0.9


def test_a_figure_of_a_scan_that_is_not_certain_makes_its_sums_insufficient() -> None:
    said = say(scan(BALANCE.format(general="100.00", whole="150.00"), 0.8), "balance_sum")
    assert said.check.status is CheckStatus.INSUFFICIENT_DATA
    assert not said.findings
    assert "把握不足" in (said.check.reason or "")


def test_a_table_of_another_title_beside_it_is_no_doubt() -> None:
    text = BALANCE.format(general="100.00", whole="150.00") + "\n" + STRANGE
    assert {finding.severity for finding in say(text, "balance_sum").findings} == {Severity.ERROR}


def test_a_table_that_may_be_its_rest_makes_a_failed_sum_insufficient() -> None:
    rest = "\n— 3 —\n\n路段\t里程\t造价\t年份\t长度\n东山段\t甲\t18.60\t\t\n"
    said = say(EXPENDITURE.format(works="80.00", whole="130.00") + rest, "hierarchy_sum")
    assert said.check.status is CheckStatus.INSUFFICIENT_DATA
    assert said.findings == []
    assert "续表" in (said.check.reason or "")


def test_a_cell_that_was_not_read_makes_the_sums_over_it_insufficient() -> None:
    said = say(EXPENDITURE.format(works="约90", whole="130.00"), "hierarchy_sum")
    assert said.check.status is not CheckStatus.PASS
    assert said.findings == []


INCOME = (
    "部门收入总表\n\n单位：万元\n\n"
    "部门代码\t部门名称\t合计\t一般公共预算\t政府性基金预算\t陌生来源\n"
    "\t合计\t{whole}\t110.00\t30.00\t{strange}\n"
    "332001\t青石县水务局本级\t{first}\t80.00\t20.00\t{strange}\n"
    "332002\t青石县水务站\t40.00\t30.00\t10.00\t\n"
)


def test_a_column_that_was_not_read_makes_a_row_it_fills_insufficient() -> None:
    said = say(INCOME.format(whole="145.00", first="105.00", strange="5.00"), "income_row_sum")
    assert said.check.status is CheckStatus.INSUFFICIENT_DATA
    assert "未能识别的列" in (said.check.reason or "")


def test_a_column_that_other_rows_show_to_be_no_part_is_no_doubt() -> None:
    said = say(INCOME.format(whole="140.00", first="109.00", strange="5.00"), "income_row_sum")
    [finding] = said.findings
    assert finding.severity is Severity.ERROR


def test_a_note_that_may_explain_the_difference_makes_a_failed_sum_insufficient() -> None:
    text = BALANCE.format(general="100.00", whole="150.00") + "\n注：本年收入合计含上级专项资金20万元。\n"
    said = say(text, "balance_sum")
    assert said.check.status is CheckStatus.INSUFFICIENT_DATA
    assert "表注" in (said.check.reason or "")


def test_a_note_on_rounding_explains_no_more_than_rounding() -> None:
    note = "\n注：本表金额转换为万元时，因四舍五入可能存在尾差。\n"
    rounded, wrong = ("100.00", "130.02"), ("100.00", "150.00")
    said = [
        say(BALANCE.format(general=general, whole=whole) + note, "balance_sum")
        for general, whole in (rounded, wrong)
    ]
    assert said[0].findings == []
    assert [each.severity for each in said[1].findings] == [Severity.ERROR]


def test_a_further_part_that_makes_the_sum_hold_belongs_to_it() -> None:
    text = BALANCE.format(general="100.00", whole="130.00").replace(
        "收入总计\t130.00\t支出总计\t130.00",
        "上级专款\t20.00\t\t\n上年结转\t5.00\t结转下年\t25.00\n收入总计\t155.00\t支出总计\t155.00",
    )
    assert say(text, "balance_sum").check.status is CheckStatus.PASS
    said = say(text.replace("155.00", "165.00"), "balance_sum")
    assert all("上级专款" not in finding.message for finding in said.findings)


def test_a_table_of_which_most_sums_fail_is_our_misreading() -> None:
    rows = "".join(
        f"21303{number:02}\t科目{number}\t{number}.00\t{2 * number}.00\t4.00\n" for number in range(1, 9)
    )
    said = say(EXPENDITURE.format(works="90.00", whole="130.00") + rows, "expenditure_row_sum")
    assert said.check.status is CheckStatus.INSUFFICIENT_DATA
    assert said.findings == []


def _on_two_pages(text: str) -> Document:
    """The document with the rows of its tables from the fourth on upon the next page."""
    whole = document(text)
    blocks = [
        block.model_copy(
            update={
                "page": 1,
                "cells": tuple(cell.model_copy(update={"page": 1 if cell.row < 4 else 2}) for cell in block.cells),
            }
        )
        if isinstance(block, Table)
        else block
        for block in whole.blocks
    ]
    return whole.model_copy(update={"blocks": tuple(blocks)})


def test_a_sum_over_a_page_break_that_no_other_sum_bears_out_is_insufficient() -> None:
    head = "部门预算支出总表\n\n单位：万元\n\n科目编码\t科目名称\t合计\n"
    text = (
        head
        + "213\t农林水支出\t130.00\n21303\t水利\t130.00\n2130301\t行政运行\t40.00\n2130305\t水利工程建设\t80.00\n"
    )
    said = say(_on_two_pages(text), "hierarchy_sum")
    assert said.findings == []
    whole = EXPENDITURE.format(works="90.00", whole="130.00").replace("水利工程建设\t90.00", "水利工程建设\t80.00")
    assert {finding.severity for finding in say(_on_two_pages(whole), "hierarchy_sum").findings} == {
        Severity.ERROR
    }


def test_a_sum_that_nothing_bears_out_is_a_warning_that_says_so() -> None:
    head = "固定资产占用情况表\n\n项目\t数量\t价值（金额单位：万元）\n"
    text = head + "资产总额\t——\t100.00\n1、房屋\t2\t40.00\n2、车辆\t1\t50.00\n"
    said = say(text, "asset_sum")
    [finding] = said.findings
    assert finding.severity is Severity.WARNING
    assert "没有其他等式可以佐证" in finding.message


def test_a_failed_sum_is_never_taken_back_into_pass() -> None:
    for text, check in (
        (BALANCE.format(general="100.00", whole="150.00") + "\n注：含专项。\n", "balance_sum"),
        (INCOME.format(whole="145.00", first="105.00", strange="5.00"), "income_row_sum"),
    ):
        assert say(text, check).check.status not in (CheckStatus.PASS, CheckStatus.ROUNDING)


def _doubts(*clauses: Clause) -> Sequence[Doubt]:
    return [Doubt(clause, clause.value) for clause in clauses]


@pytest.mark.parametrize("clause", list(Clause))
def test_every_clause_keeps_a_failed_equality_from_being_an_error(clause: Clause) -> None:
    said = verdict(Severity.ERROR, [_doubts(clause)])
    assert said.severity is (Severity.WARNING if clause in SOFT else None)
    assert said.reason == clause.value


def test_one_equality_without_doubt_is_enough() -> None:
    said = verdict(Severity.ERROR, [_doubts(Clause.NOTE), _doubts(), _doubts(Clause.ALONE)])
    assert (said.severity, said.reason) == (Severity.ERROR, None)


def test_no_doubt_raises_what_a_rule_may_say() -> None:
    assert verdict(Severity.INFO, [_doubts(Clause.ALONE)]).severity is Severity.INFO


@pytest.mark.parametrize(
    ("apart", "tried", "ours"),
    [([1, 2, 3], 3, False), ([1, 2, 3, 4], 7, True), ([1, 2, 3, 4], 8, False), ([5, 5, 5, 5, 5], 5, False)],
)
def test_many_different_failures_of_few_are_ours(apart: list[int], tried: int, ours: bool) -> None:
    assert misread([Decimal(each) for each in apart], tried) is ours


def test_a_table_with_figures_that_a_note_calls_empty_is_told() -> None:
    text = EXPENDITURE.format(works="90.00", whole="130.00")
    [finding] = say(text + "\n注：本部门2024年无此项支出，故本表为空表。\n", "empty_table").findings
    assert finding.severity is Severity.WARNING
    assert "130万元" in finding.message
    assert say(text + "\n注：无政府性基金预算，故本表为空表。\n", "empty_table").findings == []


def test_a_row_named_by_an_amount_makes_the_sums_over_it_insufficient() -> None:
    """Its cells may be displaced: what stands as its name is one of its figures."""
    text = EXPENDITURE.format(works="80.00", whole="130.00") + "\t12.50\t7.50\t7.50\t\n"
    said = say(text, "hierarchy_sum")
    assert (said.check.status, said.findings) == (CheckStatus.INSUFFICIENT_DATA, [])


def test_a_line_of_which_it_is_open_whether_it_is_a_part_makes_a_failed_sum_insufficient() -> None:
    text = BALANCE.format(general="100.00", whole="130.00").replace(
        "收入总计\t130.00\t支出总计\t130.00",
        "上年结转\t5.00\t结转下年\t30.00\n待定款项\t7.00\t\t\n收入总计\t160.00\t支出总计\t160.00",
    )
    said = say(text, "balance_sum")
    assert (said.check.status, said.findings) == (CheckStatus.INSUFFICIENT_DATA, [])
    assert "待定款项" in (said.check.reason or "")


def test_an_amount_in_the_next_column_is_a_warning_that_says_so() -> None:
    text = EXPENDITURE.format(works="90.00", whole="130.00").replace("\t90.00\t\t90.00", "\t90.00\t90.00\t")
    [finding] = say(text, "hierarchy_sum").findings
    assert finding.severity is Severity.WARNING
    assert "列错了栏" in finding.message


def test_a_total_of_both_sides_in_one_row_is_no_displaced_cell() -> None:
    """收入总计 and 支出总计 stand in one row and are apart by what one of them is wrong by."""
    text = BALANCE.format(general="100.00", whole="130.00").replace("收入总计\t130.00", "收入总计\t140.00")
    [finding] = say(text, "balance_sum").findings
    assert finding.severity is Severity.ERROR
