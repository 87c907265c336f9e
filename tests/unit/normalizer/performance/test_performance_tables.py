"""The layouts in which departments print projects and indicators."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from services.normalizer.collector import Collector
from shared.schemas.records import Finding, Indicator, Project

Reader = Callable[[Sequence[str | Sequence[Sequence[str]]]], Collector]

HEADER = ["一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"]


def said(indicator: Indicator) -> tuple[str | None, ...]:
    return (indicator.level1, indicator.level2, indicator.level3, indicator.value_text)


def test_a_form_and_its_indicators_in_one_table(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "3、办公区电费项目绩效目标表",
            "单位：万元",
            [
                ["项目编码", "13040624P00579710026C", "", "项目名称", "运转保障-办公区电费", ""],
                ["预算规模及资金用途", "预算数", "368.00", "其中：财政资金", "368.00", "其他资金"],
                ["", "1.用于各办公区电力供应。", "", "", "", ""],
                ["资金支出计划(%)", "3月底", "", "6月底", "", "10月底"],
                ["", "25%", "", "50%", "", "75%"],
                ["12 月底", "", "100%", "", "", ""],
                ["绩效目标", "1.保障用电。 2.节约用电。", "", "", "", ""],
                HEADER,
                ["产出指标", "数量指标", "保障用电办公区数量", "数量情况", "4个办公区", "年度工作计划"],
                ["", "质量指标", "电路安全合格率", "用电安全", "≥95%", "行业规定"],
            ],
        ]
    )
    [project] = collector.of(Project)
    assert (project.number, project.name) == (3, "运转保障-办公区电费")
    assert (project.code, project.budget, project.other_funds) == (
        "13040624P00579710026C",
        Decimal("3680000"),
        None,
    )
    assert project.purpose == "用于各办公区电力供应。"
    assert project.schedule == (Decimal(25), Decimal(50), Decimal(75), Decimal(100))
    assert project.goals == ("保障用电。", "节约用电。")
    assert [said(i) for i in collector.of(Indicator)] == [
        ("产出指标", "数量指标", "保障用电办公区数量", "4个办公区"),
        ("产出指标", "质量指标", "电路安全合格率", "≥95%"),
    ]
    assert {(i.project_number, i.project_name) for i in collector.of(Indicator)} == {(3, "运转保障-办公区电费")}
    assert collector.taken == {0, 1, 2}


def test_form_and_indicators_in_two_tables_with_the_unit_in_a_row(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "1.2024年驻村工作队结转经费绩效目标表",
            [
                ["203001中共某某区委组织部本级", "", "", "", "单位：万元", ""],
                ["项目编码", "13020925P00155810003E", "<", "项目名称", "驻村工作队结转经费", "<"],
                ["预算规模及资金用途", "预算数", "39.00", "其中：财政    资金", "39.00", "其他资金"],
                ["^", "用于驻村", "<", "<", "<", "<"],
                ["资金支出计划（%）", "3月底", "6月底", "10月底", "12月底", "<"],
                ["^", "", "50%", "", "100%", "<"],
                ["绩效目标", "1.完成好驻村工作", "<", "<", "<", "<"],
            ],
            [HEADER, ["产出指标", "数量指标", "培训次数", "培训次数", "≥90%", "计划"]],
        ]
    )
    [project] = collector.of(Project)
    assert (project.unit_code, project.unit_name) == ("203001", "中共某某区委组织部本级")
    assert (project.budget, project.purpose) == (Decimal("390000"), "用于驻村")
    assert project.schedule == (None, Decimal(50), None, Decimal(100))
    assert [i.project_name for i in collector.of(Indicator)] == ["驻村工作队结转经费"]


def test_goals_and_indicators_only_take_the_name_from_the_heading(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "第二部分 预算项目绩效目标",
            "101、冀财行[2019]31号提前下达补助经费的通知绩效目标表",
            [["绩效目标", "1.甲"], HEADER, ["产出指标", "数量指标", "人数", "", "≤6人", "——"]],
            "2.2021年村级组织运转经费绩效目标表",
            [["绩效目标", "乙"], HEADER, ["产出指标", "数量指标", "", "", "", ""]],
        ]
    )
    assert [(p.number, p.name, p.goals) for p in collector.of(Project)] == [
        (101, "冀财行[2019]31号提前下达补助经费的通知", ("甲",)),
        (2, "2021年村级组织运转经费", ("乙",)),
    ]
    [indicator] = collector.of(Indicator)
    assert (indicator.description, indicator.basis) == (None, None)


def test_a_heading_broken_in_two_is_one(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "1、社区经费绩效目标表",
            [["绩效目标", "甲"], HEADER, ["产出指标", "数量指标", "班次", "", "3次", ""]],
            "2、社区工作、社区党建和社区居民委员会人员培训",
            "经费绩效目标表",
            [["绩效目标", "乙"], HEADER, ["产出指标", "数量指标", "班次", "", "4次", ""]],
        ]
    )
    assert [(p.number, p.name) for p in collector.of(Project)] == [
        (1, "社区经费"),
        (2, "社区工作、社区党建和社区居民委员会人员培训经费"),
    ]


def test_sign_number_and_unit_in_columns_of_their_own(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "（四）部门整体支出绩效指标",
            [
                [
                    "一级指标",
                    "二级指标",
                    "三级指标",
                    "评（扣）分标准",
                    "绩效指标描述",
                    "指标值",
                    "<",
                    "<",
                    "确定依据",
                ],
                ["^", "^", "^", "^", "^", "符号", "值", "单位", "^"],
                ["部门产出", "数量", "调研", "", "需求调研", "≥", "2", "调研次数", "工作计划"],
                ["^", "质量", "粘合度", "", "粘合度", "", "对使用情况进行调研", "", ""],
                ["部门效果", "社会效益", "后进党组织减少", "5分", "减少情况", "=", "100%", "", "考察"],
                ["^", "经济效益", "", "", "", "", "", "", ""],
            ],
        ]
    )
    assert not collector.of(Project)
    assert [(i.scope, *said(i), i.operator, i.unit) for i in collector.of(Indicator)] == [
        ("department", "部门产出", "数量", "调研", "≥2调研次数", ">=", "调研次数"),
        ("department", "部门产出", "质量", "粘合度", "对使用情况进行调研", None, None),
        ("department", "部门效果", "社会效益", "后进党组织减少", "=100%", "=", "%"),
    ]


def test_a_header_slipped_one_cell_to_the_right(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "1、医药费补助绩效目标表",
            [
                ["绩效目标", "1、解决医药费不足。", "", "", "", ""],
                ["产出指标", "一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值"],
                ["", "", "数量指标", "补助个人数量", "补助的人数", "≥5人"],
                ["效果指标", "", "社会效益指标", "保障水平", "是否保障", "保障良好"],
            ],
        ]
    )
    assert [said(i) for i in collector.of(Indicator)] == [
        ("产出指标", "数量指标", "补助个人数量", "≥5人"),
        ("效果指标", "社会效益指标", "保障水平", "保障良好"),
    ]


def test_a_row_cut_by_a_page_and_the_header_again(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "1、宣传经费绩效目标表",
            [
                ["绩效目标", "甲"],
                HEADER,
                ["产出指标", "数量指标", "印刷", "数量", "≥5份", "计划"],
                ["", "质量指标", "培训计划按期完成率", "情况", "≥90%", "合同约"],
            ],
            [
                HEADER,
                ["", "", "(%)", "", "", "定"],
                ["满意度指标", "服务对象满意度指标", "满意度", "", "≥95%", "问卷"],
            ],
        ]
    )
    assert [(i.level3, i.value_text, i.basis) for i in collector.of(Indicator)] == [
        ("印刷", "≥5份", "计划"),
        ("培训计划按期完成率(%)", "≥90%", "合同约定"),
        ("满意度", "≥95%", "问卷"),
    ]
    assert len(collector.of(Project)) == 1


def test_rows_that_leave_the_second_level_blank_are_rows_of_their_own(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "1、宣传经费绩效目标表",
            [
                HEADER,
                ["产出指标", "数量指标", "印刷", "数量", "≥5份", "计划"],
                ["", "", "张贴", "数量", "≥9份", "计划"],
            ],
        ]
    )
    assert [said(i) for i in collector.of(Indicator)] == [
        ("产出指标", "数量指标", "印刷", "≥5份"),
        ("产出指标", "数量指标", "张贴", "≥9份"),
    ]


def test_many_projects_in_one_table(read_parts: Reader) -> None:
    collector = read_parts(
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
    assert [(p.name, p.budget, p.goals) for p in collector.of(Project)] == [
        ("信息化", Decimal(120000), ("建网", "培训")),
        ("会议费", Decimal(3000), ("开会",)),
    ]
    assert [(i.project_name, i.level2, i.value_text) for i in collector.of(Indicator)] == [
        ("信息化", "数量指标", "≥5个"),
        ("信息化", "质量指标", "=100%"),
        ("会议费", "数量指标", "≥2次"),
    ]
    assert next(p.unit_code for p in collector.of(Project)) == "101001"


def test_a_declaration_form_for_several_years_gives_the_year(read_parts: Reader) -> None:
    collector = read_parts(
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
    [project] = collector.of(Project)
    assert (project.name, project.unit_code) == ("水利维修", "303001")
    assert (project.budget, project.fiscal_funds, project.other_funds) == tuple(
        map(Decimal, ("1000000", "800000", "200000"))
    )
    assert project.goals == ("修渠", "验收")
    assert [said(i) for i in collector.of(Indicator)] == [
        ("产出指标", "数量指标", "渠长", "≥10公里"),
        ("产出指标", "质量指标", "合格率", "≥98%"),
    ]


def test_a_whole_department_declares_its_targets(read_parts: Reader) -> None:
    collector = read_parts(
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
    assert not collector.of(Project)
    assert [(i.scope, *said(i)) for i in collector.of(Indicator)] == [
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

    collector = read_parts([[*form("一号", "1个"), *form("二号", "2个")]])
    assert [(p.name, p.budget) for p in collector.of(Project)] == [
        ("一号", Decimal(120000)),
        ("二号", Decimal(120000)),
    ]
    assert [(i.project_name, i.value_text) for i in collector.of(Indicator)] == [("一号", "1个"), ("二号", "2个")]


def test_money_without_a_unit_is_null_and_reported(read_parts: Reader) -> None:
    collector = read_parts(
        ["1、电费绩效目标表", [["项目名称", "电费", "预算数", "12"], ["绩效目标", "供电", "", ""]]]
    )
    [project] = collector.of(Project)
    [finding] = collector.of(Finding)
    assert project.budget is None
    assert (finding.check, finding.subjects) == ("unit_missing", (project.id,))


def test_labels_not_known_do_not_spill_into_values(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "1、电费绩效目标表",
            [
                ["项目名称", "电费", "分管领导", "张三"],
                ["绩效目标", "供电", "", ""],
                HEADER,
                ["", "", "", "", "", ""],
            ],
        ]
    )
    assert [p.name for p in collector.of(Project)] == ["电费"]


def test_other_tables_are_left_alone(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "部门政府采购预算",
            [["项目名称", "预算资金", "采购物品名称"], ["会议费", "60", "服务器"]],
            "预算绩效信息见下",
            [["项目", "基本支出", "项目支出"], ["合计", "1", "2"]],
        ]
    )
    assert (collector.records, collector.taken) == ([], set())


def test_a_line_above_a_table_names_it_where_no_heading_does(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "第一部分 部门整体绩效目标",
            "二、项目绩效目标",
            "1.路灯维护费绩效目标",
            [["绩效目标", "亮灯"], HEADER, ["产出指标", "数量指标", "指标1：路灯", "", "≥9盏", ""]],
            "2.城市整体提升费",
            [["绩效目标", "美化"], HEADER, ["产出指标", "数量指标", "指标1：", "", "", "……"]],
        ]
    )
    assert [(p.number, p.name) for p in collector.of(Project)] == [(1, "路灯维护费"), (2, "城市整体提升费")]
    assert [(i.project_name, i.level3) for i in collector.of(Indicator)] == [("路灯维护费", "路灯")]


def test_a_project_whose_name_speaks_of_the_whole_is_a_project(read_parts: Reader) -> None:
    collector = read_parts(
        [
            "1、城市整体提升工程绩效目标表",
            [["绩效目标", "美化"], HEADER, ["产出指标", "数量指标", "路灯", "", "≥9盏", ""]],
        ]
    )
    assert [p.name for p in collector.of(Project)] == ["城市整体提升工程"]
    assert [i.scope for i in collector.of(Indicator)] == ["project"]


def test_unit_and_weight_columns_of_other_provinces(read_parts: Reader) -> None:
    collector = read_parts(
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
    assert [(i.value_text, i.operator, i.unit) for i in collector.of(Indicator)] == [
        ("≥10公里", ">=", "公里"),
        ("优", None, None),
        ("≥90%", ">=", "%"),
    ]
