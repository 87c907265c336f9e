"""Governments' tables of other provinces: whose they are, of which budget and side, as titles and rows say."""

from collections.abc import Callable, Sequence

import pytest

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.names import DisclosureKind, Severity
from shared.schemas.records import BudgetLine, Disclosure, Finding, RecordBase

Make = Callable[..., Document]
Rows = Sequence[Sequence[str]]
L = "<"


def read(document: Make, *written: str | Rows) -> list[RecordBase]:
    return normalize_document(document(list(written)))


def lines(document: Make, *written: str | Rows) -> list[BudgetLine]:
    return [each for each in read(document, *written) if isinstance(each, BudgetLine)]


def said(found: Sequence[BudgetLine], *fields: str) -> dict[str, tuple[str | None, ...]]:
    """What the lines say in `fields`, by name."""
    return {
        each.name: tuple(
            None if (value := getattr(each, field)) is None else str(getattr(value, "value", value))
            for field in fields
        )
        for each in found
    }


REVENUE: Rows = [["项目", "金额"], ["税收收入", "100"], ["非税收入", "50"], ["收入合计", "150"]]


@pytest.mark.parametrize(
    ("title", "table", "level"),
    [
        ("青石县河湾镇2026年财政预算草案", "河湾镇2026年一般公共预算收入表", "whole_area"),
        ("青石经济技术开发区2026年财政预算", "青石经济技术开发区2026年一般公共预算收入安排表", "whole_area"),
        ("青石县2026年政府预算", "2026年青石县本级一般公共预算收入表", "own"),
        ("青石县2025年1-11月财政预算执行情况", "2025年1-11月青石县一般公共预算收入完成情况表", "whole_area"),
        ("青石县2026年政府预算", "2026年上级对青石县一般公共预算收入表", "whole_area"),
    ],
)
def test_a_name_alone_is_all_of_the_place_also_of_a_town_or_a_zone(
    document: Make, title: str, table: str, level: str
) -> None:
    found = lines(document, title, table, "单位：万元", REVENUE)
    assert [each.level and each.level.value for each in found] == [level] * 3


def test_rows_of_several_budgets_are_each_of_theirs(document: Make) -> None:
    rows = [
        ["项目", "年初预算数", "累计执行数"],
        ["一般公共预算收入", "52,000", "48,000"],
        ["其中：税收收入", "30,000", "26,000"],
        ["一般公共预算支出", "210,000", "190,000"],
        ["政府性基金预算收入", "26,000", "13,000"],
        ["其中：土地出让收入", "20,000", "11,000"],
        ["政府性基金预算支出", "30,000", "20,000"],
    ]
    title = "2025年1至11月青石县财政收支执行情况表"
    found = said(lines(document, title, "单位：万元", rows), "fund", "side")
    assert found == {
        "一般公共预算收入": ("general_public_budget", "income"),
        "税收收入": ("general_public_budget", "income"),
        "一般公共预算支出": ("general_public_budget", "expenditure"),
        "政府性基金预算收入": ("government_fund", "income"),
        "土地出让收入": ("government_fund", "income"),
        "政府性基金预算支出": ("government_fund", "expenditure"),
    }


def test_transfers_are_received_or_paid_by_the_row_they_are_under(document: Make) -> None:
    rows = [
        ["项目", "决算数"],
        ["一、上级补助收入", "5,230"],
        ["1.城乡社区支出", "230"],
        ["2.其他支出", "5,000"],
        ["二、补助下级支出", "1,200"],
    ]
    found = said(lines(document, "青石县2025年财政决算", "2025年青石县政府性基金转移支付决算表", rows), "side")
    assert found == {
        "上级补助收入": ("income",),
        "城乡社区支出": ("income",),
        "其他支出": ("income",),
        "补助下级支出": ("expenditure",),
    }


def test_what_was_left_is_of_the_side_whose_total_follows(document: Make) -> None:
    rows = [
        ["项目", "决算数"],
        ["一、一般公共预算收入", "500"],
        ["二、上年结余", "30"],
        ["收入总计", "530"],
        ["一、一般公共预算支出", "490"],
        ["二、年终结余", "40"],
        ["支出总计", "530"],
    ]
    found = said(lines(document, "青石县2025年决算", "2025年青石县一般公共预算收支决算平衡表", rows), "side")
    assert (found["上年结余"], found["年终结余"]) == (("income",), ("expenditure",))


def test_the_surplus_of_the_year_is_what_a_table_of_surpluses_is_of(document: Make) -> None:
    rows = [["项目", "本年收支结余", "年末滚存结余"], ["失业保险基金", "-200", "4,800"], ["合计", "-200", "4,800"]]
    title = "2025年青石县社会保险基金结余决算表"
    found = lines(document, "青石县2025年社会保险基金决算", title, "单位：万元", rows)
    assert [each.column.value for each in found] == ["total", "year_end_carryover"] * 2


def test_a_title_that_is_only_a_budget_is_one(document: Make) -> None:
    rows = [
        ["收入", "预算数", "支出", "预算数"],
        ["本年收入", "32", "本年支出", "28"],
        ["上级补助收入", "1", "调出资金", "5"],
        ["收入总计", "33", "支出总计", "33"],
    ]
    found = lines(document, "青石县2026年预算公开", "2026年青石县全县政府性基金预算", "单位：万元", rows)
    assert {(each.table.value, each.fund and each.fund.value) for each in found} == {
        ("government_balance", "government_fund")
    }
    assert said(found, "side")["调出资金"] == ("expenditure",)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("青石县2025年1-6月财政收支情况", DisclosureKind.GOVERNMENT_EXECUTION),
        ("青石县2025年上半年预算执行情况", DisclosureKind.GOVERNMENT_EXECUTION),
        ("青石县2025年决算和2026年上半年预算执行情况的报告", DisclosureKind.GOVERNMENT_ACCOUNTS),
        ("青石县2025年度“三公”经费决算汇总情况", DisclosureKind.GOVERNMENT_ACCOUNTS),
    ],
)
def test_the_kind_of_a_governments_document_by_its_title(document: Make, title: str, kind: DisclosureKind) -> None:
    (found,) = [each for each in read(document, title) if isinstance(each, Disclosure)]
    assert found.kind is kind


def test_classes_that_stand_without_their_own_are_part_of_the_total(document: Make) -> None:
    rows = [
        ["科目编码", "科目名称", "预算数"],
        ["10306", "国有资本经营收入", "1,680"],
        ["1030601", "利润收入", "1,300"],
        ["1030602", "股利、股息收入", "380"],
        ["110", "转移性收入", "45"],
        ["11005", "国有资本经营预算转移支付收入", "45"],
        ["", "收入总计", "1,725"],
    ]
    found = read(document, "青石县2026年预算", "2026年青石县本级国有资本经营预算收入表", "单位：万元", rows)
    assert not [each for each in found if isinstance(each, Finding) and each.severity is Severity.ERROR]


@pytest.mark.parametrize(
    "title", ["2025年度青石县决算", "2025年青石县财政总决算", "2025年度青石县决算公开", "青石县2025年决算"]
)
def test_a_place_before_accounts_is_a_governments_wherever_the_year_stands(document: Make, title: str) -> None:
    (found,) = [each for each in read(document, title) if isinstance(each, Disclosure)]
    assert (found.kind, found.department) == (DisclosureKind.GOVERNMENT_ACCOUNTS, None)


def test_its_own_level_is_no_department(document: Make) -> None:
    title = "青石市市本级2025年预算调整方案的报告"
    (found,) = [each for each in read(document, title) if isinstance(each, Disclosure)]
    assert (found.kind, found.department) == (DisclosureKind.GOVERNMENT_ADJUSTMENT, None)


def test_a_limit_of_new_debt_is_not_the_limit_of_all(document: Make) -> None:
    rows = [["地区", "合计", "一般债务限额", "专项债务限额"], ["青石县", "20", "8", "12"]]
    title = "2026年青石县提前下达新增政府债务限额情况表"
    found = lines(document, "青石县2026年地方政府债务限额", title, "单位：亿元", rows)
    assert {each.column.value for each in found} == {"new_bonds"}


def test_what_was_spent_of_a_bond_is_not_its_amount(document: Make) -> None:
    rows = [["项目名称", "发行金额", "已支出金额"], ["县城污水处理厂扩建项目", "5,000", "4,100"]]
    title = "青石县2025年新增政府专项债券资金使用情况表"
    found = lines(document, "青石县2025年政府债券使用情况", title, "单位：万元", rows)
    assert [each.column.value for each in found] == ["total", "other"]


def test_a_plan_of_repayment_is_a_plan_of_the_year_of_its_row(document: Make) -> None:
    rows = [["年度", "合计", "本金", "利息"], ["2026年", "12", "9", "3"], ["2027年", "11", "8", "3"]]
    title = "青石县地方政府债券还本付息计划表"
    found = lines(document, "青石县2025年政府债务情况", title, "单位：万元", rows)
    assert {(each.basis and each.basis.value, each.year) for each in found} == {("plan", 2026), ("plan", 2027)}


def test_rows_without_a_fund_go_with_the_only_one_that_the_first_names(document: Make) -> None:
    rows = [
        ["收入项目", "执行数", "支出项目", "执行数"],
        ["一般公共预算收入", "1,250", "一般公共服务支出", "820"],
        ["上级补助收入", "1,100", "农林水支出", "1,530"],
        ["收入总计", "2,350", "支出总计", "2,350"],
    ]
    title = "青石县河湾镇2025年财政预算执行情况和2026年财政预算草案的报告"
    found = lines(document, title, "河湾镇2025年财政预算执行情况表", "单位：万元", rows)
    assert {each.fund and each.fund.value for each in found} == {"general_public_budget"}
    several = [["项目", "执行数"], ["财政总收入", "9"], ["其中：一般公共预算收入", "5"], ["上划中央收入", "4"]]
    found = lines(document, "青石县2025年预算执行情况", "青石县2025年收入执行情况表", several)
    assert said(found, "fund")["财政总收入"] == (None,)


def test_a_sum_by_regions_names_no_place_and_the_rank_is_what_titles_speak_of(document: Make) -> None:
    rows = [["地区", "金额"], ["全省", "90"], ["省本级", "30"], ["青石市", "60"]]
    titles = ("2025年全省一般债务余额表", "2025年全省专项债务余额表", "2025年分市县一般债务余额表")
    written = [each for title in titles for each in (title, "单位：亿元", rows)]
    found = said(lines(document, "2025年全省一般公共预算收支决算总表", *written), "level")
    assert found == {"全省": ("whole_area",), "省本级": ("own",), "青石市": ("subordinates",)}


@pytest.mark.parametrize("before", [[], [""], ["序号"]])
@pytest.mark.parametrize("inside", [False, True])
def test_the_place_is_the_first_of_the_regions_wherever_their_column_stands(
    document: Make, before: list[str], inside: bool
) -> None:
    title, unit = "2025年全省政府一般债务余额情况表", "单位：亿元"
    body = [["湖南省", "90"], ["长沙市", "30"], ["湘潭市", "60"]]
    numbers = [[str(number)] if before == ["序号"] else before for number in range(1, 4)]
    rows = [[*before, "地区", "金额"], *([*number, *row] for number, row in zip(numbers, body, strict=True))]
    top = [[*before, title, ""], [*before, "", unit]] if inside else []
    above = [] if inside else [title, unit]
    (disclosure,) = [each for each in read(document, *above, [*top, *rows]) if isinstance(each, Disclosure)]
    assert (disclosure.region_code, disclosure.region_name) == ("430000", "湖南省")


DEBTS: Rows = [["项目", "金额"], ["政府债务余额", "90"], ["一般债务", "30"], ["专项债务", "60"]]


@pytest.mark.parametrize("unit", ["  单位：亿元", "（单位：亿元）", "\t金额单位: 亿元"])
def test_a_unit_behind_the_only_title_leaves_it_the_title(document: Make, unit: str) -> None:
    title = "2025年青石县地方政府债务余额情况表"
    records = read(document, f"{title}{unit}", DEBTS)
    (disclosure,) = [each for each in records if isinstance(each, Disclosure)]
    amounts = [each.amount for each in records if isinstance(each, BudgetLine)]
    assert (disclosure.kind, disclosure.fiscal_year) == (DisclosureKind.GOVERNMENT_DEBT, 2025)
    assert amounts == [9_000_000_000, 3_000_000_000, 6_000_000_000]


@pytest.mark.parametrize("link", ["返回目录", "<<返回", "点击返回首页", "【返回目录】"])
def test_a_link_back_to_the_contents_beside_a_title_is_no_part_of_the_table(document: Make, link: str) -> None:
    rows = [
        ["2025年青石县一般公共预算收入表", L, link],
        ["", "单位：万元", ""],
        ["项目", "预算数", ""],
        ["税收收入", "10", ""],
        ["非税收入", "5", ""],
        ["收入合计", "15", ""],
    ]
    records = read(document, "青石县2025年政府预算", rows)
    found = [each for each in records if isinstance(each, BudgetLine)]
    assert [each.amount for each in found] == [100_000, 50_000, 150_000]
    assert not any(isinstance(each, Finding) and each.check.startswith("un") for each in records)


CONTENTS: dict[str, Rows] = {
    "links": [
        ["目录", L, L],
        ["序号", "表名", "链接"],
        ["1", "2026年一般公共预算收入表", "点击查看"],
        ["2", "2026年一般公共预算支出表", "点击查看"],
        ["3", "2026年政府性基金预算收入表", "点击查看"],
        ["4", "2026年政府债务限额和余额情况表", "点击查看"],
    ],
    "parts": [
        ["一般公共预算", "表1-1", "一般公共预算收入表", "返回"],
        ["^", "表1-2", "一般公共预算支出表", "返回"],
        ["政府性基金预算", "表2-1", "政府性基金收入表", "返回"],
        ["^", "表2-2", "政府性基金支出表", "返回"],
    ],
    "pages": [
        ["索引", L],
        ["附表一 青石县一般公共预算收入表", "3"],
        ["附表二 青石县一般公共预算支出表", "5"],
        ["附表三 青石县政府性基金收支表", "11"],
        ["附表四 青石县社会保险基金收支表", "11"],
    ],
    "marks": [
        ["公开内容", "有无数据"],
        ["一般公共预算收入表", "√"],
        ["一般公共预算支出表", "√"],
        ["国有资本经营预算收入表", "×"],
    ],
}


@pytest.mark.parametrize("rows", CONTENTS.values(), ids=CONTENTS)
def test_a_list_of_contents_is_no_table_whatever_its_words(document: Make, rows: Rows) -> None:
    title = "2026年青石县一般公共预算收入表"
    found = read(document, "青石县2026年政府预算公开", rows, title, "单位：万元", REVENUE)
    assert {each.provenance.block for each in found if isinstance(each, BudgetLine)} == {4}
    assert not [each.message for each in found if isinstance(each, Finding) and each.check.startswith("unread")]


def test_rows_named_by_tables_with_amounts_are_no_list_of_contents(document: Make) -> None:
    rows = [
        ["表名", "预算数", "决算数"],
        ["一般公共预算收入表", "1,200.50", "1,300.20"],
        ["一般公共预算支出表", "2,200.50", "2,100.00"],
        ["政府性基金收入表", "200.10", "150.00"],
    ]
    found = read(document, "青石县2025年决算公开", "各表合计数核对", "单位：万元", rows)
    assert [each for each in found if isinstance(each, BudgetLine | Finding)]


def test_a_row_without_figures_right_under_the_head_says_which_insurance_follows(document: Make) -> None:
    rows = [
        ["项目", "2026年预算数", "2025年执行数"],
        ["一、企业职工基本养老保险基金", "", ""],
        ["（一）收入", "105", "100"],
        ["（二）支出", "95", "90"],
        ["（三）本年收支结余", "10", "10"],
        ["二、城乡居民基本养老保险基金", "", ""],
        ["（一）收入", "31", "30"],
        ["（二）支出", "28", "28"],
        ["（三）本年收支结余", "3", "2"],
    ]
    title = "2026年青石县社会保险基金预算收支表"
    found = lines(document, "青石县2026年社会保险基金预算", title, "单位：万元", rows)
    assert [(each.fund and each.fund.value, each.side) for each in found[::2]] == [
        ("enterprise_pension", "income"),
        ("enterprise_pension", "expenditure"),
        ("enterprise_pension", None),
        ("resident_pension", "income"),
        ("resident_pension", "expenditure"),
        ("resident_pension", None),
    ]


def test_a_part_of_a_booklet_goes_on_over_the_titles_of_its_tables(document: Make) -> None:
    spent = [["项目", "预算数"], ["城乡社区支出", "70"], ["合计", "70"]]
    written = ["第二部分 政府性基金预算", "一、收入预算表", REVENUE, "二、支出预算表", "单位：万元", spent]
    found = lines(document, "青石县2026年政府预算公开", *written)
    assert {each.fund and each.fund.value for each in found if each.side == "expenditure"} == {"government_fund"}


@pytest.mark.parametrize(
    ("title", "table"),
    [
        ("沙河县区2025年决算", "沙河县区2025年一般公共预算收入决算表"),
        ("临江区柳林街道2025年财政收支决算", "柳林街道2025年一般公共预算收入决算表"),
    ],
)
def test_a_name_that_ends_as_governments_below_do_is_the_places_own(
    document: Make, title: str, table: str
) -> None:
    found = lines(document, title, table, "单位：万元", REVENUE)
    assert {each.level and each.level.value for each in found} == {"whole_area"}


def test_execution_and_the_next_years_budget_are_a_budget(document: Make) -> None:
    (found,) = [
        each for each in read(document, "青石县2025年度预算执行情况和2026年预算") if isinstance(each, Disclosure)
    ]
    assert (found.kind, found.fiscal_year) == (DisclosureKind.GOVERNMENT_BUDGET, 2026)


def test_what_came_so_far_is_the_figure_and_a_local_budget_is_its_own(document: Make) -> None:
    rows = [
        ["项目", "本年累计", "上年同期"],
        ["财政总收入", "60", "58"],
        ["一、地方一般公共预算收入", "40", "38"],
        ["二、上划中央收入", "20", "20"],
    ]
    found = lines(document, "青石县2025年2月财政收支情况", "青石县2025年1-2月财政总收入完成情况表", rows)
    assert [(each.column.value, each.year) for each in found[:2]] == [("total", 2025), ("total", 2024)]
    assert said(found, "fund") == {
        "财政总收入": (None,),
        "地方一般公共预算收入": ("general_public_budget",),
        "上划中央收入": (None,),
    }


def test_the_year_in_a_bonds_name_is_not_that_of_what_was_repaid(document: Make) -> None:
    rows = [
        ["债券名称", "到期日期", "偿还金额"],
        ["2019年某省政府一般债券（一期）", "2025-03-11", "3,000"],
        ["2021年某省政府专项债券（二期）", "2025-08-20", "2,000"],
    ]
    title = "青石县2025年再融资债券偿还到期债券本金情况表"
    found = lines(document, "青石县2025年地方政府再融资债券情况", title, "单位：万元", rows)
    assert [(each.year, each.fund and each.fund.value) for each in found] == [
        (2025, "general_debt"),
        (2025, "special_debt"),
    ]


def test_governments_above_are_none_below(document: Make) -> None:
    rows = [
        ["项目", "合计", "中央", "省级", "市级"],
        ["一般性转移支付", "100", "60", "30", "10"],
        ["专项转移支付", "50", "20", "20", "10"],
    ]
    title = "青石县2025年上级转移支付补助决算表"
    found = lines(document, "青石县2025年决算公开", title, "单位：万元", rows)
    assert {each.level and each.level.value for each in found} == {"whole_area"}
    assert {each.area_name for each in found} == {None}


def test_what_own_resources_pay_is_neither_a_level_nor_a_budget(document: Make) -> None:
    rows = [
        ["项目", "2025年执行数", L, "2026年预算数"],
        ["^", "合计", "本级安排", "^"],
        ["教育支出", "210", "150", "205"],
    ]
    found = lines(document, "青石县2026年预算", "青石县2026年一般公共预算支出情况表", "单位：万元", rows)
    assert [(each.column.value, each.level and each.level.value, each.year) for each in found] == [
        ("total", "whole_area", 2025),
        ("own_resources", "whole_area", 2025),
        ("total", "whole_area", 2026),
    ]


def test_what_was_raised_and_cut_are_changes_beside_the_adjusted_budget(document: Make) -> None:
    rows = [["项目", "年初预算", "调增", "调减", "调整预算数"], ["税收收入", "60", "2", "0", "62"]]
    title = "青石市2025年市本级一般公共预算收入调整表"
    found = lines(document, "关于青石市2025年市本级预算调整方案的报告", title, "单位：万元", rows)
    assert [(each.column.value, each.basis and each.basis.value) for each in found] == [
        ("total", "budget"),
        ("change", "adjusted_budget"),
        ("change", "adjusted_budget"),
        ("total", "adjusted_budget"),
    ]


def test_a_towns_table_is_of_its_finances_where_the_documents_title_says_so(document: Make) -> None:
    title = "2026年青石县城关镇一般公共预算收入预算表"
    found = read(document, "青石县城关镇2026年财政预算公开", title, "单位：万元", REVENUE)
    (disclosure,) = [each for each in found if isinstance(each, Disclosure)]
    assert (disclosure.kind, disclosure.department) == (DisclosureKind.GOVERNMENT_BUDGET, None)


@pytest.mark.parametrize("year", ["2024 年", "2024　年度", "２０２４年", "二〇二四年", "2024年 "])
def test_the_year_of_a_title_is_read_however_it_is_spaced(document: Make, year: str) -> None:
    found = lines(document, "青石县2025年政府预算", f"{year}青石县一般公共预算收入执行表", "单位：万元", REVENUE)
    assert [each.year for each in found] == [2024] * 3
