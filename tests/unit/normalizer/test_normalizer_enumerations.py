"""Lists in a cell come apart where their author numbered them, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.language.enumerations import split_list


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1.甲\n2.乙\n3.丙", ["甲", "乙", "丙"]),
        ("1、甲。 2、投入12.5万元 3、丙", ["甲。", "投入12.5万元", "丙"]),
        ("1.1.通过甲。2.通过乙", ["通过甲。", "通过乙"]),
        ("1.2023年-2024年机构改革", ["2023年-2024年机构改革"]),
        ("1.5万元用于维修", ["1.5万元用于维修"]),
        ("（1）甲；（2）乙", ["甲；", "乙"]),
        ("1、装订整齐2、建立档案3、合计1.5万元", ["装订整齐", "建立档案", "合计1.5万元"]),
        ("①甲②乙", ["甲", "乙"]),
        ("一、甲\n二、乙", ["甲", "乙"]),
        ("目标1：甲\n目标2：乙", ["甲", "乙"]),
        ("<p>1.甲</p> <p>2.乙</p>", ["甲", "乙"]),
        ("甲。\n乙；\n丙", ["甲。", "乙；", "丙"]),
        ("按年初计划安排\n完成工作", ["按年初计划安排\n完成工作"]),
        ("", []),
    ],
)
def test_a_list_is_split_at_its_markers(text: str, items: list[str]) -> None:
    assert split_list(text) == items


@given(st.lists(st.text(alphabet="工作完成及时，保障", min_size=1, max_size=10), min_size=1, max_size=30))
def test_what_was_numbered_comes_back(goals: list[str]) -> None:
    text = "\n".join(f"{number}.{goal}" for number, goal in enumerate(goals, 1))
    assert split_list(text) == goals


@given(st.text(max_size=200))
def test_any_text_gives_items_without_blanks(text: str) -> None:
    assert all(split_list(text)) or not text.strip()
