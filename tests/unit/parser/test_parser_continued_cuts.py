"""A page cut in a header, a form's row or a narrow column: cells go on only where their lines are full."""

import pytest

from services.parser.continued.join import join
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
