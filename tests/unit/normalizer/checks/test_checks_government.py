"""A government's tables: sums over codes, both sides, tax, regions, debt; and what may not be accused."""

from collections.abc import Callable, Sequence

import pytest

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.records import Check, Finding

Make = Callable[..., Document]
Rows = Sequence[Sequence[str]]
L = "<"
CODES = "2026年青石县一般公共预算支出表"
BALANCE = "2026年青石县一般公共预算收支平衡表"


def checked(document: Make, check: str, title: str, rows: Rows, unit: str = "万元") -> tuple[str, list[Finding]]:
    """How `check` ended on a table of a county's budget, and what it found."""
    records = normalize_document(document(["青石县2026年政府预算公开", title, f"单位：{unit}", rows]))
    found = [each for each in records if isinstance(each, Finding) and each.check == check]
    (outcome,) = [each for each in records if isinstance(each, Check) and each.check == check]
    return outcome.status.value, found


def coded(**changed: str) -> Rows:
    """A table of codes whose sums hold, with the figures of some codes `changed`."""
    rows = [
        ["201", "一般公共服务支出", "90"],
        ["20101", "人大事务", "50"],
        ["2010101", "行政运行", "30"],
        ["2010104", "人大会议", "20"],
        ["20103", "政府办公厅（室）及相关机构事务", "40"],
        ["205", "教育支出", "60"],
        ["20502", "普通教育", "60"],
        ["", "合计", "150"],
    ]
    return [
        ["科目编码", "科目名称", "预算数"],
        *([code, name, changed.get(f"c{code}", amount)] for code, name, amount in rows),
    ]


def test_sums_over_codes_hold(document: Make) -> None:
    assert checked(document, "government_codes", CODES, coded()) == ("pass", [])


@pytest.mark.parametrize(("code", "amount"), [("c20101", "55"), ("c205", "69"), ("c", "159")])
def test_a_sum_over_codes_that_does_not_hold_is_found(document: Make, code: str, amount: str) -> None:
    status, found = checked(document, "government_codes", CODES, coded(**{code: amount}))
    assert status == "fail"
    assert len(found) == 1


def test_a_few_items_picked_from_below_are_no_sum(document: Make) -> None:
    rows = [
        ["科目编码", "科目名称", "预算数"],
        ["101", "税收收入", "310"],
        ["10101", "增值税", "200"],
        ["10104", "企业所得税", "110"],
        ["103", "非税收入", "110"],
        ["10302", "专项收入", "60"],
        ["1030203", "教育费附加收入", "40"],
        ["10304", "行政事业性收费收入", "50"],
        ["", "收入合计", "420"],
    ]
    assert checked(document, "government_codes", "2026年青石县一般公共预算收入表", rows)[1] == []
    rows[2][2] = "260"
    assert len(checked(document, "government_codes", "2026年青石县一般公共预算收入表", rows)[1]) == 1


def test_a_code_of_another_class_is_named_and_no_sum_accused(document: Make) -> None:
    rows = [*coded()[:6], ["21040", "信访事务", "5"], ["20199", "其他一般公共服务支出", "5"], *coded()[6:]]
    status, found = checked(document, "government_code_class", CODES, rows)
    assert status == "fail"
    assert ["21040" in each.message for each in found] == [True]
    assert checked(document, "government_codes", CODES, rows)[1] == []


@pytest.mark.parametrize(
    ("at", "row", "named"),
    [
        (6, ["20540", "信访事务", "5"], "列在201类各科目之间，编码却属于205类"),
        (5, ["2010303", "机关服务", "5"], "列在20101款各科目之间，编码却属于20103款"),
    ],
)
def test_a_code_that_stands_below_another_than_its_own_is_named_and_no_sum_accused(
    document: Make, at: int, row: list[str], named: str
) -> None:
    rows = [*coded()[:at], row, *coded()[at:]]
    (found,) = checked(document, "government_code_class", CODES, rows)[1]
    assert named in found.message
    assert row[0] in found.message
    assert checked(document, "government_codes", CODES, rows)[1] == []


def test_a_table_that_prints_a_class_below_what_is_in_it_has_no_code_out_of_place(document: Make) -> None:
    rows = [
        ["科目编码", "科目名称", "预算数"],
        *([f"201{number:02}", f"第{number}款", "5"] for number in range(1, 9)),
        ["201", "一般公共服务支出", "40"],
        ["20502", "普通教育", "60"],
        ["205", "教育支出", "60"],
        ["", "合计", "100"],
    ]
    assert checked(document, "government_code_class", CODES, rows) == ("pass", [])
    assert checked(document, "government_codes", CODES, rows)[1] == []


def balance(income: str, expenditure: str, *, after: str = "") -> Rows:
    rows = [
        ["收入", L, "支出", L],
        ["项目", "2026年预算数", "项目", "2026年预算数"],
        ["本级收入", "80", "本级支出", "90"],
        ["上级补助收入", "20", "上解支出", "10"],
        ["收入总计", income, "支出总计", expenditure],
    ]
    return [*rows, ["", "", "年终结余", after]] if after else rows


def test_both_sides_of_a_budget_are_equal(document: Make) -> None:
    assert checked(document, "government_sides", BALANCE, balance("100", "100"))[0] == "pass"
    assert checked(document, "government_sides", BALANCE, balance("100", "90", after="10"))[0] == "pass"
    assert checked(document, "government_sides", BALANCE, balance("100", "95"))[0] == "fail"


def test_percentages_between_the_sides_take_nothing_from_the_comparison(document: Make) -> None:
    rows = [
        ["项目", "2026年预算数", "增长%", "项目", "2026年预算数", "增长%"],
        ["本年收入合计", "300", "3.45", "本年支出合计", "900", "2.11"],
        ["上级补助收入", "700", "1.25", "上解上级支出", "80", "5.26"],
        ["收入总计", "1,000", "1.90", "支出总计", "980", "2.35"],
    ]
    title = "2026年青石县一般公共预算收支平衡表"
    _, found = checked(document, "government_sides", title, rows)
    assert [(each.expected, each.actual) for each in found] == [("9800000.00", "10000000.00")]


def test_income_without_transfers_and_what_was_executed_need_not_balance(document: Make) -> None:
    rows = [list(row) for row in balance("80", "100")]
    rows[3][:2] = ["", ""]
    assert checked(document, "government_sides", BALANCE, rows)[0] == "not_applicable"
    done = [list(row) for row in balance("100", "95")]
    done[1] = ["项目", "2025年执行数", "项目", "2025年执行数"]
    assert checked(document, "government_sides", BALANCE, done)[0] == "not_applicable"


@pytest.mark.parametrize(("total", "status"), [("100", "pass"), ("109", "fail")])
def test_revenue_is_tax_and_non_tax(document: Make, total: str, status: str) -> None:
    rows = [
        ["项目", "预算数"],
        ["一、税收收入", "60"],
        ["增值税", "60"],
        ["二、非税收入", "40"],
        ["收入合计", total],
    ]
    assert checked(document, "government_tax", "2026年青石县一般公共预算收入表", rows)[0] == status


def areas(whole: str, *more: Sequence[str]) -> Rows:
    return [
        ["地区", "2025年债务限额", "2025年债务余额"],
        ["青石县", whole, "90"],
        ["县本级", "60", "50"],
        ["白云镇", "20", "20"],
        ["河东乡", "20", "20"],
        *more,
    ]


def test_a_county_is_its_own_level_and_what_is_below_it(document: Make) -> None:
    title = "青石县2025年政府债务限额和余额情况表"
    assert checked(document, "government_areas", title, areas("100"))[0] == "pass"
    assert checked(document, "government_areas", title, areas("109"))[0] == "fail"
    assert checked(document, "government_areas", title, areas("109", ["其中：开发区", "5", "5"]))[1] == []


def test_debt_above_its_limit_is_told_unless_that_is_most_of_the_table(document: Make) -> None:
    title = "青石县2025年政府债务限额和余额情况表"
    rows = [list(row) for row in areas("100")]
    rows[3][2] = "25"
    status, found = checked(document, "government_debt_limit", title, rows)
    assert (status, [each.severity.value for each in found]) == ("fail", ["warning"])
    for row in rows[1:]:
        row[2] = "500"
    assert checked(document, "government_debt_limit", title, rows)[1] == []


def test_of_one_county_every_kind_of_debt_above_its_limit_is_told(document: Make) -> None:
    rows = [
        ["项目", "合计", "一般债务", "专项债务"],
        ["2025年末政府债务限额", "90", "40", "50"],
        ["2025年末政府债务余额", "99", "39", "60"],
    ]
    _, found = checked(document, "government_debt_limit", "青石县2025年政府债务限额和余额情况表", rows)
    assert [each.message for each in found] == [
        "2025年政府债务余额99万元，高于限额90万元。",
        "2025年专项债务余额60万元，高于限额50万元。",
    ]


@pytest.mark.parametrize(("end", "status"), [("120", "pass"), ("140", "fail")])
def test_debt_goes_on_from_the_year_before(document: Make, end: str, status: str) -> None:
    rows = [
        ["地区", "2024年债务余额", "2025年新增债务", "2025年偿还本金", "2025年债务余额"],
        ["青石县", "100", "50", "30", end],
    ]
    title = "青石县2025年政府债务余额情况表"
    assert checked(document, "government_debt_flow", title, rows)[0] == status
    also = [[*row, amount] for row, amount in zip(rows, ("2025年支付利息", "4"), strict=True)]
    assert checked(document, "government_debt_flow", title, also)[0] == status


def projects(total: str, *amounts: str) -> Rows:
    rows = [[str(number + 1), f"第{number + 1}小学建设项目", each] for number, each in enumerate(amounts)]
    return [["序号", "项目名称", "债券金额"], *rows, ["", "合计", total]]


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (projects("100", "60", "40"), "pass"),
        (projects("140", "60", "40"), "fail"),
        (projects("60", "60", "60", "60"), "insufficient_data"),  # the size of one bond beside each project
        (projects("60", "60"), "not_applicable"),
    ],
    ids=["adds up", "does not", "size of a bond", "one project"],
)
def test_what_new_bonds_are_used_for_adds_up(document: Make, rows: Rows, status: str) -> None:
    title = "青石县2025年新增政府专项债券资金使用情况表"
    assert checked(document, "government_bond_use", title, rows)[0] == status


@pytest.mark.parametrize(("issued", "severities"), [("100", []), ("130", ["info"])])
def test_what_new_bonds_are_used_for_is_what_was_issued(
    document: Make, issued: str, severities: list[str]
) -> None:
    limits = [["项目", "金额"], ["2025年新增专项债券发行额", issued], ["2025年再融资专项债券发行额", "7"]]
    title = "青石县2025年专项债券发行情况表"
    used = "青石县2025年新增专项债券资金使用情况表"
    blocks = [
        "青石县2025年政府债务情况",
        title,
        "单位：万元",
        limits,
        used,
        "单位：万元",
        projects("100", "60", "40"),
    ]
    records = normalize_document(document(blocks))
    found = [each for each in records if isinstance(each, Finding) and each.check == "government_bond_use"]
    assert [each.severity.value for each in found] == severities


@pytest.mark.parametrize(("total", "status"), [("100", "pass"), ("120", "fail")])
def test_what_is_guaranteed_is_livelihood_wages_and_operations(document: Make, total: str, status: str) -> None:
    rows = [
        ["项目", "2026年预算数"],
        ["“三保”支出合计", total],
        ["一、保基本民生", "40"],
        ["二、保工资", "50"],
        ["三、保运转", "10"],
    ]
    title = "2026年青石县本级“三保”支出预算表"
    assert checked(document, "government_guarantees", title, rows)[0] == status


SETTLED = "2023年青石县本级一般公共预算收支决算总表"


@pytest.mark.parametrize(
    ("left", "total", "status"),
    [("年终结余", "2900", "fail"), ("年终结余", "2802", "pass"), ("上解上级支出", "2900", "not_applicable")],
)
def test_both_sides_of_accounts_are_equal_where_what_is_left_is_among_them(
    document: Make, left: str, total: str, status: str
) -> None:
    rows = [
        ["收入", "决算数", "支出", "决算数"],
        ["本级收入", "1000", "本级支出", "2500"],
        ["转移性收入", "1800", left, "300"],
        ["收入总计", total, "支出总计", "2800"],
    ]
    assert checked(document, "government_sides", SETTLED, rows)[0] == status


def test_the_whole_is_its_own_level_and_those_below_beside_it(document: Make) -> None:
    rows = [
        ["项目", "全县", "县本级", "乡镇级"],
        ["税收收入", "900", "300", "600"],
        ["非税收入", "400", "120", "300"],
        ["转移性收入", "700", "700", "80"],
        ["收入合计", "1300", "420", "900"],
    ]
    status, found = checked(document, "government_areas", "2026年青石县一般公共预算收入预算表", rows)
    assert status == "fail"
    assert "“非税收入”" in found[0].message
    assert "转移性收入" not in "".join(each.message for each in found)


def test_a_share_with_decimals_beside_others_without_leaves_no_sum_untried(document: Make) -> None:
    rows = [
        ["项目", "2025年决算数", "2026年预算数", "2026年预算数为2025年决算数的%"],
        ["税收收入", "100", "110", "110"],
        ["非税收入", "30", "31", "103.3"],
        ["一般公共预算收入合计", "130", "151", "116.2"],
    ]
    status, _ = checked(document, "government_tax", "2026年青石县一般公共预算收入预算表", rows)
    assert status == "fail"


def test_subtotals_of_ranks_beside_the_governments_in_them_are_not_added(document: Make) -> None:
    rows = [
        ["单位名称", "一般公共预算收入"],
        ["全市", "234"],
        ["市本级", "54"],
        ["县区级", "180"],
        ["区级", "109"],
        ["临江区", "109"],
        ["县级", "71"],
        ["白塔县", "71"],
    ]
    title = "2026年青石市一般公共预算收入分地区表"
    assert checked(document, "government_areas", title, rows)[1] == []
    of_ranks = [*rows[:3], ["区级", "109"], ["县级", "91"]]
    assert len(checked(document, "government_areas", title, of_ranks)[1]) == 1
