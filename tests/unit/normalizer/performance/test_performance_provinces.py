"""Forms other provinces print: many projects in a table, declarations, sheets of forms."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from services.normalizer.recorder import ReaderResult
from shared.schemas.records import Finding, Indicator, Project

Reader = Callable[[Sequence[str | Sequence[Sequence[str]]]], ReaderResult]


def said(indicator: Indicator) -> tuple[str | None, ...]:
    return (indicator.level1, indicator.level2, indicator.level3, indicator.value_text)


def test_many_projects_in_one_table(read_parts: Reader) -> None:
    result = read_parts(
        [
            "部门预算项目支出绩效目标表",
            "单位：元",
            [
                ["单位名称", "项目名称", "预算资金", "年度目标", "绩效指标", "<", "<", "<", "<"],
                ["^", "^", "^", "^", "一级指标", "二级指标", "三级指标", "指标性质", "指标值"],
                ["101001县委办", "信息化", "120000", "1.建网 2.培训", "产出指标", "数量指标", "网点", "≥", "5个"],
                ["^", "^", "^", "^", "^", "质量指标", "合格率", "=", "100%"],
                ["^", "会议费", "3000", "开会", "产出指标", "数量指标", "会议", "≥", "2次"],
            ],
        ]
    )
    assert [(p.name, p.budget, p.goals) for p in result.of(Project)] == [
        ("信息化", Decimal(120000), ("建网", "培训")),
        ("会议费", Decimal(3000), ("开会",)),
    ]
    assert [(i.project_name, i.level2, i.value_text) for i in result.of(Indicator)] == [
        ("信息化", "数量指标", "≥5个"),
        ("信息化", "质量指标", "=100%"),
        ("会议费", "数量指标", "≥2次"),
    ]
    assert next(p.unit_code for p in result.of(Project)) == "101001"


def test_a_declaration_form_for_several_years_gives_the_year(read_parts: Reader) -> None:
    result = read_parts(
        [
            "项目支出绩效目标申报表",
            "（2023年度）",
            [
                ["项目名称", "水利维修", "<", "<", "<", "<", "<", "<"],
                ["主管部门及代码", "[303]某县水利局", "<", "<", "实施单位", "303001某县水利局本级", "<", "<"],
                ["项目属性", "新增项目", "<", "<", "项目期", "3年", "<", "<"],
                ["项目资金（万元）", "中期资金总额：", "300", "<", "年度资金总额：", "<", "100", "<"],
                ["^", "其中：财政拨款", "300", "<", "其中：财政拨款", "<", "80", "<"],
                ["^", "其他资金", "0", "<", "其他资金", "<", "20", "<"],
                ["总体目标", "中期目标（2023年-2025年）", "<", "<", "年度目标", "<", "<", "<"],
                ["^", "目标1：修渠三年", "<", "<", "目标1：修渠\n目标2：验收", "<", "<", "<"],
                ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "二级指标", "三级指标", "指标值"],
                ["^", "产出指标", "数量指标", "渠长", "≥30公里", "数量指标", "渠长", "≥10公里"],
                ["^", "^", "质量指标", "合格率", "100%", "质量指标", "合格率", "≥98%"],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.name, project.unit_code) == ("水利维修", "303001")
    assert (project.budget, project.fiscal_funds, project.other_funds) == tuple(
        map(Decimal, ("1000000", "800000", "200000"))
    )
    assert project.goals == ("修渠", "验收")
    assert [said(i) for i in result.of(Indicator)] == [
        ("产出指标", "数量指标", "渠长", "≥10公里"),
        ("产出指标", "质量指标", "合格率", "≥98%"),
    ]


def test_a_whole_department_declares_its_targets(read_parts: Reader) -> None:
    result = read_parts(
        [
            [
                ["部门（单位）整体支出绩效目标申报表", "<", "<", "<", "<"],
                ["部门（单位）名称", "某县教育局", "<", "<", "<"],
                ["年度总体目标", "目标1：办学\n目标2：资助", "<", "<", "<"],
                ["年度绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值"],
                ["^", "产出指标", "数量指标", "学校", "≥12所"],
            ],
        ]
    )
    assert not result.of(Project)
    assert [(i.scope, *said(i)) for i in result.of(Indicator)] == [
        ("department", "产出指标", "数量指标", "学校", "≥12所")
    ]


def test_forms_stacked_in_one_sheet_are_projects_each(read_parts: Reader) -> None:
    def form(name: str, value: str) -> list[list[str]]:
        return [
            ["项目支出绩效目标表", "<", "<", "<"],
            ["项目名称", name, "预算数（万元）", "12"],
            ["绩效目标", "甲", "<", "<"],
            ["一级指标", "二级指标", "三级指标", "目标值"],
            ["产出指标", "数量指标", "项目概况", value],
        ]

    result = read_parts([[*form("一号", "1个"), *form("二号", "2个")]])
    assert [(p.name, p.budget) for p in result.of(Project)] == [
        ("一号", Decimal(120000)),
        ("二号", Decimal(120000)),
    ]
    assert [(i.project_name, i.value_text) for i in result.of(Indicator)] == [("一号", "1个"), ("二号", "2个")]


def test_unit_and_weight_columns_of_other_provinces(read_parts: Reader) -> None:
    result = read_parts(
        [
            "项目绩效目标表",
            "单位名称：某县水利局    单位：万元",
            [
                [
                    "单位名称", "项目名称", "年度目标", "一级指标", "二级指标", "三级指标",
                    "绩效指标性质", "绩效指标值", "绩效度量单位", "权重", "指标方向性",
                ],
                ["水利局", "修渠", "通水", "产出指标", "数量指标", "渠长", "≥", "10", "公里", "30", "正向指标"],
                ["^", "^", "^", "^", "质量指标", "质量", "定性", "优", "级", "20", "正向指标"],
                ["^", "^", "^", "满意度指标", "满意度指标", "满意度", "≥", "90", "%", "10", "正向指标"],
            ],
        ]
    )  # fmt: skip
    assert [(i.value_text, i.operator, i.unit) for i in result.of(Indicator)] == [
        ("≥10公里", ">=", "公里"),
        ("优", None, None),
        ("≥90%", ">=", "%"),
    ]


def test_labels_that_nobody_listed_end_a_field_and_are_told(read_parts: Reader) -> None:
    result = read_parts(
        [
            "道路硬化项目支出绩效目标审批表",
            "金额单位：万元",
            [
                ["项目名称", "道路硬化", "<", "项目归口", "基建类", "<"],
                ["拨付批次", "两批", "<", "结算方式", "转账", "<"],
                ["实施单位", "柳浪镇", "<", "<", "<", "<"],
                ["项目资金预算执行10分", "项目总预算", "<", "58", "财政资金预算分类", "一般公共预算"],
                ["^", "当年年度预算", "<", "50", "", ""],
                ["^", "其中：财政资金", "<", "50", "财政资金科目代码", "21305"],
                ["一级指标", "二级指标", "三级指标", "指标值", "分值", "指标解释"],
                ["产出指标(40-50)分", "数量指标", "硬化里程", "≥3公里", "90", "按图"],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.name, project.unit_name, project.budget) == ("道路硬化", "柳浪镇", Decimal(500000))
    [told] = [finding.message for finding in result.of(Finding)]
    assert all(word in told for word in ("项目归口", "拨付批次", "结算方式"))


def test_a_listing_with_a_subtotal_of_each_unit_and_numbers_of_columns(read_parts: Reader) -> None:
    header = [
        "单位名称、项目名称",
        "年度预算金额",
        "项目年度绩效目标",
        "一级指标",
        "二级指标",
        "三级指标",
        "指标值",
        "抽查比例",
    ]
    result = read_parts(
        [
            "2024年部门项目支出绩效目标表",
            "单位：元",
            [
                header,
                ["1", "2", "3", "4", "5", "6", "7", "8"],
                ["青石县水务局", "330000", "", "", "", "", "", ""],
                ["河道清淤", "300000", "清淤12公里", "产出指标", "数量指标", "长度", "≥12公里", "一成"],
                ["水库移民", "30000", "发放补助", "产出指标", "数量指标", "人数", "≥20人", ""],
                ["青石县水库管理所", "5000", "", "", "", "", "", ""],
                ["水库移民", "5000", "发放补助二", "产出指标", "数量指标", "人数", "≥2人", ""],
            ],
        ]
    )
    assert [(p.unit_name, p.name, p.budget, p.goals) for p in result.of(Project)] == [
        ("青石县水务局", "河道清淤", 300000, ("清淤12公里",)),
        ("青石县水务局", "水库移民", 30000, ("发放补助",)),
        ("青石县水库管理所", "水库移民", 5000, ("发放补助二",)),
    ]
    assert [i.value_text for i in result.of(Indicator)] == ["≥12公里", "≥20人", "≥2人"]
    assert [(f.check, "抽查比例" in f.message) for f in result.of(Finding)] == [("unread_column", True)]


def test_the_heading_of_the_whole_holds_for_its_own_table(read_parts: Reader) -> None:
    header = ["一级指标", "二级指标", "三级指标", "指标值"]
    result = read_parts(
        [
            "部门整体绩效目标表",
            [header, ["产出指标", "数量指标", "开工率", "≥95%"]],
            "项目名称：河道清淤",
            [header, ["产出指标", "数量指标", "长度", "≥12公里"]],
            "水库移民后期扶持",
            [["绩效目标", "发放补助", "<", "<"], header, ["产出指标", "数量指标", "人数", "≥20人"]],
        ]
    )
    assert [(i.scope, i.project_name, i.level3) for i in result.of(Indicator)] == [
        ("department", None, "开工率"),
        ("project", "河道清淤", "长度"),
        ("project", "水库移民后期扶持", "人数"),
    ]


def test_targets_of_several_years_are_left_for_those_of_the_year(read_parts: Reader) -> None:
    header = ["一级指标", "二级指标", "指标内容", "指标值", "备注"]
    result = read_parts(
        [
            "项目绩效目标表",
            [
                ["项目名称", "<", "镇域道路", "<", "<", "<"],
                ["总体绩效目标", "总目标", "<", "年度目标", "<", "<"],
                ["^", "修路88公里", "<", "修路8公里", "<", "<"],
                ["长期绩效指标", *header],
                ["^", "产出指标", "数量指标", "道路", "88公里", ""],
                ["年度绩效指标", *header],
                ["^", "产出指标", "数量指标", "道路", "8公里", ""],
            ],
        ]
    )
    assert [p.goals for p in result.of(Project)] == [("修路8公里",)]
    assert [(i.level3, i.value) for i in result.of(Indicator)] == [("道路", 8)]
    assert ["长期绩效指标" in finding.message for finding in result.of(Finding)] == [True]


def test_a_level_called_like_a_label_is_a_level(read_parts: Reader) -> None:
    result = read_parts(
        [
            "部门整体支出绩效评价指标评分表",
            [
                ["一级指标", "二级指标", "三级指标", "分值", "得分"],
                ["预算情况", "预算编制", "编制完整", "10", "9"],
                ["存在问题", "无", "<", "<", "<"],
            ],
        ]
    )
    assert [(i.level1, i.level3, i.weight, i.score) for i in result.of(Indicator)] == [
        ("预算情况", "编制完整", 10, 9)
    ]


def test_indicators_without_levels_or_with_the_second_called_the_first(read_parts: Reader) -> None:
    result = read_parts(
        [
            "2024年项目绩效目标表",
            "单位：万元",
            [
                ["项目名称", "50023324T000004012345-森林防火", "<", "业务主管部门", "林业局", "<"],
                ["当年预算（万元）", "35.00", "<", "本级支出（万元）", "35.00", "<"],
                ["绩效指标", "指标名称", "指标权重", "计量单位", "指标性质", "指标值"],
                ["^", "巡护次数", "30", "次", "≥", "200"],
            ],
            "2024年项目支出绩效目标表",
            [
                ["项目名称", "楼宇保障", "<", "<"],
                ["一级指标", "二级指标", "绩效标准", "当年预期实现值"],
                ["数量指标", "维修次数", "反映维修", "280次"],
            ],
        ]
    )
    assert [(p.code, p.name, p.budget) for p in result.of(Project)] == [
        ("50023324T000004012345", "森林防火", 350000),
        (None, "楼宇保障", None),
    ]
    assert [(*said(i), i.weight) for i in result.of(Indicator)] == [
        (None, None, "巡护次数", "≥200次", 30),
        (None, "数量指标", "维修次数", "280次", None),
    ]


def test_a_listing_whose_header_has_a_second_row_for_the_money_alone(read_parts: Reader) -> None:
    rows = [
        [
            "单位名称", "项目名称", "本年拨款（元）", "<", "绩效目标", "一级指标", "二级指标", "三级指标",
            "绩效指标性质", "绩效指标值", "绩效度量单位",
        ],
        ["^", "^", "财政拨款", "其他资金", "^", "^", "^", "^", "^", "^", "^"],
        ["某局", "河道保洁", "500000.00", "", "水面清洁", "产出指标", "数量指标", "保洁长度", "≥", "120", "公里"],
        ["", "", "", "", "", "效益指标", "社会效益指标", "群众满意", "定性", "良好", ""],
    ]  # fmt: skip
    result = read_parts(["项目支出绩效表", rows])
    assert [(p.name, p.fiscal_funds, p.goals) for p in result.of(Project)] == [
        ("河道保洁", Decimal(500000), ("水面清洁",))
    ]
    assert [(i.level3, i.value_text) for i in result.of(Indicator)] == [
        ("保洁长度", "≥120公里"),
        ("群众满意", "良好"),
    ]
