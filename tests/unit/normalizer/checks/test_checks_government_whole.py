"""A government's document as a whole: rates, balances with all parts, surpluses, agreement, required tables."""

from collections.abc import Callable, Sequence

import pytest

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.records import Check, Finding

Make = Callable[..., Document]
Rows = Sequence[Sequence[str]]
L = "<"
TITLE = "关于青石县2025年预算执行情况和2026年预算草案的报告"


def checked(document: Make, check: str, *written: str | Rows) -> tuple[str, list[Finding]]:
    """How `check` ended on a county's budget of these lines and tables, and what it found."""
    records = normalize_document(document([TITLE, *written]))
    found = [each for each in records if isinstance(each, Finding) and each.check == check]
    (outcome,) = [each for each in records if isinstance(each, Check) and each.check == check]
    return outcome.status.value, found


def table(title: str, rows: Rows, unit: str = "万元") -> tuple[str, str, Rows]:
    return title, f"单位：{unit}", rows


HEAD = ["项目", "2025年预算数", "2025年执行数", "完成预算%", "2024年执行数", "比上年增减%"]
RATES = [
    ["税收收入", "1,000", "950", "95.0", "900", "5.6"],
    ["增值税", "600", "640", "106.7", "610", "4.9"],
    ["企业所得税", "250", "190", "76.0", "180", "5.6"],
    ["个人所得税", "150", "120", "80.0", "110", "9.1"],
    ["非税收入", "500", "530", "106.0", "560", "-5.4"],
    ["本年收入合计", "1,500", "1,480", "98.7", "1,460", "1.4"],
]


def with_cell(rows: Rows, row: int, column: int, text: str) -> Rows:
    changed = [list(each) for each in rows]
    changed[row][column] = text
    return changed


def test_rates_of_execution_and_growth_are_recomputed(document: Make) -> None:
    title = "2025年青石县一般公共预算收入执行情况表"
    assert checked(document, "government_rates", *table(title, [HEAD, *RATES])) == ("pass", [])
    cut = with_cell(RATES, 3, 5, "9.0")
    assert checked(document, "government_rates", *table(title, [HEAD, *cut])) == ("pass", [])


@pytest.mark.parametrize(("row", "column", "printed", "right"), [(1, 3, "160.7", "106.7"), (4, 5, "5.4", "-5.4")])
def test_a_rate_that_its_figures_do_not_give_is_told(
    document: Make, row: int, column: int, printed: str, right: str
) -> None:
    rows = [HEAD, *with_cell(RATES, row, column, printed)]
    status, (found,) = checked(
        document, "government_rates", *table("2025年青石县一般公共预算收入执行情况表", rows)
    )
    assert (status, found.severity.value) == ("fail", "warning")
    assert (found.expected, found.actual, found.unit) == (right, printed, "%")


def test_a_wrong_figure_is_told_once_and_by_its_rates_the_part_not_the_total(document: Make) -> None:
    title = "2025年青石县一般公共预算收入执行情况表"
    wrong = with_cell(RATES, 1, 2, "940")
    records = normalize_document(document([TITLE, *table(title, [HEAD, *wrong])]))
    found = [each for each in records if isinstance(each, Finding) and each.severity.value != "info"]
    assert [(each.expected, each.actual) for each in found] == [("6400000.00", "9400000.00")]
    assert "增值税" in found[0].message


def test_a_column_of_percentages_of_something_else_says_nothing(document: Make) -> None:
    rows = [HEAD, *(with_cell(RATES, number, 3, f"{number}1.5")[number] for number in range(len(RATES)))]
    title = "2025年青石县一般公共预算收入执行情况表"
    assert checked(document, "government_rates", *table(title, rows))[1] == []


def balance(total: str = "1,000", **parts: str) -> Rows:
    """A balance of two years whose transfers have parts of their own; `total` is the first year's."""
    rows = [
        ["收入", L, L, "支出", L, L],
        ["项目", "2025年预算数", "2026年预算数", "项目", "2025年预算数", "2026年预算数"],
        ["一般公共预算收入", "300", "320", "一般公共预算支出", "900", "950"],
        ["转移性收入", "650", "700", "转移性支出", "60", "40"],
        ["返还性收入", "50", "50", "上解支出", "10", "10"],
        ["一般性转移支付收入", "500", "560", "年终结余", "50", "30"],
        ["上年结余收入", "100", "90", "债务还本支出", "40", "50"],
        ["债务转贷收入", "50", "20", "", "", ""],
        ["收入总计", total, "1,040", "支出总计", "1,000", "1,040"],
    ]
    return [[parts.get(cell, cell) for cell in row] for row in rows]


def test_a_balance_is_the_years_revenue_and_all_that_comes_besides(document: Make) -> None:
    title = "2026年青石县一般公共预算收支平衡表"
    assert checked(document, "government_balance", *table(title, balance())) == ("pass", [])
    assert checked(document, "government_balance", *table(title, balance("1,060")))[0] == "fail"


def insurance(surplus: str = "50", accumulated: str = "350") -> Rows:
    return [
        ["项目", "合计", "城乡居民基本养老保险基金", "失业保险基金"],
        ["一、本年收入", "500", "400", "100"],
        ["其中：保险费收入", "350", "260", "90"],
        ["二、本年支出", "450", "380", "70"],
        ["三、本年收支结余", surplus, "20", "30"],
        ["四、上年结余", "300", "200", "100"],
        ["五、年末滚存结余", accumulated, "220", "130"],
    ]


def left_over(*bound: str) -> Rows:
    """A side of two years of which something is left over; how much of it is bound is told below."""
    rows = [
        ["项目", "2025年预算数", "2025年执行数"],
        ["本年支出合计", "800", "760"],
        ["上解支出", "20", "25"],
        ["年终结余", "0", "30"],
        ["其中：结转下年支出", *bound],
        ["支出总计", "820", "815"],
    ]
    return [
        ["项目", "2025年预算数", "2025年执行数"],
        ["本年收入合计", "820", "815"],
        ["收入总计", "820", "815"],
        *rows[1:],
    ]


@pytest.mark.parametrize("bound", [("0", "18"), ("", "18"), ("5", "18")])
def test_what_is_told_of_a_part_is_no_further_part(document: Make, bound: tuple[str, str]) -> None:
    title = "2025年青石县一般公共预算收支平衡表"
    assert checked(document, "government_balance", *table(title, left_over(*bound)))[1] == []


def test_a_row_that_only_the_wrong_column_fills_proves_nothing(document: Make) -> None:
    rows = [[each.removeprefix("其中：") for each in row] for row in left_over("", "18")]
    title = "2025年青石县一般公共预算收支平衡表"
    assert checked(document, "government_balance", *table(title, rows))[1] == []
    wrong = with_cell(rows, 7, 2, "818")
    assert len(checked(document, "government_balance", *table(title, wrong))[1]) == 1


def test_an_insurance_keeps_what_it_had_and_took_in_and_did_not_spend(document: Make) -> None:
    title = "2026年青石县社会保险基金预算收支表"
    assert checked(document, "government_surplus", *table(title, insurance())) == ("pass", [])
    assert checked(document, "government_surplus", *table(title, insurance("70")))[0] == "fail"
    assert checked(document, "government_surplus", *table(title, insurance("50", "390")))[0] == "fail"


def test_a_surplus_that_was_adjusted_is_borne(document: Make) -> None:
    rows = [
        ["项目", "合计"],
        ["一、上年结余", "500"],
        ["二、本年收入", "300"],
        ["三、本年支出", "280"],
        ["四、调整上年结余", "-35"],
        ["五、本年收支结余", "20"],
        ["六、年末滚存结余", "485"],
    ]
    title = "2025年青石县社会保险基金收支预算表"
    assert checked(document, "government_surplus", *table(title, rows)) == ("pass", [])
    wrong = with_cell(rows, 6, 1, "455")
    assert checked(document, "government_surplus", *table(title, wrong))[0] == "fail"


def test_a_surplus_is_recomputed_where_the_insurances_are_rows(document: Make) -> None:
    head = ["险种", "上年结余", "本年收入", "本年支出", "本年收支结余", "年末滚存结余"]
    rows = [["失业保险基金", "100", "90", "60", "30", "130"], ["工伤保险基金", "40", "20", "10", "10", "50"]]
    title = "2025年青石县社会保险基金结余情况表"
    assert checked(document, "government_surplus", *table(title, [head, *rows]))[0] == "pass"
    wrong = with_cell(rows, 1, 5, "55")
    assert len(checked(document, "government_surplus", *table(title, [head, *wrong]))[1]) == 1


@pytest.mark.parametrize(("total", "status"), [("60", "pass"), ("75", "pass"), ("95", "fail")])
def test_a_total_may_take_in_meetings_and_training(document: Make, total: str, status: str) -> None:
    rows = [
        ["项目", "2026年预算数"],
        ["总计", total],
        ["因公出国（境）费", "5"],
        ["公务接待费", "15"],
        ["公务用车购置及运行费", "40"],
        ["会议费", "10"],
        ["培训费", "5"],
    ]
    title = "2026年青石县本级“三公”经费、会议费、培训费预算表"
    assert checked(document, "government_three_public", *table(title, rows))[0] == status


@pytest.mark.parametrize(("total", "vehicles", "status"), [("300", "220", "pass"), ("320", "220", "fail")])
def test_three_public_expenses_are_their_parts(document: Make, total: str, vehicles: str, status: str) -> None:
    rows = [
        ["项目", "2025年预算数", "2026年预算数"],
        ["合计", "310", total],
        ["1.因公出国（境）费", "20", "20"],
        ["2.公务接待费", "60", "60"],
        ["3.公务用车购置及运行费", "230", vehicles],
        ["其中：公务用车运行维护费", "150", "150"],
        ["公务用车购置费", "80", "70"],
    ]
    title = "2026年青石县本级“三公”经费预算表"
    assert checked(document, "government_three_public", *table(title, rows))[0] == status


def functional(education: str = "60", total: str = "150") -> tuple[str, str, Rows]:
    rows = [
        ["科目编码", "科目名称", "2026年预算数"],
        ["201", "一般公共服务支出", "90"],
        ["20101", "人大事务", "90"],
        ["205", "教育支出", education],
        ["20502", "普通教育", education],
        ["", "支出合计", total],
    ]
    return table("2026年青石县本级一般公共预算支出表", rows)


def economic(total: str = "150", operating: str = "50") -> tuple[str, str, Rows]:
    rows = [
        ["科目编码", "科目名称", "2026年预算数"],
        ["501", "机关工资福利支出", "100"],
        ["50101", "工资奖金津补贴", "100"],
        ["502", "机关商品和服务支出", operating],
        ["50201", "办公经费", operating],
        ["", "支出合计", total],
    ]
    return table("2026年青石县本级一般公共预算支出政府经济分类表", rows)


def test_spending_by_function_and_by_economic_class_is_one_sum(document: Make) -> None:
    assert checked(document, "government_economic", *functional(), *economic())[0] == "pass"
    status, (found,) = checked(document, "government_economic", *functional(), *economic("140", "40"))
    assert (status, found.severity.value, found.difference) == ("fail", "warning", "-100000.00")


def test_a_table_of_basic_spending_is_no_part_of_the_comparison(document: Make) -> None:
    title, unit, rows = economic("140", "40")
    basic = (title.replace("支出政府", "基本支出政府"), unit, rows)
    assert checked(document, "government_economic", *functional(), *basic)[0] == "not_applicable"


def sides(spent: str) -> tuple[str, str, Rows]:
    rows = [
        ["项目", "2026年预算数", "项目", "2026年预算数"],
        ["本年收入", "120", "本年支出", spent],
        ["上年结余", str(int(spent) - 120), "", ""],
        ["收入总计", spent, "支出总计", spent],
    ]
    return table("2026年青石县本级一般公共预算收支平衡表", rows)


def test_two_tables_of_one_spending_say_the_same(document: Make) -> None:
    assert checked(document, "government_tables", *functional(), *sides("150"))[0] == "pass"
    assert checked(document, "government_tables", *functional(), *sides("158"))[0] == "fail"


def report(revenue: str) -> str:
    return f"2025年，全县一般公共预算收入完成{revenue}亿元，其中：税收收入0.95亿元，非税收入0.53亿元。"


def executed() -> tuple[str, str, Rows]:
    """The table in 万元 that the report tells of in 亿元."""
    rows = [[name, *(f"{figure}0".replace(",", "") for figure in figures)] for name, *figures in RATES]
    return table("2025年青石县全县一般公共预算收入执行情况表", [HEAD, *rows])


def test_the_report_says_what_the_tables_say_as_far_as_it_rounds(document: Make) -> None:
    assert checked(document, "government_report", report("1.48"), *executed())[0] in {"pass", "rounding"}
    assert checked(document, "government_report", report("1.49"), *executed())[1] == []
    assert checked(document, "government_report", report("１．４９"), *executed())[1] == []
    status, found = checked(document, "government_report", report("1.84"), *executed())
    assert (status, [each.actual for each in found]) == ("fail", ["184000000.00"])


def whole(*, without: str = "") -> list[str | Rows]:
    """A whole budget of tables of one row, less those whose title holds `without`."""
    figures: Rows = [["项目", "2026年预算数"], ["合计", "100"]]
    titles = [
        "一般公共预算收入表", "一般公共预算支出表", "一般公共预算税收返还和转移支付表",
        "政府一般债务限额和余额情况表",
        "政府性基金收入表", "政府性基金支出表", "政府性基金转移支付表", "政府专项债务限额和余额情况表",
        "国有资本经营预算收入表", "国有资本经营预算支出表", "社会保险基金收入表", "社会保险基金支出表",
        "地方政府债券发行及还本付息情况表",
    ]  # fmt: skip
    kept = [title for title in titles if not without or without not in title]
    return [each for title in kept for each in table(f"2026年青石县{title}", figures)]


def test_a_table_that_regulation_requires_is_missed_in_a_whole_budget(document: Make) -> None:
    assert checked(document, "government_published", *whole())[0] == "pass"
    status, (found,) = checked(document, "government_published", *whole(without="政府性基金转移"))
    assert (status, found.severity.value) == ("fail", "info")
    assert "政府性基金转移支付表" in found.message
    assert "财预〔2016〕143号" in found.message


def test_a_table_left_blank_is_published_and_one_file_of_several_lacks_nothing(document: Make) -> None:
    blank: Rows = [["项目", "2026年预算数"], ["本表无数据", ""]]
    written = [*whole(without="政府性基金转移"), *table("2026年青石县政府性基金转移支付表", blank)]
    assert checked(document, "government_published", *written)[0] == "pass"
    assert checked(document, "government_published", *whole(without="基金"))[0] == "not_applicable"
