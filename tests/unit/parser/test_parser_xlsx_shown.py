"""What a workbook strikes out, raises or sets in white on white is left out, cell by cell and within texts."""

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.table import Table as SheetTable
from openpyxl.worksheet.worksheet import Worksheet

from services.parser.reading import Limits, Reading
from services.parser.xlsx.reader import read
from shared.schemas.document import HIDDEN, Table

WHITE = Font(color="FFFFFFFF")


def sheet_of(*rows: list[Any]) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "表"
    for row in (["项目", "预算数", "说明"], *rows):
        sheet.append(row)
    return book, sheet


def reading(book: openpyxl.Workbook) -> Reading:
    out = io.BytesIO()
    book.save(out)
    return read(out.getvalue(), Limits())


def rows(found: Reading) -> list[list[str]]:
    (table,) = (block for block in found.blocks if isinstance(block, Table))
    return [[cell.text for cell in table.cells if cell.row == row] for row in range(table.row_count)]


def test_parts_of_a_text_are_struck_out_or_marks() -> None:
    book, sheet = sheet_of(["合计", "", "说明"], ["项目支出", "", "说明"])
    sheet["B2"] = CellRichText("1286.45", TextBlock(InlineFont(vertAlign="superscript"), "1"))
    sheet["B3"] = CellRichText(TextBlock(InlineFont(strike=True), "260.00"), "280.00")
    assert rows(reading(book))[1:] == [["合计", "1286.45", "说明"], ["项目支出", "280.00", "说明"]]


def test_cells_that_are_struck_out_are_left_out_and_told() -> None:
    book, sheet = sheet_of(["取消的项目", 300, ""], ["合计", 1286.45, "说明"])
    sheet["A2"].font = sheet["B2"].font = Font(strike=True)
    found = reading(book)
    assert rows(found)[1:] == [["", "", ""], ["合计", "1286.45", "说明"]]
    assert [(note.cause, note.name) for note in found.unread] == [(HIDDEN, "表: A2, B2")]


@pytest.mark.parametrize(
    "font", [WHITE, Font(color=Color(theme=0)), Font(color=Color(indexed=9))], ids=["rgb", "theme", "indexed"]
)
def test_white_figures_on_white_are_left_out_and_told(font: Font) -> None:
    book, sheet = sheet_of(["合计", 1286.45, 12864500])
    sheet["C2"].font = font
    found = reading(book)
    assert rows(found)[1] == ["合计", "1286.45", ""]
    assert [note.cause for note in found.unread] == [HIDDEN]


def test_a_white_head_on_colour_is_shown() -> None:
    book, sheet = sheet_of(["合计", 1286.45, "说明"])
    for cell in sheet[1]:
        cell.font, cell.fill = WHITE, PatternFill("solid", fgColor="FF4472C4")
    assert reading(book).unread == ()


def test_white_text_in_a_table_with_a_style_may_stand_on_its_colour() -> None:
    book, sheet = sheet_of(["合计", 1286.45, "说明"])
    sheet["A1"].font = WHITE
    sheet.add_table(SheetTable(displayName="预算", ref="A1:C2"))
    assert rows(reading(book))[0] == ["项目", "预算数", "说明"]
