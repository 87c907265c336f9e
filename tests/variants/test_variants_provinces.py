"""Tables of a department as further provinces print them, in every format."""

from collections.abc import Callable, Sequence

import pytest

from tests.variants.variants_department import LEFT, UP, Rows, Sheet, as_cells, as_docx, as_html, as_tabs, as_xlsx
from tests.variants.variants_reading import Reading, read

Write = Callable[[Sequence[Sheet]], bytes]
every_format = pytest.mark.parametrize("write", [as_tabs, as_cells, as_html, as_docx, as_xlsx])
TITLE: Sheet = (["青石县水务局2023年部门预算公开"], [])


def reading_of(write: Write, title: str, rows: Rows, unit: str = "单位：万元") -> Reading:
    return read(write([TITLE, ([title, unit], rows)]))


ECONOMIES = [
    ["合计", "", "", "", "80.00", "60.00", "20.00"],
    ["301", "工资福利支出", "501", "机关工资福利支出", "60.00", "60.00", ""],
    ["30101", "基本工资", "50101", "工资奖金津补贴", "60.00", "60.00", ""],
    ["302", "商品和服务支出", "502", "机关商品和服务支出", "20.00", "", "20.00"],
    ["30201", "办公费", "50201", "办公经费", "20.00", "", "20.00"],
]


@every_format
def test_two_economic_classifications_beside_each_other_name_one_row(write: Write) -> None:
    names = [f"{whose}支出经济科目{what}" for whose in ("部门预算", "政府预算") for what in ("编码", "名称")]
    rows = [[*names, "合计", "人员经费", "公用经费"], *ECONOMIES]
    reading = reading_of(write, "一般公共预算基本支出情况表（按支出经济分类科目）", rows)
    assert reading.tables == {"general_budget_basic_expenditure"}
    lines = reading.lines("general_budget_basic_expenditure")
    assert {(code, name) for code, name, _, _ in lines} == {
        (None, "合计"),
        ("301", "工资福利支出"),
        ("30101", "基本工资"),
        ("302", "商品和服务支出"),
        ("30201", "办公费"),
    }
    assert not reading.complaints


@every_format
def test_a_balance_in_three_classifications_keeps_the_governments_own_rows(write: Write) -> None:
    rows = [
        ["收入", LEFT, "支出", LEFT, LEFT, LEFT, LEFT, LEFT],
        [
            "项目", "预算数", "支出功能分科目（按大类）", "预算数", "部门预算支出经济分类科目（按大类）", "预算数",
            "政府预算支出经济分类科目（按大类）", "预算数",
        ],
        ["财政拨款", "80.00", "农林水支出", "80.00", "工资福利支出", "60.00", "机关工资福利支出", "60.00"],
        ["", "", "", "", "商品和服务支出", "20.00", "机关商品和服务支出", "20.00"],
        ["收入总计", "80.00", "支出总计", "80.00", "支出总计", "80.00", "支出总计", "80.00"],
    ]  # fmt: skip
    reading = reading_of(write, "部门综合预算收支总表", rows)
    assert {("机关工资福利支出", "60"), ("商品和服务支出", "20"), ("机关商品和服务支出", "20")} < reading.amounts(
        "balance"
    )
    assert not reading.complaints


@every_format
def test_accounts_by_function_with_classes_by_nature_as_columns_are_read(write: Write) -> None:
    rows = [
        ["科目编码", "科目名称", "总计", "机关工资福利支出", "机关商品和服务支出"],
        ["213", "农林水支出", "80.00", "60.00", "20.00"],
        ["21303", "水利", "80.00", "60.00", "20.00"],
        ["2130301", "行政运行", "80.00", "60.00", "20.00"],
        ["合计", "", "80.00", "60.00", "20.00"],
    ]
    reading = reading_of(write, "支出预算分类汇总表（按政府预算经济分类）", rows)
    assert ("行政运行", "60") in reading.amounts("government_economic_expenditure")
    assert not reading.complaints


@every_format
def test_basic_expenditure_of_all_funds_is_not_that_of_the_general_budget(write: Write) -> None:
    rows = [
        ["支出项目类别", "总计", "财政拨款", LEFT, LEFT, "其他资金"],
        [UP, UP, "合计", "一般公共预算", "政府性基金预算", UP],
        ["合计", "85.00", "80.00", "80.00", "", "5.00"],
        ["工资和福利支出", "60.00", "60.00", "60.00", "", ""],
        ["商品和服务支出", "25.00", "20.00", "20.00", "", "5.00"],
    ]
    reading = reading_of(write, "部门预算基本支出预算表", rows)
    assert not reading.tables
    assert "unread_table" in reading.unread


@every_format
@pytest.mark.parametrize(
    ("labels", "amounts", "columns"),
    [
        (
            ["合计", "基本支出", "工资福利支出", "对个人和家庭的补助", "公用经费", "项目支出"],
            ["110.00", "80.00", "55.00", "5.00", "20.00", "30.00"],
            {"total", "basic", "wages", "subsidies_to_persons", "public_use", "project"},
        ),
        (
            ["合计", "人员经费支出", "公用经费支出", "专项业务经费支出"],
            ["110.00", "60.00", "20.00", "30.00"],
            {"total", "personnel", "public_use", "project"},
        ),
        (
            ["上年年初预算数", "本年年初预算数", "比上年增减（%）", "其中：基本支出", "项目支出"],
            ["100.00", "110.00", "10.00", "80.00", "30.00"],
            {"total", "basic", "project"},
        ),
    ],
)
def test_expenditure_split_in_other_ways_adds_up(
    labels: list[str], amounts: list[str], columns: set[str], write: Write
) -> None:
    rows = [
        ["科目编码", "单位（科目名称）", *labels],
        ["", "合计", *amounts],
        ["213", "农林水支出", *amounts],
        ["21303", "水利", *amounts],
    ]
    reading = reading_of(write, "一般公共预算支出表", rows)
    lines = reading.lines("general_budget_expenditure")
    assert {column for _, _, column, _ in lines} == columns
    assert {(code, name) for code, name, _, _ in lines} == {
        (None, "合计"),
        ("213", "农林水支出"),
        ("21303", "水利"),
    }
    assert not reading.complaints


@every_format
def test_expenditure_by_fund_and_within_it_by_kind(write: Write) -> None:
    rows = [
        ["科目编码", "科目名称（类/款/项）", "合计", "一般公共预算", LEFT, LEFT, "政府性基金预算", "单位资金"],
        [UP, UP, UP, "小计", "基本支出", "项目支出", UP, UP],
        ["213", "农林水支出", "115.00", "110.00", "80.00", "30.00", "", "5.00"],
        ["2130301", "行政运行", "115.00", "110.00", "80.00", "30.00", "", "5.00"],
        ["合计", LEFT, "115.00", "110.00", "80.00", "30.00", "", "5.00"],
    ]
    reading = reading_of(write, "部门支出预算表", rows)
    assert {column for _, _, column, _ in reading.lines("expenditure")} == {
        "total", "general_public_budget", "general_public_budget_basic", "general_public_budget_project",
        "unit_funds",
    }  # fmt: skip
    assert not reading.unread
    assert not reading.complaints


@every_format
def test_a_group_of_two_digits_among_whole_codes_stands_under_its_class(write: Write) -> None:
    rows = [
        ["支出功能分类科目", LEFT, "合计", "基本支出", "项目支出"],
        ["科目编码", "科目名称", UP, UP, UP],
        ["213", "农林水支出", "80.00", "80.00", ""],
        ["  03", "水利", "80.00", "80.00", ""],
        ["  2130301", "行政运行", "80.00", "80.00", ""],
    ]
    reading = reading_of(write, "部门支出总表", rows)
    assert {code for code, _, _, _ in reading.lines("expenditure")} == {"213", "21303", "2130301"}


@every_format
def test_where_the_money_is_from_is_no_name_of_a_project(write: Write) -> None:
    rows = [
        ["项目名称", "项目金额", "资金来源", "项目内容"],
        ["合计", "40.00", "", ""],
        ["河道清淤", "30.00", "一般公共预算", "清淤5公里"],
        ["水质监测", "10.00", "一般公共预算", "监测12次"],
    ]
    reading = reading_of(write, "项目支出预算明细表", rows)
    assert reading.amounts("project_expenditure") == {("合计", "40"), ("河道清淤", "30"), ("水质监测", "10")}
    assert not reading.complaints


@every_format
def test_carried_over_funds_are_no_expenditure_of_the_year(write: Write) -> None:
    rows = [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["213", "农林水支出", "5.00", "", "5.00"],
        ["合计", "", "5.00", "", "5.00"],
    ]
    assert not reading_of(write, "部门预算结转资金支出预算表", rows).tables


@every_format
def test_three_public_of_two_years_in_a_column_of_years(write: Write) -> None:
    rows = [
        ["年度", "因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费", "合计"],
        ["2022", "", "", "5.00", "1.00", "6.00"],
        ["2023", "", "", "4.00", "1.00", "5.00"],
    ]
    reading = reading_of(write, "“三公”经费预算情况表", rows)
    assert reading.amounts("three_public") == {("公务用车运行维护费", "4"), ("公务接待费", "1"), ("合计", "5")}
    assert not reading.complaints


@every_format
def test_a_note_under_three_public_is_no_figure(write: Write) -> None:
    rows = [
        ["合计", "因公出国（境）费", "公务用车购置及运行费", "公务接待费"],
        ["5.00", "", "4.00", "1.00"],
        ["备注：无", LEFT, LEFT, LEFT],
    ]
    reading = reading_of(write, "一般公共预算“三公”经费支出表", rows)
    assert len(reading.amounts("three_public")) == 3
    assert not reading.complaints


def test_a_total_of_groups_side_by_side_reaches_over_them_without_spans() -> None:
    names = ["科目编码", "科目名称", "决算数"]
    rows = [
        ["人员经费", LEFT, LEFT, "公用经费", LEFT, LEFT, LEFT, LEFT, LEFT],
        [*names, *names, *names],
        ["301", "工资福利支出", "60.00", "302", "商品和服务支出", "18.00", "310", "资本性支出", "2.00"],
        ["30101", "基本工资", "60.00", "30201", "办公费", "18.00", "31002", "办公设备购置", "2.00"],
        ["人员经费合计", "", "60.00", "公用经费合计", "", "", "", "", "20.00"],
    ]
    reading = reading_of(as_tabs, "一般公共预算财政拨款基本支出决算表", rows)
    assert ("公用经费合计", "20") in reading.amounts("general_budget_basic_expenditure")
    assert not reading.complaints


def test_code_parts_beside_numbers_of_columns_without_spans() -> None:
    rows = [
        ["支出功能分类科目编码", "", "", "科目名称", "本年支出合计", "基本支出", "项目支出"],
        ["类", "款", "项", "栏次", "1", "2", "3"],
        ["", "", "", "合计", "113.00", "80.00", "33.00"],
        ["213", "", "", "农林水支出", "113.00", "80.00", "33.00"],
        ["213", "03", "", "水利", "113.00", "80.00", "33.00"],
        ["213", "03", "01", "行政运行", "113.00", "80.00", "33.00"],
    ]
    reading = reading_of(as_tabs, "支出决算总表", rows)
    assert {code for code, _, _, _ in reading.lines("expenditure")} == {None, "213", "21303", "2130301"}


PURCHASES = ("line_type", "organisation", "item", "total")


@every_format
def test_units_of_procurement_named_above_their_items(write: Write) -> None:
    rows = [
        ["单位名称", "采购项目", "采购目录", "采购数量", "预算金额", LEFT],
        [UP, UP, UP, UP, "合计", "一般公共预算"],
        ["青石县水务局本级", "", "", "", "7.00", "7.00"],
        ["", "台式计算机", "A02010105", "10", "5.00", "5.00"],
        ["", "复印纸", "A05040101", "20", "2.00", "2.00"],
        ["青石县水务站", "", "", "", "5.00", "5.00"],
        ["", "物业服务", "C210400", "1", "5.00", "5.00"],
        ["合计", "", "", "", "12.00", "12.00"],
    ]
    reading = reading_of(write, "政府采购预算表", rows)
    assert reading.said("procurement_line", *PURCHASES) == [
        ("subtotal", "青石县水务局本级", None, "70000"),
        ("item", "青石县水务局本级", "台式计算机", "50000"),
        ("item", "青石县水务局本级", "复印纸", "20000"),
        ("subtotal", "青石县水务站", None, "50000"),
        ("item", "青石县水务站", "物业服务", "50000"),
        ("total", None, None, "120000"),
    ]
    assert not reading.complaints


@every_format
def test_a_unit_of_procurement_in_the_column_of_projects(write: Write) -> None:
    rows = [
        ["预算项目", "采购项目", "采购品目", "数量", "合计", "一般公共预算"],
        ["青石县水务局", "", "", "", "7.00", "7.00"],
        ["日常公用", "复印纸", "A05040101复印纸", "1", "2.00", "2.00"],
        ["日常公用", "车辆保险", "C1804010201机动车保险服务", "1", "5.00", "5.00"],
        ["合计", "", "", "", "7.00", "7.00"],
    ]
    reading = reading_of(write, "部门政府采购预算表", rows)
    assert reading.said("procurement_line", *PURCHASES) == [
        ("subtotal", "青石县水务局", None, "70000"),
        ("item", "青石县水务局", "A05040101复印纸", "20000"),
        ("item", "青石县水务局", "C1804010201机动车保险服务", "50000"),
        ("total", None, None, "70000"),
    ]
    assert not reading.complaints


@every_format
def test_an_entry_of_the_catalogue_is_code_and_name(write: Write) -> None:
    rows = [
        ["项目名称", "采购目录", "采购数量", "单位", "单价", "金额"],
        ["办公设备购置", "A02010105台式计算机", "20", "台", "0.50", "10.00"],
        ["物业管理", "C21040001 物业管理服务", "1", "项", "20.50", "20.50"],
        ["合计", "", "", "", "", "30.50"],
    ]
    reading = reading_of(write, "部门政府采购预算表", rows)
    assert reading.said("procurement_line", "line_type", "item", "catalogue_code", "total") == [
        ("item", "台式计算机", "A02010105", "100000"),
        ("item", "物业管理服务", "C21040001", "205000"),
        ("total", None, None, "305000"),
    ]
    assert not reading.complaints


@every_format
def test_procurement_by_class_alone(write: Write) -> None:
    rows = [
        ["采购项目类别", "总计", "财政拨款", LEFT, LEFT],
        [UP, UP, "小计", "一般公共预算", "政府性基金预算"],
        ["合计", "12.00", "12.00", "12.00", ""],
        ["货物类", "5.00", "5.00", "5.00", ""],
        ["服务类", "7.00", "7.00", "7.00", ""],
    ]
    reading = reading_of(write, "政府采购预算表", rows)
    assert reading.said("procurement_line", *PURCHASES) == [
        ("total", None, None, "120000"),
        ("subtotal", None, "货物类", "50000"),
        ("subtotal", None, "服务类", "70000"),
    ]
    assert not reading.complaints


@every_format
def test_money_in_a_caption_that_states_units_of_things_too(write: Write) -> None:
    rows = [
        ["项目", "单位", "数量", "金额"],
        ["一、房屋", "平方米", "1500", "200.00"],
        ["二、车辆", "辆", "3", "45.00"],
        ["合计", "", "", "245.00"],
    ]
    reading = reading_of(write, "国有资产占用情况表", rows, "单位：平方米、辆、万元")
    assert reading.said("asset", "category", "value") == [
        ("房屋", "2000000"),
        ("车辆", "450000"),
        ("合计", "2450000"),
    ]
    assert not reading.complaints
