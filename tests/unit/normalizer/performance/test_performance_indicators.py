"""Indicator rows: columns split or slipped, rows cut by pages, levels printed once."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from services.normalizer.recorder import ReaderResult
from shared.schemas.records import Indicator, Project

Reader = Callable[[Sequence[str | Sequence[Sequence[str]]]], ReaderResult]

HEADER = ["一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"]


def said(indicator: Indicator) -> tuple[str | None, ...]:
    return (indicator.level1, indicator.level2, indicator.level3, indicator.value_text)


def test_sign_number_and_unit_in_columns_of_their_own(read_parts: Reader) -> None:
    result = read_parts(
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
    assert not result.of(Project)
    assert [(i.scope, *said(i), i.operator, i.unit) for i in result.of(Indicator)] == [
        ("department", "部门产出", "数量", "调研", "≥2调研次数", ">=", "调研次数"),
        ("department", "部门产出", "质量", "粘合度", "对使用情况进行调研", None, None),
        ("department", "部门效果", "社会效益", "后进党组织减少", "=100%", "=", "%"),
    ]


def test_a_header_slipped_one_cell_to_the_right(read_parts: Reader) -> None:
    result = read_parts(
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
    assert [said(i) for i in result.of(Indicator)] == [
        ("产出指标", "数量指标", "补助个人数量", "≥5人"),
        ("效果指标", "社会效益指标", "保障水平", "保障良好"),
    ]


def test_a_row_cut_by_a_page_and_the_header_again(read_parts: Reader) -> None:
    result = read_parts(
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
    assert [(i.level3, i.value_text, i.basis) for i in result.of(Indicator)] == [
        ("印刷", "≥5份", "计划"),
        ("培训计划按期完成率(%)", "≥90%", "合同约定"),
        ("满意度", "≥95%", "问卷"),
    ]
    assert len(result.of(Project)) == 1


def test_a_level_name_cut_by_a_page(read_parts: Reader) -> None:
    result = read_parts(
        [
            "1、宣传经费绩效目标表",
            [HEADER, ["效益指标", "可持续影响", "对所", "对", "对所", "文件"]],
            [HEADER, ["", "指标", "在社区", "社区", "在社区的影响", ""]],
        ]
    )
    assert [said(i) for i in result.of(Indicator)] == [
        ("效益指标", "可持续影响指标", "对所在社区", "对所在社区的影响")
    ]


def test_the_last_digits_of_a_value_cut_by_a_page(read_parts: Reader) -> None:
    result = read_parts(
        [
            "1、宣传经费绩效目标表",
            [
                HEADER,
                ["产出指标", "数量指标", "印刷", "数量", "≥5份", "计划"],
                ["", "质量指标", "培训计划按期", "情况", "≥10", "计划"],
            ],
            [HEADER, ["", "", "完成率", "", "0%", ""]],
        ]
    )
    assert [(i.level3, i.value, i.unit) for i in result.of(Indicator)] == [
        ("印刷", Decimal(5), "份"),
        ("培训计划按期完成率", Decimal(100), "%"),
    ]


def test_rows_that_leave_the_second_level_blank_are_rows_of_their_own(read_parts: Reader) -> None:
    result = read_parts(
        [
            "1、宣传经费绩效目标表",
            [
                HEADER,
                ["产出指标", "数量指标", "印刷", "数量", "≥5份", "计划"],
                ["", "", "张贴", "数量", "≥9份", "计划"],
            ],
        ]
    )
    assert [said(i) for i in result.of(Indicator)] == [
        ("产出指标", "数量指标", "印刷", "≥5份"),
        ("产出指标", "数量指标", "张贴", "≥9份"),
    ]


def test_two_indicators_over_a_page_stay_two(read_parts: Reader) -> None:
    result = read_parts(
        [
            "1、培训经费绩效目标表",
            [
                HEADER,
                ["产出指标", "数量指标", "服务村庄个数", "个数", "≥71个", "文件"],
            ],
            [
                HEADER,
                ["", "", "培训人员数量", "人数", "588人", "文件"],
                ["", "质量指标", "合格率", "比率", "≥95%", "标准"],
            ],
        ]
    )
    assert [(i.level3, i.value) for i in result.of(Indicator)] == [
        ("服务村庄个数", 71),
        ("培训人员数量", 588),
        ("合格率", 95),
    ]


def test_a_row_without_a_value_is_no_part_of_the_row_above(read_parts: Reader) -> None:
    result = read_parts(
        [
            "1、宣传经费绩效目标表",
            [
                HEADER,
                ["产出指标", "数量指标", "印刷", "数量", "≥5份", "计划"],
                ["", "", "张贴", "数量", "", "计划"],
            ],
        ]
    )
    assert [(i.level3, i.value_text) for i in result.of(Indicator)] == [("印刷", "≥5份"), ("张贴", None)]


def test_a_form_cut_between_months_and_percentages(read_parts: Reader) -> None:
    result = read_parts(
        [
            "1、河道治理绩效目标表",
            [
                ["预算规模及资金用途", "预算数", "50.00", "<", "<"],
                ["^", "用于治理。", "<", "<", "<"],
                ["", "3月底", "6月底", "10月底", "12月底"],
                ["资金支出计划（%）", "25%", "50%", "75%", "100%"],
                ["绩效目标", "治理", "<", "<", "<"],
            ],
        ]
    )
    [project] = result.of(Project)
    assert (project.purpose, project.schedule) == ("用于治理。", (25, 50, 75, 100))
