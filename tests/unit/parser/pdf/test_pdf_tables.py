"""Ruled tables: every cell at its place with its spans, however the lines were drawn."""

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from shared.schemas.document import Paragraph, Table

if TYPE_CHECKING:
    from tests.unit.parser.pdf.conftest import Sheet

COLUMNS = [72.0, 172.0, 272.0, 372.0]
ROWS = [100.0, 120.0, 140.0, 160.0]
TEXTS = [["科目编码", "科目名称", "合计"], ["201", "一般公共服务支出", "120.50"], ["", "合计", "120.50"]]


def rows_of(table: Table) -> list[list[str]]:
    return [[cell.text for cell in table.cells if cell.row == row] for row in range(table.row_count)]


def spans_of(table: Table) -> dict[str, tuple[int, int, int, int]]:
    return {cell.text: (cell.row, cell.column, cell.row_span, cell.column_span) for cell in table.cells}


@pytest.mark.parametrize("ruler", ["line", "bar", "dashes", "twice"])
def test_a_table_is_read_however_its_lines_are_drawn(sheet: "Sheet", ruler: str) -> None:
    sheet.grid(COLUMNS, ROWS, getattr(sheet, ruler))
    sheet.fill(COLUMNS, ROWS, TEXTS)
    table = sheet.table()
    assert (table.row_count, table.column_count) == (3, 3)
    assert rows_of(table) == TEXTS
    assert {cell.page for cell in table.cells} == {1}


def test_every_cell_drawn_as_a_rectangle_of_its_own(sheet: "Sheet") -> None:
    for x0, x1 in pairwise(COLUMNS):
        for y0, y1 in pairwise(ROWS):
            sheet.canvas.rect(x0, sheet.height - y1, x1 - x0, y1 - y0)
    sheet.fill(COLUMNS, ROWS, TEXTS)
    assert rows_of(sheet.table()) == TEXTS


def test_borders_of_columns_are_told_in_points(sheet: "Sheet") -> None:
    sheet.text(72, 80, "表一")
    sheet.grid(COLUMNS, ROWS)
    sheet.fill(COLUMNS, ROWS, TEXTS)
    reading = sheet.reading()
    assert [block.kind for block in reading.blocks] == ["paragraph", "table"]
    assert reading.edges[1] == pytest.approx(COLUMNS, abs=1)


def test_merged_headers_keep_their_spans(sheet: "Sheet") -> None:
    sheet.grid([72, 472], [100, 160])
    sheet.line(172, 120, 372, 120)
    sheet.line(72, 140, 472, 140)
    for x, top in ((172, 100), (272, 120), (372, 100)):
        sheet.line(x, top, x, 160)
    for x, y, text in (
        (75, 125, "科目"),
        (240, 113, "本年支出"),
        (180, 133, "基本支出"),
        (280, 133, "项目支出"),
        (380, 125, "结转"),
        (75, 153, "行政运行"),
        (180, 153, "12.00"),
        (280, 153, "3.40"),
    ):
        sheet.text(x, y, text)
    table = sheet.table()
    spans = spans_of(table)
    assert spans["科目"] == (0, 0, 2, 1)
    assert spans["本年支出"] == (0, 1, 1, 2)
    assert spans["项目支出"] == (1, 2, 1, 1)
    assert spans["结转"] == (0, 3, 2, 1)
    assert spans[""] == (2, 3, 1, 1)


def test_wrapped_cells_keep_their_lines(sheet: "Sheet") -> None:
    sheet.grid([72, 132, 172], [100, 140])
    sheet.fill([72, 132], [100], [["一般公共\n服务支出", "1534\n0.33"]])
    assert rows_of(sheet.table()) == [["一般公共\n服务支出", "1534\n0.33"]]


def test_the_order_of_drawing_means_nothing(sheet: "Sheet") -> None:
    places = [
        (x + 3 + 11 * number, y + 13, character)
        for y, line in zip(ROWS, TEXTS, strict=False)
        for x, text in zip(COLUMNS, line, strict=False)
        for number, character in enumerate(text)
        if not text.isascii()
    ]
    random.Random(7).shuffle(places)  # a fixed order, no secret
    sheet.grid(COLUMNS, ROWS)
    for x, y, character in places:
        sheet.text(x, y, character)
    assert rows_of(sheet.table())[1] == ["", "一般公共服务支出", ""]


@pytest.mark.parametrize("declared", [0, 90])
def test_a_table_on_its_side_is_turned_upright(sheet: "Sheet", declared: int) -> None:
    if declared:
        sheet.canvas.setPageRotation(declared)
    sheet.canvas.translate(595, 0)
    sheet.canvas.rotate(90)
    sheet.height = 595.0
    sheet.grid(COLUMNS, ROWS)
    sheet.fill(COLUMNS, ROWS, TEXTS)
    assert rows_of(sheet.table()) == TEXTS


def test_lines_and_texts_within_forms_are_moved_with_them(sheet: "Sheet") -> None:
    sheet.canvas.beginForm("table", 0, 0, 595, 842)
    sheet.grid(COLUMNS, ROWS)
    sheet.fill(COLUMNS, ROWS, TEXTS)
    sheet.canvas.endForm()
    sheet.canvas.translate(30, -50)
    sheet.canvas.scale(0.8, 0.8)
    sheet.canvas.doForm("table")
    reading = sheet.reading()
    (table,) = reading.blocks
    assert isinstance(table, Table)
    assert rows_of(table) == TEXTS
    assert reading.edges[0] == pytest.approx([30 + 0.8 * x for x in COLUMNS], abs=1)


def test_a_table_without_side_borders_has_its_outer_columns(sheet: "Sheet") -> None:
    for y in ROWS:
        sheet.line(COLUMNS[0], y, COLUMNS[-1], y)
    for x in COLUMNS[1:-1]:
        sheet.line(x, ROWS[0], x, ROWS[-1])
    sheet.fill(COLUMNS, ROWS, TEXTS)
    assert rows_of(sheet.table()) == TEXTS


def test_a_frame_round_the_page_is_no_table(sheet: "Sheet") -> None:
    sheet.canvas.rect(40, 40, 515, 762)
    sheet.text(200, 80, "部门预算收支总表")
    sheet.grid(COLUMNS, ROWS)
    sheet.fill(COLUMNS, ROWS, TEXTS)
    sheet.text(72, 300, "表外的文字。")
    blocks = sheet.reading().blocks
    assert [block.text if isinstance(block, Paragraph) else rows_of(block) for block in blocks] == [
        "部门预算收支总表",
        TEXTS,
        "表外的文字。",
    ]


def test_a_table_within_a_cell_is_a_table_of_its_own(sheet: "Sheet") -> None:
    sheet.grid([50, 300, 550], [90, 400])
    sheet.text(320, 120, "说明")
    sheet.grid([60, 160, 260], [100, 120, 140])
    sheet.fill([60, 160], [100, 120], [["项目", "金额"], ["水费", "40.00"]])
    tables = [block for block in sheet.reading().blocks if isinstance(block, Table)]
    assert [rows_of(table) for table in tables] == [[["", "说明"]], [["项目", "金额"], ["水费", "40.00"]]]


def test_tables_side_by_side_stay_apart(sheet: "Sheet") -> None:
    for left, word in ((60.0, "收入"), (320.0, "支出")):
        sheet.grid([left, left + 100, left + 200], [100, 120, 140])
        sheet.fill([left, left + 100], [100, 120], [[word, "预算数"], ["合计", "8.00"]])
    tables = [block for block in sheet.reading().blocks if isinstance(block, Table)]
    assert [rows_of(table)[0][0] for table in tables] == ["收入", "支出"]


def test_underlines_and_rules_make_no_table(sheet: "Sheet") -> None:
    sheet.text(72, 60, "某某区信息公开")
    sheet.line(72, 64, 500, 64)
    sheet.text(72, 100, "填报单位：某某局")
    sheet.line(130, 103, 180, 103)
    assert all(isinstance(block, Paragraph) for block in sheet.reading().blocks)


def test_a_drawing_without_text_is_no_table(sheet: "Sheet") -> None:
    sheet.text(72, 60, "收入构成图")
    sheet.grid([100, 150, 200], [100, 150, 200, 250])
    (block,) = sheet.reading().blocks
    assert isinstance(block, Paragraph)


def test_a_watermark_stays_out_of_the_cells(sheet: "Sheet") -> None:
    sheet.grid(COLUMNS, ROWS)
    sheet.fill(COLUMNS, ROWS, TEXTS)
    sheet.canvas.saveState()
    sheet.canvas.translate(120, 680)
    sheet.canvas.rotate(35)
    sheet.canvas.setFont("STSong-Light", 40)
    sheet.canvas.drawString(0, 0, "内部资料")
    sheet.canvas.restoreState()
    blocks = sheet.reading().blocks
    assert isinstance(blocks[0], Table)
    assert rows_of(blocks[0]) == TEXTS
    assert isinstance(blocks[1], Paragraph)
    assert sorted(blocks[1].text.replace("\n", "")) == sorted("内部资料")


def test_text_on_its_side_in_a_cell_is_read_in_its_own_direction(sheet: "Sheet") -> None:
    sheet.grid([72, 100, 300], [100, 200])
    sheet.text(110, 130, "质量指标")
    sheet.canvas.saveState()
    sheet.canvas.translate(90, sheet.height - 180)
    sheet.canvas.rotate(90)
    sheet.canvas.setFont("STSong-Light", 10)
    sheet.canvas.drawString(0, 0, "产出")
    sheet.canvas.restoreState()
    assert rows_of(sheet.table()) == [["产出", "质量指标"]]


def test_text_that_runs_over_a_border_stays_in_its_cell(sheet: "Sheet") -> None:
    sheet.grid([72, 130, 200, 260], [100, 120, 140])
    sheet.fill([72, 130, 200], [100, 120], [["一般公共服务支出类", "", "8.00"], ["行政运行", "1200.50", "8.00"]])
    assert rows_of(sheet.table()) == [["一般公共服务支出类", "", "8.00"], ["行政运行", "1200.50", "8.00"]]


def test_text_that_runs_out_of_the_table_stays_in_its_cell(sheet: "Sheet") -> None:
    sheet.grid([72, 172, 227], [100, 120])
    sheet.fill([72, 172], [100], [["合计", "年度工作计划说明"]])
    (table,) = sheet.reading().blocks
    assert isinstance(table, Table)
    assert rows_of(table) == [["合计", "年度工作计划说明"]]


def test_numbers_that_touch_a_border_stay_apart(sheet: "Sheet") -> None:
    sheet.grid([72, 114.5, 157], [100, 120])
    sheet.text(77, 113, "1534033")
    sheet.text(114.5, 113, "1533773")
    assert rows_of(sheet.table()) == [["1534033", "1533773"]]


def test_coloured_cells_without_lines_are_a_table(sheet: "Sheet") -> None:
    sheet.canvas.setFillColorRGB(0.8, 0.9, 1)
    for x0, x1 in pairwise(COLUMNS):
        for y0, y1 in pairwise(ROWS):
            sheet.canvas.rect(x0 + 0.5, sheet.height - y1, x1 - x0 - 1, y1 - y0 - 1, stroke=0, fill=1)
    sheet.canvas.setFillColorRGB(0, 0, 0)
    sheet.fill(COLUMNS, ROWS, TEXTS)
    assert rows_of(sheet.table()) == TEXTS


def test_white_lines_do_not_show(sheet: "Sheet") -> None:
    sheet.canvas.setStrokeColorRGB(1, 1, 1)
    sheet.grid([72, 300, 500], [90, 200, 300])
    sheet.text(80, 120, "没有表格。")
    assert all(isinstance(block, Paragraph) for block in sheet.reading().blocks)


def test_columns_of_numbers_without_lines_are_a_table(sheet: "Sheet") -> None:
    sheet.text(72, 80, "一般公共预算支出表")
    rows = [["科目编码", "科目名称", "预算数"], ["201", "一般公共服务支出", "40.00"], ["20101", "人大事务", ""]]
    rows += [["", "合计", "40.00"]]
    sheet.fill([72, 172, 372], [100, 120, 140, 160], rows)
    reading = sheet.reading()
    assert isinstance(reading.blocks[1], Table)
    assert rows_of(reading.blocks[1]) == rows
    assert len(reading.edges[1]) == 4


def test_texts_beside_each_other_are_no_table_without_numbers(sheet: "Sheet") -> None:
    words = [["联系人：张三", "电话：见公告"], ["审核：李四", "日期：见公告"], ["填报：王五", "地址：见公告"]]
    sheet.fill([72, 372], [100, 120, 140], words)
    assert all(isinstance(block, Paragraph) for block in sheet.reading().blocks)
