"""Workbooks: a heading a sheet, titles and notes apart from tables, numbers as they are printed."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest

from services.parser.contents import NamedBytes
from services.parser.reading import Limits
from services.parser.stage import read_document
from services.parser.xlsx.reader import read
from shared.errors import Corrupt, TooLarge
from shared.schemas.document import HIDDEN, UNVALUED, Block, Paragraph, Table


def workbook(
    *rows: list[Any], merge: tuple[str, ...] = (), formats: dict[str, str] | None = None, hidden: bool = False
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "收支总表"
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    for address, code in (formats or {}).items():
        sheet[address].number_format = code
    if hidden:
        book.create_sheet("代码").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def blocks(data: bytes) -> tuple[Block, ...]:
    return read(data, Limits()).blocks


def rows(block: Block) -> list[list[str]]:
    assert isinstance(block, Table)
    return [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]


def test_a_sheet_is_a_heading_titles_a_table_and_notes() -> None:
    found = blocks(
        workbook(
            ["2024年收支总表", None, None], ["单位：万元"], ["项目", "预算数", "说明"], ["合计", 12.5, None],
            ["房租", None, None], ["注：空表列示。"], merge=("A1:C1",),
        )
    )  # fmt: skip
    assert [(block.text, block.heading) for block in found if isinstance(block, Paragraph)] == [
        ("收支总表", 1), ("2024年收支总表", None), ("单位：万元", None), ("注：空表列示。", None),
    ]  # fmt: skip
    assert rows(found[3]) == [["项目", "预算数", "说明"], ["合计", "12.5", ""], ["房租", "", ""]]


def test_merged_ranges_are_spans_and_blank_columns_stay() -> None:
    found = blocks(
        workbook(
            ["序号", "科目", None, "备注"],
            [None, "编码", "名称", None],
            [1, 201, None, None],
            merge=("A1:A2", "B1:C1", "D1:D2"),
        )
    )
    table = found[1]
    assert isinstance(table, Table)
    assert [(cell.row, cell.column, cell.row_span, cell.column_span) for cell in table.cells][:3] == [
        (0, 0, 2, 1), (0, 1, 1, 2), (0, 3, 2, 1),
    ]  # fmt: skip
    assert rows(table)[2] == ["1", "201", "", ""]


def test_numbers_are_what_was_typed_not_binary_fractions() -> None:
    values = [15340.33, 0.1 + 0.2, 2080501, 1e15, 1234567.891, -0.5, 0]
    found = blocks(workbook(["数"] * len(values), values))
    assert rows(found[1])[1] == ["15340.33", "0.3", "2080501", "1000000000000000", "1234567.891", "-0.5", "0"]


def test_numbers_are_printed_as_their_format_says() -> None:
    found = blocks(
        workbook(
            ["数"] * 6, [31.2, 0.25, 1956.655, 12, date(2023, 12, 31), 0.956],
            formats={
                "A2": "0.00", "B2": "0%", "C2": "#,##0.00_ ", "D2": "General", "E2": "yyyy-mm-dd",
                "F2": "0.0%;[红]-0%",
            },
        )
    )  # fmt: skip
    assert rows(found[1])[1] == ["31.20", "25%", "1,956.66", "12", "2023-12-31", "95.6%"]


def test_a_blank_row_and_a_title_begin_the_next_table() -> None:
    found = blocks(workbook(["表一"], ["甲", "乙"], [1, 2], [], ["表二"], ["丙", "丁"], [3, 4]))
    assert [block.kind for block in found] == ["paragraph", "paragraph", "table", "paragraph", "table"]


def test_hidden_sheets_are_named_and_not_read() -> None:
    reading = read(workbook(["甲", "乙"], [1, 2], hidden=True), Limits())
    assert [note.name for note in reading.unread] == ["代码"]


def with_far_cells(places: Sequence[str], sheets: int = 1) -> bytes:
    """Sheets of a small table with a hidden row, and `places` that hold a number."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number in range(sheets):
        sheet = book.create_sheet(f"表{number}")
        for line in (["项目", "预算数", "备注"], ["合计", 1286.45, "甲"], ["旧数", 9, "乙"], ["小计", 2, "丙"]):
            sheet.append(line)
        sheet.merge_cells("B4:C4")
        sheet.row_dimensions[3].hidden = True
        for place in places:
            sheet[place] = 2
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("places", [["XFD1048576"], ["A1048576"], ["XFD1"], ["ZZ900000", "A500000", "XFD2"]])
def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing_of_its_table(places: Sequence[str]) -> None:
    reading = read(with_far_cells(places), Limits())
    table = next(rows(block) for block in reading.blocks if isinstance(block, Table))
    assert [line[:3] for line in table[:2]] == [["项目", "预算数", "备注"], ["合计", "1286.45", "甲"]]
    assert table[2][:2] == ["小计", "2"]
    assert [note.name for note in reading.unread] == ["表0: 3"]


def test_many_sheets_of_far_cells_are_read() -> None:
    reading = read(with_far_cells(["BEX1500"], sheets=30), Limits())
    assert sum(isinstance(block, Table) for block in reading.blocks) == 30


def test_more_cells_than_allowed_are_refused_however_near() -> None:
    with pytest.raises(TooLarge):
        read(with_far_cells([f"A{row}" for row in range(10, 400, 2)]), Limits(cells=100))


def test_a_damaged_workbook_is_corrupt() -> None:
    data = workbook(["甲", "乙"], [1, 2])
    with pytest.raises(Corrupt):
        read(data[: len(data) // 2], Limits())
    with pytest.raises(Corrupt):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Limits())


def test_tables_under_each_other_with_several_rows_of_titles_are_several() -> None:
    table: list[list[Any]] = [["项目", "预算数"], ["合计", 1]]
    titles: list[list[Any]] = [["302 教育局"], ["单位：万元"]]
    found = blocks(workbook(["收入总表"], *titles, *table, [], ["支出总表"], *titles, *table))
    assert [block.kind for block in found] == ["paragraph"] * 4 + ["table"] + ["paragraph"] * 3 + ["table"]


def changed(data: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook with its sheet changed."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_hidden_rows_and_columns_are_left_out_and_told() -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[1].hidden = sheet.row_dimensions[6].hidden = True
        sheet.column_dimensions["A"].hidden = sheet.column_dimensions["D"].hidden = True

    data = workbook(
        ["CODE#", "NAME#", "AMT#", "YUAN#"], ["9909 收支总表", None, None, None], ["0", "项目", "预算数", "元"],
        ["VALID#", "拨款", 316.4, 3164000], ["VALID#", "合计", 316.4, 3164000], ["VALID#", "核对", 0, 0],
        merge=("A2:D2",),
    )  # fmt: skip
    reading = read(changed(data, hide), Limits())
    assert [block.text for block in reading.blocks if isinstance(block, Paragraph)] == [
        "收支总表",
        "9909 收支总表",
    ]
    assert rows(reading.blocks[-1]) == [["项目", "预算数"], ["拨款", "316.4"], ["合计", "316.4"]]
    assert [(note.name, note.cause) for note in reading.unread] == [("收支总表: 1, 6, A, D", HIDDEN)]


def test_a_sheet_that_shows_no_zeros_has_none() -> None:
    def off(sheet: Any) -> None:
        sheet.sheet_view.showZeros = False

    found = blocks(changed(workbook(["项目", "预算数"], ["拨款", 0], ["合计", 10]), off))
    assert rows(found[1])[1:] == [["拨款", ""], ["合计", "10"]]


def test_what_a_cell_does_not_tell_is_named() -> None:
    reading = read(
        workbook(
            ["项目", "预算数", "比例"], ["拨款", "=SUM(A1:A9)", 0.5], ["合计", "#REF!", 1], formats={"C2": "# ?/?"}
        ),
        Limits(),
    )
    assert rows(reading.blocks[1])[1:] == [["拨款", "", ""], ["合计", "", "1"]]
    assert [note.name for note in reading.unread] == ["收支总表: C2", "收支总表: B2, B3"]


def test_a_unit_in_a_hidden_column_over_the_table_is_the_sheets() -> None:
    def hide(sheet: Any) -> None:
        for column in "CD":
            sheet.column_dimensions[column].hidden = True

    def texts(*caption: str | None) -> list[list[str]]:
        data = workbook(
            ["支出总表"], list(caption), ["编码", "名称", "合计", "项目支出", "合计", "项目支出"],
            ["208", "合计", 448000, 8000, 44.8, 0.8],
        )  # fmt: skip
        found = blocks(changed(data, hide))
        texts = [[block.text] for block in found if isinstance(block, Paragraph) and not block.heading]
        return texts + [row for block in found if isinstance(block, Table) for row in rows(block)]

    table = [["编码", "名称", "合计", "项目支出"], ["208", "合计", "44.8", "0.8"]]
    assert texts("部门：水利局", None, None, "单位：万元")[-3:] == [["部门：水利局", "", "单位：万元", ""], *table]
    assert texts(None, None, "单位：万元")[-3:] == [["单位：万元"], *table]
    assert texts(None, None, None, "单位：元", None, "单位：万元")[-3:] == [["单位：万元"], *table]


@pytest.mark.parametrize(
    ("below", "texts"),
    [
        ([["注：1.甲。"], ["2.乙。"], ["3.丙。"]], ["注：1.甲。", "2.乙。", "3.丙。"]),
        ([[], ["二、总体情况"], ["2024年支出预算12.50万元。"]], ["二、总体情况", "2024年支出预算12.50万元。"]),
        ([["说明：甲"], [], ["乙"]], ["说明：甲", "乙"]),
        ([["二、项目支出"], ["绿化", "1.00"]], []),
        ([[], ["二、项目支出"], ["绿化", "1.00"]], ["二、项目支出"]),
    ],
)
def test_notes_and_prose_under_a_table_are_none_of_its_rows(below: list[list[Any]], texts: list[str]) -> None:
    found = blocks(workbook(["项目", "预算数"], ["合计", "12.50"], *below))
    assert [block.text for block in found if isinstance(block, Paragraph)][1:] == texts


def test_tables_beside_each_other_with_titles_of_their_own_are_two() -> None:
    found = blocks(
        workbook(
            ["收入总表", None, None, "支出总表", None],
            [None, "单位：万元", None, None, "单位：万元"],
            ["项目", "金额", None, "科目", "金额"],
            ["合计", "9.50", None, "合计", "8.50"],
            [None, None, None, "水利", "8.50"],
        )
    )
    assert [block.text if isinstance(block, Paragraph) else rows(block) for block in found] == [
        "收支总表", "收入总表", "单位：万元", [["项目", "金额"], ["合计", "9.50"]],
        "支出总表", "单位：万元", [["科目", "金额"], ["合计", "8.50"], ["水利", "8.50"]],
    ]  # fmt: skip


def test_a_blank_column_within_a_table_parts_nothing() -> None:
    found = blocks(
        workbook(
            ["收支总表", None, None, None, None],
            [None, None, None, None, "单位：万元"],
            ["收入", "金额", None, "支出", "金额"],
            ["合计", "9.50", None, "合计", "9.50"],
        )
    )
    (table,) = [block for block in found if isinstance(block, Table)]
    assert rows(table)[-1] == ["合计", "9.50", "", "合计", "9.50"]


SHEET_2003 = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="a"><NumberFormat ss:Format="{}"/></Style></Styles>
<Worksheet ss:Name="总表"><Table><Column ss:Index="3" ss:Hidden="1"/>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">项目</Data></Cell><Cell/>
<Cell><Data ss:Type="String">数</Data></Cell></Row>
<Row ss:Index="2"><Cell ss:Index="2"><Data ss:Type="String">合计</Data></Cell>
<Cell><Data ss:Type="Number">5</Data></Cell><Cell ss:StyleID="a"><Data ss:Type="Number">1286.45</Data></Cell></Row>
<Row ss:Hidden="1"><Cell><Data ss:Type="String">藏</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="代码"><Table/>
<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"""


def test_a_cell_far_away_makes_no_table_of_blanks() -> None:
    data = SHEET_2003.replace('ss:MergeAcross="1"', 'ss:MergeAcross="30000"')
    found = read_document([NamedBytes("a.xls", data.format("Fixed").encode())])
    (table,) = [block for block in found.blocks if isinstance(block, Table)]
    assert table.column_count < 10
    assert {"项目", "数", "合计", "1286.45"} <= {cell.text for cell in table.cells}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("Fixed", "1286.45"),
        ("Standard", "1,286.45"),
        ("0.0", "1286.5"),
        ("#,##0.00,", "1.29"),
        ("Percent", "128645.00%"),
    ],
)
def test_xml_spreadsheets_are_read_as_they_are_shown(code: str, text: str) -> None:
    data = SHEET_2003.format(code).encode()
    found = read_document([NamedBytes("a.xls", data)])
    (table,) = [block for block in found.blocks if isinstance(block, Table)]
    assert [cell.text for cell in table.cells] == ["项目", "数", "", "合计", text]
    assert [note.name for note in found.unread] == ["a.xls: 总表: 3, C", "a.xls: 代码"]


@pytest.mark.parametrize("address", ["a1", "A01", "A", "XFDA1"])
def test_an_address_that_is_none_costs_the_workbook(address: str) -> None:
    data = workbook(["项目"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as broken:
        for name in package.namelist():
            broken.writestr(name, package.read(name).replace(b'r="A1"', f'r="{address}"'.encode()))
    with pytest.raises((Corrupt, TooLarge)):
        read(out.getvalue(), Limits())


def test_long_texts_that_many_cells_share_are_refused() -> None:
    data, out = workbook(["项目"]), io.BytesIO()
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 101))
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as long:
        for name in package.namelist():
            content = package.read(name)
            if name.endswith("sheet1.xml"):
                content = re.sub(
                    rb"<sheetData>.*</sheetData>", f"<sheetData>{cells}</sheetData>".encode(), content
                )
            if not name.endswith("sharedStrings.xml"):
                long.writestr(name, content)
        long.writestr("xl/sharedStrings.xml", f"<sst><si><t>{'说' * 30_000}</t></si></sst>")
    with pytest.raises(TooLarge, match="long texts"):
        read(out.getvalue(), Limits(file_bytes=1_000_000))


def test_cells_with_an_error_for_a_value_have_a_cause_of_their_own() -> None:
    """A formula that was never calculated, and one that ends in #REF!, are the publisher's; the rest is read."""
    data = workbook(["项目", "预算数"], ["合计", "=B9+1"], ["房租", 12.5])
    (left,) = read(data, Limits()).unread
    assert (left.cause, left.name) == (UNVALUED, "收支总表: B2")


def test_a_sheet_without_a_cell_is_nothing() -> None:
    one = workbook(["项目", "预算数"], ["合计", "1,286.45"])
    book = openpyxl.load_workbook(io.BytesIO(one))
    book.create_sheet("空表")
    file = io.BytesIO()
    book.save(file)
    assert read(file.getvalue(), Limits()).blocks == read(one, Limits()).blocks
