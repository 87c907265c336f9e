"""A whole consistent disclosure in every format: all its figures, and nothing to complain of."""

from collections.abc import Callable, Sequence

import pytest

from tests.variants.variants_department import TRUTH, Sheet, as_cells, as_docx, as_html, as_tabs, as_xlsx
from tests.variants.variants_hebei import whole_budget
from tests.variants.variants_pdf import as_pdf
from tests.variants.variants_reading import read

FORMATS = [as_tabs, as_cells, as_html, as_docx, as_xlsx, as_pdf]
Write = Callable[[Sequence[Sheet]], bytes]

FACTS = {
    "income_total": "1234.56",
    "income_general_public_budget": "1180",
    "income_government_fund": "30",
    "income_fiscal_account": "10",
    "income_other": "4.56",
    "income_carryover": "10",
    "expenditure_total": "1234.56",
    "expenditure_basic": "604.56",
    "expenditure_personnel": "540",
    "expenditure_public_use": "64.56",
    "expenditure_project": "630",
    "change_total": "-100.44",
    "change_basic": "20.56",
    "change_project": "-121",
    "agency_operating_funds": "40",
    "three_public_total": "5",
    "three_public_change": "-1.5",
    "three_public_overseas": "0",
    "three_public_vehicle": "4",
    "three_public_vehicle_purchase": "0",
    "three_public_vehicle_operation": "4",
    "three_public_reception": "1",
    "procurement_total": "50",
    "fixed_assets_year_end 2022": "321.45",
    "fixed_assets_planned": "2",
}


@pytest.mark.parametrize("write", FORMATS)
def test_a_consistent_budget_is_read_whole_and_nothing_complained_of(write: Write) -> None:
    reading = read(write(whole_budget()))
    disclosure = reading.disclosure
    assert (disclosure.department, disclosure.department_code) == ("青石县水务局", "306")
    assert (disclosure.fiscal_year, disclosure.kind) == (2023, "department_budget")
    assert {table: reading.lines(table) for table in TRUTH} == TRUTH
    assert reading.facts == FACTS
    assert not reading.complaints
    assert not reading.unread


@pytest.mark.parametrize("write", FORMATS)
def test_sides_numbers_and_the_small_tables_are_kept(write: Write) -> None:
    reading = read(write(whole_budget()))
    lines = reading.said("budget_line", "table", "line_no", "side", "name", "column", "amount")
    assert ("balance", 6, "expenditure", "农林水支出", "budget", "11145600") in lines
    assert ("appropriation_balance", 6, "expenditure", "本年支出合计", "government_fund", "300000") in lines
    assert ("income", 5, None, "农林水支出", "fiscal_appropriation", "10900000") in lines
    assert ("three_public", 5, None, "公务用车运行维护费", "general_public_budget", "40000") in lines
    assert reading.said(
        "procurement_line", "line_type", "project", "item", "quantity", "total", "sme_reserved"
    ) == [
        ("total", None, None, None, "500000", "300000"),
        ("subtotal", None, None, None, "500000", "300000"),
        ("item", "河道治理工程", "测绘服务", "1", "200000", "0"),
        ("item", "河道治理工程", "工程监理", "2", "200000", "200000"),
        ("item", "公用经费", "台式计算机", "20", "100000", "100000"),
    ]
    assert reading.said("asset", "category", "quantity", "value")[:3] == [
        ("资产总额", None, "3214500"),
        ("房屋（平方米）", "1500", "2000000"),
        ("办公用房（平方米）", "1200", "1600000"),
    ]


@pytest.mark.parametrize("write", FORMATS)
def test_one_wrong_figure_is_found_where_it_is(write: Write) -> None:
    sheets = whole_budget()
    titles, rows = sheets[6]
    wrong = [["1,234.65" if cell == "1,234.56" else cell for cell in row] for row in rows]
    reading = read(write([*sheets[:6], (titles, wrong), *sheets[7:]]))
    assert reading.complaints
    assert all("1234.65" in each for each in reading.complaints)
