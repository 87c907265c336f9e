"""The other tables of a budget in other layouts: balances, income, “三公”, procurement, assets, units."""

from collections.abc import Callable, Sequence

import pytest

from tests.variants.variants_department import LEFT, UP, Rows, Sheet, as_cells, as_docx, as_html, as_tabs, as_xlsx
from tests.variants.variants_reading import Reading, read

Write = Callable[[Sequence[Sheet]], bytes]
every_format = pytest.mark.parametrize("write", [as_tabs, as_cells, as_html, as_docx, as_xlsx])
TITLE: Sheet = (["青石县水务局2023年部门预算公开"], [])


def reading_of(write: Write, titles: Sequence[str], rows: Rows) -> Reading:
    return read(write([TITLE, (titles, rows)]))


@every_format
def test_a_balance_with_expenditure_in_two_classifications_has_three_parts(write: Write) -> None:
    rows = [
        ["收        入", LEFT, "支        出", LEFT, LEFT, LEFT],
        ["项        目", "预算数", "项   目（按功能分类）", "预算数", "项  目（按支出性质）", "预算数"],
        ["一、财政拨款收入", "12100.00", "一、社会保障和就业支出", "600.00", "一、基本支出", "6045.60"],
        ["  （一）一般公共预算拨款", "11800.00", "二、卫生健康支出", "300.00", "  工资福利支出", "5100.00"],
        ["  （二）政府性基金预算拨款", "300.00", "三、城乡社区支出", "300.00", "  商品和服务支出", "645.60"],
        ["二、财政专户管理资金收入", "100.00", "四、农林水支出", "11145.60", "  对个人和家庭的补助", "300.00"],
        ["三、其他收入", "45.60", "", "", "二、项目支出", "6300.00"],
        ["本年收入合计", "12245.60", "本年支出合计", "12345.60", "本年支出合计", "12345.60"],
        ["四、上年结转", "100.00", "五、结转下年", "", "", ""],
        ["收入总计", "12345.60", "支出总计", "12345.60", "支出总计", "12345.60"],
    ]
    reading = reading_of(write, ["收支预算总表", "单位：千元"], rows)
    lines = reading.said("budget_line", "side", "name", "amount")
    assert ("income", "政府性基金预算拨款", "300000") in lines
    assert ("expenditure", "农林水支出", "11145600") in lines
    assert ("expenditure", "工资福利支出", "5100000") in lines
    assert lines.count(("expenditure", "支出总计", "12345600")) == 2
    assert not reading.complaints


@every_format
def test_income_keeps_the_parts_of_the_carry_over_apart_and_its_total_row(write: Write) -> None:
    amounts = ["1234.56", "1224.56", "1180.00", "30.00", "10.00", "4.56", "10.00", "", "10.00"]
    rows = [
        ["部门（单位）代码", "部门（单位）名称", "合计", "本年收入", *[LEFT] * 4, "上年结转结余", LEFT, LEFT],
        [
            UP, UP, UP, "小计", "一般公共预算", "政府性基金预算", "财政专户管理资金", "其他收入", "小计",
            "一般公共预算", "单位资金",
        ],
        ["合计", LEFT, *amounts],
        ["306", "青石县水务局", *amounts],
    ]  # fmt: skip
    reading = reading_of(write, ["收入总表", "单位：万元"], rows)
    assert {(name, column) for _, name, column, _ in reading.lines("income")} == {
        (name, column)
        for name in ("合计", "青石县水务局")
        for column in (
            "total", "current_year", "general_public_budget", "government_fund", "fiscal_account", "other_income",
            "carryover", "carryover_unit_funds",
        )
    }  # fmt: skip
    assert not reading.unread
    assert not reading.complaints


ITEMS = ["合计", "因公出国（境）费", "公务用车购置及运行费", LEFT, LEFT, "公务接待费"]
PARTS = [UP, UP, "小计", "公务用车购置费", "公务用车运行费", UP]
FLAT_LINES = {
    ("因公出国（境）费", "0"),
    ("公务用车购置及运行费", "4"),
    ("公务用车购置费", "0"),
    ("公务用车运行费", "4"),
    ("公务接待费", "1"),
}


@every_format
@pytest.mark.parametrize(
    ("total", "rows"),
    [
        (
            "合计",
            [
                ["2022年预算数", *[LEFT] * 5, "2023年预算数", *[LEFT] * 5],
                [*ITEMS, *ITEMS],
                [*PARTS, *PARTS],
                ["6.00", "0.00", "5.00", "0.00", "5.00", "1.00", "5.00", "0.00", "4.00", "0.00", "4.00", "1.00"],
            ],
        ),
        (
            "“三公”经费合计",
            [
                ["单位代码", "单位名称", "“三公”经费合计", *ITEMS[1:]],
                [UP, UP, UP, *PARTS[1:]],
                ["", "合计", "5.00", "0", "4.00", "0", "4.00", "1.00"],
                ["306001", "青石县水务局本级", "5.00", "0", "4.00", "0", "4.00", "1.00"],
            ],
        ),
    ],
    ids=["two years side by side", "a row a unit"],
)
def test_three_public_lying_flat(total: str, rows: Rows, write: Write) -> None:
    reading = reading_of(write, ["一般公共预算“三公”经费支出表", "单位：万元"], rows)
    assert reading.amounts("three_public") == {*FLAT_LINES, (total, "5")}
    assert not reading.complaints


@every_format
def test_three_public_compared_with_last_year(write: Write) -> None:
    rows = [
        ["项    目", "2022年预算数", "2023年预算数", "增减额", "增减%"],
        ["合    计", "6", "5", "-1", "-16.67%"],
        ["1.因公出国（境）费用", "0", "0", "0", ""],
        ["2.公务接待费", "1", "1", "0", "0"],
        ["3.公务用车费", "5", "4", "-1", "-20%"],
        ["其中：（1）公务用车运行维护费", "5", "4", "-1", "-20%"],
        ["（2）公务用车购置费", "0", "0", "0", ""],
    ]
    reading = reading_of(write, ["2023年“三公”经费预算表", "单位：万元"], rows)
    assert reading.amounts("three_public") == {
        ("合计", "5"), ("因公出国（境）费用", "0"), ("公务接待费", "1"), ("公务用车费", "4"),
        ("公务用车运行维护费", "4"), ("公务用车购置费", "0"),
    }  # fmt: skip
    assert not reading.complaints


@every_format
def test_assets_with_other_columns_and_the_total_last(write: Write) -> None:
    rows = [
        ["序号", "资产类别", "计量单位", "数量", "账面原值"],
        ["1", "土地、房屋及构筑物", "平方米", "1,500", "2,000,000.00"],
        ["2", "通用设备", "台", "85", "1,214,500.00"],
        ["合计", "", "", "", "3,214,500.00"],
    ]
    reading = reading_of(write, ["国有资产占有使用情况表", "2022年12月31日", "金额单位：元"], rows)
    assert reading.said("asset", "category", "quantity", "value") == [
        ("土地、房屋及构筑物", "1500", "2000000"),
        ("通用设备", "85", "1214500"),
        ("合计", None, "3214500"),
    ]
    assert not reading.complaints


@every_format
def test_procurement_by_goods_works_and_services(write: Write) -> None:
    rows = [
        [
            "采购类别",
            "采购项目名称",
            "采购品目名称",
            "数量",
            "计量单位",
            "采购金额合计",
            "一般公共预算",
            "其他资金",
        ],
        ["货物", "办公设备购置", "台式计算机", "20", "台", "100000.00", "100000.00", ""],
        ["工程", "河道治理工程", "水利工程施工", "1", "项", "2000000.00", "2000000.00", ""],
        ["服务", "河道治理工程", "工程监理服务", "1", "项", "200000.00", "200000.00", ""],
        ["合计", "", "", "", "", "2300000.00", "2300000.00", ""],
    ]
    reading = reading_of(write, ["表11  政府采购预算表", "部门：青石县水务局　　　　　　　　单位：元"], rows)
    assert reading.said("procurement_line", "line_type", "project", "item", "total") == [
        ("item", "办公设备购置", "台式计算机", "100000"),
        ("item", "河道治理工程", "水利工程施工", "2000000"),
        ("item", "河道治理工程", "工程监理服务", "200000"),
        ("total", None, None, "2300000"),
    ]
    assert not reading.complaints


@every_format
def test_procurement_that_calls_its_sum_a_budget_and_its_items_projects(write: Write) -> None:
    rows = [
        ["序号", "单位名称", "采购项目", "采购目录", "采购数量", "单价", "预算总额", "资金来源", LEFT, LEFT],
        [UP, UP, UP, UP, UP, UP, UP, "财政拨款", "专户资金", "其他"],
        ["", "合计", "", "", "", "", "12.00", "12.00", "", ""],
        ["1", "青石县水务局本级", "办公设备", "A0201", "10", "0.5", "5.00", "5.00", "", ""],
        ["2", "青石县水务站", "空调", "A0206", "14", "0.5", "7.00", "7.00", "", ""],
    ]
    reading = reading_of(write, ["政府采购预算明细表", "单位：万元"], rows)
    fields = ("line_type", "organisation", "item", "unit_price", "total", "general_public_budget")
    assert reading.said("procurement_line", *fields) == [
        ("total", None, None, None, "120000", "120000"),
        ("item", "青石县水务局本级", "办公设备", "5000", "50000", "50000"),
        ("item", "青石县水务站", "空调", "5000", "70000", "70000"),
    ]
    assert not reading.complaints


@every_format
@pytest.mark.parametrize("slid", [[], [""]], ids=["one column", "an empty column of its own"])
def test_the_share_of_small_firms_is_no_carry_over(slid: list[str], write: Write) -> None:
    share = "预留中小微企业份额"
    rows = [
        ["项目名称", "采购物品名称", "数量", "单价", "政府采购金额", LEFT, *[share] * len(slid), share],
        [UP, UP, UP, UP, "合计", "一般公共预算拨款", *slid, "上年结转结余"],
        ["合计", "", "", "", "20.00", "20.00", *slid, "12.00"],
        ["河道治理工程", "工程监理", "2", "10.00", "20.00", "20.00", *slid, "12.00"],
    ]  # fmt: skip
    reading = reading_of(write, ["政府采购预算表", "单位：万元"], rows)
    assert reading.said("procurement_line", "total", "carryover", "sme_reserved") == [
        ("200000", None, "120000"),
        ("200000", None, "120000"),
    ]
    assert not reading.complaints


@every_format
def test_units_are_known_by_their_columns_where_no_title_says_so(write: Write) -> None:
    rows = [
        ["预算单位名称", "机构类别", "经费保障形式", "编制人数", "实有人数"],
        ["青石县水务局本级", "行政单位", "财政全额拨款", "20", "18"],
        ["青石县水务站", "公益一类", "财政全额拨款", "10", "9"],
    ]
    reading = reading_of(write, ["纳入预算编报范围的单位情况"], rows)
    assert reading.said("organisation_unit", "name", "nature", "rank", "funding") == [
        ("青石县水务局本级", "行政单位", None, "财政全额拨款"),
        ("青石县水务站", "公益一类", None, "财政全额拨款"),
    ]
    assert not reading.complaints


@every_format
def test_project_expenditure_is_read_by_project_and_fund(write: Write) -> None:
    rows = [
        ["类型", "项目名称", "项目单位", "合计", "本年拨款", LEFT, "财政拨款结转结余"],
        [UP, UP, UP, UP, "一般公共预算", "政府性基金预算", UP],
        ["合计", "", "", "630.00", "600.00", "30.00", ""],
        ["特定目标类", "河道治理工程", "青石县水务局本级", "600.00", "600.00", "", ""],
        ["特定目标类", "农村供水", "青石县水务局本级", "30.00", "", "30.00", ""],
    ]
    reading = reading_of(write, ["表9", "项目支出表", "单位：万元"], rows)
    assert reading.tables == {"project_expenditure"}
    assert {(name, column) for _, name, column, _ in reading.lines("project_expenditure")} == {
        ("合计", "total"), ("合计", "general_public_budget"), ("合计", "government_fund"),
        ("河道治理工程", "total"), ("河道治理工程", "general_public_budget"),
        ("农村供水", "total"), ("农村供水", "government_fund"),
    }  # fmt: skip
    assert not reading.unread
    assert not reading.complaints
