"""Tables with rules round the frame, under the head and between columns, but none between the rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from shared.schemas.document import Table

if TYPE_CHECKING:
    from tests.unit.parser.pdf.conftest import Sheet

COLUMNS = [72.0, 172.0, 252.0, 332.0]
HEAD = ["项目", "预算数", "决算数"]
PITCH = 12.0


def rows_of(table: Table) -> list[list[str]]:
    return [[cell.text for cell in table.cells if cell.row == row] for row in range(table.row_count)]


def framed(sheet: "Sheet", columns: Sequence[float], rules: Sequence[float]) -> None:
    """The frame, the rules between columns and those at `rules`."""
    for x in columns:
        sheet.line(x, rules[0], x, rules[-1])
    for y in rules:
        sheet.line(columns[0], y, columns[-1], y)


def draw(sheet: "Sheet", rows: Sequence[tuple[list[str], str, str]], figures_at: float) -> None:
    """Rows of a name of several lines and two figures, these beside the line `figures_at` (0 first, 1 last)."""
    framed(sheet, COLUMNS, [100, 120, 300])
    sheet.fill(COLUMNS, [100], [HEAD])
    y = 134.0
    for lines, *figures in rows:
        for number, line in enumerate(lines):
            sheet.text(75, y + PITCH * number, line)
        for x, figure in zip((200, 280), figures, strict=True):
            sheet.text(x, y + PITCH * figures_at * (len(lines) - 1), figure)
        y += PITCH * (len(lines) - 1) + 14


@pytest.mark.parametrize("figures_at", [0.0, 0.5, 1.0])
def test_a_name_of_several_lines_and_its_figures_are_one_row(sheet: "Sheet", figures_at: float) -> None:
    rows = [
        (["教育支出"], "120.50", "100.00"),
        (["机关事业单位基本养", "老保险缴费支出"], "38.90", ""),
        (["机关事业单位职业年", "金缴费支出"], "8.90", "1.00"),
        (["住房公积金"], "", "32.45"),
        (["合计"], "168.30", "133.45"),
    ]
    draw(sheet, rows, figures_at)
    wanted = [["\n".join(lines), *figures] for lines, *figures in rows]
    assert rows_of(sheet.table()) == [HEAD, *wanted]


def test_lines_that_are_not_full_are_one_name_where_its_figures_stand_between_them(sheet: "Sheet") -> None:
    rows = [
        (["教育支出"], "120.50", "100.00"),
        (["其中：校舍维修", "改造"], "38.90", ""),
        (["园区建设", "（二期）"], "8.90", "1.00"),
        (["合计"], "168.30", "101.00"),
    ]
    draw(sheet, rows, 0.5)
    wanted = [["\n".join(lines), *figures] for lines, *figures in rows]
    assert rows_of(sheet.table()) == [HEAD, *wanted]


def test_a_name_without_figures_is_a_row(sheet: "Sheet") -> None:
    rows = [(["一、本级支出"], "", ""), (["人大事务"], "1,234.50", "-3.00"), (["政协事务"], "-", "—")]
    rows.append((["合计"], "1,234.50", "-3.00"))
    draw(sheet, rows, 0)
    assert rows_of(sheet.table())[1:] == [[lines[0], *figures] for lines, *figures in rows]


def test_the_two_sides_of_a_balance_may_have_fewer_rows(sheet: "Sheet") -> None:
    columns = [72.0, 192.0, 262.0, 382.0, 452.0]
    framed(sheet, columns, [100, 120, 200])
    sheet.fill(columns, [100], [["收入", "预算数", "支出", "预算数"]])
    income = [["一、财政拨款收入", "100.00"], ["二、事业收入", "20.00"], ["", ""]]
    spending = [["一、教育支出", "60.00"], ["二、卫生健康支出", "60.00"], ["三、住房保障支出", ""]]
    rows = [one + two for one, two in zip(income, spending, strict=True)]
    sheet.fill(columns, [120, 138, 156], rows)
    assert rows_of(sheet.table())[1:] == rows


def test_the_rule_under_the_head_may_leave_out_the_names(sheet: "Sheet") -> None:
    framed(sheet, COLUMNS, [100, 200])
    sheet.line(172, 120, 332, 120)
    rows = [HEAD, ["青石县", "71147", "3980"], ["临江区", "15632", "120"], ["望溪县", "4497", "66"]]
    sheet.fill(COLUMNS, [100, 124, 140, 156], rows)
    assert rows_of(sheet.table()) == rows


def test_a_long_number_and_a_name_that_wrap_in_a_ruled_row_are_one_row(sheet: "Sheet") -> None:
    columns = [72.0, 152.0, 222.0, 292.0]
    sheet.grid(columns, [100, 120, 150, 180])
    rows = [
        HEAD,
        ["一般公共服务\n支出", "123456789012\n345.50", "123456789012\n345.50"],
        ["教育支出", "80.00", "75.00"],
    ]
    sheet.fill(columns, [100, 120, 150], rows)
    assert rows_of(sheet.table()) == rows


def test_one_name_beside_several_numbers_is_one_row(sheet: "Sheet") -> None:
    columns = [72.0, 152.0, 252.0, 332.0]
    sheet.grid(columns, [100, 120, 160])
    sheet.fill(columns, [100], [["名称", "年度", "金额"]])
    sheet.fill(columns, [126], [["河道治理", "2024\n2025", "80.00"]])
    assert rows_of(sheet.table())[1:] == [["河道治理", "2024\n2025", "80.00"]]
