"""Budget tables as provinces print them: titles, columns in any order, totals that slid, several sets."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer import unread
from services.normalizer.layout import layout_of
from services.normalizer.readers import budget_lines, procurement
from services.normalizer.recorder import Recorder
from shared.schemas.document import Document
from shared.schemas.records import BudgetLine, Finding, ProcurementLine, RecordBase

Read = Callable[[Any, Any], list[RecordBase]]
Rows = Sequence[Sequence[str]]
UNIT = "单位：万元"
CODED = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["", "合计", "6.00", "3.00", "3.00"],
    ["205", "教育支出", "6.00", "3.00", "3.00"],
]
BALANCE = [
    ["收入", "<", "支出", "<"],
    ["项目", "预算数", "项目", "预算数"],
    ["一、财政拨款收入", "12.50", "一、教育支出", "12.50"],
    ["收入总计", "12.50", "支出总计", "12.50"],
]
FLAT = ["合计", "因公出国（境）费", "公务用车购置及运行费", "<", "<", "公务接待费"]
NAMES = ("合计", "因公出国（境）费", "公务用车购置及运行费", "公务接待费")
PARTS = ["^", "^", "小计", "购置费", "运行费", "^"]


def lines(records: Sequence[RecordBase]) -> list[BudgetLine]:
    return [each for each in records if isinstance(each, BudgetLine)]


def told(records: Sequence[RecordBase]) -> list[tuple[str, str]]:
    return [(each.check, each.severity.value) for each in records if isinstance(each, Finding)]


def amounts(records: Sequence[RecordBase]) -> list[tuple[str, str, str]]:
    """Name, column and amount in 万元."""
    return [
        (each.name, each.column.value, "" if each.amount is None else f"{each.amount / 10_000:.2f}")
        for each in lines(records)
    ]


@pytest.mark.parametrize(
    ("title", "table"),
    [
        ("2024年部门支出预算总表", "expenditure"),
        ("表三 部门支出总体情况表（单位：万元）", "expenditure"),
        ("2024年部门一般公共预算支出功能分类预算表", "general_budget_expenditure"),
        ("公开07表：一般公共预算支出预算表（功能科目）", "general_budget_expenditure"),
        ("一般公共预算财政拨款支出决算表", "general_budget_expenditure"),
        ("财政拨款支出预算表（功能科目）", "appropriation_expenditure"),
        ("财政拨款政府性基金支出预算表", "government_fund_expenditure"),
        ("政府性基金预算财政拨款收入支出决算表", "government_fund_expenditure"),
        ("国有资本经营预算支出功能分类预算表", "state_capital_expenditure"),
        ("青石县政府采购中心支出预算总表", "expenditure"),
    ],
)
def test_a_title_is_known_by_the_words_it_names(read: Read, title: str, table: str) -> None:
    assert {each.table.value for each in lines(read(budget_lines.read, [title, UNIT, CODED]))} == {table}


@pytest.mark.parametrize(
    ("title", "code", "table"),
    [
        ("一般公共预算基本支出预算表（经济科目）", "301", "general_budget_basic_expenditure"),
        ("一般公共预算基本支出部门预算经济分类预算表", "301", "general_budget_basic_expenditure"),
        ("财政拨款基本支出预算表", "301", "appropriation_basic_expenditure"),
        ("部门预算支出经济分类表", "301", "department_economic_expenditure"),
        ("政府预算支出经济分类表", "501", "government_economic_expenditure"),
        ("一般公共预算支出表（按经济分类）", "501", "government_economic_expenditure"),
        ("一般公共预算机关运行经费支出预算表", "302", "agency_operating_funds"),
    ],
)
def test_titles_of_tables_by_economy_are_told_apart_with_their_codes(
    read: Read, title: str, code: str, table: str
) -> None:
    rows = [
        ["科目编码", "科目名称", "金额"],
        ["", "合计", "6.00"],
        [code, "甲", "6.00"],
        [f"{code}01", "乙", "6.00"],
    ]
    found = lines(read(budget_lines.read, [title, UNIT, rows]))
    assert {(each.table.value, each.column.value) for each in found} == {(table, "total")}


def test_a_title_cut_over_two_lines_is_one(read: Read) -> None:
    written = ["政府性基金支出预算", "表", UNIT, CODED]
    assert {each.table.value for each in lines(read(budget_lines.read, written))} == {
        "government_fund_expenditure"
    }


def test_a_list_of_titles_before_a_table_does_not_rename_it(read: Read) -> None:
    written = ["收支总表", "支出总表", "“三公”经费支出表", UNIT, BALANCE]
    assert {each.table.value for each in lines(read(budget_lines.read, written))} == {"balance"}


@given(st.permutations(range(5)))
def test_columns_in_any_order_read_the_same(order: list[int]) -> None:
    rows = [[row[column] for column in order] for row in CODED]
    assert set(_read(["支出总表", UNIT, rows])) == set(_read(["支出总表", UNIT, CODED]))


@given(st.sampled_from(["", "支出预算", "本年支出"]), st.booleans(), st.booleans())
def test_a_header_split_in_any_way_reads_the_same(over: str, spans: bool, parts: bool) -> None:
    fill = "<" if spans else ""
    top = ["项目", fill, over or "支出预算", fill, fill]
    names = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
    header = [top, names] if over else [names]
    rows = [*header, ["1", "2", "3", "4", "5"], *CODED[1:]] if parts else [*header, *CODED[1:]]
    assert _read(["支出总表", UNIT, rows]) == _read(["支出总表", UNIT, CODED])


def _read(written: Sequence[str | Rows]) -> list[tuple[object, ...]]:
    from tests.unit.normalizer.conftest import _document

    document: Document = _document(written)
    recorder = Recorder(document)
    result = budget_lines.read(layout_of(document), recorder)
    assert not unread.findings(result.left, recorder)
    return [(each.code, each.name, each.column.value, each.amount) for each in result.of(BudgetLine)]


@pytest.mark.parametrize(
    "heads", [("本年收入", "本年支出"), ("财政拨款收入", "财政拨款支出"), ("一般公共预算收入", "一般公共预算支出")]
)
def test_the_heading_of_a_side_is_no_column(read: Read, heads: tuple[str, str]) -> None:
    rows = [[heads[0], "<", heads[1], "<"], *BALANCE[1:]]
    found = lines(read(budget_lines.read, ["收支预算总表", UNIT, rows]))
    assert {(each.side, each.column.value) for each in found} == {("income", "budget"), ("expenditure", "budget")}


def test_a_balance_with_basic_and_project_columns(read: Read) -> None:
    rows = [
        ["本年收入", "<", "本年支出", "<", "<", "<", "<"],
        ["项目", "预算数", "项目", "预算数", "<", "<", "<"],
        ["^", "^", "^", "合计", "基本支出", "<", "项目支出"],
        ["^", "^", "^", "^", "人员经费", "公用经费", "^"],
        ["财政拨款收入", "12.50", "教育支出", "12.50", "6.00", "1.00", "5.50"],
    ]
    found = lines(read(budget_lines.read, ["收支预算总表", UNIT, rows]))
    assert [each.column.value for each in found] == ["budget", "total", "personnel", "public_use", "project"]


def test_income_by_rows_names_the_group_of_a_subtotal(read: Read) -> None:
    rows = [
        ["项目名称", "<", "金额"],
        ["收入总计", "<", "12.00"],
        ["一般公共预算资金", "小计", "10.00"],
        ["^", "公共财政拨款（补助）资金", "10.00"],
        ["其他资金", "小计", "2.00"],
        ["^", "其他收入", "2.00"],
    ]
    assert [name for name, _, _ in amounts(read(budget_lines.read, ["收入预算总表", UNIT, rows]))] == [
        "收入总计", "一般公共预算资金小计", "公共财政拨款（补助）资金", "其他资金小计", "其他收入",
    ]  # fmt: skip


def test_expenditure_of_one_row_without_names(read: Read) -> None:
    rows = [
        ["合计", "基本支出", "项目支出", "单位预留机动经费", "结转下年资金"],
        ["9.00", "5.00", "3.00", "1.00", ""],
    ]
    assert amounts(read(budget_lines.read, ["支出预算总表", UNIT, rows])) == [
        ("合计", "total", "9.00"), ("合计", "basic", "5.00"), ("合计", "project", "3.00"),
        ("合计", "reserve", "1.00"),
    ]  # fmt: skip


def test_codes_of_which_only_the_last_piece_is_printed(read: Read) -> None:
    rows = [
        ["科目编码", "<", "<", "科目名称", "合计"],
        ["类", "款", "项", "^", "^"],
        ["205", "", "", "教育支出", "6.00"],
        ["", "02", "", "普通教育", "6.00"],
        ["", "", "01", "学前教育", "6.00"],
        ["合计", "<", "<", "<", "6.00"],
    ]
    found = lines(read(budget_lines.read, ["一般公共预算支出表", UNIT, rows]))
    assert [each.code for each in found] == ["205", "20502", "2050201", None]


def test_code_parts_beside_the_numbers_of_columns_and_the_total(read: Read) -> None:
    rows = [
        ["项目", "<", "<", "<", "本年支出合计", "基本支出", "项目支出"],
        ["支出功能分类科目编码", "<", "<", "科目名称", "^", "^", "^"],
        ["类", "款", "项", "栏次", "1", "2", "3"],
        ["^", "^", "^", "合计", "6.00", "3.00", "3.00"],
        ["205", "<", "<", "教育支出", "6.00", "3.00", "3.00"],
    ]
    found = lines(read(budget_lines.read, ["支出决算表", UNIT, rows]))
    assert [(each.code, each.name) for each in found if each.column == "total"] == [
        (None, "合计"),
        ("205", "教育支出"),
    ]


def test_a_total_moved_left_of_its_columns_is_put_back(read: Read) -> None:
    rows = [
        ["序号", "科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["1", "合计", "6.00", "3.00", "3.00", ""],
        ["2", "205", "教育支出", "6.00", "3.00", "3.00"],
    ]
    records = read(budget_lines.read, ["支出总表", UNIT, rows])
    assert amounts(records)[:3] == [
        ("合计", "total", "6.00"),
        ("合计", "basic", "3.00"),
        ("合计", "project", "3.00"),
    ]
    assert not told(records)


def test_a_total_alone_on_the_next_page_belongs_to_the_table(read: Read) -> None:
    records = read(budget_lines.read, ["支出总表", UNIT, [CODED[0], CODED[2]], [["合计", "6.00", "3.00", "3.00"]]])
    assert amounts(records)[3:] == [
        ("合计", "total", "6.00"),
        ("合计", "basic", "3.00"),
        ("合计", "project", "3.00"),
    ]


def test_a_table_with_its_title_inside_ends_the_one_above(read: Read) -> None:
    below = [["政府性基金预算支出表", "", "", "", ""], ["单位：元", "", "", "", ""], *CODED]
    found = lines(read(budget_lines.read, ["支出总表", UNIT, [*CODED, *below]]))
    assert [(each.table.value, each.amount) for each in found if each.column == "total" and each.code] == [
        ("expenditure", 60000),
        ("government_fund_expenditure", 6),
    ]


def test_groups_side_by_side_and_a_total_of_all(read: Read) -> None:
    rows = [
        ["科目编码", "科目名称", "预算数", "科目编码", "科目名称", "预算数"],
        ["301", "工资福利支出", "10.00", "302", "商品和服务支出", "2.00"],
        ["合计", "<", "<", "<", "<", "12.00"],
    ]
    headed = [["人员经费", "<", "<", "公用经费", "<", "<"], *rows]
    assert amounts(read(budget_lines.read, ["一般公共预算基本支出表", UNIT, headed])) == [
        ("工资福利支出", "personnel", "10.00"),
        ("商品和服务支出", "public_use", "2.00"),
        ("合计", "total", "12.00"),
    ]


def test_a_heading_over_the_wrong_groups_yields_to_the_codes(read: Read) -> None:
    rows = [
        ["人员经费", "公用经费", "<", "<", "<", "<"],
        ["科目编码", "科目名称", "决算数", "科目编码", "科目名称", "决算数"],
        ["301", "工资福利支出", "10.00", "302", "商品和服务支出", "2.00"],
    ]
    found = amounts(read(budget_lines.read, ["一般公共预算基本支出决算表", UNIT, rows]))
    assert [column for _, column, _ in found] == ["personnel", "public_use"]


def test_three_public_with_meetings_keeps_the_two_totals_apart(read: Read) -> None:
    rows = [
        ["合计", "“三公”经费", "<", "<", "<", "<", "<", "会议费", "培训费"],
        ["^", "小计", "因公出国（境）费", "公务用车购置及运行维护费", "<", "<", "公务接待费", "^", "^"],
        ["^", "^", "^", "小计", "公务用车购置费", "公务用车运行维护费", "^", "^", "^"],
        ["9.00", "6.00", "1.00", "4.00", "", "4.00", "1.00", "2.00", "1.00"],
    ]
    found = amounts(read(budget_lines.read, ["“三公”经费、会议费、培训费支出预算表", UNIT, rows]))
    assert [(name, amount) for name, _, amount in found] == [
        ("合计（含会议费、培训费）", "9.00"), ("合计", "6.00"), ("因公出国（境）费", "1.00"),
        ("公务用车购置及运行维护费", "4.00"), ("公务用车运行维护费", "4.00"), ("公务接待费", "1.00"),
        ("会议费", "2.00"), ("培训费", "1.00"),
    ]  # fmt: skip


def test_three_public_with_agency_funds_beside_it(read: Read) -> None:
    rows = [
        ["2024年“三公”经费预算数", "<", "<", "<", "<", "<", "2024年机关运行经费预算数"],
        [*FLAT, "^"],
        [*PARTS, "^"],
        ["6.00", "1.00", "4.00", "1.50", "2.50", "1.00", "30.00"],
    ]
    records = read(budget_lines.read, ["部门“三公”经费和机关运行经费预算表", UNIT, rows])
    assert [(each.table.value, each.name) for each in lines(records)] == [
        ("three_public", "合计"), ("three_public", "因公出国（境）费"), ("three_public", "公务用车购置及运行费"),
        ("three_public", "公务用车购置费"), ("three_public", "公务用车运行费"), ("three_public", "公务接待费"),
        ("agency_operating_funds", "机关运行经费预算数"),
    ]  # fmt: skip
    assert told(records) == [("unread_column", "info")]


@pytest.mark.parametrize(
    "rows",
    [
        [["预算数", *"<<<<<", "决算数", *"<<<<<"], FLAT * 2, PARTS * 2, [*["2.00"] * 6, *["1.00"] * 6]],
        [["项目", *FLAT], ["^", *PARTS], ["预算数", *["2.00"] * 6], ["决算数", *["1.00"] * 6]],
        [["项目", "预算数", "决算数"], *[[name, "2.00", "1.00"] for name in NAMES]],
    ],
    ids=["columns", "rows", "upright"],
)  # fmt: skip
def test_three_public_of_accounts_says_what_was_planned_and_what_was_spent(read: Read, rows: Rows) -> None:
    found = lines(read(budget_lines.read, ["“三公”经费支出决算表", UNIT, rows]))
    total = {(each.basis.value if each.basis else None, each.amount) for each in found if each.name == "合计"}
    assert total == {("final", 10000), ("budget", 20000)}


def test_rows_of_two_years_give_the_newer(read: Read) -> None:
    rows = [["年度", *FLAT], ["^", *PARTS], ["2023年", *["2.00"] * 6], ["2024年", *["1.00"] * 6]]
    records = read(budget_lines.read, ["“三公”经费预算表", UNIT, rows])
    assert {amount for _, _, amount in amounts(records)} == {"1.00"}
    assert told(records) == [("unread_row", "info")]


def test_the_flow_of_a_fund_is_read_whole(read: Read) -> None:
    rows = [
        ["项目", "<", "年初结转和结余", "本年收入", "本年支出", "<", "<", "年末结转和结余"],
        ["功能分类科目编码", "科目名称", "^", "^", "^", "^", "^", "^"],
        ["合计", "<", "1.00", "5.00", "小计", "基本支出", "项目支出", "2.00"],
        ["212", "城乡社区支出", "1.00", "5.00", "4.00", "", "4.00", "2.00"],
    ]
    found = amounts(read(budget_lines.read, ["政府性基金预算财政拨款收入支出决算表", UNIT, rows]))
    assert [column for name, column, _ in found if name == "城乡社区支出"] == [
        "carryover", "current_year", "total", "project", "year_end_carryover",
    ]  # fmt: skip
    assert [column for name, column, _ in found if name == "合计"] == [
        "carryover",
        "current_year",
        "year_end_carryover",
    ]


def test_a_table_without_a_unit_takes_that_of_its_set_and_says_so(read: Read) -> None:
    plain = [CODED[0], ["", "合计", "612.50", "300.25", "312.25"]]
    balance = [*BALANCE[:2], ["收入总计", "612.50", "支出总计", "612.50"]]
    records = read(budget_lines.read, ["收支总表", UNIT, balance, "支出总表", plain])
    assert {each.amount for each in lines(records) if each.column == "total"} == {6125000}
    assert told(records) == [("unit_inferred", "info")]


def test_each_set_of_several_is_under_its_unit(read: Read) -> None:
    written = []
    for name in ("青石县水务局", "青石县水利站"):
        written += ["收支总表", f"部门：{name}", UNIT, BALANCE, "支出总表", UNIT, CODED]
    found = lines(read(budget_lines.read, written))
    assert [each.unit_name for each in found if each.column == "total" and each.code] == [
        "青石县水务局",
        "青石县水利站",
    ]


def test_one_department_named_in_every_caption_is_no_unit_of_several(read: Read) -> None:
    written = ["收支总表", "部门：青石县水务局", UNIT, BALANCE, "支出总表", "部门：水务局", UNIT, CODED]
    assert {each.unit_name for each in lines(read(budget_lines.read, written))} == {None}


def test_rows_fused_in_one_cell_are_told_as_such(read: Read) -> None:
    rows = [CODED[0], ["205\n206", "教育支出\n科学技术支出", "3.00\n4.00", "1.00\n2.00", ""]]
    records = read(budget_lines.read, ["支出总表", UNIT, rows])
    assert "几行" in next(each.message for each in records if isinstance(each, Finding))


def test_a_column_not_understood_is_a_warning_and_one_of_another_year_is_not(read: Read) -> None:
    header = ["科目编码", "科目名称", "合计", "基本支出", "项目支出", "2023年执行数", "神秘支出"]
    rows = [header, ["205", "教育支出", "6.00", "3.00", "3.00", "5.00", "1.00"]]
    records = read(budget_lines.read, ["支出总表", UNIT, rows])
    assert sorted(told(records)) == [("unread_column", "info"), ("unread_column", "warning")]


def test_purchases_by_class_stand_under_their_project(read: Read) -> None:
    rows = [
        ["采购品目大类", "专项名称", "经济科目", "采购物品名称", "采购组织形式", "总计"],
        ["合计", "", "", "", "", "9.00"],
        ["一、货物A", "", "", "", "", "9.00"],
        ["", "办公设备购置费", "办公设备购置", "", "", "9.00"],
        ["", "", "", "台式计算机", "分散采购", "4.00"],
        ["", "", "", "复印机", "集中采购", "5.00"],
    ]
    found = [
        each
        for each in read(procurement.read, ["政府采购支出预算表", UNIT, rows])
        if isinstance(each, ProcurementLine)
    ]
    assert [(each.line_type, each.project, each.item, each.project_budget) for each in found] == [
        ("total", None, None, None),
        ("subtotal", None, "货物A", None),
        ("item", "办公设备购置费", "台式计算机", 90000),
        ("item", "办公设备购置费", "复印机", 90000),
    ]


def test_a_purchase_whose_name_stands_in_the_row_above_is_no_sum_of_the_next(read: Read) -> None:
    rows = [
        ["采购品目大类", "专项名称", "经济科目", "采购物品名称", "采购组织形式", "总计"],
        ["合计", "", "", "", "", "9.00"],
        ["一、服务C", "", "", "", "", "9.00"],
        ["", "物业管理费", "物业管理费", "", "", "9.00"],
        ["", "", "", "保洁服务", "集中采购", "5.00"],
        ["", "", "", "", "分散采购", "2.00"],
        ["", "", "", "绿化服务", "分散采购", "2.00"],
    ]
    records = read(procurement.read, ["政府采购支出预算表", UNIT, rows])
    found = [each for each in records if isinstance(each, ProcurementLine) and each.line_type == "item"]
    assert [(each.item, each.total, each.project_budget) for each in found] == [
        ("保洁服务", 50000, 90000),
        (None, 20000, 90000),
        ("绿化服务", 20000, 90000),
    ]


def test_a_total_that_is_numbered_as_the_rows_is_one(read: Read) -> None:
    rows = [
        ["序号", "采购项目名称", "采购品目", "数量", "预算金额"],
        ["1", "合计", "", "", "9.00"],
        ["2", "办公设备购置", "台式计算机", "4", "4.00"],
        ["3", "办公设备购置", "复印机", "1", "5.00"],
    ]
    records = read(procurement.read, ["政府采购预算表", UNIT, rows])
    found = [each.line_type for each in records if isinstance(each, ProcurementLine)]
    assert found == ["total", "item", "item"]


def test_a_title_that_names_only_the_fund_leaves_the_kind_to_header_and_codes(read: Read) -> None:
    side_by_side = [
        ["人员经费", "<", "<", "公用经费", "<", "<"],
        ["经济分类科目编码", "科目名称", "金额", "经济分类科目编码", "科目名称", "金额"],
        ["301", "工资福利支出", "10.00", "302", "商品和服务支出", "2.00"],
    ]
    written = [
        "一般公共预算财政拨款决算表（一）",
        UNIT,
        CODED,
        "一般公共预算财政拨款决算表（二）",
        UNIT,
        side_by_side,
    ]
    assert list(dict.fromkeys(each.table.value for each in lines(read(budget_lines.read, written)))) == [
        "general_budget_expenditure",
        "general_budget_basic_expenditure",
    ]


def test_rows_that_count_things_are_no_money(read: Read) -> None:
    rows = [
        ["项目", "预算数", "决算数"],
        ["合计", "2.00", "1.00"],
        ["公务接待费", "2.00", "1.00"],
        ["公务用车保有量（辆）", "", "16"],
        ["国内公务接待批次（个）", "", "8"],
    ]
    records = read(budget_lines.read, ["“三公”经费支出决算表", UNIT, rows])
    assert {each.name for each in lines(records)} == {"合计", "公务接待费"}
    assert told(records) == [("unread_row", "info")]


def test_a_project_is_named_by_its_name_beside_accounts_of_two_classifications(read: Read) -> None:
    table = [
        [
            "项目分类", "项目代码", "项目名称", "功能科目编码", "功能科目名称", "经济科目编码", "经济科目名称",
            "合计", "本年拨款", "<", "单位资金",
        ],
        ["^", "^", "^", "^", "^", "^", "^", "^", "小计", "一般公共预算", "^"],
        [
            "事业发展类", "53252500000000101", "河长制工作经费", "2130306", "水利工程运行与维护", "30299",
            "其他商品和服务支出", "3.00", "2.00", "2.00", "1.00",
        ],
        ["合计", "", "", "", "", "", "", "3.00", "2.00", "2.00", "1.00"],
    ]  # fmt: skip
    found = read(budget_lines.read, ["部门项目支出预算表", UNIT, table])
    assert told(found) == []
    assert {(each.code, each.name) for each in lines(found)} == {("2130306", "河长制工作经费"), (None, "合计")}
    assert amounts(found)[:4] == [
        ("河长制工作经费", "total", "3.00"),
        ("河长制工作经费", "current_year", "2.00"),
        ("河长制工作经费", "general_public_budget", "2.00"),
        ("河长制工作经费", "unit_funds", "1.00"),
    ]
