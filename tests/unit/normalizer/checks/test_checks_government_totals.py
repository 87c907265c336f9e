"""Governments' tables without codes: totals of names, what proves them, and what may not be accused."""

from collections.abc import Callable, Sequence

import pytest

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.records import Check, Finding

Make = Callable[..., Document]
Rows = Sequence[Sequence[str]]
SPENT = "2024年青石县一般公共预算支出执行情况表"
EARNED = "2024年青石县一般公共预算收入执行情况表"
YEARS = ["项目", "年初预算数", "调整预算数", "执行数"]


def checked(document: Make, check: str, *written: str | Rows) -> tuple[str, list[Finding]]:
    """How `check` ended on a county's tables, and what it found."""
    records = normalize_document(document(list(written)))
    found = [each for each in records if isinstance(each, Finding) and each.check == check]
    (outcome,) = [each for each in records if isinstance(each, Check) and each.check == check]
    return outcome.status.value, found


def spent(total: str, education: str = "94") -> Rows:
    return [
        YEARS,
        ["一般公共服务支出", "30", "32", "31"],
        ["教育支出", "90", "95", education],
        ["农林水支出", "5", "6", "5"],
        ["本年支出合计", "125", "133", total],
    ]


@pytest.mark.parametrize(("total", "education", "status"), [("130", "94", "pass"), ("140", "94", "fail")])
def test_a_column_is_summed_as_the_others_are(document: Make, total: str, education: str, status: str) -> None:
    ended, found = checked(document, "government_totals", SPENT, "单位：万元", spent(total, education))
    assert ended == status
    assert ["140万元" in each.message and "130万元" in each.message for each in found] == [True] * len(found)


def test_a_class_that_a_column_leaves_blank_proves_nothing(document: Make) -> None:
    ended, _ = checked(document, "government_totals", SPENT, "单位：万元", spent("140", ""))
    assert ended == "pass"


def test_figures_without_a_unit_are_not_compared(document: Make) -> None:
    ended, found = checked(document, "government_totals", SPENT, spent("140"))
    assert (ended, found) == ("not_applicable", [])


def test_classes_of_which_no_column_is_the_sum_are_a_choice(document: Make) -> None:
    rows = [YEARS[:3], ["教育支出", "90", "95"], ["农林水支出", "5", "6"], ["本年支出合计", "125", "133"]]
    ended, found = checked(document, "government_totals", SPENT, "单位：万元", rows)
    assert (ended, found) == ("not_applicable", [])


def earned(vat: str, first: str = "增值税") -> Rows:
    return [
        YEARS,
        ["一、税收收入", "60", "62", "63"],
        [first, "40", "41", vat],
        ["契税", "20", "21", "22"],
        ["二、非税收入", "20", "20", "21"],
        ["一般公共预算收入合计", "80", "82", "84"],
    ]


@pytest.mark.parametrize(
    ("rows", "status"),
    [(earned("41"), "pass"), (earned("49"), "fail"), (earned("49", "其中：增值税"), "pass")],
    ids=["holds", "does not", "a choice"],
)
def test_taxes_are_the_items_under_them(document: Make, rows: Rows, status: str) -> None:
    assert checked(document, "government_tax", EARNED, "单位：万元", rows)[0] == status


def test_the_grand_total_of_a_balance_is_not_its_taxes(document: Make) -> None:
    rows = [
        ["收入", "<", "支出", "<"],
        ["项目", "预算数", "项目", "预算数"],
        ["一、税收收入", "30", "一、一般公共服务支出", "20"],
        ["二、非税收入", "10", "二、教育支出", "35"],
        ["三、转移性收入", "40", "三、农林水支出", "25"],
        ["收入总计", "80", "支出总计", "80"],
    ]
    title = "2024年青石县一般公共预算收支总表"
    assert checked(document, "government_tax", title, "单位：万元", rows)[0] != "fail"


def test_insurances_side_by_side_prove_nothing_of_each_other(document: Make) -> None:
    rows = [
        ["项目", "合计", "城乡居民基本养老保险基金", "工伤保险基金"],
        ["一、本年收入", "100", "80", "20"],
        ["1.保险费收入", "60", "50", "10"],
        ["2.财政补贴收入", "35", "30", "5"],
        ["二、本年支出", "90", "75", "15"],
    ]
    title = "2024年青石县社会保险基金收支预算表"
    assert checked(document, "government_totals", title, "单位：万元", rows)[1] == []


@pytest.mark.parametrize("again", ["（续）", "续表1", ""])
def test_a_total_on_the_next_sheet_is_of_the_whole_table(document: Make, again: str) -> None:
    title = "2024年青石县一般公共预算支出决算功能分类明细表"
    head = ["科目编码", "科目名称", "决算数"]
    first = [
        head,
        ["201", "一般公共服务支出", "90"],
        ["20101", "人大事务", "40"],
        ["20103", "政府办公厅事务", "50"],
    ]
    second = [head, ["205", "教育支出", "60"], ["20502", "普通教育", "60"], ["", "支出合计", "150"]]
    unit = "单位：万元"
    written = ["青石县2024年政府决算", title, unit, first, "表2", f"{title}{again}", unit, second]
    assert checked(document, "government_codes", *written)[0] == "pass"


@pytest.mark.parametrize("head", [[["科目编码", "科目名称", "决算数", "其中：结转"]], []])
def test_a_table_begun_with_its_total_goes_on_in_the_next_which_fills_another_column(
    document: Make, head: Rows
) -> None:
    first = [
        ["科目编码", "科目名称", "决算数", "其中：结转"],
        ["", "支出合计", "150", ""],
        ["201", "一般公共服务支出", "90", ""],
        ["20101", "人大事务", "40", ""],
    ]
    second = [
        *head,
        ["20103", "政府办公厅事务", "50", "3"],
        ["205", "教育支出", "60", ""],
        ["20502", "普通教育", "60", ""],
    ]
    written = [
        "青石县2024年政府决算",
        "2024年青石县一般公共预算支出决算功能分类明细表",
        "单位：万元",
        first,
        second,
    ]
    assert checked(document, "government_codes", *written)[0] == "pass"


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([["项目", "合计", "一般债务", "专项债务"], ["2024年末政府债务余额", "100", "40", "60"]], "pass"),
        ([["项目", "合计", "一般债务", "专项债务"], ["2024年末政府债务余额", "190", "40", "60"]], "fail"),
        ([["项目", "余额"], ["一般债务", "40"], ["专项债务", "60"], ["合计", "190"]], "fail"),
        (
            [
                ["项目", "本地区"],
                ["一、2024年发行决算数", "100"],
                ["（一）一般债券", "40"],
                ["其中：再融资债券", "10"],
                ["（二）专项债券", "60"],
                ["二、2024年还本决算数", "95"],
                ["（一）一般债券", "20"],
                ["（二）专项债券", "30"],
            ],
            "fail",
        ),
        (
            [
                ["项目", "合计", "新增一般债券", "新增专项债券", "再融资一般债券", "再融资专项债券"],
                ["2024年发行额", "10", "1", "5", "2", "2"],
            ],
            "not_applicable",
        ),
    ],
    ids=["a row", "a wrong row", "a column", "groups in a column", "parts of what was issued"],
)
def test_debt_is_general_and_special_debt(document: Make, rows: Rows, status: str) -> None:
    title = "2024年青石县地方政府债务余额情况表"
    ended, found = checked(document, "government_debt_kinds", title, "单位：亿元", rows)
    assert (ended, len(found)) == (status, status == "fail")


@pytest.mark.parametrize(("total", "status"), [("700", "pass"), ("790", "fail")])
def test_codes_in_panels_side_by_side_are_one_list(document: Make, total: str, status: str) -> None:
    rows = [
        ["科目编码", "科目名称", "决算数", "科目编码", "科目名称", "决算数"],
        ["", "支出合计", total, "20501", "教育管理事务", "100"],
        ["201", "一般公共服务支出", "300", "2050101", "行政运行", "100"],
        ["20101", "人大事务", "300", "20502", "普通教育", "300"],
        ["2010101", "行政运行", "300", "2050202", "小学教育", "200"],
        ["205", "教育支出", "400", "2050203", "初中教育", "100"],
    ]
    title = "2023年度青石县一般公共预算支出决算功能分类明细表"
    ended, found = checked(document, "government_codes", "青石县2023年财政决算公开", title, "单位：万元", rows)
    assert (ended, len(found)) == (status, status == "fail")
