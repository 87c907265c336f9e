"""A government's own tables: every figure with its fund, side, level, classification, basis and year."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from services.normalizer.stage import normalize_document, normalized_document
from shared.schemas.document import Document
from shared.schemas.records import BudgetLine, Finding, RecordBase

Make = Callable[..., Document]
Rows = Sequence[Sequence[str]]
L = "<"
BUDGET = "青石县2026年政府预算公开"


def lines(document: Make, *parts: str | Rows) -> list[BudgetLine]:
    return [record for record in read(document, *parts) if isinstance(record, BudgetLine)]


def read(document: Make, *parts: str | Rows) -> list[RecordBase]:
    return normalize_document(document(list(parts)))


def said(line: BudgetLine, *fields: str) -> tuple[str | None, ...]:
    values = (getattr(line, field) for field in fields)
    return tuple(None if value is None else str(value) for value in values)


def one(
    document: Make, title: str, *, label: str = "预算数", name: str = "税收收入", kind: str = BUDGET
) -> BudgetLine:
    """The line of a table of one figure."""
    (line,) = lines(document, kind, title, "单位：万元", [["项目", label], [name, "12.5"]])
    return line


@pytest.mark.parametrize(
    ("title", "table", "side", "fund"),
    [
        ("2026年青石县一般公共预算收入表", "government_revenue", "income", "general_public_budget"),
        ("2026年青石县一般公共预算支出表", "government_expenditure", "expenditure", "general_public_budget"),
        ("2026年青石县政府性基金支出预算表", "government_expenditure", "expenditure", "government_fund"),
        ("青石县2026年国有资本经营收入预算表", "government_revenue", "income", "state_capital"),
        ("2026年青石县社会保险基金支出预算表", "government_expenditure", "expenditure", "social_insurance"),
        ("2026年青石县失业保险基金收入预算表", "government_revenue", "income", "unemployment"),
        ("2026年青石县社会保险基金结余预算表", "fund_surplus", None, "social_insurance"),
        ("2026年青石县对下税收返还和转移支付预算表", "transfers", "expenditure", "general_public_budget"),
        ("2026年青石县一般性转移支付收入预算表", "transfers", "income", "general_public_budget"),
        ("2026年青石县政府一般债务限额表", "debt_limit", None, "general_debt"),
        ("2026年青石县专项债务余额表", "debt_balance", None, "special_debt"),
        ("2026年青石县地方政府债券发行情况表", "debt_issue", None, "debt"),
        ("2026年青石县政府债务还本付息预算表", "debt_service", None, "debt"),
        ("2026年青石县新增政府债券资金使用安排表", "bond_use", None, "debt"),
        ("2026年青石县“三公”经费预算表", "government_three_public", "expenditure", None),
        ("2026年青石县预备费安排情况表", "government_expenditure", "expenditure", "general_public_budget"),
    ],
)
def test_a_title_says_table_side_and_fund(
    document: Make, title: str, table: str, side: str | None, fund: str | None
) -> None:
    assert said(one(document, title, name="某项"), "table", "side", "fund") == (table, side, fund)


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("全县", "whole_area"),
        ("青石县", "whole_area"),
        ("县本级", "own"),
        ("青石县本级", "own"),
        ("县级", "own"),
        ("青石县县本级", "own"),
        ("全县及县本级", None),
    ],
)
def test_a_title_says_the_level(document: Make, words: str, level: str | None) -> None:
    line = one(document, f"2026年{words}一般公共预算收入预算表", kind="2026年政府预算公开")
    assert said(line, "level") == (level,)


@pytest.mark.parametrize(
    ("label", "basis", "year"),
    [
        ("2026年预算数", "budget", 2026),
        ("预算数", "budget", 2026),
        ("调整预算数", "adjusted_budget", 2026),
        ("变动预算数", "adjusted_budget", 2026),
        ("2025年执行数", "execution", 2025),
        ("2025年完成数", "execution", 2025),
        ("二〇二五年预计执行数", "expected_execution", 2025),
        ("2024年决算数", "final", 2024),
        ("上年决算数", "final", 2025),
        ("上年同期数", "execution", 2025),
        ("2027年计划数", "plan", 2027),
        ("2026年预算（草案）", "draft", 2026),
    ],
)
def test_a_column_says_what_its_figures_are_and_of_which_year(
    document: Make, label: str, basis: str, year: int
) -> None:
    line = one(document, "2026年青石县一般公共预算收入表", label=label)
    assert (line.basis, line.year, str(line.amount)) == (basis, year, "125000.0")


def test_rates_are_no_money(document: Make) -> None:
    found = lines(
        document,
        "青石县2025年预算执行情况",
        "2025年全县一般公共预算收入执行情况表",
        "单位：万元",
        [
            ["项目", "预算数", "执行数", "执行数为预算数的%", "比上年+,-%", "增幅"],
            ["税收收入", "1,000", "1,100", "110.0", "2.5", "3.1"],
        ],
    )
    assert [str(line.amount) for line in found] == ["10000000", "11000000"]


def test_a_balance_has_two_sides(document: Make) -> None:
    found = lines(
        document,
        BUDGET,
        "2026年青石县一般公共预算收支平衡表",
        "单位：万元",
        [
            ["收入", L, L, "支出", L, L],
            ["项目", "2025年执行数", "2026年预算数", "项目", "2025年执行数", "2026年预算数"],
            ["一、税收收入", "10", "11", "一、一般公共服务支出", "9", "10"],
            ["二、转移性收入", "3", "4", "二、教育支出", "3", "4"],
            ["收入总计", "13", "15", "支出总计", "12", "14"],
        ],
    )
    assert [said(line, "name", "side", "classification") for line in found if line.year == 2026] == [
        ("税收收入", "income", "item"),
        ("转移性收入", "income", "item"),
        ("收入总计", "income", "item"),
        ("一般公共服务支出", "expenditure", "functional"),
        ("教育支出", "expenditure", "functional"),
        ("支出总计", "expenditure", "functional"),
    ]


def test_two_titled_tables_stand_side_by_side(document: Make) -> None:
    found = lines(
        document,
        "青石县2025年财政决算",
        [
            ["2025年全县一般公共预算收入决算表", L, "2025年县本级政府性基金支出决算表", L],
            ["单位：万元", L, "单位：亿元", L],
            ["科目", "决算数", "科目", "决算数"],
            ["税收收入", "110.2", "城乡社区支出", "8.1"],
        ],
    )
    assert [said(line, "table", "fund", "level", "amount") for line in found] == [
        ("government_revenue", "general_public_budget", "whole_area", "1102000.0"),
        ("government_expenditure", "government_fund", "own", "810000000.0"),
    ]


def test_tables_stacked_in_one_are_read_each_under_its_title(document: Make) -> None:
    found = lines(
        document,
        BUDGET,
        "2026年青石县一般公共预算收入表",
        "单位：万元",
        [
            ["项目", "2026年预算数", "增长%"],
            ["税收收入", "120", "20.0"],
            ["合计", "170", "21.4"],
            ["表二 2026年青石县本级政府性基金支出表", "", ""],
            ["", "", "单位：亿元"],
            ["项目", "2026年预算数", "增长%"],
            ["城乡社区支出", "90", "12.5"],
        ],
    )
    assert [said(line, "name", "table", "level", "amount") for line in found] == [
        ("税收收入", "government_revenue", "whole_area", "1200000"),
        ("合计", "government_revenue", "whole_area", "1700000"),
        ("城乡社区支出", "government_expenditure", "own", "9000000000"),
    ]


@pytest.mark.parametrize("head", [True, False])
def test_a_table_goes_on_over_pages(document: Make, head: bool) -> None:
    header = [["科目编码", "科目名称", "预算数", "执行数"]]
    found = lines(
        document,
        "青石县2025年预算执行情况",
        "2025年县本级政府性基金支出执行情况表",
        "单位：亿元",
        [*header, ["212", "城乡社区支出", "1.20", "1.40"]],
        [*(header if head else []), ["229", "其他支出", "0.20", "0.40"]],
        [*(header if head else []), ["232", "债务付息支出", "0.30", "0.30"]],
        "注：本表为快报数。",
    )
    assert [said(line, "code", "fund", "basis") for line in found] == [
        (code, "government_fund", basis) for code in ("212", "229", "232") for basis in ("budget", "execution")
    ]
    assert str(found[-1].amount) == "30000000.00"


def test_insurances_are_told_by_columns_or_by_the_rows_above(document: Make) -> None:
    columns = lines(
        document,
        BUDGET,
        "2026年青石县社会保险基金收支预算总表",
        "单位：万元",
        [
            ["项目", "合计", "城乡居民基本养老保险基金", "失业保险基金"],
            ["一、收入", "9", "5", "4"],
            ["其中：保险费收入", "7", "4", "3"],
            ["二、支出", "6", "3", "3"],
            ["三、年末滚存结余", "3", "2", "1"],
        ],
    )
    assert [said(line, "fund", "side") for line in columns[3:9]] == [
        ("social_insurance", "income"),
        ("resident_pension", "income"),
        ("unemployment", "income"),
        ("social_insurance", "expenditure"),
        ("resident_pension", "expenditure"),
        ("unemployment", "expenditure"),
    ]
    assert [said(line, "side") for line in columns[9:]] == [(None,)] * 3
    rows = lines(
        document,
        BUDGET,
        "2026年青石县社会保险基金收入预算表",
        "单位：万元",
        [
            ["项目", "预算数"],
            ["一、城乡居民基本养老保险基金收入", "5"],
            ["其中：保险费收入", "2"],
            ["财政补贴收入", "3"],
            ["二、失业保险基金收入", "4"],
            ["其中：保险费收入", "4"],
            ["收入合计", "9"],
        ],
    )
    funds = [*["resident_pension"] * 3, *["unemployment"] * 2, "social_insurance"]
    assert [said(line, "fund") for line in rows] == [(fund,) for fund in funds]


def test_codes_in_pieces_tell_the_classification(document: Make) -> None:
    found = lines(
        document,
        BUDGET,
        "2026年县本级一般公共预算基本支出表",
        "单位：万元",
        [
            ["科目编码", L, "科目名称", "预算数"],
            ["类", "款", "", ""],
            ["501", "", "机关工资福利支出", "100"],
            ["", "01", "工资奖金津补贴", "80"],
            ["合计", L, L, "100"],
        ],
    )
    assert [said(line, "code", "name", "classification") for line in found] == [
        ("501", "机关工资福利支出", "government_economic"),
        ("50101", "工资奖金津补贴", "government_economic"),
        (None, "合计", "government_economic"),
    ]


def test_where_the_money_comes_from_says_nothing_of_fund_side_or_year(document: Make) -> None:
    found = lines(
        document,
        BUDGET,
        "2026年县本级政府性基金支出资金来源表",
        "单位：万元",
        [["项目", "合计", "本级财力", "专项转移支付", "上年结余收入"], ["农林水支出", "9", "5", "3", "1"]],
    )
    assert [said(line, "column", "fund", "side", "year") for line in found] == [
        (column, "government_fund", "expenditure", "2026")
        for column in ("total", "own_resources", "special_transfer", "carryover")
    ]


def test_an_adjustment_is_a_change_beside_what_stands_after_it(document: Make) -> None:
    found = lines(
        document,
        "关于青石县2025年预算调整方案的报告",
        "青石县2025年一般公共预算收入调整表",
        "单位：万元",
        [["项目", "年初预算数", "调整数", "调整后预算数"], ["税收收入", "100", "-10", "90"]],
    )
    assert [said(line, "column", "basis") for line in found] == [
        ("total", "budget"),
        ("change", "adjusted_budget"),
        ("total", "adjusted_budget"),
    ]


@pytest.mark.parametrize(
    "before",
    [
        ["表1-2", "2025年全县政府性基金收入执行情况表"],
        ["6301 青石县2025年全县政府性基金收入执行情况表"],
        ["表二：2025年全县政府性基金收入执行情况表"],
        ["5-2 2025年全县政府性基金收入执行情况表"],
        ["2025年全县政府性基金收", "入执行情况表（7）"],
        [
            "表一 2026年全县一般公共预算收入表……1",
            "表二 2026年全县一般公共预算支出表……2",
            "2025年全县政府性基金收入执行情况表",
        ],
        [
            "表一：2026年全县一般公共预算支出表",
            "表二：2026年县本级收入表",
            "表三：2024年转移支付表",
            "附件",
            "2025年全县政府性基金收入执行情况表",
        ],
        ["第二部分 2025年执行情况", "2025年全县政府性基金收入执行情况表", "2026年1月"],
    ],
)
def test_the_title_is_found_among_the_lines_above(document: Make, before: list[str]) -> None:
    found = lines(document, BUDGET, *before, "单位：万元", [["项目", "执行数"], ["车辆通行费", "5"]])
    assert [said(line, "table", "fund", "level", "basis", "year") for line in found] == [
        ("government_revenue", "government_fund", "whole_area", "execution", "2025")
    ]


def test_a_part_heading_says_what_its_tables_leave_open(document: Make) -> None:
    table = [["项目", "预算数"], ["教育", "5"]]
    found = lines(
        document,
        BUDGET,
        "一、县本级一般公共预算",
        "2026年支出预算表",
        "单位：万元",
        table,
        "二、全县政府性基金预算",
        "2026年支出预算表",
        "单位：万元",
        table,
    )
    assert [said(line, "fund", "level") for line in found] == [
        ("general_public_budget", "own"),
        ("government_fund", "whole_area"),
    ]


@pytest.mark.parametrize("row", [["本表无数据", ""], ["无", ""], ["合计", "—"]])
def test_a_blank_table_is_told_as_blank(document: Make, row: list[str]) -> None:
    records = read(document, BUDGET, "2026年青石县国有资本经营预算支出表", "单位：万元", [["项目", "预算数"], row])
    told = [(each.check, each.severity.value) for each in records if isinstance(each, Finding)]
    assert told == [("unread_table", "info")]


def test_what_is_not_understood_is_told(document: Make) -> None:
    records = read(
        document,
        BUDGET,
        "2026年青石县一般公共预算支出表",
        [["项目", "预算数", "蓝湾专户"], ["教育支出", "5", "3"], ["", "4", ""], ["农林水支出", "待定", "1"]],
    )
    checks = {each.check for each in records if isinstance(each, Finding)}
    assert {"unread_column", "unread_row", "unread_cell", "unit_missing"} <= checks
    assert [said(each, "column", "amount") for each in records if isinstance(each, BudgetLine)] == [
        ("total", None),
        ("other", None),
        ("other", None),
    ]


def test_yuan_and_ten_thousands_stand_in_one_booklet(document: Make) -> None:
    table = [["项目", "预算数"], ["教育支出", "5"]]
    found = lines(
        document,
        BUDGET,
        "2026年青石县一般公共预算支出表",
        "单位：亿元",
        table,
        "2026年县本级一般公共预算支出表",
        "单位：万元",
        table,
    )
    assert [str(line.amount) for line in found] == ["500000000", "50000"]


def test_a_unit_stated_once_is_of_both_sides(document: Make) -> None:
    found = lines(
        document,
        BUDGET,
        "2026年青石县一般公共预算收支总表",
        [
            ["附表1", "", "", "单位：万元"],
            ["收入", "", "支出", ""],
            ["项目", "预算数", "项目", "预算数"],
            ["本级收入", "100", "本级支出", "150"],
        ],
    )
    assert [str(line.amount) for line in found] == ["1000000", "1500000"]


def test_transfers_to_each_county_stand_in_columns(document: Make) -> None:
    found = lines(
        document,
        "青石市2025年财政决算",
        "2025年青石市对下转移支付分地区决算表",
        "单位：万元",
        [["项目", "合计", "临江区", "白水县"], ["税收返还", "30", "10", "20"], ["一般性转移支付", "5", "2", "3"]],
    )
    assert {said(line, "table", "side", "fund", "level", "basis") for line in found} == {
        ("transfers", "expenditure", "general_public_budget", "subordinates", "final")
    }
    assert [line.area_name for line in found] == [None, "临江区", "白水县"] * 2


def test_rows_of_departments_and_months_are_told_apart(document: Make) -> None:
    departments = lines(
        document,
        BUDGET,
        "2026年县本级部门支出预算汇总表",
        "单位：万元",
        [
            ["单位编码", "单位名称", "合计", "基本支出"],
            ["101", "县委办公室", "30", "10"],
            ["102", "县水务局", "9", "4"],
        ],
    )
    assert {line.classification for line in departments} == {"department"}
    months = lines(
        document,
        "青石县2025年预算执行情况",
        "2025年青石县一般公共预算收入完成情况表",
        "单位：万元",
        [["项目", "本月完成", "累计完成", "比上年同期增减额"], ["税收收入", "100", "600", "-50"]],
    )
    assert [said(line, "column", "year") for line in months] == [
        ("other", "2025"),
        ("total", "2025"),
        ("change", "2025"),
    ]


def test_what_was_read_is_counted_under_the_kind_of_table(document: Make) -> None:
    made = document(
        [
            BUDGET,
            "2026年青石县政府性基金收入预算表",
            "单位：万元",
            [["项目", "预算数", "增长%"], ["车辆通行费", "5.50", "1.2"], ["", "4.50", ""]],
        ]
    )
    figures = normalized_document(made).figures
    assert {kind: (count.printed, count.read) for kind, count in figures.items()} == {"government_revenue": (2, 1)}


def test_an_amount_that_looks_like_a_year_is_an_amount_under_a_label_with_its_year(document: Make) -> None:
    rows = [["项目", "2026年预算数"], ["上级政府性基金转移支付收入", "2035"]]
    (line,) = lines(document, BUDGET, "2026年青石县政府性基金转移支付收入预算表", "单位：万元", rows)
    assert (line.year, line.amount) == (2026, Decimal(20_350_000))
