"""Evaluations (自评) as provinces print them: money, points, what was reached and why not."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from services.normalizer.recorder import ReaderResult
from shared.schemas.records import Finding, Indicator, Project

Rows = Sequence[Sequence[str]]
Reader = Callable[[Sequence[str | Rows]], ReaderResult]

L, U = "<", "^"
NATIONAL: Rows = [
    ["项目名称", L, "河道清淤", L, L, L, L, L, L],
    ["主管部门", L, "219-青石县水务局", L, L, "实施单位", L, "219001-青石县水务局本级", L],
    ["项目资金\n（万元）", "", L, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
    [U, "年度资金总额：", L, "90", "89.974", "89.974", "10", "100%", "10"],
    [U, "其中：本年财政拨款", L, "90", "89.974", "89.974", "—", "—", "—"],
    [U, "上年结转资金", L, "", "", "", "—", "", "—"],
    [U, "其他资金", L, "", "", "", "—", "", "—"],
    ["年度总体目标", "预期目标", L, L, L, "实际完成情况", L, L, L],
    [U, "清淤12公里。", L, L, L, "清淤11公里。", L, L, L],
    [
        "绩效指标",
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "偏差原因分析及改进措施",
    ],
    [U, "产出指标（50分）", "数量指标", "清淤长度", "≥12公里", "11公里", "50", "45", "汛期停工，次年补齐"],
    [U, "效益指标（30分）", "社会效益指标", "防洪能力", "有所提升", "达成预期指标", "30", "30", ""],
    [U, "满意度指标（10分）", "满意度指标", "群众满意度", "≥90%", "95%", "10", "10", ""],
    ["总分", L, L, L, L, L, "100", "95", ""],
    ["评价结论", "基本完成。", L, L, L, L, L, L, L],
]


def without_spans(rows: Rows) -> Rows:
    """`rows` as a format without spans gives them."""
    return [["" if text in {L, U} else text for text in row] for row in rows]


@pytest.mark.parametrize("rows", [NATIONAL, without_spans(NATIONAL)], ids=["spans", "no spans"])
def test_the_form_of_the_ministry(rows: Rows, read_parts: Reader) -> None:
    result = read_parts(["项目支出绩效自评表", "（2022年度）", rows])
    [project] = result.of(Project)
    assert (project.name, project.unit_code, project.goals) == ("河道清淤", "219001", ("清淤12公里。",))
    money = (project.budget, project.adjusted_budget, project.executed, project.fiscal_funds, project.other_funds)
    assert money == (Decimal(900000), Decimal(899740), Decimal(899740), Decimal(900000), None)
    assert (project.execution_rate, project.score, project.completion) == (100, 95, "清淤11公里。")
    said = [(i.level3, i.value, i.actual_text, i.actual, i.weight, i.score) for i in result.of(Indicator)]
    assert said == [
        ("清淤长度", 12, "11公里", 11, 50, 45),
        ("防洪能力", None, "达成预期指标", None, 30, 30),
        ("群众满意度", 90, "95%", 95, 10, 10),
    ]
    assert result.of(Indicator)[0].reason == "汛期停工，次年补齐"


TWO_ROWS: Rows = [
    ["绩效指标", L, L, "年度指标值", L, L, "实际完成值", "分值", "得分", "偏差原因分析及改进措施"],
    ["一级\n指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", U, U, U, U],
    ["产出指标", "数量指标", "巡查次数", "﹦", "24", "次", "24", "50.00", "50.00", ""],
    ["效益指标", "社会效益指标", "责停率", "≥", "95", "%", "90", "40.00", "37.00", "取证难"],
]


@pytest.mark.parametrize("rows", [TWO_ROWS, without_spans(TWO_ROWS)], ids=["spans", "no spans"])
def test_a_header_of_two_rows(rows: Rows, read_parts: Reader) -> None:
    form = [["项目名称", "卫片执法", *[L] * 8]]
    result = read_parts(["项目支出绩效自评表", [*form, *rows]])
    said = [(i.level3, i.value_text, i.operator, i.actual, i.weight, i.score) for i in result.of(Indicator)]
    assert said == [("巡查次数", "﹦24次", "=", 24, 50, 50), ("责停率", "≥95%", ">=", 90, 40, 37)]


def budget_system_form(name: str, budget: str, goal: str) -> Rows:
    return [
        ["部门预算项目支出绩效自评表（2023年度）", *[L] * 10],
        ["项目名称", L, name, *[L] * 8],
        ["主管部门", L, "青石县司法局部门", L, L, "实施单位 （盖章）", L, "青石县司法局", L, L, L],
        ["项目基本情况", "1.项目年度目标完成情况", L, "项目年度目标", L, L, L, "年度目标完成情况", L, L, L],
        [U, U, U, goal, L, L, L, "已完成", L, L, L],
        [U, "2.项目实施内容及过程概述", L, "分三批实施。", *[L] * 7],
        ["预算执行情况（10分）", "年度预算数（万元）", L, "年初预算", "调整后预算数", "预算执行数",
         "预算执行率", "权重", "得分", "原因", L],
        [U, "总额", L, budget, "25.20", "25.20", "100.00%", "10", "10", "预算执行率未达到90%的需说明原因", L],
        [U, "其中：财政资金", L, budget, "25.20", "25.20", "100.00%", "/", "/", U, U],
        [U, "单位资金", L, "0.00", "0.00", "0.00", "0.00%", "/", "/", U, U],
        ["绩效指标（90分）", "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "完成值",
         "权重", "得分", "未完成原因分析"],
        [U, "产出指标", "数量指标", "发放覆盖率", "=", "100", "%", "100", "90", "90", ""],
        ["合计", *[L] * 7, "100", "100", ""],
        ["存在问题", "无", *[L] * 9],
        ["项目负责人：查三", L, L, L, L, "财务负责人：唐四", *[L] * 5],
    ]  # fmt: skip


def test_forms_one_after_the_other_with_code_and_name_in_one_cell(read_parts: Reader) -> None:
    first = budget_system_form("64000021R000000012345-工资性支出", "23.89", "及时发放。")
    second = budget_system_form("64010523T000010263357-2023年设备采购", "0.00", "购买设备。")
    result = read_parts(["报表编号：640000_0021zp", [*first, *second]])
    said = [(p.code, p.name, p.budget, p.adjusted_budget, p.score, p.goals) for p in result.of(Project)]
    assert said == [
        ("64000021R000000012345", "工资性支出", 238900, 252000, 100, ("及时发放。",)),
        ("64010523T000010263357", "2023年设备采购", 0, 252000, 100, ("购买设备。",)),
    ]
    assert {p.completion for p in result.of(Project)} == {"已完成"}
    assert [i.project_name for i in result.of(Indicator)] == ["工资性支出", "2023年设备采购"]
    assert not result.of(Finding)


def test_money_of_further_sources_is_told_and_makes_no_sum(read_parts: Reader) -> None:
    result = read_parts(
        [
            "县级专项资金绩效目标自评表",
            [
                ["专项资金名称", "储备粮", L, L],
                ["项目资金（万元）", "", "全年预算数(A)", "全年执行数(B)"],
                [U, "年度资金总额", "194.9", "190.1"],
                [U, "县级资金", "194.9", "190.1"],
                ["一级指标", "二级指标", "三级指标", "年度指标值"],
                ["产出指标", "数量指标", "储备", "100%"],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.budget, project.adjusted_budget, project.executed) == (None, 1949000, 1901000)
    assert [f.subjects for f in result.of(Finding) if "县级资金" in f.message] == [(project.id,)]


def test_budget_and_spending_side_by_side(read_parts: Reader) -> None:
    result = read_parts(
        [
            "项目支出绩效自评表",
            "单位：万元",
            [
                ["项目名称", "路灯维护", L, L, L, L],
                ["预算数", "100", "执行数", "98", "执行率", "98%"],
                ["其中：财政拨款", "100", "其中：财政拨款", "98", "", ""],
                ["年度目标", "路灯亮", L, "完成情况", "已亮", L],
                ["一级指标", "二级指标", "三级指标", "年度指标值", "全年完成值", "得分"],
                ["产出指标", "数量指标", "路灯", "≥100盏", "100盏", "95"],
                ["自评得分", "95", L, L, L, L],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.budget, project.fiscal_funds, project.executed) == (1000000, 1000000, 980000)
    assert (project.execution_rate, project.score, project.completion) == (98, 95, "已亮")


def test_results_of_many_projects_on_one_sheet(read_parts: Reader) -> None:
    result = read_parts(
        [
            "2023年度项目支出绩效自评汇总表",
            "单位：万元",
            [
                [
                    "序号",
                    "项目名称",
                    "主管部门",
                    "年初预算数",
                    "全年预算数",
                    "全年执行数",
                    "执行率",
                    "自评得分",
                    "备注",
                ],
                ["1", "河道治理", "青石县水务局", "100", "100", "95", "95%", "96.5", ""],
                ["2", "水库加固", "青石县水务局", "200", "180", "180", "1", "98", ""],
                ["合计", "", "", "300", "280", "275", "98.2%", "", ""],
            ],
        ]
    )
    said = [(p.number, p.name, p.budget, p.executed, p.execution_rate, p.score) for p in result.of(Project)]
    assert said == [
        (1, "河道治理", 1000000, 950000, 95, Decimal("96.5")),
        (2, "水库加固", 2000000, 1800000, 100, 98),
    ]


def test_an_evaluation_of_a_whole_department(read_parts: Reader) -> None:
    result = read_parts(
        [
            "2023年度部门整体支出绩效自评表",
            [
                ["部门名称", "青石县水务局", L, L, L, L, L, L],
                ["部门整体支出（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
                [U, "年度资金总额", "600", "650", "640", "10", "98.46%", "9.8"],
                ["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
                [U, "产出指标", "数量指标", "治理河道", "≥5公里", "5公里", "90", "90"],
                ["总分", L, L, L, L, L, "100", "99.8"],
            ],
        ]
    )
    assert not result.of(Project)
    assert [(i.scope, i.level3, i.actual, i.score) for i in result.of(Indicator)] == [
        ("department", "治理河道", 5, 90)
    ]
    assert ["部门整体支出" in finding.message for finding in result.of(Finding)] == [True]
