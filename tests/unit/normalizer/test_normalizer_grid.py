"""What stands above a column and which rows are body, with spans and without."""

from collections.abc import Callable

from services.normalizer.tables.grid import Grid
from shared.schemas.document import Document, Table


def grid(document: Callable[..., Document], rows: list[list[str]]) -> Grid:
    table = document([rows]).blocks[0]
    assert isinstance(table, Table)
    return Grid(table)


def test_a_span_covers_its_places_and_gives_every_column_its_path(document: Callable[..., Document]) -> None:
    view = grid(
        document,
        [
            ["序号", "科目", "<", "本年收入", "<"],
            ["^", "编码", "名称", "小计", "财政拨款"],
            ["1", "201", "甲", "5", "5"],
        ],
    )
    assert view.text(1, 0) == "序号"
    assert view.own(1, 0) is None
    assert view.header_paths([0, 1]) == [
        ("序号",),
        ("科目", "编码"),
        ("科目", "名称"),
        ("本年收入", "小计"),
        ("本年收入", "财政拨款"),
    ]


def test_without_spans_a_blank_continues_the_label_to_its_left(document: Callable[..., Document]) -> None:
    view = grid(
        document,
        [
            ["序号", "收入", "", "支出", "", ""],
            ["", "项目", "金额", "项目", "合计", "其中"],
            ["", "", "", "", "", "一般公共预算"],
        ],
    )
    assert view.header_paths([0, 1, 2]) == [
        ("序号",),
        ("收入", "项目"),
        ("收入", "金额"),
        ("支出", "项目"),
        ("支出", "合计"),
        ("支出", "其中", "一般公共预算"),
    ]


def test_rows_that_count_the_columns_are_told_from_figures(document: Callable[..., Document]) -> None:
    view = grid(
        document,
        [
            ["栏次", "1", "2", "3=4+5"],
            ["**", "1", "2", "3"],
            ["1", "2", "3", "4"],
            ["1", "201", "5", "6"],
            ["合计", "1", "2", "3"],
        ],
    )
    assert [view.is_column_numbers(row) for row in view.rows()] == [True, True, True, False, False]
