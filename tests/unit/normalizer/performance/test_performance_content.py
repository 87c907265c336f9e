"""Columns told by what stands under them, labels made of known words, and what lines above a table state."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from services.normalizer.readers.performance.vocabulary import column_kind, key, label_kind
from services.normalizer.recorder import ReaderResult
from shared.schemas.records import Finding, Indicator, Project

Rows = Sequence[Sequence[str]]
Reader = Callable[[Sequence[str | Rows]], ReaderResult]


def told(
    indicator: Indicator,
) -> tuple[str | None, str | None, str | None, str | None, Decimal | None, str | None]:
    return (
        indicator.level1,
        indicator.level2,
        indicator.level3,
        indicator.operator,
        indicator.value,
        indicator.unit,
    )


@pytest.mark.parametrize("head", ["运算符", "指标方向", "计算符", "比较方式", "指标值（大于）", "逻辑关系"])
@pytest.mark.parametrize(("sign", "operator"), [("≥", ">="), ("大于等于", ">="), ("≤", "<="), ("=", "=")])
def test_a_column_of_signs_is_one_whatever_it_is_called(
    read_parts: Reader, head: str, sign: str, operator: str
) -> None:
    result = read_parts(
        [
            "项目支出绩效目标表",
            [
                ["项目名称", "食品抽检", "<", "<", "<", "<"],
                ["一级指标", "二级指标", "三级指标", head, "指标值", "单位"],
                ["产出指标", "数量指标", "抽检批次", sign, "1000", "批次"],
                ["效益指标", "社会效益指标", "群众放心程度", "定性", "提高", ""],
            ],
        ]
    )
    first, second = result.of(Indicator)
    assert told(first) == ("产出指标", "数量指标", "抽检批次", operator, Decimal(1000), "批次")
    assert (second.operator, second.value_text) == (None, "提高")


def test_a_direction_that_is_no_sign_changes_no_target(read_parts: Reader) -> None:
    result = read_parts(
        [
            [
                ["项目名称", "食品抽检", "<", "<", "<", "<"],
                ["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "指标方向"],
                ["产出指标", "数量指标", "抽检批次", "≥", "1000批次", "正向指标"],
            ]
        ]
    )
    [indicator] = result.of(Indicator)
    assert (indicator.operator, indicator.value) == (">=", Decimal(1000))


def test_levels_are_told_by_the_names_under_them(read_parts: Reader) -> None:
    result = read_parts(
        [
            "单位：元",
            [
                ["单位", "项目名称", "项目金额", "项目绩效目标", "绩效指标", "指标值", "指标分类"],
                ["青石县住建局", "老旧小区改造", "1,250,000", "改造小区", "改造小区数", "≥12个", "数量指标"],
                ["^", "^", "^", "^", "验收合格率", "100%", "质量指标"],
                ["^", "^", "^", "^", "居民满意度", "≥90%", "满意度指标"],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.name, project.budget, project.unit_name) == ("老旧小区改造", Decimal(1250000), "青石县住建局")
    assert [(i.level2, i.level3) for i in result.of(Indicator)] == [
        ("数量指标", "改造小区数"),
        ("质量指标", "验收合格率"),
        ("满意度指标", "居民满意度"),
    ]


def test_the_first_level_under_the_head_of_all_indicators(read_parts: Reader) -> None:
    result = read_parts(
        [
            [
                ["项目名称", "托养服务", "<", "<", "<", "<"],
                ["绩效指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "自评得分"],
                ["产出指标", "数量指标", "托养人数", "≥100人", "103人", "50"],
                ["效益指标", "社会效益指标", "生活质量", "提高", "提高", "40"],
                ["自评总分", "", "", "", "", "90"],
            ]
        ]
    )
    assert [i.level1 for i in result.of(Indicator)] == ["产出指标", "效益指标"]
    assert result.of(Project)[0].score == Decimal(90)


def test_a_column_of_units_that_says_it_holds_projects(read_parts: Reader) -> None:
    result = read_parts(
        [
            "单位：万元",
            [
                ["单位代码", "单位（专项）名称", "资金总额", "绩效目标", "绩效指标", "<", "<", "<", "<"],
                ["^", "^", "^", "^", "一级指标", "二级指标", "三级指标", "指标值", "指标值内容"],
                ["601", "山塘清淤", "120", "清淤30口", "产出指标", "数量指标", "清淤口数", "30口", "山塘清淤口数"],
                ["^", "^", "^", "^", "效益指标", "社会效益", "受益人口", "5000人", "受益人口数"],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.name, project.budget) == ("山塘清淤", Decimal(1200000))
    assert [i.description for i in result.of(Indicator)] == ["山塘清淤口数", "受益人口数"]
    assert not result.of(Finding)


def test_a_list_of_projects_with_a_column_for_each_level(read_parts: Reader) -> None:
    result = read_parts(
        [
            "单位：万元",
            [
                ["项目名称", "预算数", "年度绩效目标", "产出指标", "<", "效益指标", "满意度指标"],
                ["^", "^", "^", "数量", "质量", "社会效益", "^"],
                ["就业补助", "320", "新增就业", "新增就业≥5000人", "准确率100%", "失业率≤4.5%", "≥90%"],
                ["技能培训", "60", "培训", "培训≥1200人；开班≥20期", "—", "就业率≥60%", "≥92%"],
            ],
        ]
    )
    assert [(p.name, p.budget, p.goals) for p in result.of(Project)] == [
        ("就业补助", Decimal(3200000), ("新增就业",)),
        ("技能培训", Decimal(600000), ("培训",)),
    ]
    assert [told(i) for i in result.of(Indicator) if i.project_name == "技能培训"] == [
        ("产出指标", "数量", "培训", ">=", Decimal(1200), "人"),
        ("产出指标", "数量", "开班", ">=", Decimal(20), "期"),
        ("效益指标", "社会效益", "就业率", ">=", Decimal(60), "%"),
        ("满意度指标", None, None, ">=", Decimal(92), "%"),
    ]
    [plain] = [i for i in result.of(Indicator) if i.level2 == "质量"]
    assert (plain.level3, plain.value_text, plain.description) == (None, None, "准确率100%")


def test_targets_that_name_their_level_in_the_cell(read_parts: Reader) -> None:
    result = read_parts(
        [
            [
                ["序号", "项目名称", "绩效目标", "产出指标", "效益指标"],
                [
                    "1",
                    "消费券",
                    "拉动消费",
                    "数量指标：发放≥10万张；质量指标：核销率≥90%",
                    "社会效益指标：带动消费",
                ],
            ]
        ]
    )
    assert [(i.level1, i.level2, i.level3 or i.description, i.value_text) for i in result.of(Indicator)] == [
        ("产出指标", "数量指标", "发放", "≥10万张"),
        ("产出指标", "质量指标", "核销率", "≥90%"),
        ("效益指标", "社会效益指标", "带动消费", None),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["产出数量指标", "免疫头数≥50万头"], ["服务对象满意度指标", "养殖户满意度≥90%"]],
        [["数量指标", "免疫头数≥50万头"], ["满意度指标", "养殖户满意度≥90%"]],
        [["绩效指标", "1.数量指标：免疫头数≥50万头；\n2.满意度指标：养殖户满意度≥90%"]],
    ],
)
def test_targets_in_rows_of_a_form(read_parts: Reader, rows: list[list[str]]) -> None:
    result = read_parts([[["项目名称", "动物防疫"], ["绩效目标", "强制免疫"], *rows]])
    assert [(i.project_name, i.level3, i.value, i.unit) for i in result.of(Indicator)] == [
        ("动物防疫", "免疫头数", Decimal(50), "万头"),
        ("动物防疫", "养殖户满意度", Decimal(90), "%"),
    ]
    assert not result.of(Finding)


def test_heads_of_money_beside_each_other_are_no_amounts(read_parts: Reader) -> None:
    result = read_parts(
        [
            "单位：万元",
            [
                ["项目名称", "法律援助", "", ""],
                ["资金构成", "总额", "其中：财政拨款", "其他资金"],
                ["", "46", "30", "16"],
                ["绩效目标", "受理案件600件", "<", "<"],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.budget, project.fiscal_funds, project.other_funds) == tuple(
        map(Decimal, (460000, 300000, 160000))
    )
    assert not [finding for finding in result.of(Finding) if finding.severity == "warning"]


@pytest.mark.parametrize("text", ["：50", "50万元，其中本年财政安排30万元", "50（含上年结转10）"])
def test_an_amount_with_more_in_its_cell(read_parts: Reader, text: str) -> None:
    [project] = read_parts(
        ["单位：万元", [["预算项目", "审计中介费"], ["预算金额", text], ["绩效目标", "完成项目20个"]]]
    ).of(Project)
    assert (project.name, project.budget) == ("审计中介费", Decimal(500000))


@pytest.mark.parametrize(
    "word", ["项目金额", "资金额度", "年度安排资金", "申请金额", "总金额（万元）", "项目经费", "本年批复预算数"]
)
def test_money_of_a_project_is_known_by_the_words_it_is_made_of(read_parts: Reader, word: str) -> None:
    assert (label_kind(key(word)), column_kind(key(word))) == ("funds", "budget")
    [project] = read_parts(
        [
            "单位：万元",
            [["项目名称", "食品抽检", word, "12.5"], ["绩效目标", "抽检1000批次", "<", "<"]],
        ]
    ).of(Project)
    assert project.budget == Decimal(125000)


@pytest.mark.parametrize("word", ["执行率", "分值", "数量", "年度", "合计", "项目"])
def test_words_without_money_name_none(word: str) -> None:
    assert label_kind(word) != "funds"


def test_what_heads_the_rows_of_money_is_no_amount_of_its_own(read_parts: Reader) -> None:
    [project] = read_parts(
        [
            [
                ["项目名称", "科技创新券", "<"],
                ["项目资金（万元）", "全年预算数", "200.00"],
                ["^", "其中：财政资金", "150.00"],
                ["^", "其他资金", "50.00"],
                ["年度目标", "服务企业180家", "<"],
            ]
        ]
    ).of(Project)
    assert (project.budget, project.adjusted_budget) == (Decimal(2000000), None)
    assert (project.fiscal_funds, project.other_funds) == (Decimal(1500000), Decimal(500000))


def test_money_of_a_further_source_is_told_with_its_unit_in_the_cell(read_parts: Reader) -> None:
    result = read_parts(
        [
            [
                ["项目名称", "人居环境整治"],
                ["项目总投资", "360万元"],
                ["其中：财政拨款", "300万元"],
                ["自筹资金", "60万元"],
                ["项目绩效总目标", "改善12个村"],
            ]
        ]
    )
    assert "自筹资金" in "".join(finding.message for finding in result.of(Finding))


def test_label_and_value_in_one_cell(read_parts: Reader) -> None:
    result = read_parts(
        [
            [
                ["项目名称：智慧平台运维", "项目编码：45032924T000000012345"],
                ["项目单位：青石县公安局", "年度预算（万元）：185.3"],
                ["年度绩效目标：保障平台稳定运行，故障修复及时。", "<"],
            ],
            [
                ["一级指标", "二级指标", "绩效内容", "绩效目标值"],
                ["产出指标", "质量指标", "正常运行率", "≥99%"],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.name, project.unit_name, project.budget) == (
        "智慧平台运维",
        "青石县公安局",
        Decimal(1853000),
    )
    assert project.goals == ("保障平台稳定运行，故障修复及时。",)
    assert result.of(Indicator)[0].level3 == "正常运行率"


def test_goals_and_their_completion_beside_each_other_under_the_money(read_parts: Reader) -> None:
    [project] = read_parts(
        [
            [
                ["项目名称", "农村公路养护", "<", "<", "<"],
                ["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数"],
                ["^", "年度资金总额", "300", "320", "304"],
                ["年度总体目标", "预期目标：养护450公里", "<", "实际完成情况：养护452公里", "<"],
            ]
        ]
    ).of(Project)
    assert (project.goals, project.completion) == (("养护450公里",), "养护452公里")
    assert (project.budget, project.executed) == (Decimal(3000000), Decimal(3040000))


def test_what_lines_above_a_table_state_is_of_its_project(read_parts: Reader) -> None:
    indicators = [["一级指标", "二级指标", "三级指标", "指标值"], ["产出指标", "数量指标", "评价项目数", "≥10个"]]
    result = read_parts(
        [
            "项目名称：平台运维",
            "预算金额：88万元",
            "绩效目标：保障系统稳定运行",
            indicators,
            "项目名称：绩效评价",
            "预算金额：30万元",
            indicators,
        ]
    )
    assert [(p.name, p.budget, p.goals) for p in result.of(Project)] == [
        ("平台运维", Decimal(880000), ("保障系统稳定运行",)),
        ("绩效评价", Decimal(300000), ()),
    ]


@pytest.mark.parametrize("head", ["数值", "数", "具体数"])
def test_what_stands_between_signs_and_units_is_the_target(read_parts: Reader, head: str) -> None:
    result = read_parts(
        [
            [
                ["项目名称", "校园安防", "<", "<", "<", "<"],
                ["一级指标", "二级指标", "三级指标", "符号", head, "单位"],
                ["产出指标", "数量指标", "保安人数", ">=", "120", "人"],
            ]
        ]
    )
    assert told(result.of(Indicator)[0]) == ("产出指标", "数量指标", "保安人数", ">=", Decimal(120), "人")


def test_the_unit_of_money_in_the_names_of_its_rows(read_parts: Reader) -> None:
    result = read_parts(
        [
            [
                ["项目名称", "投资审计", "<", "<"],
                ["项目资金", "年初预算数", "全年预算数", "全年执行数"],
                ["总额：（万元）", "30", "30", "28.5"],
                ["总体目标", "审计项目20个", "<", "<"],
            ]
        ]
    )
    [project] = result.of(Project)
    assert (project.budget, project.executed) == (Decimal(300000), Decimal(285000))
    assert not result.of(Finding)


def test_a_header_of_two_rows_without_spans(read_parts: Reader) -> None:
    result = read_parts(
        [
            [
                ["预算单位", "项目名称", "类别", "预算数（万元）", "绩效目标", "绩效指标", "", "", ""],
                ["", "", "", "", "", "一级指标", "二级指标", "三级指标", "指标值"],
                ["青石县人社局", "见习补贴", "特定", "80", "见习200人", "产出指标", "数量指标", "人数", "≥200人"],
                ["青石县人社局", "技能大赛", "特定", "20", "举办2场", "产出指标", "数量指标", "场次", "≥2场"],
            ]
        ]
    )
    assert [(p.name, p.goals) for p in result.of(Project)] == [
        ("见习补贴", ("见习200人",)),
        ("技能大赛", ("举办2场",)),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["项目名称", "项目金额（万元）", "项目绩效目标", "一级指标", "二级指标", "三级指标", "指标值"]],
        [
            ["项目名称", "项目资金（万元）", "项目绩效目标", "绩效指标", "", "", ""],
            ["", "财政拨款", "", "一级指标", "二级指标", "三级指标", "指标值"],
        ],
    ],
    ids=["of the column", "over it"],
)
def test_the_unit_of_money_that_the_header_of_a_list_states(read_parts: Reader, rows: list[list[str]]) -> None:
    project = ["见习补贴", "80", "见习200人", "产出指标", "数量指标", "人数", "≥200人"]
    result = read_parts([[*rows, project]])
    assert [p.budget or p.fiscal_funds for p in result.of(Project)] == [Decimal(800000)]
    assert not result.of(Finding)
