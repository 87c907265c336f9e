"""A page cut in a header, a form's row or a narrow column: cells go on only where their lines are full."""

import pytest

from services.parser.layout.continued.join import join
from services.parser.reading import Reading
from shared.schemas.document import Block, Cell, Table


def table(page: int, columns: int, *rows: str) -> Table:
    """A table; in a row `|` parts cells, `甲>2` is two columns wide, `甲^2` two rows high, `/` breaks a line."""
    cells: list[Cell] = []
    covered: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for part in row.split("|"):
            while (number, column) in covered:
                column += 1
            text, _, height = part.partition("^")
            text, _, width = text.partition(">")
            cell = Cell(
                row=number, column=column, row_span=int(height or 1), column_span=int(width or 1),
                text=text.replace("/", "\n"), page=page,
            )  # fmt: skip
            cells.append(cell)
            covered |= {
                (number + down, column + right)
                for down in range(cell.row_span)
                for right in range(cell.column_span)
            }
            column += cell.column_span
    return Table(file=0, index=0, page=page, row_count=len(rows), column_count=columns, cells=tuple(cells))


def joined(one: Table, two: Table, edges: dict[int, tuple[float, ...]] | None = None) -> list[list[str]]:
    """The rows of the one table that both are."""
    (whole,) = join(Reading((one, two), pages=2, edges=edges or {}))
    return rows(whole)


def rows(block: Block) -> list[list[str]]:
    assert isinstance(block, Table)
    return [
        [cell.text.replace("\n", "/") for cell in block.cells if cell.row == row] for row in range(block.row_count)
    ]


def test_a_header_cut_between_its_rows_keeps_both() -> None:
    edges = {0: (0.0, 50.0, 150.0, 250.0), 1: (0.0, 50.0, 100.0, 150.0, 200.0, 250.0)}
    found = joined(
        table(1, 3, "序号|收入|支出"),
        table(2, 5, "|项目|金额|项目|金额", "1|拨款|2.00|服务|2.00", "2|基金|3.00|教育|3.00"),
        edges,
    )
    assert found[:2] == [["序号", "收入", "支出"], ["", "项目", "金额", "项目", "金额"]]


def test_a_header_cut_within_its_narrow_cells_is_one_row() -> None:
    found = joined(
        table(1, 4, "采|政|计|单"),
        table(
            2, 4,
            "购/物/品|府/采/购/目/录|量|价", "台/式/机|A0/20|台|0.4/4", "复/印/机|A0/30|台|0.6/0",
        ),
    )  # fmt: skip
    assert found[0] == ["采/购/物/品", "政/府/采/购/目/录", "计/量", "单/价"]
    assert len(found) == 3


def test_a_header_over_rows_of_words_is_no_cut_row() -> None:
    found = joined(
        table(1, 3, "单位名称|性质|规格"), table(2, 3, "望溪县城市供水管理站|事业|股级", "望溪县林业站|事业|股级")
    )
    assert found[0] == ["单位名称", "性质", "规格"]
    assert len(found) == 3


def test_values_under_short_labels_are_a_row_though_the_label_before_them_is_cut() -> None:
    found = joined(
        table(1, 5, "预算规模及/资金用途|预算数|7.57|其他|0.00", "资金支出计|3月底|6月底|10月底|12月底"),
        table(2, 5, "划（%）|||50%|100%", "绩效目标|1.按期完成。>4"),
    )
    assert found[1:3] == [["资金支出计/划（%）", "3月底", "6月底", "10月底", "12月底"], ["", "", "50%", "100%"]]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("预算规模及资金用途|预算数|7.57|其他资金|0.00", "|用于购置设备支出>4"),
        ("|25%|50%|75%|100%", "绩效目标|1.保障工作。>4"),
        ("序号|收入>2|支出>2", "|项目|金额|项目|金额"),
    ],
)
def test_a_text_beside_several_is_of_a_row_of_its_own(above: str, below: str) -> None:
    found = joined(table(1, 5, "编码|甲|一|乙|二", above), table(2, 5, below, "尾|子|1|丑|2"))
    assert len(found) == 4


def test_two_rows_of_whole_figures_are_not_one_cut_row() -> None:
    """The next page's row has no left half; each figure above is whole already."""
    found = joined(
        table(1, 4, "项目|金额|项目|合计", "拨款|23024100|社会保障支出|746500", "基金|-|城乡社区支出|21711400"),
        table(2, 4, "项目|金额|项目|合计", "||住房保障支出|427800", "总计|23334200|总计|23334200"),
    )
    assert found[2:4] == [["基金", "-", "城乡社区支出", "21711400"], ["", "", "住房保障支出", "427800"]]


@pytest.mark.parametrize(
    ("above", "below"), [("≥71个", "588人"), ("95%", "100%"), ("3次", "≤2天"), ("-", "12.50")]
)
def test_a_whole_value_does_not_go_on_in_another(above: str, below: str) -> None:
    found = joined(
        table(1, 4, "一级|二级|三级|值", f"产出|数量|服务村庄个数|{above}"),
        table(2, 4, "一级|二级|三级|值", f"||培训人员数量|{below}", "效益|社会|公共服务水平|提升"),
    )
    assert found[1:3] == [["产出", "数量", "服务村庄个数", above], ["", "", "培训人员数量", below]]


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [("1,234,5", "67.89", "1,234,5/67.89"), ("12.", "50", "12./50"), ("1,", "234", "1,/234")],
)
def test_a_figure_cut_in_two_is_joined(above: str, below: str, whole: str) -> None:
    found = joined(
        table(1, 3, "名称|预算数|决算数", "教育支出|80.00|75.00", f"卫生支出|{above}|9.10"),
        table(2, 3, "名称|预算数|决算数", f"|{below}|", "合计|90.00|84.10"),
    )
    assert found[2] == ["卫生支出", whole, "9.10"]


def test_a_code_cut_in_two_goes_on() -> None:
    found = joined(
        table(
            1,
            4,
            "序号|编码|名称|金额",
            "1|20133|宣传事务|90.00",
            "2|2013301|行政运行|50.00",
            "3|201339|其他宣传|40.00",
        ),
        table(2, 4, "|9|事务支出|", "4|20134|统战事务|30.00", "5|2013401|行政运行|30.00"),
    )
    assert found[3] == ["3", "201339/9", "其他宣传/事务支出", "40.00"]


def test_a_total_without_figures_is_the_end_of_the_name_above() -> None:
    edges: dict[int, tuple[float, ...]] = dict.fromkeys((0, 1), (60.0, 150.0, 230.0, 490.0, 540.0))
    found = joined(
        table(
            1,
            4,
            "收入|金额|支出|金额",
            "一、财政拨款|512.20|一、基本支出|412.20",
            "当 年 收 入|512.20|当年支出小计|512.20",
        ),
        table(2, 4, "小计|||", "上年结转||结转下年|", "收入合计|512.20|支出合计|512.20"),
        edges,
    )
    assert [row[0] for row in found[2:]] == ["当 年 收 入/小计", "上年结转", "收入合计"]


@pytest.mark.parametrize("total", ["合计>3|90|60|30", "合计|||90|60|30", "总 计>2||90|60|30"])
def test_a_total_alone_on_the_next_page_is_the_tables_last_row(total: str) -> None:
    edges = (0.0, 20.0, 40.0, 140.0, 200.0, 260.0, 320.0)
    piece = tuple(
        edge for edge, column in zip(edges, range(7), strict=True) if not (">3" in total and column in (1, 2))
    )
    if ">2" in total:
        piece = (edges[0], *edges[2:])
    columns = len(piece) - 1
    found = joined(
        table(
            1,
            6,
            "类|款|名称|合计|基本|项目",
            "201|01|人大事务|50|40|10",
            "208|05|养老支出|40|20|20",
            "210|11|医疗|0|0|0",
        ),
        table(2, columns, total.replace(">3", "").replace(">2", "")),
        {0: edges, 1: piece},
    )
    assert [text for text in found[-1] if text][1:] == ["90", "60", "30"]
    assert len(found) == 5


def test_the_label_of_a_cell_that_a_page_cuts_stands_beside_both_rows() -> None:
    """A form's label is printed in the middle of its cell, on the second page."""
    (whole,) = join(
        Reading(
            (
                table(1, 4, "项目编码|1309|项目名称|河道治理", "用途|用于河道治理。>3", "|3月底|6月底|12月底"),
                table(2, 4, "资金支出计划|25%|50%|100%", "绩效目标|完成河道治理。>3"),
            ),
            pages=2,
        )
    )
    assert isinstance(whole, Table)
    label = next(cell for cell in whole.cells if cell.text == "资金支出计划")
    assert (label.row, label.row_span) == (2, 2)
    assert rows(whole)[3] == ["25%", "50%", "100%"]


def test_a_code_below_a_total_at_the_foot_of_a_page_is_of_its_own_row() -> None:
    whole = joined(
        table(1, 3, "科目编码|科目名称|合计", "|合计|7,016.49"),
        table(2, 3, "301|工资福利支出|2,948.45", "30101|基本工资|387.57", "30102|津贴补贴|26.90"),
    )
    assert whole[1:3] == [["", "合计", "7,016.49"], ["301", "工资福利支出", "2,948.45"]]


def test_what_a_tables_sides_enclose_under_its_last_row_is_no_row() -> None:
    """As a browser prints a table: its sides run on to the page's end."""
    found = joined(
        table(1, 3, "科目|合计|基本支出", "教育支出|9.00|8.00", "小学教育|5.00|4.00", ">3"),
        table(2, 3, "初中教育|3.00|3.00", "高中教育|1.00|1.00"),
    )
    assert found == [
        ["科目", "合计", "基本支出"],
        ["教育支出", "9.00", "8.00"],
        ["小学教育", "5.00", "4.00"],
        ["初中教育", "3.00", "3.00"],
        ["高中教育", "1.00", "1.00"],
    ]


def test_of_tables_without_a_gap_the_last_goes_on() -> None:
    """Each has its own columns and width; the borders of the rows at the break tell that one goes on."""
    found = joined(
        table(1, 5, "收入>2|支出>3", "拨款>2|9.00>3", "科目|合计>2|基本>2", "教育支出|5.00>2|4.00>2"),
        table(2, 4, "卫生支出|2.00|1.00|", "住房支出|2.00|2.00|", "项目>2|预算数>2", "公务接待费>2|0.50>2"),
        {0: (30.0, 130.0, 160.0, 200.0, 230.0, 260.0), 1: (30.0, 130.0, 200.0, 260.0, 300.0)},
    )
    assert [[text for text in row if text] for row in found[3:]] == [
        ["教育支出", "5.00", "4.00"],
        ["卫生支出", "2.00", "1.00"],
        ["住房支出", "2.00", "2.00"],
        ["项目", "预算数"],
        ["公务接待费", "0.50"],
    ]


def test_a_title_at_a_pages_end_stands_over_the_unit_and_header_of_the_next_page() -> None:
    found = joined(
        table(1, 4, "收支预算表>4", "收入>2|支出>2", "拨款|9.00|教育|9.00", "支出预算表>4"),
        table(2, 3, "单位：万元>3", "科目|合计|基本支出", "教育支出|9.00|8.00"),
        {0: (30.0, 130.0, 180.0, 230.0, 260.0), 1: (30.0, 140.0, 200.0, 260.0)},
    )
    texts = [[text for text in row if text] for row in found[3:]]
    assert texts == [["支出预算表"], ["单位：万元"], ["科目", "合计", "基本支出"], ["教育支出", "9.00", "8.00"]]


def test_a_table_with_other_borders_at_the_break_is_another() -> None:
    one = table(1, 4, "收入>2|支出>2", "拨款>2|9.00>2", "科目|合计>2|基本", "教育支出|5.00>2|4.00")
    two = table(2, 4, "公务接待费>2|0.50|1.00", "出国费>2|0.00|0.00")
    edges = {0: (30.0, 130.0, 160.0, 200.0, 260.0), 1: (30.0, 90.0, 180.0, 230.0, 290.0)}
    assert len(join(Reading((one, two), pages=2, edges=edges))) == 2


HEAD = ("科目|合计|基本支出", "合计|9.00|8.00")


def test_a_total_that_is_printed_again_under_the_header_of_each_page_stands_once() -> None:
    found = joined(
        table(1, 3, *HEAD, "教育支出|5.00|4.00"), table(2, 3, *HEAD, "卫生支出|3.00|3.00", "住房支出|1.00|1.00")
    )
    assert [row[0] for row in found] == ["科目", "合计", "教育支出", "卫生支出", "住房支出"]


def test_a_table_printed_again_is_another() -> None:
    rows = (*HEAD, "教育支出|9.00|8.00")
    assert len(join(Reading((table(1, 3, *rows), table(2, 3, *rows)), pages=2))) == 2


def test_a_code_that_only_the_next_page_makes_whole_is_one_row() -> None:
    found = joined(
        table(
            1,
            4,
            "编码|名称|合计|项目支出",
            "208|社会保障支出|9.00|",
            "20805|养老支出|9.00|",
            "208050|机关养老|9.00|",
        ),
        table(2, 4, "5|保险缴费支出||", "210|卫生健康支出|3.00|", "2101101|行政单位医疗|3.00|"),
    )
    assert found[3] == ["208050/5", "机关养老/保险缴费支出", "9.00", ""]
    assert len(found) == 6


def test_a_header_of_three_rows_is_cut_in_some_of_its_narrow_cells() -> None:
    narrow = "公务/用车/购置|公务/用车/运行"
    found = joined(
        table(1, 6, "预算数>3|决算数>3", "合计|车辆>2|合计|车辆>2", f"|{narrow}||{narrow}"),
        table(2, 6, "|费|维护/费||费|维护/费", "5.00|0.00|5.00|4.00|0.00|4.00"),
    )
    assert found[2] == ["", "公务/用车/购置/费", "公务/用车/运行/维护/费"] * 2
    assert len(found) == 4


def test_a_header_of_two_rows_cut_between_them_keeps_the_ends_of_its_high_labels() -> None:
    found = joined(
        table(1, 4, "项目>2|本年支|基本支"),
        table(2, 4, "科目代/码|科目名/称|出合计|出", "栏次>2|1|2", "合计>2|5.00|4.00"),
    )
    assert found[0] == ["项目", "本年支/出合计", "基本支/出"]
    assert found[1] == ["科目代/码", "科目名/称"]
    assert len(found) == 4


def test_labels_under_labels_over_several_columns_are_a_row_of_their_own() -> None:
    found = joined(table(1, 4, "收入>2|支出>2"), table(2, 4, "项目|金额|项目|金额", "拨款|5.00|教育|5.00"))
    assert found[:2] == [["收入", "支出"], ["项目", "金额", "项目", "金额"]]
