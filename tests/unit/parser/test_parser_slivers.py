"""Columns that only a border's two places make are gone; every column that says something stays."""

from services.parser.html.reader import read
from services.parser.reading import Limits
from shared.schemas.document import Table


def spans(rows: str) -> list[tuple[int, int, int, str]]:
    """(row, column, columns, text) of the cells of a page's table."""
    (found,) = read(f"<meta charset=utf-8><body><table>{rows}</table>".encode(), Limits()).blocks
    assert isinstance(found, Table)
    return [(cell.row, cell.column, cell.column_span, cell.text) for cell in found.cells]


def test_a_border_at_two_places_is_one() -> None:
    header = "<tr><td>项目<td colspan=2>物品<td>数量</tr>"
    body = "<tr><td colspan=2>服务<td>复印纸<td>7</tr>"
    assert spans(header + body) == [
        (0, 0, 1, "项目"), (0, 1, 1, "物品"), (0, 2, 1, "数量"),
        (1, 0, 1, "服务"), (1, 1, 1, "复印纸"), (1, 2, 1, "7"),
    ]  # fmt: skip


def test_a_column_that_some_row_fills_stays() -> None:
    rows = "<tr><td>项目<td colspan=2>物品</tr><tr><td colspan=2>服务<td>纸</tr><tr><td>甲<td>乙<td>丙</tr>"
    assert [span for *_, span, _ in spans(rows)] == [1, 2, 2, 1, 1, 1, 1]


def test_cells_with_other_outer_borders_stay_apart() -> None:
    rows = "<tr><td colspan=2>甲<td colspan=2>乙</tr><tr><td>丙<td colspan=2>丁<td>戊</tr>"
    assert [(column, span) for _, column, span, _ in spans(rows)] == [(0, 2), (2, 2), (0, 1), (1, 2), (3, 1)]
