"""Tables of plain text whose cells stand between commas or drawn lines."""

import pytest

from services.parser.reading import Limits
from services.parser.text.reader import read
from shared.schemas.document import Paragraph, Table

ROWS = [["科目", "名称", "合计"], ["208", "水利", "44.80"], ["", "合计", "1,286.45"]]


def outline(text: str, charset: str = "utf-8") -> list[object]:
    return [
        block.text
        if isinstance(block, Paragraph)
        else [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]
        for block in read(text.encode(charset), Limits()).blocks
    ]


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_separated_values_are_a_table_under_its_titles(charset: str, separator: str) -> None:
    lines = ["支出总表", "单位：万元", *('"' + f'"{separator}"'.join(row) + '"' for row in ROWS)]
    assert outline("\r\n".join(lines), charset) == ["支出总表", "单位：万元", ROWS]


def test_more_titles_than_rows_stand_over_separated_values() -> None:
    titles = ["水务局2024年部门预算", "支出总表", "公开03表", "部门：水务局", "单位：万元"]
    assert outline("\n".join([*titles, *('"' + '","'.join(row) + '"' for row in ROWS)])) == [*titles, ROWS]


@pytest.mark.parametrize(
    "table",
    [
        "┌──┬──┬──┐\n│科目│名称│合计│\n├──┼──┼──┤\n│208│水利│44.80│\n│   │合计│1,286.45│\n└──┴──┴──┘",
        "| 科目 | 名称 | 合计 |\n|------|:----:|-----:|\n| 208 | 水利 | 44.80 |\n| | 合计 | 1,286.45 |",
        "+--+--+--+\n|科目|名称|合计|\n+==+==+==+\n|208|水利|44.80|\n||合计|1,286.45|\n+--+--+--+",
    ],
)
def test_drawn_lines_part_cells(table: str) -> None:
    found = outline(f"支出总表\n\n{table}\n\n说明")
    assert [each for each in found if isinstance(each, str)] == ["支出总表", "说明"]
    (rows,) = [each for each in found if not isinstance(each, str)]
    assert isinstance(rows, list)
    assert rows[:2] == ROWS[:2]


@pytest.mark.parametrize(
    "text",
    [
        "2024年预算1,286.45万元，其中：基本支出486.45万元。\n项目支出800.00万元，较上年增加1,000.00万元，增长5%。",
        "甲|乙",
        "浏览量:1 | | | |",
        "-----",
    ],
)
def test_prose_with_commas_is_no_table(text: str) -> None:
    assert not any(isinstance(block, Table) for block in read((text + "\n正文").encode(), Limits()).blocks)


def test_a_page_of_thousands_of_digits_is_text() -> None:
    assert outline("目录\n职责\t" + "1" * 5000 + "\n正文")[-1] == "正文"


def test_sentences_with_grouped_figures_are_no_table() -> None:
    lines = [
        "部门预算收入3,120.45万元，其中本年收入3,000.45万元。",
        "部门预算支出3,120.45万元，其中基本支出3,100.45万元。",
        "二、一般公共预算拨款收入3,120.45万元，单位资金收入1,000.45万元。",
    ]
    assert outline("\n".join(lines)) == lines
