"""What number formats print, as Excel does."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.xlsx.number_formats import date_text, number_text, text_text

ACCOUNTS = '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("value", "code", "printed"),
    [
        ("12864500", "0!.0000", "1286.4500"),
        ("5000", "0!.0000", "0.5000"),
        ("20128645", '0!.0,"万"', "2012.9万"),
        ("1234567.8", "#,##0,", "1,235"),
        ("12345678", "0.00,,", "12.35"),
        ("1286.45", ACCOUNTS, "1,286.45"),
        ("0", ACCOUNTS, "-"),
        ("-5", ACCOUNTS, "-5.00"),
        ("0", "#,##0.00;-#,##0.00;;@", ""),
        ("-1286.455", "#,##0.00;-#,##0.00", "-1,286.46"),
        ("-3", "0.00_);(0.00)", "(3.00)"),
        ("-0.001", "0.00", "0.00"),
        ("0.95", "\\≥0%", "≥95%"),
        ("36000", "≥0人", "≥36000人"),
        ("43.33", '"≤"0.00"万元"', "≤43.33万元"),
        ("12", '[>=10]"多"0;[<10]"少"0', "多12"),
        ("3", '[>=10]"多"0;[<10]"少"0', "少3"),
        ("1.5", 'General"个"', "1.5个"),
        ("1234.5", "[$¥-804]#,##0.00", "¥1,234.50"),
        ("12.5", "0.0#", "12.5"),
        ("5", "000", "005"),
        ("208", "@", "208"),
        ("1286.45", "[DBNum1]General", "一千二百八十六.四五"),
        ("100010", "[DBNum1][$-804]G/通用格式", "一十万〇一十"),
        ("1286.45", "[DBNum1]0.00", "一二八六.四五"),
        ("-1005", "[DBNum2]General", "-壹仟零伍"),
        ("120000000", '[DBNum2][$-804]General"元整"', "壹亿贰仟万元整"),
        ("1234", "[DBNum2][$-804]0", "壹贰叁肆"),
        ("20", "[DBNum2]", "贰拾"),
        ("0", "[DBNum2]General", "零"),
        ("1286.5", "[DBNum3]#,##0.00", "１,２８６.５０"),
    ],
)
def test_a_number_is_printed_as_its_format_says(value: str, code: str, printed: str) -> None:
    assert number_text(Decimal(value), code) == printed


@pytest.mark.parametrize("code", ["# ?/?", "0.00E+00", "yyyy-mm-dd", "[>100]0"])
def test_a_format_that_is_not_known_prints_nothing(code: str) -> None:
    assert number_text(Decimal("12.5"), code) is None


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ('yyyy"年"m"月"d"日"', "2024年10月31日"),
        ('yyyy"年"m"月"', "2024年10月"),
        ("yyyy/mm/dd hh:mm", "2024/10/31 09:05"),
        ("[DBNum1]yyyy年m月d日", "二〇二四年十月三十一日"),
        ("[DBNum2]yyyy年m月d日", "贰零贰肆年壹拾月叁拾壹日"),
        ("aaaa", "星期四"),
    ],
)
def test_a_date_is_printed_as_its_format_says(code: str, printed: str) -> None:
    assert date_text(datetime.fromisoformat("2024-10-31T09:05"), code) == printed


def test_a_text_stands_where_its_section_puts_it() -> None:
    assert text_text("合计", '0;-0;0;"※"@') == "※合计"
    assert text_text("合计", "0.00") == "合计"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=2))
def test_plain_formats_lose_no_digit(value: Decimal) -> None:
    printed = number_text(value, "#,##0.00")
    assert printed is not None
    assert Decimal(printed.replace(",", "")) == value


@given(st.text(alphabet='0#?.,%;"[]\\!_*@-万元年GEe+/ymdhs<>=10 ', max_size=24))
def test_any_code_ends(code: str) -> None:
    for value in (Decimal(0), Decimal("-12.5"), Decimal("98765432.1")):
        assert number_text(value, code) is None or isinstance(number_text(value, code), str)
    text_text("合计", code)
    date_text(datetime.fromisoformat("2024-01-02"), code)
