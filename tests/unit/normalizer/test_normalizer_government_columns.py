"""Columns and rows of governments' tables that say one thing and hold the word of another."""

from collections.abc import Callable, Sequence

import pytest

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.records import BudgetLine, Disclosure, RecordBase

Make = Callable[..., Document]
Rows = Sequence[Sequence[str]]


def read(document: Make, *written: str | Rows) -> tuple[Disclosure, list[BudgetLine]]:
    records: list[RecordBase] = normalize_document(document(list(written)))
    (disclosure,) = [each for each in records if isinstance(each, Disclosure)]
    return disclosure, [each for each in records if isinstance(each, BudgetLine)]


def test_a_transfer_named_after_a_level_is_of_the_tables_level(document: Make) -> None:
    rows = [
        ["地区", "合计", "县级基本财力保障机制奖补资金"],
        ["合计", "50", "20"],
        ["青石县", "30", "12"],
        ["临江区", "20", "8"],
    ]
    _, found = read(document, "2025年市对各县（市、区）一般性转移支付分地区预算表", "单位：万元", rows)
    assert {(each.level, each.column) for each in found} == {("subordinates", "total"), ("subordinates", "other")}


def test_the_months_figure_is_not_what_came_so_far(document: Make) -> None:
    rows = [
        ["项目", "全年预算", "9月完成", "1-9月累计"],
        ["税收收入", "140", "12", "105"],
        ["非税收入", "42", "3", "34"],
    ]
    _, found = read(document, "青石县2025年1-9月财政收入执行情况表", "单位：万元", rows)
    assert [(each.basis, each.column) for each in found[:3]] == [
        ("budget", "total"),
        ("execution", "other"),
        ("execution", "total"),
    ]


def test_what_is_collected_for_every_level_is_of_no_budget(document: Make) -> None:
    rows = [
        ["项目", "年初预算", "本年累计完成"],
        ["财政总收入", "150", "147"],
        ["其中：税收收入", "95", "91"],
        ["一、地方一般公共预算收入", "98", "95"],
        ["1.税收收入", "52", "49"],
        ["2.非税收入", "46", "46"],
        ["二、一般公共预算支出", "310", "338"],
    ]
    _, found = read(document, "青石县2025年1-12月财政收支完成情况", "单位：万元", rows)
    assert [each.fund for each in found[::2]] == [None, None, *["general_public_budget"] * 4]


def test_what_is_left_at_the_end_is_beside_what_is_left_of_the_year(document: Make) -> None:
    rows = [
        ["项目", "2025年当年结余预算数", "2025年末滚存结余预算数"],
        ["城乡居民基本养老保险基金", "35", "387"],
        ["合计", "35", "387"],
    ]
    _, found = read(document, "2025年青石县社会保险基金结余预算表", "单位：万元", rows)
    assert [each.column for each in found] == ["total", "year_end_carryover"] * 2


def test_what_a_project_costs_is_not_what_its_bonds_bring(document: Make) -> None:
    rows = [
        ["项目名称", "总投资", "2025年计划投资", "专项债券资金"],
        ["防洪工程", "300", "100", "80"],
        ["学校", "200", "90", "70"],
    ]
    _, found = read(document, "2025年青石县政府专项债券项目安排表", "单位：万元", rows)
    assert [each.column for each in found] == ["other", "other", "total"] * 2


def test_a_deficit_among_the_rows_of_debt_is_the_budgets(document: Make) -> None:
    rows = [
        ["项目", "预算数", "执行数"],
        ["一、2024年末地方政府一般债务余额实际数", "", "185"],
        ["二、2025年地方财政赤字", "3", ""],
        ["三、2025年地方政府一般债务余额限额", "208", ""],
    ]
    _, found = read(document, "2025年青石县地方政府一般债务余额情况表", "单位：万元", rows)
    assert [(each.table, each.fund) for each in found] == [
        ("debt_balance", "general_debt"),
        ("government_balance", "general_public_budget"),
        ("debt_limit", "general_debt"),
    ]


def test_a_plan_of_the_budgets_year_is_the_budget(document: Make) -> None:
    rows = [["项目", "2024年完成", "2025年计划"], ["税收收入", "13", "14"], ["非税收入", "8", "9"]]
    _, found = read(document, "青石县2025年财政收入计划表", "单位：万元", rows)
    assert {(each.basis, each.year) for each in found} == {("execution", 2024), ("budget", 2025)}


def test_sources_of_what_is_spent_are_known_by_their_names(document: Make) -> None:
    rows = [
        ["科目名称", "预算数", "其中", "<", "<"],
        ["^", "^", "当年财力安排", "转移支付安排", "上年结转安排"],
        ["城乡社区支出", "32", "25", "0", "7"],
        ["其他支出", "15", "0", "12", "3"],
    ]
    _, found = read(document, "青石县2025年政府性基金支出预算表", "单位：万元", rows)
    assert [each.column for each in found[:4]] == ["total", "own_resources", "general_transfer", "carryover"]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("2025年墨脱县“三公”经费预算汇总表", "government_budget"),
        ("2024年度岑巩县一般公共预算“三公”经费支出决算表", "government_accounts"),
    ],
)
def test_the_three_public_expenses_of_a_place_are_its_governments(document: Make, title: str, kind: str) -> None:
    rows = [
        ["项目", "预算数", "上年数"],
        ["合计", "9", "8"],
        ["公务接待费", "2", "1"],
        ["公务用车购置及运行费", "7", "7"],
    ]
    disclosure, found = read(document, title, "单位：万元", rows)
    assert (disclosure.kind, disclosure.department) == (kind, None)
    assert {(each.table, each.level) for each in found} == {("government_three_public", "whole_area")}


def test_money_paid_directly_is_told_by_project(document: Make) -> None:
    rows = [
        ["序号", "项目名称", "上级下达资金", "支出进度"],
        ["1", "就业补助", "10", "80%"],
        ["2", "教育补助", "50", "90%"],
    ]
    disclosure, found = read(document, "2025年青石县财政直达资金分配使用情况表", "单位：万元", rows)
    assert disclosure.kind == "government_execution"
    assert {(each.table, each.classification, each.basis, each.column) for each in found} == {
        ("government_expenditure", "project", "budget", "total")
    }


def test_a_monthly_report_has_its_month_below_its_name(document: Make) -> None:
    rows = [["项目", "年度预算", "累计数"], ["一般公共预算收入", "350", "290"], ["一般公共预算支出", "620", "512"]]
    disclosure, found = read(document, "财政收支月报", "2025年10月", "编制单位：龙游县财政局", "单位：万元", rows)
    assert (disclosure.kind, disclosure.fiscal_year) == ("government_execution", 2025)
    assert [each.side for each in found] == ["income", "income", "expenditure", "expenditure"]


def test_the_date_below_a_title_is_no_part_of_it(document: Make) -> None:
    title = "青石县2025年1-9月财政预算执行情况表"
    rows = [["项目", "预算数"], ["税收收入", "140"], ["非税收入", "42"]]
    disclosure, _ = read(document, title, "（截至2025年9月30日）", "单位：万元", rows)
    assert disclosure.title == title


def test_a_county_of_two_characters_after_the_year_is_the_place(document: Make) -> None:
    rows = [["项目", "2025年预算数"], ["税收收入", "9"], ["非税收入", "4"]]
    disclosure, found = read(document, "2025年康县一般公共预算收入预算表", "单位：万元", rows)
    assert disclosure.region_code == "621224"
    assert {each.level for each in found} == {"whole_area"}
    level, _ = read(document, "2025年县级一般公共预算收入预算表", "单位：万元", rows)
    assert level.region_code is None


def test_the_rate_of_debt_may_end_a_title(document: Make) -> None:
    disclosure, _ = read(document, "2025年青石县地方政府债务指标及债务率", "全县政府债务余额62亿元。")
    assert (disclosure.title, disclosure.kind) == ("2025年青石县地方政府债务指标及债务率", "government_debt")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("决算数", "government_accounts"),
        ("2025年执行数", "government_execution"),
        ("2025年预算数", "government_budget"),
        ("2024年决算数", "government_budget"),
    ],
)
def test_columns_say_what_a_title_of_revenue_and_spending_does_not(document: Make, head: str, kind: str) -> None:
    rows = [["项目", head], ["城市基础设施配套费收入", "19"], ["污水处理费收入", "7"], ["收入合计", "26"]]
    disclosure, _ = read(document, "2025年青石县政府性基金收支情况", "单位：万元", rows)
    assert disclosure.kind == kind


@pytest.mark.parametrize(
    ("title", "kind", "table"),
    [
        ("2025年县对乡镇（街道）专项转移支付预算表", "government_budget", "transfers"),
        ("2025年度青石县预备费、结余资金使用情况表", "government_execution", "government_expenditure"),
    ],
)
def test_streets_that_are_paid_and_money_that_is_used_up(
    document: Make, title: str, kind: str, table: str
) -> None:
    rows = [["项目", "合计"], ["农村环境整治", "400"], ["应急抢险", "600"], ["合计", "1,000"]]
    disclosure, found = read(document, title, "单位：万元", rows)
    assert (disclosure.kind, {each.table for each in found}) == (kind, {table})


def test_a_table_without_a_title_is_called_as_the_accounts_it_stands_in(document: Make) -> None:
    rows = [
        ["项目", "调整预算数", "决算数"],
        ["一、一般公共预算收入", "79", "80"],
        ["其中：税收收入", "58", "58"],
        ["二、一般公共预算支出", "205", "203"],
    ]
    _, found = read(document, "临江区2024年区级决算草案", "单位：万元", rows)
    assert [(each.side, each.fund, each.level, each.year) for each in found[::2]] == [
        (side, "general_public_budget", "own", 2024) for side in ("income", "income", "expenditure")
    ]


def test_a_place_whose_budget_is_approved_is_the_place(document: Make) -> None:
    disclosure, _ = read(document, "关于批准宁陕县2025年县级财政预算调整方案的决议", "会议决定批准。")
    assert disclosure.region_code == "610923"


def test_governments_listed_as_units_are_areas_of_their_own_levels(document: Make) -> None:
    rows = [
        ["单位名称", "一般公共预算收入", "<", "税收比重%"],
        ["^", "当月", "累计", "^"],
        ["青石市", "73", "234", "70.9"],
        ["市本级", "14", "54", "61.4"],
        ["临江区", "34", "109", "65.9"],
        ["白塔县", "25", "71", "66.0"],
    ]
    _, found = read(document, "青石市2025年3月份财政收支情况", "单位：万元", rows)
    assert [(each.classification, each.level) for each in found[::2]] == [
        ("area", level) for level in ("whole_area", "own", "subordinates", "subordinates")
    ]


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (
            [
                "青石县小林镇人民政府",
                "2025年决算报告",
                "全镇本级一般公共预算收入实现111万元，其中税收收入109万元。",
            ],
            "government_accounts",
        ),
        (["青石县小林镇人民政府", "2025年部门决算", "一、主要职责", "组织全镇财政收入。"], "final_accounts"),
        (["青石新区管理委员会关于2025年预算执行情况和2026年预算的报告"], "government_budget"),
        (["青石新区管理委员会2026年部门预算"], "department_budget"),
    ],
)
def test_a_towns_or_zones_report_on_all_its_money_is_a_governments(
    document: Make, lines: list[str], kind: str
) -> None:
    disclosure, _ = read(document, *lines)
    assert disclosure.kind == kind


def test_the_months_that_a_title_begins_with_are_no_number_of_it(document: Make) -> None:
    disclosure, _ = read(document, "1-4月广州市财政收支情况", "2025年1-4月，全市一般公共预算收入700亿元。")
    assert (disclosure.region_code, disclosure.kind) == ("440100", "government_execution")
    assert disclosure.title == "1-4月广州市财政收支情况"


def test_economic_classes_of_a_place_are_its_governments(document: Make) -> None:
    rows = [
        ["编码", "名称", "2025年预算数"],
        ["501", "机关工资福利支出", "60"],
        ["502", "机关商品和服务支出", "12"],
    ]
    disclosure, found = read(document, "2025年临潭县政府支出经济分类预算表", "单位：万元", rows)
    assert disclosure.kind == "government_budget"
    assert {(each.table, each.classification) for each in found} == {
        ("government_expenditure", "government_economic")
    }


def test_what_is_guaranteed_is_the_title_of_its_table(document: Make) -> None:
    rows = [["项目", "合计", "国家标准"], ["一、保基本民生", "35", "30"], ["二、保工资", "70", "60"]]
    _, found = read(document, "2025年青石县“三保”预算安排情况", "单位：万元", rows)
    assert {(each.table, each.year) for each in found} == {("government_expenditure", 2025)}
