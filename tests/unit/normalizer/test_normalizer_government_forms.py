"""Governments' tables in forms that other provinces print: codes, areas, columns and rows of every kind."""

import pytest

from shared.schemas.records import Fact
from tests.unit.normalizer.test_normalizer_government_variants import (
    L,
    Make,
    Rows,
    disclosure,
    errors_or_warnings,
    lines,
    read,
)


def test_an_insurance_of_units_is_no_departments(document: Make) -> None:
    rows: Rows = [["项目", "2024年预算数"], ["本年收入", "200"], ["本年支出", "190"], ["本年收支结余", "10"]]
    title = "2024年青石县机关事业单位基本养老保险基金收支预算表"
    assert {each.fund for each in lines(read(document, title, "单位：万元", rows))} == {"agency_pension"}


def test_a_limit_with_its_unit_behind_is_money(document: Make) -> None:
    rows: Rows = [["项目", "2023年限额（亿元）", "2023年末余额（亿元）"], ["一般债务", "10.5", "10.1"]]
    found = lines(read(document, "2023年青石县地方政府债务情况表", rows))
    assert [(each.table, each.amount) for each in found] == [
        ("debt_limit", 1_050_000_000),
        ("debt_balance", 1_010_000_000),
    ]


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("2025年青石瑶族自治县自治县本级一般公共预算支出表", "own"),
        ("2025年全自治县一般公共预算支出表", "whole_area"),
        ("2025年第十五师师本级一般公共预算支出表", "own"),
        ("2025年师市一般公共预算支出表", "whole_area"),
    ],
)
def test_autonomous_counties_and_the_divisions_of_the_corps_name_their_levels(
    document: Make, title: str, level: str
) -> None:
    whose = "新疆生产建设兵团第十五师2025年预算公开" if "师" in title else "青石瑶族自治县2025年财政预算公开"
    rows = [["科目编码", "科目名称", "2025年预算数"], ["201", "一般公共服务支出", "9"], ["205", "教育支出", "5"]]
    records = read(document, whose, title, "单位：万元", rows)
    assert disclosure(records).kind == "government_budget"
    assert {each.level for each in lines(records)} == {level}


def test_rows_that_are_governments_below_are_areas_whatever_stands_over_them(document: Make) -> None:
    rows = [["单位", "合计", "专项转移支付"], ["竹溪镇", "9", "4"], ["白云乡", "5", "1"], ["合计", "14", "5"]]
    title = "2025年县对乡镇一般公共预算转移支付表"
    found = lines(read(document, "青石县2025年政府预算公开", title, "单位：万元", rows))
    assert {each.classification for each in found} == {"area"}
    assert [each.area_name for each in found] == ["竹溪镇"] * 2 + ["白云乡"] * 2 + [None] * 2


def test_a_row_that_says_expected_is_expected_under_a_column_of_execution(document: Make) -> None:
    rows = [
        ["项目", "执行数", "预算数"],
        ["一、2023年末地方政府专项债务余额实际数", "80000", ""],
        ["二、2024年末地方政府专项债务余额预计执行数", "95000", ""],
    ]
    found = lines(read(document, "青石县2024年政府专项债务限额和余额情况表", "单位：万元", rows))
    assert [(each.year, each.basis) for each in found] == [(2023, "execution"), (2024, "expected_execution")]


def test_a_table_under_a_heading_is_of_the_place_that_the_title_of_the_whole_names(document: Make) -> None:
    rows = [["项目", "年初预算", "上半年完成"], ["税收收入", "75", "38"], ["非税收入", "25", "14"]]
    title = "青石县2024年上半年预算执行情况表"
    found = lines(read(document, title, "单位：万元", "一、一般公共预算收入", rows))
    assert {(each.fund, each.level) for each in found} == {("general_public_budget", "whole_area")}


@pytest.mark.parametrize(
    "title",
    ["青石县政府债务分年度偿还计划表", "青石县地方政府债务限额及余额情况表", "临江区政府专项债务余额情况表"],
)
def test_a_table_of_debt_without_a_year_is_a_governments(document: Make, title: str) -> None:
    rows = [["项目", "一般债务", "专项债务"], ["2025年", "5", "6"], ["2026年", "4", "3"]]
    records = read(document, title, "单位：万元", rows)
    assert (disclosure(records).kind, disclosure(records).title) == ("government_debt", title)
    assert len(lines(records)) == 4


def test_classes_groups_and_items_in_columns_of_their_own_are_codes(document: Make) -> None:
    rows = [
        ["类", "款", "项", "科目名称", "合计"],
        ["212", "", "", "城乡社区支出", "12"],
        ["", "08", "", "国有土地使用权出让收入安排的支出", "12"],
        ["", "", "01", "征地和拆迁补偿支出", "12"],
    ]
    found = lines(read(document, "2025年松林县本级政府性基金支出预算表", "单位：万元", rows))
    assert [each.code for each in found] == ["212", "21208", "2120801"]
    assert {each.classification for each in found} == {"functional"}


def test_the_economic_classes_of_departments_are_no_department(document: Make) -> None:
    title = "2025年青石县一般公共预算基本支出预算表（按部门预算支出经济分类）"
    rows = [["经济科目编码", "经济科目名称", "合计"], ["301", "工资福利支出", "12"], ["30101", "基本工资", "12"]]
    records = read(document, title, "单位：元", rows)
    assert disclosure(records).kind == "government_budget"
    assert {each.classification for each in lines(records)} == {"department_economic"}


def test_revenue_above_the_functions_of_spending_has_none(document: Make) -> None:
    rows = [["项目", "本年累计数"], *([name, "9"] for name in ("一般公共预算收入", "税收收入"))]
    rows += [[name, "9"] for name in ("一般公共预算支出", "一般公共服务支出", "教育支出")]
    found = lines(read(document, "青石县2024年1-9月一般公共预算收支执行情况表", "单位：万元", rows))
    assert [each.classification for each in found] == ["item"] * 2 + ["functional"] * 3


def test_the_sum_of_the_whole_city_is_of_the_whole_city(document: Make) -> None:
    rows = [
        ["科目", "全市合计", "市本级", "县（区）小计"],
        ["教育支出", "200", "60", "140"],
        ["农林水支出", "80", "20", "69"],
        ["支出合计", "280", "80", "200"],
    ]
    records = read(document, "2025年白塔市一般公共预算支出预算表", "单位：万元", rows)
    assert [each.level for each in lines(records)] == ["whole_area", "own", "subordinates"] * 3
    assert "80万元" in errors_or_warnings(records)


def test_the_kinds_of_a_limit_that_was_added_are_no_limits(document: Make) -> None:
    records = read(
        document,
        "关于2024年青石县新增地方政府债务限额及预算调整方案的报告",
        "省财政厅下达我县2024年新增地方政府债务限额3.2亿元，其中：一般债务限额0.7亿元，专项债务限额2.5亿元。",
        "2024年全县政府债务限额调整为71.5亿元，其中：一般债务限额30亿元。",
    )
    found = [(each.fund, f"{each.amount:.0f}") for each in records if isinstance(each, Fact)]
    assert found == [("debt", "7150000000"), ("general_debt", "3000000000")]


def test_a_table_without_a_title_is_what_the_report_on_one_year_is_of(document: Make) -> None:
    rows = [
        ["项目", "年初预算", "一季度累计完成", "完成年初预算%"],
        ["一般公共预算收入", "80000", "21000", "26.3"],
        ["一般公共预算支出", "320000", "95000", "29.7"],
    ]
    told = "2025年一季度，全县一般公共预算收入完成2.1亿元，增长4%。"
    found = lines(read(document, "青石县2025年一季度财政预算执行情况", told, "单位：万元", rows))
    assert [(each.side, each.basis, each.year) for each in found] == [
        (side, basis, 2025) for side in ("income", "expenditure") for basis in ("budget", "execution")
    ]


def test_rows_of_levels_are_areas_of_these_levels(document: Make) -> None:
    rows = [["级次", "预算数"], ["全市", "100"], ["市本级", "40"], ["县（市、区）级", "60"]]
    found = lines(read(document, "2024年白塔市一般公共预算收入预算表", "单位：亿元", rows))
    assert [each.level for each in found] == ["whole_area", "own", "subordinates"]


def test_the_sum_of_columns_of_several_budgets_is_of_none(document: Make) -> None:
    rows = [
        ["科目编码", "科目名称", "合计", "一般公共预算", "政府性基金预算"],
        ["501", "机关工资福利支出", "5", "5", ""],
        ["503", "机关资本性支出（一）", "4", "1", "3"],
    ]
    title = "临江区2024年区级政府预算支出决算经济分类汇总表"
    found = lines(read(document, title, "单位：万元", rows))
    assert [each.fund for each in found if each.name.startswith("机关工资")] == [None, "general_public_budget"]
    assert [each.fund for each in found][2:] == [None, "general_public_budget", "government_fund"]


def test_what_is_spent_on_in_a_column_is_no_total(document: Make) -> None:
    rows = [
        ["科目名称", "合计", "资本性支出", "费用性支出"],
        ["国有企业资本金注入", "30", "30", ""],
        ["解决历史遗留问题及改革成本支出", "15", "", "15"],
    ]
    found = lines(read(document, "2025年青石县国有资本经营预算支出表", "单位：万元", rows))
    assert [each.column for each in found] == ["total", "other", "total", "other"]


def test_a_title_behind_the_word_for_what_is_attached_begins_with_its_place(document: Make) -> None:
    title = "附表：2024年青石县一般公共预算收支平衡表"
    rows = [["项目", "预算数", "项目", "预算数"], ["税收收入", "9", "教育支出", "8"]]
    found = lines(read(document, "关于财政预算调整方案的报告", title, "单位：万元", rows))
    assert {each.level for each in found} == {"whole_area"}


def test_a_group_whose_cell_lost_its_zero_has_it_in_the_code(document: Make) -> None:
    rows = [
        ["类", "款", "科目名称", "合计"],
        ["212", "", "城乡社区支出", "12"],
        ["", "8", "土地出让安排的支出", "12"],
    ]
    found = lines(read(document, "2025年松林县政府性基金支出预算表", "单位：万元", rows))
    assert [each.code for each in found] == ["212", "21208"]


def test_projects_beside_the_regions_they_are_in_stay_projects(document: Make) -> None:
    rows = [["序号", "地区", "项目名称", "债券性质", "安排金额"]]
    rows += [["1", "临江区", "医院扩建项目", "专项债券", "50"], ["2", "青石县", "学校建设项目", "专项债券", "40"]]
    found = lines(read(document, "白塔市2024年新增地方政府债券使用情况表", "单位：万元", rows))
    assert [(each.name, each.classification, each.area_name) for each in found] == [
        ("医院扩建项目", "project", "临江区"),
        ("学校建设项目", "project", "青石县"),
    ]


def test_the_unit_beside_who_made_the_table_is_the_tables(document: Make) -> None:
    sheet: Rows = [
        ["2025年临江区一般公共预算收入预算表", L, L],
        ["编制部门：区财政局", "", "单位：万元"],
        ["收入项目", "2024年执行数", "2025年预算数"],
        ["税收收入", "300", "330"],
    ]
    found = lines(read(document, "临江区2025年政府预算公开", sheet))
    assert [str(each.amount) for each in found] == ["3000000", "3300000"]


def test_what_a_figure_is_changed_from_is_not_what_it_is_changed_to(document: Make) -> None:
    records = read(
        document,
        "关于云岭旗2024年预算调整方案（草案）的报告",
        "旗本级一般公共预算收入由年初预算的5亿元调整为4.8亿元，支出由20亿元调整为21.5亿元。",
        "上级核定我旗2024年政府债务限额55.2亿元，其中新增3亿元。",
    )
    found = [(each.metric, each.basis, f"{each.amount:.0f}") for each in records if isinstance(each, Fact)]
    assert found == [
        ("revenue", "budget", "500000000"),
        ("revenue", "adjusted_budget", "480000000"),
        ("expenditure", "adjusted_budget", "2150000000"),
        ("debt_limit", "limit", "5520000000"),
    ]


def test_what_a_city_pays_its_counties_is_the_citys(document: Make) -> None:
    records = read(
        document,
        "关于白塔市2024年预算执行情况和2025年预算草案的报告",
        "一、2024年预算执行情况",
        "市级一般公共预算支出完成120.3亿元。市对县区转移支付支出50.1亿元，债务还本支出6.3亿元。",
    )
    found = [(each.metric, each.level) for each in records if isinstance(each, Fact)]
    assert found == [(metric, "own") for metric in ("expenditure", "transfers_paid", "debt_repaid")]


def test_columns_of_where_the_money_comes_from_are_no_totals(document: Make) -> None:
    rows = [
        ["科目名称", "合计", "当年财力安排", "上级专项转移支付", "政府债券"],
        ["教育支出", "50", "40", "9", "1"],
    ]
    found = lines(read(document, "2025年临江区一般公共预算支出资金来源情况表", "单位：万元", rows))
    assert [each.column for each in found] == ["total", "own_resources", "special_transfer", "other"]
    assert {each.fund for each in found} == {"general_public_budget"}


def test_a_change_by_whatever_word_is_a_change(document: Make) -> None:
    rows = [
        ["项目", "年初预算数", "变更数", "变更后预算数"],
        ["税收收入", "40", "-3", "37"],
        ["非税收入", "10", "1", "11"],
    ]
    found = lines(read(document, "云岭旗2024年一般公共预算收入变更情况表", "单位：万元", rows))[:3]
    assert [(each.column, each.basis) for each in found] == [
        ("total", "budget"),
        ("change", "adjusted_budget"),
        ("total", "adjusted_budget"),
    ]


def test_the_word_for_a_total_beside_the_names_names_its_row(document: Make) -> None:
    rows = [["企业名称", "项目名称", "预算数"], ["县水务公司", "供水管网改造", "30"], ["合计", "", "30"]]
    found = lines(read(document, "2025年青禾县县级国有资本经营预算支出项目表", "单位：万元", rows))
    assert [each.name for each in found] == ["供水管网改造", "合计"]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("2024年竹溪县乡镇一般公共预算收支决算汇总表", "government_accounts"),
        ("2024年白塔市市级一般公共预算收入执行情况表（分月）", "government_execution"),
        ("竹溪县2024年一般公共预算收入分征收部门完成情况表", "government_execution"),
        ("2025年松林县财政专户管理资金收支预算表", "government_budget"),
        ("青石县2024年1-12月财政收支快报", "government_execution"),
        ("竹溪县人民代表大会常务委员会关于批准2023年县本级财政决算的决议", "government_accounts"),
    ],
)
def test_tables_and_papers_of_governments_by_whatever_name_are_theirs(
    document: Make, title: str, kind: str
) -> None:
    rows = [["名称", "一季度"], ["白云乡", "20"], ["黄泥镇", "30"]]
    assert disclosure(read(document, title, "单位：万元", rows)).kind == kind


def test_the_task_of_a_year_is_its_budget(document: Make) -> None:
    rows = [
        ["乡镇", "年度任务", "累计完成", "去年同期"],
        ["竹溪镇", "30", "29", "28"],
        ["白云乡", "15", "14", "14"],
    ]
    found = lines(read(document, "青石县2024年各乡镇财政收入完成情况表", "单位：万元", rows))
    assert [(each.basis, each.year) for each in found][:3] == [
        ("budget", 2024),
        ("execution", 2024),
        ("execution", 2023),
    ]


def test_a_heading_and_a_title_in_one_paragraph_are_a_part_and_a_title(document: Make) -> None:
    rows = [["项目", "预算数", "决算数"], ["税收收入", "20", "21"], ["非税收入", "5", "5"]]
    head = "二、市本级一般公共预算\n2023年一般公共预算收入决算表"
    found = lines(read(document, "白塔市2023年财政决算公开", head, "单位：万元", rows))
    assert {(each.fund, each.level, each.basis) for each in found} == {
        ("general_public_budget", "own", "budget"),
        ("general_public_budget", "own", "final"),
    }


def test_the_sides_of_insurances_may_stand_under_the_years(document: Make) -> None:
    rows = [
        ["险种", "2024年执行情况", L, L, "2025年预算情况", L, L],
        ["", "收入", "支出", "当年结余", "收入", "支出", "当年结余"],
        ["城乡居民基本养老保险基金", "20", "16", "4", "21", "17", "4"],
        ["失业保险基金", "2", "1", "1", "2", "1", "1"],
    ]
    found = lines(read(document, "2025年青石县社会保险基金预算情况表", "单位：万元", rows))[:6]
    assert {each.fund for each in found} == {"resident_pension"}
    assert [(each.side, each.basis, each.year, each.column) for each in found] == [
        (side, basis, year, "total")
        for basis, year in (("execution", 2024), ("budget", 2025))
        for side in ("income", "expenditure", None)
    ]


@pytest.mark.parametrize("what", ["上级补助收入决算明细表", "税收返还和转移支付收入决算表"])
def test_what_a_county_receives_from_above_is_its_accounts(document: Make, what: str) -> None:
    rows = [
        ["科目编码", "科目名称", "决算数"],
        ["11001", "返还性收入", "30"],
        ["11002", "一般性转移支付收入", "90"],
    ]
    records = read(document, f"2024年青石县{what}", "单位：万元", rows)
    assert disclosure(records).kind == "government_accounts"
    assert {(each.table, each.side) for each in lines(records)} == {("transfers", "income")}


def test_what_is_left_of_spending_is_a_part_of_its_table(document: Make) -> None:
    rows = [
        ["预算科目", "年初预算数", "变动项目", L, "调整预算数", "决算数", "预算结余"],
        ["", "", "小计", "动支预备费", "", "", ""],
        ["教育支出", "40", "2", "1", "42", "41", "1"],
        ["农林水支出", "20", "5", "0", "25", "24", "1"],
    ]
    title = "（03表）2023年度一般公共预算支出预算变动及结余、结转情况表"
    found = lines(read(document, "青石县2023年财政决算公开", title, "单位：万元", rows))[:5]
    assert {(each.table, each.classification) for each in found} == {("government_expenditure", "functional")}
    assert [(each.column, each.basis) for each in found] == [
        ("total", "budget"),
        ("change", "adjusted_budget"),
        ("change", "adjusted_budget"),
        ("total", "adjusted_budget"),
        ("total", "final"),
    ]


def test_the_total_beside_its_levels_is_of_the_whole_county(document: Make) -> None:
    rows = [
        ["预算科目", "决算数合计", L, L, "预算科目", "决算数合计", L, L],
        ["", "合计", "县级", "乡级", "", "合计", "县级", "乡级"],
        ["税收收入", "50", "40", "10", "教育支出", "40", "30", "10"],
        ["非税收入", "10", "9", "1", "农林水支出", "20", "15", "5"],
    ]
    title = "（08表）2023年度一般公共预算收支决算分级表"
    found = lines(read(document, "青石县2023年财政决算公开", title, "单位：万元", rows))
    assert [each.level for each in found] == ["whole_area", "own", "subordinates"] * 4


def test_what_is_collected_for_all_levels_is_of_no_ones_budget(document: Make) -> None:
    rows = [
        ["预算科目", "本年收入计划", "累计完成数", L, L],
        ["", "", "中央级", "县乡级", "合计"],
        ["税收收入", "900", "70", "57", "127"],
        ["增值税", "450", "39", "25", "64"],
    ]
    title = "二〇二四年二月青石县大口径财政收入执行情况表"
    found = lines(read(document, "青石县2024年2月财政收支情况", title, "单位：万元", rows))
    assert {each.fund for each in found} == {None}
    assert [(each.level, each.column) for each in found[:3]] == [
        ("whole_area", "total"),
        ("whole_area", "other"),
        ("whole_area", "total"),
    ]


def test_a_list_in_panels_side_by_side_under_a_form_number_is_read_whole(document: Make) -> None:
    rows = [
        ["预算科目", "决算数", "预算科目", "决算数", "预算科目", "决算数"],
        ["一般公共预算收入合计", "900", "城市维护建设税", "50", "专项收入", "80"],
        ["增值税", "400", "房产税", "40", "罚没收入", "70"],
        ["企业所得税", "200", "契税", "60", "", ""],
    ]
    title = "2023年度青石县一般公共预算收入决算明细表"
    written = ["青石县2023年财政决算公开", title, "决算04表", "单位：万元", rows]
    found = lines(read(document, *written))
    assert len(found) == 8
    assert {(each.table, each.side, each.year) for each in found} == {("government_revenue", "income", 2023)}


def test_columns_that_are_not_understood_beside_others_are_told(document: Make) -> None:
    rows = [
        ["税收情况", "金额", "其他", "数额"],
        ["税收收入", "100", "办公用房", "50"],
        ["收入合计", "100", "合计", "50"],
    ]
    records = read(document, "青石县2023年财政决算公开", "2023年度青石县决算情况表", "单位：万元", rows)
    assert len(lines(records)) == 2
    assert "第3至4列" in errors_or_warnings(records)
