"""Text whose columns stand under each other with spaces between them is read as tables."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from services.parser.reading import Limits
from services.parser.text.reader import read
from shared.schemas.document import Paragraph, Table

HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
ROWS = [
    ["213", "农林水支出", "1,200.50", "800.50", "400.00"],
    ["2130301", "行政运行", "800.50", "800.50", ""],
    ["2130305", "水利工程建设", "400.00", "", "400.00"],
    ["", "合 计", "1,200.50", "800.50", "400.00"],
]


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def aligned(rows: list[list[str]]) -> str:
    """`rows` printed with spaces: names to the left, what follows them to the right."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            text + " " * (wide - width(text)) if column < 2 else " " * (wide - width(text)) + text
            for column, (text, wide) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("   ".join(cells).rstrip())
    return "\n".join(lines)


def texts(table: Table) -> list[list[str]]:
    rows = [[""] * table.column_count for _ in range(table.row_count)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def blocks(text: str) -> list[Paragraph | Table]:
    return list(read(text.encode(), Limits()).blocks)


def test_columns_of_spaces_are_a_table() -> None:
    title, caption, table = blocks(f"一般公共预算支出表\n\n{' ' * 40}单位：万元\n{aligned([HEAD, *ROWS])}\n")
    assert isinstance(table, Table)
    assert [each.text for each in (title, caption) if isinstance(each, Paragraph)] == [
        "一般公共预算支出表",
        "单位：万元",
    ]
    assert texts(table) == [HEAD, *ROWS]


def test_ideographic_spaces_stand_for_two() -> None:
    spaced = aligned([HEAD, *ROWS]).replace("  ", "\u3000")
    (table,) = blocks(spaced)
    assert isinstance(table, Table)
    assert texts(table) == [HEAD, *ROWS]


def test_sentences_and_contents_are_no_table() -> None:
    text = (
        "目  录\n第一部分  部门概况          1\n第二部分  部门预算          3\n第三部分  名词解释          9\n\n"
        "    2025年收入 1,200.50 万元，  支出 1,200.50 万元。\n    其中基本支出 800.50 万元。\n"
    )
    assert all(isinstance(block, Paragraph) for block in blocks(text))


amounts = st.decimals(min_value=0, max_value=99_999, places=2).map(lambda value: f"{value:,.2f}")
names = st.text("水利农林教育卫生支出行政运行", min_size=2, max_size=12)


@given(st.lists(st.tuples(names, amounts, amounts), min_size=3, max_size=8))
def test_every_cell_comes_back(rows: list[tuple[str, str, str]]) -> None:
    lines = [["项目", "类别", "预算数", "决算数"], *([name, "支出", *money] for name, *money in rows)]
    (table,) = blocks(aligned(lines))
    assert isinstance(table, Table)
    assert texts(table) == lines
