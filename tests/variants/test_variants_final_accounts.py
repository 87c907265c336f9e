"""Final accounts (部门决算): nine tables 公开01表 to 公开09表 and their explanation, consistent throughout."""

from collections.abc import Callable, Sequence

import pytest

from tests.variants.variants_department import (
    ALL,
    ECONOMIC,
    FUND,
    GENERAL,
    LEFT,
    TOTALS,
    TRUTH,
    UP,
    Account,
    Rows,
    Sheet,
    as_cells,
    as_docx,
    as_html,
    as_tabs,
    as_xlsx,
    printed,
)
from tests.variants.variants_pdf import as_pdf
from tests.variants.variants_reading import read

PROSE = """青石县水务局2022年度部门决算
第三部分 部门决算情况说明
一、收入支出决算总体情况说明
本部门2022年度收、支总计（含结转和结余）1239.56万元。与2021年度决算相比，收支各增加34.56万元，增长2.87%。
二、收入决算情况说明
本部门2022年度收入合计1224.56万元，其中：财政拨款收入1210万元，占98.81%；事业收入10万元，占0.82%；其他收入4.56万元。
三、支出决算情况说明
本部门2022年度支出合计1234.56万元，其中：基本支出604.56万元，占48.97%；项目支出630万元，占51.03%；经营支出0万元。
四、财政拨款收入支出决算情况说明
本部门2022年度财政拨款本年收入1210万元，比2021年度增加20万元，增长1.68%；本年支出1210万元，增加20万元。
五、一般公共预算“三公”经费支出决算情况说明
本部门2022年度“三公”经费财政拨款支出预算为6万元，支出决算为5万元，完成预算的83.33%，较预算减少1万元，降低16.67%；\
较2021年度决算减少0.5万元，降低9.09%。
（一）因公出国（境）费支出0万元。
（二）公务用车购置及运行维护费支出4万元，较预算减少1万元，降低20%。其中：公务用车购置费支出0万元；公务用车运行维护费支出4万元。
（三）公务接待费支出1万元。本年度共发生公务接待12批次、96人次。
六、机关运行经费情况
本部门2022年度机关运行经费支出40万元，比2021年度减少2万元，降低4.76%。
七、政府采购情况
本部门2022年度政府采购支出总额50万元，其中：政府采购货物支出20万元、政府采购工程支出10万元、政府采购服务支出20万元。\
授予中小企业合同金额45万元，占政府采购支出总额的90%。"""

FACTS = {
    "income_total": "1224.56",
    "income_with_carryover": "1239.56",
    "expenditure_with_carryover": "1239.56",
    "income_other": "4.56",
    "expenditure_total": "1234.56",
    "expenditure_basic": "604.56",
    "expenditure_project": "630",
    "change_total": "34.56",
    "three_public_total": "5",
    "three_public_change": "-0.5",
    "three_public_overseas": "0",
    "three_public_vehicle": "4",
    "three_public_vehicle_purchase": "0",
    "three_public_vehicle_operation": "4",
    "three_public_reception": "1",
    "agency_operating_funds": "40",
    "procurement_total": "50",
}


def balance() -> Rows:
    return [
        ["收入", LEFT, LEFT, "支出", LEFT, LEFT],
        ["项目", "行次", "金额", "项目", "行次", "金额"],
        ["栏次", "", "1", "栏次", "", "2"],
        ["一、一般公共预算财政拨款收入", "1", "1180", "一、一般公共服务支出", "32", ""],
        ["二、政府性基金预算财政拨款收入", "2", "30", "八、社会保障和就业支出", "39", "60"],
        ["三、国有资本经营预算财政拨款收入", "3", "", "九、卫生健康支出", "40", "30"],
        ["五、事业收入", "5", "10", "十一、城乡社区支出", "42", "30"],
        ["八、其他收入", "8", "4.56", "十二、农林水支出", "43", "1114.56"],
        ["本年收入合计", "27", "1224.56", "本年支出合计", "58", "1234.56"],
        ["使用非财政拨款结余", "28", "", "结余分配", "59", ""],
        ["年初结转和结余", "29", "15", "年末结转和结余", "60", "5"],
        ["总计", "31", "1239.56", "总计", "62", "1239.56"],
    ]


def income() -> Rows:
    return [
        ["项目", LEFT, "本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", LEFT, "其他收入"],
        ["科目代码", "科目名称", UP, UP, UP, "小计", "其中：教育收费", UP],
        ["栏次", LEFT, "1", "2", "3", "4", "5", "6"],
        ["合计", LEFT, "1224.56", "1210", "", "10", "", "4.56"],
        ["208", "社会保障和就业支出", "60", "60", "", "", "", ""],
        ["210", "卫生健康支出", "30", "30", "", "", "", ""],
        ["212", "城乡社区支出", "30", "30", "", "", "", ""],
        ["213", "农林水支出", "1104.56", "1090", "", "10", "", "4.56"],
    ]


def appropriation() -> Rows:
    return [
        ["收入", LEFT, LEFT, "支出", LEFT, LEFT, LEFT, LEFT],
        ["项目", "行次", "金额", "项目", "行次", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款"],
        ["栏次", "", "1", "栏次", "", "2", "3", "4"],
        ["一、一般公共预算财政拨款", "1", "1180", "八、社会保障和就业支出", "40", "60", "60", ""],
        ["二、政府性基金预算财政拨款", "2", "30", "九、卫生健康支出", "41", "30", "30", ""],
        ["三、国有资本经营预算财政拨款", "3", "", "十一、城乡社区支出", "43", "30", "", "30"],
        ["", "4", "", "十二、农林水支出", "44", "1090", "1090", ""],
        ["本年收入合计", "27", "1210", "本年支出合计", "59", "1210", "1180", "30"],
        ["年初财政拨款结转和结余", "28", "5", "年末财政拨款结转和结余", "60", "5", "5", ""],
        ["一般公共预算财政拨款", "29", "5", "", "61", "", "", ""],
        ["总计", "32", "1215", "总计", "64", "1215", "1185", "30"],
    ]


def basic() -> Rows:
    left = [each for each in ECONOMIC if each.personnel]
    right = [each for each in ECONOMIC if each.public_use]
    rows = [["人员经费", LEFT, LEFT, "公用经费", LEFT, LEFT], ["科目代码", "科目名称", "决算数"] * 2]
    for one, other in zip(left, right, strict=True):
        rows.append([one.code or "", one.name, one.personnel, other.code or "", other.name, other.public_use])
    return [*rows, ["人员经费合计", LEFT, "540", "公用经费合计", LEFT, "40"]]


THREE_PUBLIC = [
    ["预算数", *[LEFT] * 5, "决算数", *[LEFT] * 5],
    ["合计", "因公出国（境）费", "公务用车购置及运行维护费", LEFT, LEFT, "公务接待费"] * 2,
    [*[UP, UP, "小计", "公务用车购置费", "公务用车运行维护费", UP] * 2],
    [*map(str, range(1, 13))],
    ["6.00", "", "5.00", "", "5.00", "1.00", "5.00", "", "4.00", "", "4.00", "1.00"],
]


NOT_MONEY = {"行次", "科目代码"}
SPENT = [["项目", LEFT, "本年支出", LEFT, LEFT], ["科目代码", "科目名称", "小计", "基本支出", "项目支出"]]
EXPENDITURE = [
    ["项目", LEFT, "本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出"],
    ["科目代码", "科目名称", UP, UP, UP, UP, UP],
]
GOVERNMENT_FUND = [
    ["项目", LEFT, "年初结转和结余", "本年收入", "本年支出", LEFT, LEFT, "年末结转和结余"],
    ["科目代码", "科目名称", UP, UP, "小计", "基本支出", "项目支出", UP],
]


def in_unit(rows: Rows, unit: str, top: int) -> Rows:
    """`rows` with the amounts under the first `top` as a table in `unit` prints them; 行次 stays."""
    money = [label not in NOT_MONEY for label in rows[1]]
    return [
        *rows[:top],
        *(
            [
                printed(cell, unit) if paid and cell.replace(".", "").isdigit() else cell
                for cell, paid in zip(row, money, strict=True)
            ]
            for row in rows[top:]
        ),
    ]


def coded(header: Rows, accounts: Sequence[Account], columns: Sequence[str]) -> Rows:
    """A table by codes, its total first; a blank column stays blank."""
    return [
        *header,
        ["栏次", LEFT, *map(str, range(1, len(columns) + 1))],
        *(
            [
                *([each.code, each.name] if each.code else [each.name, LEFT]),
                *(getattr(each, column) if column else "" for column in columns),
            ]
            for each in accounts
        ),
    ]


def accounts(unit: str) -> list[Sheet]:
    kinds = ("total", "basic", "project")
    tables = [
        ("收入支出决算总表", balance(), 3),
        ("收入决算表", income(), 3),
        ("支出决算表", coded(EXPENDITURE, (TOTALS["all"], *ALL), (*kinds, "", "")), 3),
        ("财政拨款收入支出决算总表", appropriation(), 3),
        ("一般公共预算财政拨款支出决算表", coded(SPENT, (TOTALS["general"], *GENERAL), kinds), 3),
        ("一般公共预算财政拨款基本支出决算表", basic(), 2),
        ("财政拨款“三公”经费支出决算表", THREE_PUBLIC, 4),
        (
            "政府性基金预算财政拨款收入支出决算表",
            coded(GOVERNMENT_FUND, (TOTALS["fund"], *FUND), ("", "total", "total", "", "project", "")),
            3,
        ),
        ("国有资本经营预算财政拨款支出决算表", coded(SPENT, (Account(None, "合计"),), kinds), 3),
    ]
    return [
        (
            [title, f"公开{number:02}表", "公开部门：青石县水务局", "2022年度", f"金额单位：{unit}"],
            in_unit(rows, unit, top),
        )
        for number, (title, rows, top) in enumerate(tables, 1)
    ]


@pytest.mark.parametrize("unit", ["万元", "元"])
@pytest.mark.parametrize("write", [as_tabs, as_cells, as_html, as_docx, as_xlsx, as_pdf])
def test_final_accounts_are_read_by_their_own_columns(
    write: Callable[[Sequence[Sheet]], bytes], unit: str
) -> None:
    reading = read(write([(PROSE.split("\n"), []), *accounts(unit)]))
    disclosure = reading.disclosure
    assert (disclosure.kind, disclosure.fiscal_year, disclosure.department) == (
        "final_accounts",
        2022,
        "青石县水务局",
    )
    assert reading.facts == FACTS
    for table in ("expenditure", "general_budget_expenditure"):
        assert reading.lines(table) == TRUTH[table]
    fund = TRUTH["government_fund_expenditure"]
    income = {(code, name, "current_year", amount) for code, name, column, amount in fund if column == "total"}
    assert reading.lines("government_fund_expenditure") == fund | income
    used = {line for line in TRUTH["general_budget_basic_expenditure"] if line[2] != "total" and line[0]}
    assert {line for line in reading.lines("general_budget_basic_expenditure") if line[0]} == used
    assert reading.amounts("three_public") == {
        ("合计", "5"), ("公务用车购置及运行维护费", "4"), ("公务用车运行维护费", "4"), ("公务接待费", "1"),
        ("合计", "6"), ("公务用车购置及运行维护费", "5"), ("公务用车运行维护费", "5"),
    }  # fmt: skip
    assert not any(name == "栏次" for table in reading.tables for _, name, _, _ in reading.lines(table))
    assert not reading.unread
    assert not reading.complaints


@pytest.mark.parametrize(("carried", "told"), [("2.00", []), ("20.00", ["appropriation_balance"])])
def test_what_was_carried_over_is_the_sum_of_its_funds(carried: str, told: list[str]) -> None:
    rows = [
        ["收入", LEFT, "支出", LEFT, LEFT],
        ["项目", "金额", "项目", "合计", "一般公共预算财政拨款"],
        ["一、一般公共预算财政拨款", "310.00", "七、文化旅游体育与传媒支出", "277.00", "277.00"],
        ["二、政府性基金预算财政拨款", "", "八、社会保障和就业支出", "30.00", "30.00"],
        ["本年收入合计", "310.00", "本年支出合计", "307.00", "307.00"],
        ["年初财政拨款结转和结余", carried, "年末财政拨款结转和结余", "5.00", "5.00"],
        ["一、一般公共预算财政拨款", "2.00", "", "", ""],
        ["二、政府性基金预算财政拨款", "", "", "", ""],
        ["总计", "312.00", "总计", "312.00", "312.00"],
    ]
    sheet: Sheet = (["财政拨款收入支出决算总表", "单位：万元"], rows)
    reading = read(as_html([(["青石县文化馆2022年度部门决算"], []), sheet]))
    assert [each.partition(":")[0] for each in reading.complaints] == told


@pytest.mark.parametrize(("stated", "told"), [("205.00", []), ("250.00", ["prose_table"])])
def test_prose_agrees_with_the_totals_of_each_side_of_basic_expenditure(stated: str, told: list[str]) -> None:
    rows = [
        ["人员经费", LEFT, LEFT, "公用经费", LEFT, LEFT],
        ["科目编码", "科目名称", "决算数", "科目编码", "科目名称", "决算数"],
        ["301", "工资福利支出", "195.00", "302", "商品和服务支出", "15.00"],
        ["30101", "基本工资", "195.00", "30201", "办公费", "15.00"],
        ["303", "对个人和家庭的补助", "10.00", "", "", ""],
        ["30302", "退休费", "10.00", "", "", ""],
        ["人员经费合计", LEFT, "205.00", "公用经费合计", LEFT, "15.00"],
    ]
    sheet: Sheet = (["一般公共预算财政拨款基本支出决算表", "单位：万元"], rows)
    prose = f"2022年度一般公共预算财政拨款基本支出220.00万元，其中：人员经费{stated}万元、主要是工资。"
    reading = read(as_html([(["青石县文化馆2022年度部门决算"], []), sheet, ([prose], [])]))
    assert [each.partition(":")[0] for each in reading.complaints] == told
