"""Tables by codes as many counties lay them out: the same department's figures come out of every one."""

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
from tests.variants.variants_reading import read

KINDS = ("total", "basic", "project")
USES = ("total", "personnel", "public_use")
FLAT = [["科目编码", "科目名称", "合计", "基本支出", "项目支出"]]
Codes = Callable[[str], list[str]]


def one(code: str) -> list[str]:
    return [code]


def own_digits(code: str) -> list[str]:
    """类, 款 and 项 in columns of their own, each with its own digits."""
    return [code[:3], code[3:5], code[5:7]]


def so_far(code: str) -> list[str]:
    """类, 款 and 项 in columns of their own, each with the code so far."""
    return [code[:end] if len(code) >= end else "" for end in (3, 5, 7)]


def body(
    accounts: Sequence[Account],
    columns: Sequence[str],
    unit: str = "万元",
    codes: Codes = one,
    total_under_code: bool = False,
) -> list[list[str]]:
    """A row an account: its codes, its name, its amounts; the total's label stands under name or code."""
    rows = []
    for account in accounts:
        labels = [*codes(account.code or ""), account.name]
        if total_under_code and account.code is None:
            labels = [account.name, *[""] * (len(labels) - 1)]
        amounts = [printed(getattr(account, column), unit) if column else "" for column in columns]
        rows.append([*labels, *amounts])
    return rows


def wide(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))


GENERAL_LINES = (TOTALS["general"], *GENERAL)
ALL_LINES = (TOTALS["all"], *ALL)
ECONOMIC_LINES = (TOTALS["economic"], *ECONOMIC)
FUND_LINES = (TOTALS["fund"], *FUND)
CLASSES = ["类", "款", "项", UP, UP, UP, UP]
SPLIT = [["科目编码", LEFT, LEFT, "科目名称", "合计", "基本支出", "项目支出"], CLASSES]

SHEETS: dict[str, tuple[str, Sheet]] = {
    "codes in three columns": (
        "general_budget_expenditure",
        (["一般公共预算支出表", "单位：万元"], [*SPLIT, *body(GENERAL_LINES, KINDS, codes=own_digits)]),
    ),
    "codes in three columns, each so far": (
        "general_budget_expenditure",
        (["一般公共预算支出表", "单位：万元"], [*SPLIT, *body(GENERAL_LINES, KINDS, codes=so_far)]),
    ),
    "a total under 类": (
        "expenditure",
        (["支出总表", "单位：万元"], [*SPLIT, *body(ALL_LINES, KINDS, "万元", own_digits, True)]),
    ),
    "yuan under a year": (
        "general_budget_expenditure",
        (
            ["一般公共预算财政拨款支出预算表", "金额单位：元"],
            [
                ["功能分类科目", LEFT, LEFT, LEFT, "2023年预算数", LEFT, LEFT],
                ["科目编码", LEFT, LEFT, "科目名称", "小计", "基本支出", "项目支出"],
                CLASSES,
                *body(GENERAL_LINES, KINDS, "元", own_digits),
            ],
        ),
    ),
    "caption as rows of the table, in thousands": (
        "general_budget_expenditure",
        (
            [],
            [
                ["一般公共预算财政拨款支出表", LEFT, LEFT, LEFT, LEFT],
                ["编制单位：青石县水务局", LEFT, LEFT, "单位：千元", LEFT],
                *FLAT,
                *body(GENERAL_LINES, KINDS, "千元"),
            ],
        ),
    ),
    "the total last": (
        "general_budget_expenditure",
        (
            ["一般公共预算支出表", "单位:万元"],
            [*FLAT, *body((*GENERAL, TOTALS["general"]), KINDS, "万元", one, True)],
        ),
    ),
    "last year's figures beside": (
        "general_budget_expenditure",
        (
            ["表5", "2023年一般公共预算支出表", "单位：万元"],
            [
                ["功能分类科目", LEFT, "2022年执行数", "2023年预算数", LEFT, LEFT, "2023年比2022年", LEFT],
                ["科目编码", "科目名称", UP, "合计", "基本支出", "项目支出", "增减额", "增减%"],
                *body(GENERAL_LINES, ("", *KINDS, "", ""), "万元", one, True),
            ],
        ),
    ),
    "codes and names in one column": (
        "general_budget_expenditure",
        (
            ["一般公共预算支出表", "单位：万元"],
            [
                ["项目", "合计", "基本支出", "项目支出"],
                *([row[0] + row[1], *row[2:]] for row in body(GENERAL_LINES, KINDS)),
            ],
        ),
    ),
    "full-width digits": (
        "general_budget_expenditure",
        (
            ["一般公共预算支出表", "单位：万元"],
            [*FLAT, *([wide(cell) for cell in row] for row in body(GENERAL_LINES, KINDS))],
        ),
    ),
    "names before codes": (
        "expenditure",
        (
            ["支出总表", "单位：万元"],
            [
                ["科目名称", "科目编码", *FLAT[0][2:]],
                *([row[1], row[0], *row[2:]] for row in body(ALL_LINES, KINDS)),
            ],
        ),
    ),
    "a unit's columns first": (
        "expenditure",
        (
            ["支出总表", "单位：万元"],
            [
                ["单位代码", "单位名称", *FLAT[0]],
                *(["306001", "青石县水务局本级", *row] for row in body(ALL_LINES, KINDS)),
            ],
        ),
    ),
    "parts of basic and project expenditure without records": (
        "expenditure",
        (
            ["部门支出总表", "单位：万元"],
            [
                ["科目编码", "科目名称", "总计", "基本支出", LEFT, LEFT, "项目支出", LEFT, LEFT],
                [UP, UP, UP, "小计", "工资福利支出", "商品和服务支出", "小计", "部门预算项目", "转移支付项目"],
                *body(ALL_LINES, ("total", "basic", "", "", "project", "", "")),
            ],
        ),
    ),
    "a note under the last row": (
        "expenditure",
        (
            ["附表3", "", "部门支出总体情况表", "填报单位：306-青石县水务局", "金额单位：万元"],
            [*FLAT, *body(ALL_LINES, KINDS), [""] * 5, ["注：本表按支出功能分类填列。", "", "", "", ""]],
        ),
    ),
    "two classifications side by side": (
        "general_budget_basic_expenditure",
        (
            ["一般公共预算基本支出表", "单位：万元"],
            [
                [
                    "部门预算支出经济分类科目", LEFT, "政府预算支出经济分类科目", LEFT,
                    "本年一般公共预算基本支出", LEFT, LEFT,
                ],
                ["科目编码", "科目名称", "科目编码", "科目名称", "合计", "人员经费", "公用经费"],
                *(
                    [*row[:2], row[0] and "501", row[0] and "机关工资福利支出", *row[2:]]
                    for row in body(ECONOMIC_LINES, USES)
                ),
            ],
        ),
    ),
    "basic expenditure as the group of all columns": (
        "general_budget_basic_expenditure",
        (
            ["2023年一般公共预算财政拨款基本支出预算表", "金额单位：元"],
            [
                ["经济分类科目", LEFT, "基本支出", LEFT, LEFT],
                ["科目编码", "科目名称", "合计", "人员经费", "日常公用经费"],
                *body(ECONOMIC_LINES, USES, "元"),
            ],
        ),
    ),
    "government fund between what was and what will be left": (
        "government_fund_expenditure",
        (
            ["政府性基金预算支出表", "单位：万元"],
            [
                ["科目编码", "科目名称", "上年结转", "本年收入", "本年支出", LEFT, LEFT, "年末结转"],
                [UP, UP, UP, UP, "小计", "基本支出", "项目支出", UP],
                *body(FUND_LINES, ("", "", *KINDS, "")),
            ],
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("write", [as_tabs, as_cells, as_html, as_docx, as_xlsx])
@pytest.mark.parametrize("name", SHEETS)
def test_every_layout_gives_the_same_lines(name: str, write: Callable[[Sequence[Sheet]], bytes]) -> None:
    table, sheet = SHEETS[name]
    reading = read(write([(["青石县水务局2023年部门预算公开"], []), sheet]))
    assert reading.lines(table) == TRUTH[table]
    assert reading.tables == {table}
    assert not reading.complaints


def over_two_pages(rows: Rows, between: Sequence[str], write: Callable[[Sequence[str]], str]) -> bytes:
    titles = ["一般公共预算支出表", "单位：万元"]
    return "\n".join([*titles, *map(write, rows[:7]), *between, *map(write, rows[7:])]).encode()


@pytest.mark.parametrize(
    "between",
    [
        ["- 12 -", "\f一般公共预算支出表", "单位：万元", "\t".join(FLAT[0])],
        ["", "第 3 页 共 20 页", ""],
        ["— 3 —"],
    ],
)
def test_a_page_break_with_its_number_and_header_leaves_one_table(between: list[str]) -> None:
    rows = [*FLAT, *body(GENERAL_LINES, KINDS)]
    reading = read(over_two_pages(rows, between, "\t".join))
    assert reading.lines("general_budget_expenditure") == TRUTH["general_budget_expenditure"]
    assert not reading.complaints


def test_a_page_number_among_cells_of_a_line_each_is_no_cell() -> None:
    rows = [*FLAT, *body(GENERAL_LINES, KINDS)]
    reading = read(over_two_pages(rows, ["— 3 —", ""], lambda row: "".join(f"\t{cell}\n" for cell in row)))
    assert reading.lines("general_budget_expenditure") == TRUTH["general_budget_expenditure"]
    assert not reading.complaints


@pytest.mark.parametrize("write", [as_html, as_docx])
def test_a_second_table_without_header_goes_on_with_the_first(write: Callable[[Sequence[Sheet]], bytes]) -> None:
    rows = [*FLAT, *body(GENERAL_LINES, KINDS)]
    reading = read(write([(["一般公共预算支出表", "单位：万元"], rows[:7]), (["- 2 -"], rows[7:])]))
    assert reading.lines("general_budget_expenditure") == TRUTH["general_budget_expenditure"]
    assert not reading.complaints


@pytest.mark.parametrize("write", [as_html, as_docx])
def test_a_table_of_something_else_right_under_the_first_does_not_go_on_with_it(
    write: Callable[[Sequence[Sheet]], bytes],
) -> None:
    rows = [*FLAT, *body(GENERAL_LINES, KINDS)]
    other = [
        ["一级指标", "二级指标", "三级指标", "指标值", "备注"],
        ["产出指标", "数量指标", "治理河道长度", "≥5公里", ""],
    ]
    reading = read(write([(["一般公共预算支出表", "单位：万元"], rows), ([], other)]))
    assert reading.lines("general_budget_expenditure") == TRUTH["general_budget_expenditure"]
    assert reading.said("indicator", "level3", "value", "unit") == [("治理河道长度", "5", "公里")]
    assert not reading.complaints


def test_a_table_whose_header_was_cut_off_is_reported_not_guessed() -> None:
    reading = read(as_tabs([(["部门预算支出总表", "单位：万元"], body(ALL_LINES, KINDS))]))
    assert not reading.tables
    assert reading.unread == ["unread_table"]
