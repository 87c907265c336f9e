"""Text as published, less layout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.language.text import code, joined, label, name, squeezed, without_marker

chinese = st.text(alphabet="中国县预算公开支出，。（）《》“”0123456789.ABab≥% ", max_size=40)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("维修 (护)费", "维修(护)费"),
        ("一般公共服务\n支出", "一般公共服务支出"),
        ("泉头办公区 5 号楼", "泉头办公区5号楼"),
        ("合　　计", "合计"),
        ("925.7\n4", "925.74"),
        ("Windows 10\nPro", "Windows 10 Pro"),
        (r"完成率 $\geq 85\%$ ；反映", "完成率≥85%；反映"),
        (r"$\leq 2$ 个工作日", "≤2个工作日"),
        ("**财政拨款收入**：指", "财政拨款收入：指"),
        ("项目\u200b名称", "项目名称"),
        ("价格$5", "价格$5"),
        ("建设**数量", "建设**数量"),
    ],
)
def test_layout_goes_and_nothing_else(text: str, plain: str) -> None:
    assert joined(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("一、一般公共预算拨款收入", "一般公共预算拨款收入"),
        ("（一）其中：办公用房", "办公用房"),
        ("其中：公务用车购置费", "公务用车购置费"),
        ("1.激发热情", "激发热情"),
        ("- 1、事业收入", "事业收入"),
        ("①组织协调", "组织协调"),
        ("二十三、灾害防治及应急管理支出", "灾害防治及应急管理支出"),
        ("1.5吨以上车辆", "1.5吨以上车辆"),
        ("2024年经费", "2024年经费"),
        ("一般公共服务支出", "一般公共服务支出"),
        ("一、", "一、"),
    ],
)
def test_a_list_marker_goes_a_number_stays(text: str, plain: str) -> None:
    assert name(text) == plain


def test_codes_are_in_one_piece() -> None:
    assert code("2010\n301") == "2010301"
    assert code("Ａ0201 0105") == "A02010105"


@given(chinese)
def test_joining_twice_changes_nothing(text: str) -> None:
    assert joined(joined(text)) == joined(text)


@given(st.text(max_size=60))
def test_nothing_but_white_space_and_residue_is_lost(text: str) -> None:
    assert "\n" not in joined(text)
    assert not joined(text).startswith(" ")
    if not set(text) & set("$\\*"):
        assert set(squeezed(text)) <= set(joined(text))


@given(chinese)
def test_markers_never_eat_the_whole_text(text: str) -> None:
    assert bool(without_marker(joined(text))) == bool(joined(text))


def test_labels_compare_across_widths() -> None:
    assert label("价值（金额单位：万元）") == label("价 值 (金额单位:万元)")
