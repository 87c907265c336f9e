"""Layouts of tables met in further provinces: headers of several rows, names beside names, units below a total."""

import pytest

from tests.variants.test_variants_provinces import Write, every_format, reading_of
from tests.variants.variants_department import LEFT, UP, as_tabs
from tests.variants.variants_department import as_html as html
from tests.variants.variants_reading import Reading, read


def lines_of(reading: Reading) -> list[tuple[object, ...]]:
    return reading.said("budget_line", "unit_name", "name", "column", "amount")


@every_format
def test_codes_of_the_governments_classification_in_pieces_are_no_codes_of_the_rows(write: Write) -> None:
    rows = [
        ["政府预算经济分类", LEFT, LEFT, "部门预算经济分类", LEFT, "合计", "人员经费", "公用经费"],
        ["类", "款", "科目名称", "科目编码", "科目名称", UP, UP, UP],
        ["", "", "合计", "", "合计", "300.00", "260.00", "40.00"],
        ["501", "", "机关工资福利支出", "301", "工资福利支出", "260.00", "260.00", ""],
        ["501", "01", "工资奖金津补贴", "30101", "基本工资", "160.00", "160.00", ""],
        ["501", "02", "社会保障缴费", "30108", "机关事业单位基本养老保险缴费", "100.00", "100.00", ""],
        ["502", "", "机关商品和服务支出", "302", "商品和服务支出", "40.00", "", "40.00"],
        ["502", "01", "办公经费", "30201", "办公费", "40.00", "", "40.00"],
    ]
    reading = reading_of(write, "一般公共预算财政拨款基本支出预算表（按经济分类）", rows)
    codes = {code for code, _, _, _ in reading.lines("general_budget_basic_expenditure")}
    assert codes == {None, "301", "30101", "30108", "302", "30201"}
    assert not reading.complaints


@every_format
def test_a_name_of_account_or_unit_beside_codes_in_pieces_names_the_row(write: Write) -> None:
    rows = [
        ["科目编码", LEFT, LEFT, "科目（单位）名称", "合计", "基本支出", "项目支出"],
        ["类", "款", "项", UP, UP, UP, UP],
        ["", "", "", "合计", "500.00", "300.00", "200.00"],
        ["208", "", "", "社会保障和就业支出", "500.00", "300.00", "200.00"],
        ["208", "02", "", "民政管理事务", "500.00", "300.00", "200.00"],
        ["208", "02", "01", "行政运行", "300.00", "300.00", ""],
        ["208", "02", "07", "行政区划和地名管理", "200.00", "", "200.00"],
    ]
    reading = reading_of(write, "支出预算总表", rows)
    names = {(code, name) for code, name, _, _ in reading.lines("expenditure")}
    assert {(None, "合计"), ("20802", "民政管理事务"), ("2080207", "行政区划和地名管理")} < names
    assert not reading.complaints


@every_format
def test_a_balance_headed_by_kinds_of_expenditure_keeps_their_rows(write: Write) -> None:
    rows = [
        ["收入", LEFT, "支出", LEFT, LEFT, LEFT],
        ["项目", "本年预算数", "支出类别", "本年预算数", "部门预算经济分类", "本年预算数"],
        ["一、财政拨款收入", "500.00", "一、基本支出", "300.00", "一、工资福利支出", "380.00"],
        ["二、其他收入", "", "二、项目支出", "200.00", "二、商品和服务支出", "120.00"],
        ["收入合计", "500.00", "支出合计", "500.00", "支出合计", "500.00"],
    ]
    reading = reading_of(write, "收支预算总表", rows)
    assert {("基本支出", "300"), ("项目支出", "200"), ("工资福利支出", "380")} < reading.amounts("balance")
    assert not reading.complaints


@every_format
def test_a_units_own_funds_and_their_sources_are_not_added_twice(write: Write) -> None:
    rows = [
        ["部门（单位）代码", "部门（单位）名称", "合计", "本年收入", LEFT, LEFT, LEFT, LEFT, "上年结转结余"],
        [UP, UP, UP, "小计", "一般公共预算", "单位资金", LEFT, LEFT, UP],
        [UP, UP, UP, UP, UP, "小计", "上级补助收入", "其他收入", UP],
        ["合计", LEFT, "91.00", "90.00", "80.00", "10.00", "7.00", "3.00", "1.00"],
        ["136001", "青石县水务局", "91.00", "90.00", "80.00", "10.00", "7.00", "3.00", "1.00"],
    ]
    reading = reading_of(write, "部门收入预算表", rows)
    columns = {(name, column) for _, name, column, _ in reading.lines("income")}
    assert {
        ("青石县水务局", "unit_funds"),
        ("青石县水务局", "superior_subsidy"),
        ("合计", "other_income"),
    } < columns
    assert not reading.complaints


@every_format
def test_appropriations_and_their_funds_without_marks_are_one_line_of_the_sum(write: Write) -> None:
    rows = [
        ["收 入", LEFT, "支 出", LEFT],
        ["项 目", "预算数", "功能分类", "预算数"],
        ["财政拨款（补助）", "2,300.00", "208 社会保障和就业支出", "200.00"],
        ["一般公共预算", "2,280.00", "213 农林水支出", "2,110.00"],
        ["政府性基金预算", "20.00", "", ""],
        ["其他收入", "10.00", "", ""],
        ["收 入 总 计", "2,310.00", "支 出 总 计", "2,310.00"],
    ]
    assert not reading_of(write, "部门收支总体情况表", rows).complaints


@every_format
def test_units_of_the_three_public_table_are_read_as_theirs(write: Write) -> None:
    rows = [
        ["单位名称", "合计", "因公出国（境）费用", "公务接待费", "公务用车购置及运行费", LEFT, LEFT],
        [UP, UP, UP, UP, "小计", "公务用车购置费", "公务用车运行维护费"],
        ["合计", "22.30", "0.00", "4.30", "18.00", "0.00", "18.00"],
        ["青石县水务局（本级）", "12.30", "0.00", "2.30", "10.00", "0.00", "10.00"],
        ["青石县水库管理中心", "10.00", "0.00", "2.00", "8.00", "0.00", "8.00"],
    ]
    reading = reading_of(write, "2023年一般公共预算“三公”经费支出表", rows)
    totals = [(unit, amount) for unit, name, _, amount in lines_of(reading) if name == "合计"]
    assert totals == [(None, "223000"), ("青石县水务局（本级）", "123000"), ("青石县水库管理中心", "100000")]
    assert not reading.complaints


@every_format
def test_what_the_general_budget_pays_of_the_three_is_a_column_of_its_own(write: Write) -> None:
    rows = [
        ["项目", "2023年预算数", LEFT],
        [UP, "小计", "其中：一般公共预算安排数"],
        ["“三公”经费合计", "21.63", "20.63"],
        ["（一）公务接待费", "14.83", "13.83"],
        ["（二）公务用车费", "6.80", "6.80"],
    ]
    reading = reading_of(write, "财政拨款“三公”经费预算表", rows)
    columns = {(name, column) for _, name, column, _ in lines_of(reading)}
    assert {("公务接待费", "total"), ("公务接待费", "general_public_budget")} < columns
    assert not reading.complaints


@every_format
def test_counted_accounts_are_what_was_spent(write: Write) -> None:
    rows = [
        ["项目", "行次", "预算数", "决算统计数"],
        ["（一）支出合计", "1", "8.60", "8.00"],
        ["1．因公出国（境）费", "2", "0.00", "0.00"],
        ["2．公务用车购置及运行维护费", "3", "7.00", "6.80"],
        ["3．公务接待费", "4", "1.60", "1.20"],
    ]
    reading = reading_of(write, "“三公”经费、行政参公单位机关运行经费情况表", rows)
    totals = reading.said("budget_line", "name", "basis", "amount")
    assert ("支出合计", "budget", "86000") in totals
    assert ("支出合计", "final", "80000") in totals


PROSE = "青石县水务局2023年部门预算说明\n"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            (
                "一、收入预算\n2023年年初预算数760.00万元，其中，一般公共预算拨款700.00万元，纳入专户管理的非税收入60.00万元。\n"
                "二、支出预算\n2023年年初预算数760.00万元，其中，农林水支出700.00万元，住房保障支出60.00万元。"
            ),
            {
                "income_total": "760",
                "income_general_public_budget": "700",
                "income_fiscal_account": "60",
                "expenditure_total": "760",
            },
        ),
        (
            "二、一般公共预算拨款支出预算\n（一）支出预算\n2023年预算数700.00万元。",
            {},
        ),
        (
            (
                "2023年部门财务总收入911.23万元，其中：单位资金10.00万元。\n"
                "2023年部门财政拨款收入901.23万元，其中：本年收入901.00万元，上年结转0.23万元。"
            ),
            {"income_total": "911.23", "income_unit_funds": "10"},
        ),
        (
            (
                "2023年一般公共预算财政拨款收入1800万元，一般公共预算财政拨款支出1800万元，比2022年增加90万元。"
                "其中：基本支出1400万元；项目支出400万元。2023年支出预算1900万元，其中：基本支出1450万元；项目支出450万元。"
            ),
            {
                "income_general_public_budget": "1800",
                "expenditure_total": "1900",
                "expenditure_basic": "1450",
                "expenditure_project": "450",
            },
        ),
        (
            "2023年“三公”经费预算3万元，其中河道治理项目安排公务用车运行费1万元。",
            {"three_public_total": "3"},
        ),
    ],
)
def test_what_a_title_above_or_a_fund_before_says_the_figure_is_of(text: str, facts: dict[str, str]) -> None:
    assert read(f"{PROSE}{text}".encode()).facts == facts


def test_a_heading_names_what_the_figure_below_it_is_of_in_a_page_too() -> None:
    pages = html([(["青石县水务局2023年部门预算说明", "一、收入预算", "2023年年初预算数760.00万元。"], [])])
    assert read(pages).facts == {"income_total": "760"}


def test_the_plan_of_which_a_share_was_spent_is_no_amount_spent() -> None:
    text = "青石县水务局2023年部门决算\n2023年“三公”经费支出4.20万元，完成全年预算5.00万元的84.00%。"
    assert read(text.encode()).facts == {"three_public_total": "4.2"}


def test_growth_may_be_of_the_total_with_what_was_carried_over() -> None:
    text = "青石县水务局2023年部门预算\n2023年收入总计3120.45万元，其中：本年收入3000.45万元，上年结转120万元。"
    assert not read(f"{text}与上年相比减少40万元，下降1.27%。".encode()).complaints
    assert read(f"{text}与上年相比减少40万元，下降2.27%。".encode()).complaints


@every_format
def test_what_only_compares_two_years_of_the_three_is_set_aside(write: Write) -> None:
    items = ["合计", "因公出国（境）费用", "公务接待费", "公务用车购置及运行维护费"]
    rows = [
        ["单位名称", "2022年", LEFT, LEFT, LEFT, "2023年", LEFT, LEFT, LEFT, "增减变化情况", LEFT],
        [UP, *items, *items, "增减额", "增减率"],
        ["青石县水务局", "5.00", "", "1.00", "4.00", "4.50", "", "0.50", "4.00", "-0.50", "-10.00%"],
    ]
    reading = reading_of(write, "一般公共预算拨款“三公”经费支出预算表", rows)
    assert {amount for _, _, _, amount in lines_of(reading)} == {"45000", "5000", "40000"}
    assert not reading.complaints


@every_format
def test_appropriations_carried_over_are_read_by_fund_in_a_list_of_projects(write: Write) -> None:
    rows = [
        ["项目名称", "实施单位", "合计", "本年财政拨款", LEFT, "财政拨款结转", LEFT],
        [UP, UP, UP, "一般公共预算", "政府性基金预算", "一般公共预算", "政府性基金预算"],
        ["合计", "", "110.00", "100.00", "", "10.00", ""],
        ["河道治理", "青石县水务局", "60.00", "60.00", "", "", ""],
        ["防汛抗旱", "青石县水务局", "50.00", "40.00", "", "10.00", ""],
    ]
    reading = reading_of(write, "项目支出表", rows)
    columns = {(name, column) for _, name, column, _ in reading.lines("project_expenditure")}
    assert ("防汛抗旱", "carryover_general_public_budget") in columns
    assert not reading.complaints


def test_a_row_of_labels_that_begins_with_the_total_is_of_the_header() -> None:
    items = ["合计", "因公出国（境）费", "公务用车购置及运行费", "公务接待费"]
    rows = [
        ["", "预算数", "", "", "", "决算数", "", ""],
        [*items, *items],
        ["9.00", "0.00", "6.00", "3.00", "8.00", "0.00", "6.00", "2.00"],
    ]
    reading = reading_of(as_tabs, "财政拨款“三公”经费支出决算表", rows)
    assert {name for _, name, _, _ in lines_of(reading)} == {*items}


@every_format
@pytest.mark.parametrize("label", ["单位名称（科目名称）", "单位名称（功能分类科目名称）", "支出方向"])
def test_words_beside_codes_name_the_row_whatever_their_column_is_called(write: Write, label: str) -> None:
    rows = [
        ["科目编码", label, "合计", "基本支出", "项目支出"],
        ["", "合计", "500.00", "300.00", "200.00"],
        ["213", "农林水支出", "500.00", "300.00", "200.00"],
        ["21303", "水利", "500.00", "300.00", "200.00"],
    ]
    reading = reading_of(write, "部门支出总表", rows)
    assert {name for _, name, _, _ in reading.lines("expenditure")} == {"合计", "农林水支出", "水利"}


@every_format
@pytest.mark.parametrize(("third", "told"), [("100.00", []), ("120.00", ["hierarchy_sum"])])
def test_a_list_of_projects_adds_up_to_its_total(write: Write, third: str, told: list[str]) -> None:
    rows = [
        ["项目名称", "项目单位", "合计", "一般公共预算", "政府性基金预算"],
        ["合计", "", "300.00", "200.00", "100.00"],
        ["河道治理", "青石县水务局", "200.00", "100.00", "100.00"],
        ["水库除险", "青石县水务局", third, third, ""],
    ]
    found = [each.partition(":")[0] for each in reading_of(write, "部门预算项目支出表", rows).complaints]
    assert list(dict.fromkeys(found)) == told


@every_format
def test_the_total_of_the_three_beside_one_with_meetings_under_a_header_of_one_row(write: Write) -> None:
    rows = [
        [
            "合计",
            "“三公”经费小计",
            "因公出国（境）费用",
            "公务用车购置费",
            "公务用车运行费",
            "公务接待费",
            "会议费",
            "培训费",
        ],
        ["4.30", "2.50", "0", "0", "2.00", "0.50", "1.00", "0.80"],
    ]
    reading = reading_of(write, "“三公”经费、会议费和培训费预算表", rows)
    assert {("“三公”经费小计", "2.5"), ("合计（含会议费、培训费）", "4.3")} <= reading.amounts("three_public")
    assert not reading.complaints


@every_format
def test_a_total_of_the_sources_of_money_is_a_total(write: Write) -> None:
    rows = [
        ["序号", "项目类别", "项目名称", "项目单位", "资金来源合计", "一般公共预算", "政府性基金"],
        ["1", "特定目标类", "水质监测", "青石县水文站", "50.00", "40.00", "10.00"],
        ["", "合计", "", "", "50.00", "40.00", "10.00"],
    ]
    reading = reading_of(write, "部门预算项目支出表", rows)
    assert (None, "水质监测", "total", 50) in reading.lines("project_expenditure")
    assert not reading.complaints
