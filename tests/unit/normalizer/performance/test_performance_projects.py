"""The layouts in which departments print a project: headings, forms, goals, and tables that are none."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.normalizer.recorder import ReaderResult
from shared.schemas.records import Finding, Indicator, Project

Reader = Callable[[Sequence[str | Sequence[Sequence[str]]]], ReaderResult]

HEADER = ["一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"]


def said(indicator: Indicator) -> tuple[str | None, ...]:
    return (indicator.level1, indicator.level2, indicator.level3, indicator.value_text)


def test_a_form_and_its_indicators_in_one_table(read_parts: Reader) -> None:
    result = read_parts(
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
    [project] = result.of(Project)
    assert (project.number, project.name) == (3, "运转保障-办公区电费")
    assert (project.code, project.budget, project.other_funds) == (
        "13040624P00579710026C",
        Decimal("3680000"),
        None,
    )
    assert project.purpose == "用于各办公区电力供应。"
    assert project.schedule == (Decimal(25), Decimal(50), Decimal(75), Decimal(100))
    assert project.goals == ("保障用电。", "节约用电。")
    assert [said(i) for i in result.of(Indicator)] == [
        ("产出指标", "数量指标", "保障用电办公区数量", "4个办公区"),
        ("产出指标", "质量指标", "电路安全合格率", "≥95%"),
    ]
    assert {(i.project_number, i.project_name) for i in result.of(Indicator)} == {(3, "运转保障-办公区电费")}
    assert result.taken == {0, 1, 2}


def test_form_and_indicators_in_two_tables_with_the_unit_in_a_row(read_parts: Reader) -> None:
    result = read_parts(
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
    [project] = result.of(Project)
    assert (project.unit_code, project.unit_name) == ("203001", "中共某某区委组织部本级")
    assert (project.budget, project.purpose) == (Decimal("390000"), "用于驻村")
    assert project.schedule == (None, Decimal(50), None, Decimal(100))
    assert [i.project_name for i in result.of(Indicator)] == ["驻村工作队结转经费"]


def test_labels_of_money_that_a_narrow_cell_cuts_off_are_known(read_parts: Reader) -> None:
    result = read_parts(
        [
            "1.河道清淤绩效目标表",
            "单位：万元",
            [
                ["项目编码", "13020925P00155810003E", "<", "项目名称", "河道清淤", "<"],
                ["预算规模及资", "预算数", "520.00", "其中：财政资", "500.00", "其他资", "20.00"],
                ["资金支出计划", "3月底", "6月底", "10月底", "12月底", "<"],
                ["^", "", "50%", "", "100%", "<"],
                ["绩效目标", "1.清淤12公里", "<", "<", "<", "<"],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.fiscal_funds, project.other_funds) == (Decimal(5_000_000), Decimal(200_000))


def test_goals_and_indicators_only_take_the_name_from_the_heading(read_parts: Reader) -> None:
    result = read_parts(
        [
            "第二部分 预算项目绩效目标",
            "101、冀财行[2019]31号提前下达补助经费的通知绩效目标表",
            [["绩效目标", "1.甲"], HEADER, ["产出指标", "数量指标", "人数", "", "≤6人", "——"]],
            "2.2021年村级组织运转经费绩效目标表",
            [["绩效目标", "乙"], HEADER, ["产出指标", "数量指标", "", "", "", ""]],
        ]
    )
    assert [(p.number, p.name, p.goals) for p in result.of(Project)] == [
        (101, "冀财行[2019]31号提前下达补助经费的通知", ("甲",)),
        (2, "2021年村级组织运转经费", ("乙",)),
    ]
    [indicator] = result.of(Indicator)
    assert (indicator.description, indicator.basis) == (None, None)


def test_a_heading_broken_in_two_is_one(read_parts: Reader) -> None:
    result = read_parts(
        [
            "1、社区经费绩效目标表",
            [["绩效目标", "甲"], HEADER, ["产出指标", "数量指标", "班次", "", "3次", ""]],
            "2、社区工作、社区党建和社区居民委员会人员培训",
            "经费绩效目标表",
            [["绩效目标", "乙"], HEADER, ["产出指标", "数量指标", "班次", "", "4次", ""]],
        ]
    )
    assert [(p.number, p.name) for p in result.of(Project)] == [
        (1, "社区经费"),
        (2, "社区工作、社区党建和社区居民委员会人员培训经费"),
    ]


def test_money_without_a_unit_is_null_and_reported(read_parts: Reader) -> None:
    result = read_parts(
        ["1、电费绩效目标表", [["项目名称", "电费", "预算数", "12"], ["绩效目标", "供电", "", ""]]]
    )
    [project] = result.of(Project)
    [finding] = result.of(Finding)
    assert project.budget is None
    assert (finding.check, finding.subjects) == ("unit_missing", (project.id,))


def test_labels_not_known_do_not_spill_into_values(read_parts: Reader) -> None:
    result = read_parts(
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
    assert [p.name for p in result.of(Project)] == ["电费"]


def test_other_tables_are_left_alone(read_parts: Reader) -> None:
    result = read_parts(
        [
            "部门政府采购预算",
            [["项目名称", "预算资金", "采购物品名称"], ["会议费", "60", "服务器"]],
            "预算绩效信息见下",
            [["项目", "基本支出", "项目支出"], ["合计", "1", "2"]],
        ]
    )
    assert (result.records, result.taken) == ((), frozenset())


def test_a_line_above_a_table_names_it_where_no_heading_does(read_parts: Reader) -> None:
    result = read_parts(
        [
            "第一部分 部门整体绩效目标",
            "二、项目绩效目标",
            "1.路灯维护费绩效目标",
            [["绩效目标", "亮灯"], HEADER, ["产出指标", "数量指标", "指标1：路灯", "", "≥9盏", ""]],
            "2.城市整体提升费",
            [["绩效目标", "美化"], HEADER, ["产出指标", "数量指标", "指标1：", "", "", "……"]],
        ]
    )
    assert [(p.number, p.name) for p in result.of(Project)] == [(1, "路灯维护费"), (2, "城市整体提升费")]
    assert [(i.project_name, i.level3) for i in result.of(Indicator)] == [("路灯维护费", "路灯")]


def test_a_project_whose_name_speaks_of_the_whole_is_a_project(read_parts: Reader) -> None:
    result = read_parts(
        [
            "1、城市整体提升工程绩效目标表",
            [["绩效目标", "美化"], HEADER, ["产出指标", "数量指标", "路灯", "", "≥9盏", ""]],
        ]
    )
    assert [p.name for p in result.of(Project)] == ["城市整体提升工程"]
    assert [i.scope for i in result.of(Indicator)] == ["project"]


WORDS = st.sampled_from(
    [
        "", "<", "^", *HEADER, "符号", "值", "单位", "项目名称", "项目编码", "预算数", "其中：财政资金",
        "其他资金", "绩效目标", "资金支出计划（%）", "3月底", "12月底", "25%", "≥90%", "12.50", "1.甲2.乙",
        "产出指标", "数量指标", "满意", "单位：万元", "203001某局", "一、项目绩效目标表", "部门整体支出绩效目标表",
        "预算规模及资金用途",
        "指标", "——", "\n", "项目名称：修渠", "年初预算数", "全年执行数", "执行率", "得分", "合计", "总额",
        "项目归口", "单位名称、项目名称", "13010123P00110110001A-修渠", "实际完成情况", "长期绩效指标", "100.00%",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.text(max_size=20) | WORDS | st.lists(st.lists(WORDS, min_size=1, max_size=7), min_size=1))
)
def test_any_rows_of_such_words_are_read_or_left(read_parts: Reader, parts: list[str | list[list[str]]]) -> None:
    result = read_parts(parts)
    for indicator in result.of(Indicator):
        assert indicator.level3 or indicator.description or indicator.value_text or indicator.basis
    assert len({record.id for record in result.records}) == len(result.records)


def test_a_table_without_a_name_is_read_and_reported(read_parts: Reader) -> None:
    result = read_parts([[["绩效目标", "修路"], HEADER, ["产出指标", "数量指标", "里程", "", "≥9公里", ""]]])
    assert [p.goals for p in result.of(Project)] == [("修路",)]
    assert [f.check for f in result.of(Finding)] == ["unread_project_name"]
