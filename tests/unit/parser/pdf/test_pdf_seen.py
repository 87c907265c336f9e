"""What a page does not show is not read, and the page is named."""

import io
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from services.parser.pdf.reader import read
from services.parser.reading import Limits
from shared.schemas.document import HIDDEN, Paragraph, Table

if TYPE_CHECKING:
    from tests.unit.parser.pdf.conftest import Sheet


def shown(sheet: "Sheet") -> tuple[list[str], list[str]]:
    """The paragraphs read, and the causes of what is not."""
    reading = sheet.reading()
    texts = [block.text for block in reading.blocks if isinstance(block, Paragraph)]
    return texts, [note.cause for note in reading.unread]


def white(sheet: "Sheet", x: float, y: float, width: float, height: float) -> None:
    sheet.canvas.setFillGray(1)
    sheet.canvas.rect(x, sheet.height - y - height, width, height, stroke=0, fill=1)
    sheet.canvas.setFillGray(0)


def test_new_figures_over_whited_out_ones(sheet: "Sheet") -> None:
    """The new figure has digits in common with the old one, on the same places."""
    sheet.text(72, 100, "本年收入")
    sheet.text(200, 100, "1346.45")
    white(sheet, 195, 88, 80, 16)
    sheet.text(200, 100, "1286.45")
    assert shown(sheet) == (["本年收入", "1286.45"], [HIDDEN])


def test_invisible_text_is_not_read_beside_shown_text(sheet: "Sheet") -> None:
    sheet.text(72, 100, "本年收入合计1286.45万元，比上年增加")
    text = sheet.canvas.beginText(72, sheet.height - 130)
    text.setFont("STSong-Light", 10.5)
    text.setTextRenderMode(3)
    text.textOut("草稿数1300.00万元")
    sheet.canvas.drawText(text)
    assert shown(sheet) == (["本年收入合计1286.45万元，比上年增加"], [HIDDEN])


def test_the_text_under_a_scan_is_read(sheet: "Sheet") -> None:
    text = sheet.canvas.beginText(72, sheet.height - 100)
    text.setFont("STSong-Light", 10.5)
    text.setTextRenderMode(3)
    text.textOut("本年收入合计1286.45万元")
    sheet.canvas.drawText(text)
    assert shown(sheet) == (["本年收入合计1286.45万元"], [])


def test_white_text_shows_on_a_coloured_ground_only(sheet: "Sheet") -> None:
    sheet.text(72, 60, "青石县水利局部门预算公开说明文件")
    sheet.canvas.setFillGray(0.3)
    sheet.canvas.rect(70, sheet.height - 104, 200, 16, stroke=0, fill=1)
    sheet.canvas.setFillGray(1)
    sheet.text(72, 100, "单位：万元")
    sheet.text(72, 140, "看不见")
    assert shown(sheet) == (["青石县水利局部门预算公开说明文件", "单位：万元"], [HIDDEN])


def test_white_ground_that_is_drawn_first_hides_nothing(sheet: "Sheet") -> None:
    white(sheet, 0, 0, 595, 842)
    sheet.text(72, 100, "本年收入1286.45万元")
    assert shown(sheet) == (["本年收入1286.45万元"], [])


def with_layer(sheet: "Sheet", name: bytes, state: bytes) -> bytes:
    """The file of `sheet`, what it draws between the marks BEGIN and END laid on the layer `name`."""
    data = pypdfium2.PdfDocument(sheet.data())
    out = io.BytesIO()
    data.save(out)
    plain = out.getvalue()
    catalog = b"/OCProperties<</OCGs[900 0 R]/D<<" + state + b">>>>/Type/Catalog"
    plain = plain.replace(b"/Type/Catalog", catalog, 1).replace(b"/Type /Catalog", catalog, 1)
    layer = b"900 0 obj\n<</Type/OCG/Name" + name + b">>\nendobj\n"
    plain = plain.replace(b"/ProcSet", b"/Properties<</MC0 900 0 R>>/ProcSet")
    return plain.replace(b"1 0 obj", layer + b"1 0 obj", 1)


@pytest.mark.parametrize("name", [b"(Draft)", b"<FEFF90015BA17A3F>", rb"(\(a\)\051)"])
@pytest.mark.parametrize(
    ("state", "is_shown"),
    [(b"/OFF[900 0 R]", False), (b"/BaseState/OFF", False), (b"", True), (b"/BaseState/OFF/ON[900 0 R]", True)],
)
def test_a_layer_that_is_off_is_not_read(sheet: "Sheet", name: bytes, state: bytes, is_shown: bool) -> None:
    sheet.text(72, 100, "本年收入1286.45万元")
    sheet.canvas._code.append("/OC /MC0 BDC")  # type: ignore[attr-defined]  # reportlab has no call for it
    sheet.text(72, 130, "送审稿1386.45万元")
    sheet.canvas._code.append("EMC")  # type: ignore[attr-defined]  # as above
    found = read(with_layer(sheet, name, state), Limits())
    texts = [block.text for block in found.blocks if isinstance(block, Paragraph)]
    assert ("送审稿1386.45万元" in texts) == is_shown
    assert texts[0] == "本年收入1286.45万元"
    assert [note.cause for note in found.unread] == ([] if is_shown else [HIDDEN])


def seal(sheet: "Sheet", x: float, y: float, width: float, height: float) -> None:
    """A red ring with its number within."""
    sheet.canvas.setStrokeColorRGB(0.9, 0.1, 0.1)
    sheet.canvas.setFillColorRGB(0.9, 0.1, 0.1)
    sheet.canvas.ellipse(x, sheet.height - y - height, x + width, sheet.height - y, stroke=1, fill=0)
    sheet.text(x + width / 4, y + height / 2, "1309990012345", 8)
    sheet.canvas.setFillGray(0)
    sheet.canvas.setStrokeGray(0)


@pytest.mark.parametrize("size", [(120.0, 120.0), (130.0, 90.0), (165.0, 165.0)])
def test_a_seal_over_a_table_is_none_of_its_figures(sheet: "Sheet", size: tuple[float, float]) -> None:
    columns, rows = (72, 200, 330, 460), (100, 120, 140, 160, 180)
    sheet.grid(columns, rows)
    sheet.fill(columns, rows, [("项目", "预算", "支出"), *[(f"项{n}", f"{n}.00", f"{n}.50") for n in range(3)]])
    seal(sheet, 210, 90, *size)
    found = sheet.reading()
    (table,) = [block for block in found.blocks if isinstance(block, Table)]
    assert [cell.text for cell in table.cells if cell.column == 1] == ["预算", "0.00", "1.00", "2.00"]
    assert [note.cause for note in found.unread] == [HIDDEN]


def test_coloured_text_in_no_ring_is_read(sheet: "Sheet") -> None:
    sheet.canvas.setFillColorRGB(0.9, 0.1, 0.1)
    sheet.text(72, 100, "本年收入1286.45万元")
    assert shown(sheet) == (["本年收入1286.45万元"], [])


@pytest.mark.parametrize("width", [60.0, 66.0, 96.0])
def test_a_name_that_its_cell_cuts_off_leaves_the_next_figures_whole(sheet: "Sheet", width: float) -> None:
    columns, rows = (72, 72 + width, 230, 330), (100, 120, 140, 160)
    sheet.grid(columns, rows)
    sheet.fill(columns[1:], rows, [("合计", "基本"), ("44.80", "44.80"), ("1286.45", "9.00")])
    for number, name in enumerate(
        ("科目", "机关事业单位基本养老保险缴费支出清算", "水利工程建设运行管理经费支出")
    ):
        sheet.canvas.saveState()
        path = sheet.canvas.beginPath()
        path.rect(72, sheet.height - rows[number + 1], width, 20)
        sheet.canvas.clipPath(path, stroke=0)
        sheet.text(75, rows[number] + 13, name)
        sheet.canvas.restoreState()
    found = [cell.text for cell in sheet.table().cells if cell.row]
    assert found[1:3] + found[4:6] == ["44.80", "44.80", "1286.45", "9.00"]
    assert found[0].startswith("机关事业单")
    assert not found[0].endswith("清算")


def test_a_cut_label_beside_two_rows_gives_nothing_to_the_cells_behind_it(sheet: "Sheet") -> None:
    for y in (100, 140):
        sheet.line(72, y, 300, y)
    sheet.line(135, 120, 300, 120)
    for x in (72, 135, 220, 300):
        sheet.line(x, 100, x, 140)
    sheet.fill((135, 220), (100, 120), [("3月底", "6月底"), ("25%", "50%")])
    sheet.canvas.saveState()
    path = sheet.canvas.beginPath()
    path.rect(72, sheet.height - 140, 63, 40)
    sheet.canvas.clipPath(path, stroke=0)
    sheet.text(74, 133, "资金支出计划（")
    sheet.text(74 + 7 * 10.5, 133, "%）")
    sheet.canvas.restoreState()
    assert [cell.text for cell in sheet.table().cells] == ["资金支出计划", "3月底", "6月底", "25%", "50%"]


@pytest.mark.parametrize("mark", ["1", "[2]", "①", "*"])
def test_a_raised_mark_behind_a_figure_is_no_digit_of_it(sheet: "Sheet", mark: str) -> None:
    columns, rows = (72, 200, 330), (100, 120, 140)
    sheet.grid(columns, rows)
    sheet.fill(columns, rows, [("项目", "预算数"), ("合计", "1286.45")])
    end = 203 + sheet.canvas.stringWidth("1286.45", "STSong-Light", 10.5)
    sheet.text(end, 129, mark, 6)
    assert sheet.table().cells[3].text == "1286.45"


def test_figures_of_two_sizes_on_one_line_are_whole(sheet: "Sheet") -> None:
    sheet.text(72, 100, "本年收入")
    sheet.text(120, 100, "1286.45", 8)
    sheet.text(155, 100, "万元")
    assert shown(sheet)[0] == ["本年收入1286.45万元"]


def test_what_lies_off_the_page_or_is_too_small_to_see_is_left_out_and_told(sheet: "Sheet") -> None:
    sheet.text(72, 100, "本年收入合计1286.45万元")
    sheet.text(700, 100, "7777.77")
    sheet.text(72, sheet.height + 30, "8888.88")
    sheet.canvas.setFont("STSong-Light", 0.2)
    sheet.canvas.drawString(200, 300, "9999.99")
    assert shown(sheet) == (["本年收入合计1286.45万元"], [HIDDEN])


def struck(sheet: "Sheet", left: float, right: float, y: float) -> None:
    sheet.canvas.line(left, sheet.height - y, right, sheet.height - y)


def test_figures_that_a_line_strikes_out_are_left_out_and_told(sheet: "Sheet") -> None:
    sheet.text(72, 100, "本年收入")
    sheet.text(200, 100, "1346.45")
    sheet.text(250, 100, "1286.45")
    wide = sheet.canvas.stringWidth("1346.45", "STSong-Light", 10.5)
    struck(sheet, 200, 200 + wide * 0.95, 96.5)
    assert shown(sheet) == (["本年收入", "1286.45"], [HIDDEN])


@pytest.mark.parametrize(
    ("left", "right", "y"),
    [(60, 400, 96.5), (200, 240, 101.5), (200, 240, 90), (204, 206, 96.5)],
    ids=["a longer rule", "under it", "over it", "one sign"],
)
def test_other_lines_strike_out_nothing(sheet: "Sheet", left: float, right: float, y: float) -> None:
    sheet.text(200, 100, "1346.45")
    struck(sheet, left, right, y)
    assert shown(sheet) == (["1346.45"], [])
