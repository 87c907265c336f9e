"""Printed figures → exact yuan: what counts as a number, what as blank, what as neither."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.language.money import UNITS, is_amount, is_blank, number, unit_in, yuan

WAN = UNITS["万元"]
amounts = st.decimals(min_value=Decimal("-999999999"), max_value=Decimal("999999999"), places=2)
layout = st.sampled_from([" ", "\n", "\u3000", "\t", "\xa0"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15340.33", "15340.33"),
        ("1534 0.33", "15340.33"),
        ("925.7\n4", "925.74"),
        ("1,234,567.80", "1234567.80"),
        ("１２．５０", "12.50"),
        ("0", "0"),
        ("0.00", "0.00"),
        ("-3.2", "-3.2"),
        ("－3.2", "-3.2"),
        ("(3.20)", "-3.20"),
        ("（3.20）", "-3.20"),
        (".5", "0.5"),
        ("△28.40", "-28.40"),
        ("▲ 1,200.00", "-1200.00"),
        ("▼3", "-3"),
        ("–28.40", "-28.40"),
        ("—28.40", "-28.40"),
        ("负28.40", "-28.40"),
        ("¥44.80", "44.80"),
        ("-￥44.80", "-44.80"),
        ("￥-44.80", "-44.80"),
    ],
)
def test_a_printed_number_is_read_exactly(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "—",
        "——",
        "－",
        "/",
        "三",
        "见附件",
        "12.5%",
        "1,23",
        "1.2.3",
        "12-3",
        "(-3)",
        "(△3)",
        "-△3",
        "△",
        "负",
    ],
)
def test_what_is_no_number_is_none_never_zero(text: str) -> None:
    assert number(text) is None
    assert yuan(text, WAN) is None


@pytest.mark.parametrize("text", ["", "  ", "-", "——", "—", "/", "\n"])
def test_blanks_and_dashes_say_nothing(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", "0.00", "无", "**"])
def test_a_printed_zero_or_word_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@given(amounts)
def test_an_amount_survives_printing_with_and_without_thousands_commas(amount: Decimal) -> None:
    assert number(f"{amount:.2f}") == number(f"{amount:,.2f}") == amount


@given(amounts, st.data())
def test_white_space_of_wrapping_never_changes_a_number(amount: Decimal, data: st.DataObject) -> None:
    text = f"{amount:.2f}"
    cut = data.draw(st.integers(0, len(text)))
    assert number(text[:cut] + data.draw(layout) + text[cut:]) == amount


@given(amounts, st.sampled_from(sorted(UNITS)))
def test_a_unit_in_the_cell_goes_before_the_tables(amount: Decimal, unit: str) -> None:
    assert yuan(f"{amount:.2f}{unit}", WAN) == amount * UNITS[unit]


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_it_is_not(text: str) -> None:
    assert is_amount(text) == (yuan(text, WAN) is not None)


def test_without_a_unit_there_is_no_amount() -> None:
    assert yuan("12.5", None) is None
    assert yuan("12.5元", None) == Decimal("12.5")


def test_the_sign_of_the_currency_says_yuan_where_no_unit_does() -> None:
    assert yuan("¥12.5", None) == Decimal("12.5")
    assert yuan("¥12.5", WAN) == Decimal(125_000)
    assert yuan("￥12.5万元", None) == Decimal(125_000)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：万元", "万元"),
        ("单位 ： 万\n元", "万元"),
        ("金额单位:元", "元"),
        ("（单位：千元）", "千元"),
        ("价值（金额单位：万元）", "万元"),
        ("价 值 (金 额 单 位 : 万 元)", "万元"),
        ("预算数（亿元）", "亿元"),
        ("550 某某局 预算年度：2024 单位：万元", "万元"),
    ],
)
def test_the_unit_a_caption_states_is_found(text: str, unit: str) -> None:
    assert unit_in(text) == UNITS[unit]


@pytest.mark.parametrize("text", ["单位名称", "计量单位", "公元2024年", "项目支出1万元"])
def test_no_unit_is_guessed(text: str) -> None:
    assert unit_in(text) is None


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("壹仟贰佰捌拾陆.肆伍", "12864500"),
        ("-壹仟零伍", "-10050000"),
        ("壹亿贰仟万零叁拾", "1200000300000"),
        ("壹贰叁肆.伍", "12345000"),
        ("一千二百八十六.四五", "12864500"),
        ("〇.五", "5000"),
        ("零", "0"),
    ],
)
def test_an_amount_in_chinese_numerals_is_read(text: str, worth: str) -> None:
    assert yuan(text, UNITS["万元"]) == Decimal(worth)


@pytest.mark.parametrize(
    "text", ["一", "十一", "三千", "一.", "伍.", ".五", "陆家嘴", "一.五.二", "拾壹佰", "二〇二四"]
)
def test_a_word_or_a_marker_is_no_amount(text: str) -> None:
    assert yuan(text, UNITS["万元"]) is None
