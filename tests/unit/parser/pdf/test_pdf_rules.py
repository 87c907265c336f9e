"""Tables that rule their rows only, or just their header: columns are told by the gaps between texts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from shared.schemas.document import Table

if TYPE_CHECKING:
    from tests.unit.parser.pdf.conftest import Sheet

COLUMNS = [72.0, 132.0, 300.0, 400.0]
TEXTS = [
    ["编码", "名称", "预算数", "上年数"],
    ["201", "一般公共服务支出", "120.50", ""],
    ["205", "教育支出", "80.00", "75.00"],
    ["213", "农林水支出", "", "3.10"],
    ["", "合计", "200.50", "78.10"],
]


def rows_of(table: Table) -> list[list[str]]:
    return [[cell.text for cell in table.cells if cell.row == row] for row in range(table.row_count)]


def draw(sheet: "Sheet", top: float, rules: Sequence[int], texts: Sequence[Sequence[str]] = TEXTS) -> None:
    """A table from `top` down with a rule over each row that `rules` names."""
    for number in rules:
        sheet.line(72, top + 20 * number, 500, top + 20 * number)
    sheet.fill(COLUMNS, [top + 20 * number for number in range(len(texts))], texts)


def test_rows_ruled_without_upright_lines(sheet: "Sheet") -> None:
    draw(sheet, 100, range(6))
    assert rows_of(sheet.table()) == TEXTS


def test_three_lines_are_a_table(sheet: "Sheet") -> None:
    draw(sheet, 100, (0, 1, 5))
    assert rows_of(sheet.table()) == TEXTS


def test_a_cell_that_goes_on_beside_a_rule_of_a_part_of_the_width(sheet: "Sheet") -> None:
    for y, left in ((100, 72), (120, 132), (140, 72), (160, 72)):
        sheet.line(left, y, 500, y)
    sheet.text(75, 124, "收入")
    sheet.fill(COLUMNS, [100, 120, 140], [["", "编码", "预算数"], ["", "名称", "合计"], ["本年", "拨款", "9.00"]])
    table = sheet.table()
    assert [(cell.row_span, cell.text) for cell in table.cells if cell.column == 0] == [(2, "收入"), (1, "本年")]


def test_titles_between_two_tables_of_the_same_width_part_them(sheet: "Sheet") -> None:
    draw(sheet, 100, range(6))
    sheet.text(72, 220, "支出总表")
    sheet.text(72, 236, "单位：万元")
    draw(sheet, 250, range(6))
    blocks = sheet.reading().blocks
    assert [block.kind for block in blocks] == ["table", "paragraph", "paragraph", "table"]


def test_running_text_between_rules_is_no_table(sheet: "Sheet") -> None:
    for y in (60, 80, 800):
        sheet.line(72, y, 500, y)
    sheet.text(75, 73, "望溪县水利局")
    sheet.text(420, 73, "2025年")
    for number in range(20):
        sheet.text(
            72, 100 + 18 * number, "按照有关规定，本部门预算的编制实行综合管理，全部收入和支出都反映在预算中"
        )
    assert not [block for block in sheet.reading().blocks if isinstance(block, Table)]


NARROW = [72.0, 128.0, 240.0, 292.0, 344.0]
"""Columns little more than a character apart."""
FUNCTIONAL = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["213", "农林水支出", "1,200.50", "800.50", "400.00"],
    ["2130301", "行政运行", "800.50", "800.50", ""],
    ["2130305", "水利工程建设", "400.00", "", "400.00"],
    ["", "合计", "1,200.50", "800.50", "400.00"],
]


@pytest.mark.parametrize("last", [4, 2])
def test_columns_without_any_rule_may_stand_close(sheet: "Sheet", last: int) -> None:
    texts = [[*row[:4], row[4] if number < last else ""] for number, row in enumerate(FUNCTIONAL)]
    sheet.text(200, 80, "一般公共预算支出表")
    sheet.fill(NARROW, [100 + 20 * number for number in range(len(texts))], texts)
    assert rows_of(sheet.table()) == texts


def test_a_header_over_the_first_rule_is_the_tables(sheet: "Sheet") -> None:
    sheet.text(400, 70, "单位：万元")
    draw(sheet, 100, range(1, 6))
    assert rows_of(sheet.table()) == TEXTS


def test_a_heading_may_stand_over_two_columns_without_rules(sheet: "Sheet") -> None:
    sheet.text(180, 114, "收入")
    sheet.text(322, 114, "其中：一般公共预算")
    rows = [
        ["项目", "本年", "基本", "项目"],
        ["水利", "120.50", "100.00", "20.50"],
        ["教育", "80.00", "75.00", "5.00"],
    ]
    sheet.fill([72.0, 180.0, 300.0, 400.0], [120, 140, 160], rows)
    table = sheet.table()
    (head,) = [cell for cell in table.cells if cell.text == "其中：一般公共预算"]
    assert (head.column, head.column_span) == (2, 2)
    assert rows_of(table)[1:] == rows


def test_text_on_its_side_beside_running_text_stays(sheet: "Sheet") -> None:
    sheet.text(72, 100, "青石县水务局2025年部门预算")
    sheet.canvas.saveState()
    sheet.canvas.translate(560, 300)
    sheet.canvas.rotate(90)
    sheet.canvas.drawString(0, 0, "旁注文字在侧")
    sheet.canvas.restoreState()
    assert [block.text for block in sheet.reading().blocks if not isinstance(block, Table)] == [
        "青石县水务局2025年部门预算",
        "旁注文字在侧",
    ]


def test_rows_without_upright_lines_under_a_header_with_them(sheet: "Sheet") -> None:
    sheet.grid([*COLUMNS, 500.0], [100, 120])
    for y in range(120, 220, 20):
        sheet.line(72, y, 72, y + 20)
        sheet.line(500, y, 500, y + 20)
        sheet.line(72, y + 20, 500, y + 20)
    texts = [*TEXTS, ["其中：上年结转的项目支出合计"]]
    sheet.fill(COLUMNS, [100 + 20 * number for number in range(6)], texts)
    table = sheet.table()
    assert rows_of(table)[:5] == TEXTS
    (last,) = [cell for cell in table.cells if cell.row == 5]
    assert (last.text, last.column_span) == (texts[5][0], 4)


def test_columns_of_figures_behind_the_only_upright_line(sheet: "Sheet") -> None:
    for y in (100, 132, 192, 212):
        sheet.line(72, y, 500, y)
    for top, bottom in ((100, 131), (133, 191), (193, 212)):
        sheet.line(200, top, 200, bottom)
    texts = [
        ["", "预算数", "上年\n决算数", "增减"],
        ["教育支出", "120.50", "100.00", "20.50"],
        ["农林水支出", "80.00", "75.00", "5.00"],
        ["其他支出", "3.10", "", "3.10"],
        ["合计", "203.60", "175.00", "28.60"],
    ]
    sheet.fill([72.0, 230.0, 320.0, 420.0], [102, 134, 154, 174, 194], texts)
    assert rows_of(sheet.table()) == texts


def test_a_labelled_text_is_not_parted_at_its_gaps(sheet: "Sheet") -> None:
    sheet.grid([72, 172, 272, 372, 500], [100, 120])
    for y in (120, 140, 160):
        sheet.grid([72, 172, 500], [y, y + 20])
    sheet.fill([72, 172, 272, 372], [100], [["项目", "资金", "指标", "说明"]])
    sheet.fill([72, 172, 290], [120, 140, 160], [["资金", "总额：100.00", "其中：财政拨款 90.00"]] * 3)
    assert [cell.column_span for cell in sheet.table().cells if cell.row and cell.column == 1] == [3, 3, 3]
