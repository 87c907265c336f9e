"""Extracted text: both ways of writing tables, spans, what ends a table, field codes, charsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.reading import Limits
from services.parser.text.reader import read
from shared.errors import Corrupt, TooLarge
from shared.schemas.document import Block, Cell, Paragraph, Table


def blocks(text: str) -> tuple[Block, ...]:
    return read(text.encode(), Limits()).blocks


def table(text: str) -> Table:
    found = [block for block in blocks(text) if isinstance(block, Table)]
    assert len(found) == 1
    return found[0]


def paragraphs(text: str) -> list[str]:
    return [block.text for block in blocks(text) if isinstance(block, Paragraph)]


def rows(each: Table) -> list[list[str]]:
    return [[cell.text for cell in each.cells if cell.row == row] for row in range(each.row_count)]


def at(each: Table, row: int, column: int) -> Cell:
    return next(cell for cell in each.cells if (cell.row, cell.column) == (row, column))


def test_lines_with_tabs_are_rows_and_a_line_without_ends_the_table() -> None:
    found = blocks("标题\n\n甲\t乙\t丙\n1\t\t3\n\n注：说明\n")
    assert [block.kind for block in found] == ["paragraph", "table", "paragraph"]
    assert isinstance(found[1], Table)
    assert rows(found[1]) == [["甲", "乙", "丙"], ["1", "", "3"]]


def test_a_header_of_two_rows_gets_spans_to_the_right_and_down() -> None:
    each = table("序号\t科目\t\t合计\t本年\t\n\t编码\t名称\t\t小计\t拨款\n1\t201\t服务\t3.00\t1.00\t2.00\n")
    assert (at(each, 0, 0).row_span, at(each, 0, 1).column_span) == (2, 2)
    assert (at(each, 0, 3).row_span, at(each, 0, 4).column_span) == (2, 2)
    assert [cell.column for cell in each.cells if cell.row == 1] == [1, 2, 4, 5]


def test_rows_of_values_with_blanks_are_no_header() -> None:
    each = table("项目\t数量\t价值\n资产总额\t\t12.00\n房屋\t\t\n\t车辆\t3.00\n")
    assert all(cell.row_span == cell.column_span == 1 for cell in each.cells)
    assert len(each.cells) == 12


def test_a_short_row_spans_what_is_left() -> None:
    each = table("绩效目标\t一、保障运转\n一级\t二级\t三级\n产出\t数量\t次数\n")
    assert at(each, 0, 1).column_span == 2


def test_a_table_of_contents_is_no_table() -> None:
    assert paragraphs("目录\n收支总表\t1\n收入总表\t4\n一、职责\t51\n\n正文。\n") == [
        "目录", "收支总表\t1", "收入总表\t4", "一、职责\t51", "正文。",
    ]  # fmt: skip


CELLS = "{name}\n\t名称\n\t性质\n\n\t组织部\n\t行政\n\n\n"


def test_a_cell_a_line_with_blank_lines_between_rows() -> None:
    found = blocks(CELLS.format(name="机构设置") + "二、总体情况\n")
    assert [block.kind for block in found] == ["paragraph", "table", "paragraph"]
    assert isinstance(found[1], Table)
    assert rows(found[1]) == [["名称", "性质"], ["组织部", "行政"]]


def test_a_cell_goes_on_over_lines() -> None:
    each = table("\t目标\n\t1.维持运转\n2.提升能力\n\n\t一级\n\t二级\n\n\n")
    assert rows(each)[0] == ["目标", "1.维持运转\n2.提升能力"]


def test_an_empty_paragraph_in_a_cell_neither_ends_the_row_nor_the_table() -> None:
    text = "\t甲\n\t乙\n\t丙\n\n\t1\n\t2\n\t3\n\n\t4\n\t5\n\n\t6\n\n\t7\n\t8 意识\n\n守法意识\n\t9\n\n\n"
    assert rows(table(text)) == [
        ["甲", "乙", "丙"],
        ["1", "2", "3"],
        ["4", "5", "6"],
        ["7", "8 意识\n守法意识", "9"],
    ]


def test_header_cells_of_a_short_row_stand_over_the_right_columns() -> None:
    upper = "".join(f"\t{label}\n" for label in ("来源", "物品", "数量", "金额"))
    lower = "".join(f"\t{label}\n" for label in ("项目", "资金", "", "", "合计", "公共", "基金"))
    values = "".join(f"\t{label}\n" for label in ("运转", "60", "服务器", "3", "60", "60", ""))
    each = table(f"{upper}\n{lower}\n{values}\n\n")
    assert [(cell.column, cell.row_span, cell.column_span) for cell in each.cells if cell.row == 0] == [
        (0, 1, 2), (2, 2, 1), (3, 2, 1), (4, 1, 3),
    ]  # fmt: skip
    assert [cell.text for cell in each.cells if cell.row == 1] == ["项目", "资金", "合计", "公共", "基金"]


def test_two_groups_side_by_side_are_told_apart_by_their_totals() -> None:
    upper = "".join(f"\t{label}\n" for label in ("科目", "收入", "支出"))
    lower = "".join(f"\t{label}\n" for label in ("", "小计", "拨款", "小计", "基本", "项目"))
    values = "".join(f"\t{label}\n" for label in ("教育", "1", "1", "3", "1", "2"))
    each = table(f"{upper}\n{lower}\n{values}\n\n")
    assert [(cell.column, cell.column_span) for cell in each.cells if cell.row == 0] == [(0, 1), (1, 2), (3, 3)]


def test_a_heading_right_after_a_cell_ends_the_table_and_the_row_stays_short() -> None:
    found = blocks("\t项目\n\t数量\n\t单价\n\n\t一体机\n\t4\n 七、国有资产信息\n年末金额为1万元。\n")
    assert isinstance(found[0], Table)
    assert rows(found[0]) == [["项目", "数量", "单价"], ["一体机", "4", ""]]
    assert [block.text for block in found[1:] if isinstance(block, Paragraph)] == [
        "七、国有资产信息", "年末金额为1万元。",
    ]  # fmt: skip


def test_a_list_in_a_cell_is_no_heading() -> None:
    each = table("\t目标\n\t一、保障运转\n二、提升能力\n三、按时完成\n\n\t一级\n\t二级\n\n\n")
    assert each.row_count == 2
    assert at(each, 0, 1).text.count("\n") == 2


def test_tables_apart_by_a_paragraph_of_blanks_are_two() -> None:
    found = blocks("\t目标\n\t完成\n\n\n \n\t一级\n\t二级\n\n\t产出\n\t数量\n\n\n")
    assert [block.kind for block in found] == ["table", "table"]


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        ("[bookmark: _GoBack]广阳区", "广阳区"),
        ("（二）分项目标 TC 分项目标 \\f A \\l 1 ", "（二）分项目标"),
        ("1.办公费目标表{ TC 2、升级费目标表 \\f C \\l 1 }", "1.办公费目标表"),
        ('一、职责 PAGEREF _Toc123 \\h 3', "一、职责 3"),
        ('HYPERLINK "http://example.org/a" \\o "b" 附件', "附件"),
        ("反映 $\\geq 85\\%$ 。", "反映 $\\geq 85\\%$ 。"),
        ("- 1、**拨款收入**：指拨付的资金。", "- 1、**拨款收入**：指拨付的资金。"),
    ],
)  # fmt: skip
def test_field_codes_go_and_everything_else_stays(published: str, kept: str) -> None:
    assert paragraphs(published) == [kept]


def test_a_line_of_only_a_field_code_leaves_no_blank_line() -> None:
    assert table("\t甲\n\t乙\n TC 甲 \\f C \\l 1 \n\n\t1\n\t2\n\n\n").row_count == 2


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_charsets(charset: str) -> None:
    assert read("一、部门职责䶮\n".encode(charset), Limits()).blocks[0].text == "一、部门职责䶮"  # type: ignore[union-attr]


def test_a_character_cut_at_the_end_of_utf8_spoils_nothing() -> None:
    assert paragraphs("预算公开。\n部门") == ["预算公开。", "部门"]
    assert read("预算公开。\n部门".encode()[:-1], Limits()).blocks[0].text == "预算公开。"  # type: ignore[union-attr]


def test_bytes_that_are_no_text_are_corrupt() -> None:
    with pytest.raises(Corrupt):
        read(bytes(range(128, 256)) * 50, Limits())


def test_a_table_past_the_limit_is_too_large() -> None:
    with pytest.raises(TooLarge):
        read(("\t" * 50 + "x\n").encode() * 50, Limits(cells=1000))


lines = st.lists(st.text(alphabet="甲乙1. \t\n一、（）表：TC\\{}[", max_size=30), max_size=40)


@given(lines)
def test_any_text_gives_a_proper_grid_and_loses_no_word(drawn: list[str]) -> None:
    text = "\n".join(["标题", *drawn]).replace("TC", "").replace("{", "").replace("[", "")
    found = read(text.encode(), Limits()).blocks
    kept = ""
    for block in found:
        if isinstance(block, Paragraph):
            kept += block.text
            continue
        places = [
            (row, column)
            for cell in block.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for column in range(cell.column, cell.column + cell.column_span)
        ]
        assert sorted(places) == [
            (row, column) for row in range(block.row_count) for column in range(block.column_count)
        ]
        kept += "".join(cell.text for cell in block.cells)
    assert "".join(kept.split()) == "".join(text.split())


def cells(*rows: str) -> str:
    """Rows of cells parted by `|` in the layout of a cell a line."""
    return "\n\n".join("\n".join("\t" + cell for cell in row.split("|")) for row in rows) + "\n\n\n"


def spans(each: Table, row: int) -> list[tuple[str, int, int]]:
    return [(cell.text, cell.row_span, cell.column_span) for cell in each.cells if cell.row == row]


def test_a_total_may_be_merged_over_code_and_name_behind_the_rows_number() -> None:
    each = table(
        cells("序号|编码|名称|合计|基本|项目", "1|合计|165.00|60.00|105.00", "2|208|养老支出|30.00|30.00|")
    )
    assert spans(each, 1)[:3] == [("1", 1, 1), ("合计", 1, 2), ("165.00", 1, 1)]


def test_totals_side_by_side_have_their_figures_under_amounts() -> None:
    each = table(
        cells(
            "人员经费|公用经费",
            "编码|名称|决算数|编码|名称|决算数|编码|名称|决算数",
            "301|工资福利|35.00|302|商品服务|5.00|30211|差旅费|2.00",
            "人员经费合计|35.00|公用经费合计|5.00",
        )
    )
    assert spans(each, 0) == [("人员经费", 1, 3), ("公用经费", 1, 6)]
    assert [(cell.text, cell.column) for cell in each.cells if cell.row == 3] == [
        ("人员经费合计", 0), ("35.00", 2), ("公用经费合计", 3), ("5.00", 8)
    ]  # fmt: skip


def test_a_header_of_three_rows_gets_its_spans() -> None:
    each = table(
        cells(
            "项目|本年支出合计|基本支出|项目支出",
            "科目代码|科目名称|||",
            "类|款|项||||",
            "合计|130.00|30.00|100.00",
            "213|03|01|行政运行|130.00|30.00|100.00",
        )
    )
    assert spans(each, 0) == [("项目", 1, 4), ("本年支出合计", 3, 1), ("基本支出", 3, 1), ("项目支出", 3, 1)]
    assert spans(each, 1) == [("科目代码", 1, 3), ("科目名称", 2, 1)]
    assert [text for text, _, _ in spans(each, 2)] == ["类", "款", "项"]
    assert spans(each, 3)[0] == ("合计", 1, 4)


@pytest.mark.parametrize("between", ["", "\n"])
def test_a_title_in_the_first_row_of_a_table_begins_it(between: str) -> None:
    one = "支出预算表\t\t\n编码\t名称\t合计\n213\t农林水支出\t60.00\n"
    two = "基本支出预算表\t\t\n编码\t名称\t合计\n301\t工资福利支出\t35.00\n"
    found = [block for block in blocks(one + between + two) if isinstance(block, Table)]
    assert [rows(each)[0][0] for each in found] == ["支出预算表", "基本支出预算表"]
