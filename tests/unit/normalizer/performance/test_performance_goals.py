"""The goals of 分项绩效目标, in the ways departments number and label them."""

from collections.abc import Callable, Sequence

from services.normalizer.recorder import ReaderResult
from shared.schemas.records import Goal

Reader = Callable[[Sequence[str | Sequence[Sequence[str]]]], ReaderResult]


def told(result: ReaderResult) -> list[tuple[int | None, str, str | None, str | None]]:
    return [(goal.number, goal.title, goal.goal, goal.indicators) for goal in result.of(Goal)]


def test_labelled_paragraphs(read_parts: Reader) -> None:
    result = read_parts(
        [
            "(一)总体绩效目标",
            "1、事务局",
            "(二) 分项绩效目标：",
            "1、加强机关事务管理",
            "绩效目标：一是推进节能；二是做好公务用车管理。",
            "绩效指标：运转率 95%以上，通过检查对重点工作中存",
            "在的问题进行整改。",
            "2、综合服务",
            "绩效目标：畅通。",
            "绩效指标：资料征集完成率 $\\geq 85\\%$ 。",
            "(三) 工作保障措施",
            "3、完善制度建设",
        ]
    )
    assert told(result) == [
        (
            1,
            "加强机关事务管理",
            "一是推进节能；二是做好公务用车管理。",
            "运转率95%以上，通过检查对重点工作中存在的问题进行整改。",
        ),
        (2, "综合服务", "畅通。", "资料征集完成率≥85%。"),
    ]
    assert result.taken == {3, 4, 5, 6, 7, 8, 9}


def test_titles_with_plain_text_and_lists_inside(read_parts: Reader) -> None:
    result = read_parts(
        [
            "（二）分项绩效目标",
            "职责分类绩效目标：",
            "1、就业政策",
            "促进再就业。",
            "2、综合治理",
            "防范管理",
            "（1）防范工作",
            "①了解动向。",
            "（三）扫黑除恶协调",
        ]
    )
    assert told(result) == [
        (1, "就业政策", "促进再就业。", None),
        (2, "综合治理", "防范管理（1）防范工作①了解动向。", None),
    ]


def test_chinese_numerals_under_a_numbered_section(read_parts: Reader) -> None:
    result = read_parts(
        [
            "二、分项绩效目标",
            "（一）政治建设",
            "绩效目标：武装思想。",
            "（二）队伍建设",
            "绩效目标：培训。绩效指标：培训5次。",
            "三、工作保障措施",
            "（三）加强监督",
        ]
    )
    assert told(result) == [(1, "政治建设", "武装思想。", None), (2, "队伍建设", "培训。", "培训5次。")]


def test_title_and_text_in_one_paragraph(read_parts: Reader) -> None:
    result = read_parts(
        ["分项绩效目标", "1.干部管理：落实政策，做好服务。", "2.人才工作。引进人才。", "部门整体支出绩效指标"]
    )
    assert told(result) == [
        (1, "干部管理", "落实政策，做好服务。", None),
        (2, "人才工作", "引进人才。", None),
    ]


def test_a_table_of_contents_is_no_section(read_parts: Reader) -> None:
    result = read_parts(["目录", "（二）分项绩效目标......3", "（三）工作保障措施......4", "1、制度"])
    assert told(result) == []
