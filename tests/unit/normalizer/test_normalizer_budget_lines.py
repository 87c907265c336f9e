"""Budget tables of many counties: titles within and before the table, codes in columns, sides, units."""

from collections.abc import Callable
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


def test_a_balance_has_two_sides_and_only_filled_cells_give_lines(read: Read) -> None:
    table = [
        ["序号", "收入", "<", "支出", "<"],
        ["^", "项目", "预算数", "项目", "预算数"],
        ["栏次", "1", "2", "3", "4"],
        ["1", "一、一般公共预算 拨款收入", "15,328.73", "一、一般公共服务\n支出", "7181.19"],
        ["2", "二、政府性基金预算拨款收入", "", "二、外交支出", "0.00"],
        ["3", "本年收入合计", "1534\n0.33", "本年支出合计", "——"],
    ]
    records = read(budget_lines.read, ["部门预算收支总表", "550 某某局", "预算年度：2024", "单位：万元", table])
    assert lines(records) == [
        ("balance", 1, "income", None, "一般公共预算拨款收入", "budget", "153287300.00"),
        ("balance", 1, "expenditure", None, "一般公共服务支出", "budget", "71811900.00"),
        ("balance", 2, "expenditure", None, "外交支出", "budget", "0.00"),
        ("balance", 3, "income", None, "本年收入合计", "budget", "153403300.00"),
    ]
    assert not findings(records)


def test_title_department_and_unit_may_be_rows_of_the_table_itself(read: Read) -> None:
    table = [
        ["表一", "", "", ""],
        ["2023年部门收支总体情况表", "<", "<", "<"],
        ["部门：某某县教育局", "", "", "单位：元"],
        ["收      入", "<", "支      出", "<"],
        ["项    目", "2023年预算", "项    目（按功能分类）", "2023年预算"],
        ["一、一般公共预算拨款", "1,234,567.89", "教育支出", "1234567.89"],
    ]
    assert lines(read(budget_lines.read, [table])) == [
        ("balance", None, "income", None, "一般公共预算拨款", "budget", "1234567.89"),
        ("balance", None, "expenditure", None, "教育支出", "budget", "1234567.89"),
    ]


def test_of_two_whole_titles_the_nearest_is_the_tables(read: Read) -> None:
    """The end of a list of contents right over a table is no part of its title."""
    rows = [["科目名称", "科目编码", "合计", "上年结转", "财政拨款收入"], ["农林水支出", "213", "9", "1", "8"]]
    records = read(budget_lines.read, ["部门收支总表", "部门收入总表", "表七", "单位：万元", rows])
    assert {record.table for record in records if isinstance(record, BudgetLine)} == {"income"}


def test_the_most_specific_title_tells_the_tables_apart(read: Read) -> None:
    side_by_side = [
        ["收入", "<", "支出", "<", "<", "<", "<"],
        [
            "项目",
            "金额",
            "项目",
            "合计",
            "一般公共预算财政拨款",
            "政府性基金预算财政拨款",
            "国有资本经营预算财政拨款",
        ],
        ["一、一般公共预算拨款", "9", "一、一般公共服务支出", "9", "8", "1", ""],
    ]
    by_code = [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["201", "一般公共服务支出", "3", "1", "2"],
    ]
    by_economy = [["科目编码", "科目名称", "合计", "人员经费", "公用经费"], ["301", "工资福利支出", "1", "1", ""]]
    written = [
        "表四 财政拨款收支总体情况表（单位：万元）", side_by_side,
        "表三 部门支出总体情况表", "单位：万元", by_code,
        "表五 一般公共预算支出情况表", "单位：万元", by_code,
        "表六 一般公共预算基本支出情况表", "单位：万元", by_economy,
        "表七 政府性基金预算支出情况表", "单位：万元", by_code,
        "表八 国有资本经营预算支出情况表", "单位：万元", by_code,
    ]  # fmt: skip
    found = lines(read(budget_lines.read, written))
    assert [(line[0], line[5]) for line in found[:4]] == [
        ("appropriation_balance", "budget"),
        ("appropriation_balance", "total"),
        ("appropriation_balance", "general_public_budget"),
        ("appropriation_balance", "government_fund"),
    ]
    assert list(dict.fromkeys(line[0] for line in found)) == [
        "appropriation_balance",
        "expenditure",
        "general_budget_expenditure",
        "general_budget_basic_expenditure",
        "government_fund_expenditure",
        "state_capital_expenditure",
    ]


def test_codes_in_three_columns_are_joined(read: Read) -> None:
    table = [
        ["科目编码", "<", "<", "科目名称", "合计", "基本支出", "<", "<", "项目支出"],
        ["类", "款", "项", "^", "^", "小计", "人员经费", "公用经费", "^"],
        ["", "", "", "合计", "6", "5", "4", "1", "1"],
        ["205", "", "", "教育支出", "6", "5", "4", "1", "1"],
        ["205", "02", "", "普通教育", "6", "5", "4", "1", "1"],
        ["205", "02", "01", "学前教育", "6", "5", "4", "1", "1"],
    ]
    found = lines(read(budget_lines.read, ["一般公共预算支出表", "单位：万元", table]))
    assert [line[3] for line in found if line[5] == "total"] == [None, "205", "20502", "2050201"]
    assert [line[5:] for line in found[:5]] == [
        ("total", "60000.00"),
        ("basic", "50000.00"),
        ("personnel", "40000.00"),
        ("public_use", "10000.00"),
        ("project", "10000.00"),
    ]


def test_a_code_printed_before_its_name_is_taken_apart(read: Read) -> None:
    table = [
        ["功能科目", "合计", "基本支出", "项目支出"],
        ["[2010301]行政运行", "3", "1", "2"],
        ["20808 抚恤", "3", "", "3"],
        ["合计", "6", "1", "5"],
    ]
    found = lines(read(budget_lines.read, ["支出总表", "单位：元", table]))
    assert [line[3:5] for line in found if line[5] == "total"] == [
        ("2010301", "行政运行"),
        ("20808", "抚恤"),
        (None, "合计"),
    ]


def test_income_by_unit_keeps_the_carry_over_of_each_fund_apart_from_the_year(read: Read) -> None:
    table = [
        ["部门（单位）代码", "部门（单位）名称", "合计", "本年收入", "<", "<", "<", "上年结转结余", "<", "<"],
        [
            "^",
            "^",
            "^",
            "小计",
            "一般公共预算",
            "政府性基金预算",
            "财政专户管理资金",
            "小计",
            "一般公共预算",
            "单位资金",
        ],
        ["104001", "某某局本级", "10", "9", "7", "1", "1", "1", "1", ""],
    ]
    records = read(budget_lines.read, ["部门收入总表", "金额单位：万元", table])
    assert [(line[3], line[4], line[5], line[6]) for line in lines(records)] == [
        (None, "某某局本级", "total", "100000.00"),
        (None, "某某局本级", "current_year", "90000.00"),
        (None, "某某局本级", "general_public_budget", "70000.00"),
        (None, "某某局本级", "government_fund", "10000.00"),
        (None, "某某局本级", "fiscal_account", "10000.00"),
        (None, "某某局本级", "carryover", "10000.00"),
        (None, "某某局本级", "carryover_general_public_budget", "10000.00"),
    ]
    assert not findings(records)


@pytest.mark.parametrize("other", ["2022年执行数", "2022年预算数", "比上年增减%"])
def test_figures_of_another_year_are_reported_not_read(read: Read, other: str) -> None:
    table = [
        ["科目编码", "科目名称", other, "2023年预算数", "<", "<"],
        ["^", "^", "^", "合计", "基本支出", "项目支出"],
        ["201", "一般公共服务支出", "8", "9", "5", "4"],
    ]
    records = read(budget_lines.read, ["一般公共预算支出表", "单位：万元", table])
    assert [line[5:] for line in lines(records)] == [
        ("total", "90000.00"),
        ("basic", "50000.00"),
        ("project", "40000.00"),
    ]
    assert [check for check, _ in findings(records)] == ["unread_column"]


def test_three_public_stands_upright_or_lies_flat(read: Read) -> None:
    upright = [
        ["项目", "2023年预算数", "2024年预算数"],
        ["合计", "7.18", "5.98"],
        ["一、因公出国（境）费", "", "0.00"],
        ["二、公务用车购置及运维费", "5", "5.14"],
        ["其中：公务用车购置费", "", ""],
        ["三、公务接待费", "2.18", "0.84"],
    ]
    flat = [
        ["“三公”经费合计", "因公出国（境）费", "公务用车购置及运行费", "<", "<", "公务接待费"],
        ["^", "^", "小计", "公务用车购置费", "公务用车运行费", "^"],
        ["24.84", "0.00", "23.42", "18.00", "5.42", "1.42"],
    ]
    written = ["“三公”经费预算表", "单位：万元", upright, "一般公共预算“三公”经费支出情况表", "单位：万元", flat]
    found = [(line[4], line[6]) for line in lines(read(budget_lines.read, written))]
    assert found == [
        ("合计", "59800.00"),
        ("因公出国（境）费", "0.00"),
        ("公务用车购置及运维费", "51400.00"),
        ("公务接待费", "8400.00"),
        ("“三公”经费合计", "248400.00"),
        ("因公出国（境）费", "0.00"),
        ("公务用车购置及运行费", "234200.00"),
        ("公务用车购置费", "180000.00"),
        ("公务用车运行费", "54200.00"),
        ("公务接待费", "14200.00"),
    ]


def test_final_accounts_print_three_parts_side_by_side(read: Read) -> None:
    table = [
        ["人员经费", "<", "<", "公用经费", "<", "<", "<", "<", "<"],
        ["科目编码", "科目名称", "决算数", "科目编码", "科目名称", "决算数", "科目编码", "科目名称", "决算数"],
        ["301", "工资福利支出", "10.5", "302", "商品和服务支出", "3", "310", "资本性支出", "1"],
        ["30101", "基本工资", "10.5", "30201", "办公费", "3", "", "", ""],
        ["人员经费合计", "<", "10.5", "公用经费合计", "<", "<", "<", "<", "4"],
    ]
    found = lines(read(budget_lines.read, ["一般公共预算财政拨款基本支出决算表", "单位：万元", table]))
    assert [line[3:] for line in found] == [
        ("301", "工资福利支出", "personnel", "105000.00"),
        ("302", "商品和服务支出", "public_use", "30000.00"),
        ("310", "资本性支出", "public_use", "10000.00"),
        ("30101", "基本工资", "personnel", "105000.00"),
        ("30201", "办公费", "public_use", "30000.00"),
        (None, "人员经费合计", "personnel", "105000.00"),
        (None, "公用经费合计", "public_use", "40000.00"),
    ]
