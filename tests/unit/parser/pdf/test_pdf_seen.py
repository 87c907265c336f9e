"""What a page does not show is not read, and the page is named."""

from typing import TYPE_CHECKING

from shared.schemas.document import HIDDEN, Paragraph

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
