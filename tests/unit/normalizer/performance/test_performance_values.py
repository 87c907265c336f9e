"""What a reader of indicators expects of a value cell."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.readers.performance.values import read_value
from services.normalizer.readers.performance.vocabulary import Operator


@pytest.mark.parametrize(
    ("text", "operator", "number", "unit"),
    [
        ("≥90%", ">=", "90", "%"),
        ("≥90百分比", ">=", "90", "%"),
        ("≥90 百 分数", ">=", "90", "%"),
        ("≥90百分之", ">=", "90", "%"),
        ("＞９０％", ">", "90", "%"),
        ("﹥90%", ">", "90", "%"),
        (">=90%", ">=", "90", "%"),
        ("=100%", "=", "100", "%"),
        ("100%", "=", "100", "%"),
        ("百分之九十五", None, None, None),
        ("百分之95以上", ">=", "95", "%"),
        ("≤400元/人", "<=", "400", "元/人"),
        ("≥7500元/人/年", ">=", "7500", "元/人/年"),
        ("149个", "=", "149", "个"),
        ("0.24万元", "=", "0.24", "万元"),
        ("≤500万", "<=", "500", "万"),
        ("<350个", "<", "350", "个"),
        ("不低于95%", ">=", "95", "%"),
        ("不超过5万元", "<=", "5", "万元"),
        ("大于等于3人", ">=", "3", "人"),
        ("大于3人", ">", "3", "人"),
        ("5万元以内", "<=", "5", "万元"),
        ("90%及以上", ">=", "90", "%"),
        ("90%（含）以上", ">=", "90", "%"),
        ("达到90%以上", ">=", "90", "%"),
        ("30日内", "<=", "30", "日"),
        ("1,500人", "=", "1500", "人"),
        ("≥95", ">=", "95", None),
        ("≥0.5.", ">=", "0.5", None),
        ("2辆（台）", "=", "2", "辆（台）"),
        ("62387.95 平方米", "=", "62387.95", "平方米"),
        ("≥2调研次数", ">=", "2", "调研次数"),
        ("1年", "=", "1", "年"),
        ("≤9月", "<=", "9", "月"),
    ],
)
def test_a_measurable_value_is_split(
    text: str, operator: Operator | None, number: str | None, unit: str | None
) -> None:
    value = read_value(text)
    assert (value.operator, value.number, value.unit) == (
        operator,
        None if number is None else Decimal(number),
        unit,
    )


@pytest.mark.parametrize(
    "text",
    [
        "有效激发", "及时", "是/否", "（是/否）", "每年11月15日", "2024年12月31日前", "2024年", "2024年完成",
        "12月底前完成", "11月", "90%-95%", "3-5次", "0新区环境稳定", "书号每个35000元", "100%完成",
        "补助1007家庭户，补助1630名被征地农民",
    ],
)  # fmt: skip
def test_words_dates_and_ranges_stay_text(text: str) -> None:
    value = read_value(text)
    assert (value.text, value.operator, value.number, value.unit) == (text, None, None, None)


def test_a_unit_alone_has_no_number() -> None:
    value = read_value("百分比")
    assert (value.operator, value.number, value.unit) == (None, None, "%")


@given(
    st.text(max_size=80) | st.text(alphabet="≥≤><=0123456789.,%％万元个年月百分比以上内 不低于-（）", max_size=20)
)
def test_any_text_is_kept_as_it_came(text: str) -> None:
    value = read_value(text)
    assert (value.text or "") == text
    assert value.number is None or value.operator is not None
