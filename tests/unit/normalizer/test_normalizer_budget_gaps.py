"""Budget tables: what states no unit, is no amount, is no row or is no known table."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from services.normalizer.readers import budget_lines
from shared.schemas.records import BudgetLine, Finding, RecordBase

Read = Callable[[Any, Any], list[RecordBase]]


def lines(records: list[RecordBase]) -> list[tuple[object, ...]]:
    """The budget lines as (table, line_no, side, code, name, column, amount)."""
    return [
        (
            each.table.value,
            each.line_no,
            each.side,
            each.code,
            each.name,
            each.column.value,
            None if each.amount is None else f"{each.amount:.2f}",
        )
        for each in records
        if isinstance(each, BudgetLine)
    ]


def findings(records: list[RecordBase]) -> list[tuple[str, str]]:
    return [(each.check, each.message) for each in records if isinstance(each, Finding)]


def test_no_unit_stated_means_no_amount_and_a_finding(read: Read) -> None:
    table = [["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["201", "一般公共服务支出", "3", "1", "2"]]
    records = read(budget_lines.read, ["支出总表", table])
    assert [line[6] for line in lines(records)] == [None, None, None]
    assert [check for check, _ in findings(records)] == ["unit_missing"]


def test_a_unit_in_a_caption_that_was_wrapped_is_read(read: Read) -> None:
    table = [["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["201", "一般公共服务支出", "3", "", ""]]
    assert lines(read(budget_lines.read, ["支出决算表", "公开03表 金额单位：万\n元", table]))[0][6] == "30000.00"


def test_text_in_a_money_cell_is_reported_never_zero(read: Read) -> None:
    table = [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["201", "一般公共服务支出", "见附件", "1", "—"],
    ]
    records = read(budget_lines.read, ["支出总表", "单位：万元", table])
    assert [line[5] for line in lines(records)] == ["basic"]
    assert findings(records) == [("unread_cell", "《支出总表》的第2行“见附件”不是金额，没有读入。")]


def test_a_header_printed_again_and_column_numbers_are_no_lines(read: Read) -> None:
    header = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
    table = [
        header,
        ["栏次", "1", "2=3+4", "3", "4"],
        ["201", "甲", "3", "", ""],
        header,
        ["**", "1", "2", "3", "4"],
        ["202", "乙", "4", "", ""],
    ]
    assert [line[3] for line in lines(read(budget_lines.read, ["支出总表", "单位：万元", table]))] == [
        "201",
        "202",
    ]


def test_a_table_that_goes_on_without_a_title_is_still_of_its_kind(read: Read) -> None:
    header = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
    written = [
        "政府性基金预算支出表",
        "单位：万元",
        [header, ["207", "甲", "3", "", "3"]],
        "550 某某局",
        [header, ["212", "乙", "4", "", "4"]],
    ]
    assert [
        (line[0], line[3], line[6]) for line in lines(read(budget_lines.read, written)) if line[5] == "total"
    ] == [
        ("government_fund_expenditure", "207", "30000.00"),
        ("government_fund_expenditure", "212", "40000.00"),
    ]


@pytest.mark.parametrize(
    "title", ["政府购买服务支出表", "会议费支出预算表", "部门收支执行情况表", "2025年全县一般公共预算支出表"]
)
def test_a_table_whose_title_names_something_else_gives_no_lines(read: Read, title: str) -> None:
    table = [["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["201", "一般公共服务支出", "3", "1", "2"]]
    assert not read(budget_lines.read, [title, "单位：万元", table])


@pytest.mark.parametrize("row", ["增值税 企业所得税 个人所得税", "增值税 契税 返还性收入"])
def test_a_governments_own_balance_gives_no_lines_of_a_department(read: Read, row: str) -> None:
    table = [
        ["收入", "<", "支出", "<"],
        ["项目", "预算数", "项目", "预算数"],
        *[[name, "1.50", "教育支出", "1.50"] for name in row.split()],
        ["收入总计", "4.50", "支出总计", "4.50"],
    ]
    assert not read(budget_lines.read, ["收支总表", "单位：万元", table])


def test_units_below_the_total_are_read_as_theirs_not_added_to_it(read: Read) -> None:
    table = [
        ["单位名称", "合计", "因公出国（境）费", "公务用车购置及运行费", "公务接待费"],
        ["合计", "3", "0", "2", "1"],
        ["某某局本级", "2", "0", "1", "1"],
        ["服务中心", "1", "0", "1", "0"],
    ]
    records = read(budget_lines.read, ["“三公”经费预算表", "单位：万元", table])
    assert [(line.unit_name, line.name, line.amount) for line in records if isinstance(line, BudgetLine)] == [
        (unit, name, Decimal(amount))
        for unit, amounts in (
            (None, (30000, 0, 20000, 10000)),
            ("某某局本级", (20000, 0, 10000, 10000)),
            ("服务中心", (10000, 0, 10000, 0)),
        )
        for name, amount in zip(
            ("合计", "因公出国（境）费", "公务用车购置及运行费", "公务接待费"), amounts, strict=True
        )
    ]
    assert not findings(records)


@pytest.mark.parametrize(("nameless", "told"), [("0.00", None), ("5.00", "“5.00”没有名称")])
def test_an_amount_without_a_name_is_told_as_such_and_a_zero_is_not(
    read: Read, nameless: str, told: str | None
) -> None:
    table = [
        ["科目编码", "科目名称", "预算数", "科目编码", "科目名称", "预算数"],
        ["301", "工资福利支出", "10.00", "302", "商品和服务支出", "2.00"],
        ["30101", "基本工资", "10.00", "30201", "办公费", "2.00"],
        ["", "", nameless, "30202", "印刷费", "0.00"],
    ]
    said = [text for _, text in findings(read(budget_lines.read, ["一般公共预算基本支出表", "单位：万元", table]))]
    assert bool(said) is bool(told)
    assert all(told in text for text in said if told)
