"""Running text: paragraphs as they were written, in reading order, nothing invented."""

from typing import TYPE_CHECKING

from services.parser.pdf.radicals import RADICALS
from shared.schemas.document import Paragraph

if TYPE_CHECKING:
    from tests.unit.parser.pdf.conftest import Sheet

SIZE = 14.0


def write(sheet: "Sheet", lines: list[tuple[float, str]], top: float = 100.0) -> None:
    """Lines 24 points apart, each with its indent in characters."""
    for number, (indent, text) in enumerate(lines):
        sheet.text(90 + indent * SIZE, top + 24 * number, text, SIZE)


def texts(sheet: "Sheet") -> list[str]:
    return [block.text for block in sheet.reading().blocks if isinstance(block, Paragraph)]


FULL = "负责全区应急管理工作，指导应对安全生产类、自然灾害类突发事"
SECOND = "件和综合防灾减灾救灾工作，承担有关协调工作，组织编制应急预"


def test_wrapped_lines_are_one_paragraph_and_indents_begin_the_next(sheet: "Sheet") -> None:
    first = FULL[:-2]
    write(sheet, [(2, first), (0, SECOND), (0, "案。"), (2, first), (0, "件。")])
    assert texts(sheet) == [f"{first}\n{SECOND}\n案。", f"{first}\n件。"]


def test_a_line_that_ends_early_ends_its_paragraph(sheet: "Sheet") -> None:
    write(sheet, [(0, "部门职责"), (0, "机构设置"), (0, FULL), (0, "件。")])
    assert texts(sheet) == ["部门职责", "机构设置", f"{FULL}\n件。"]


def test_a_word_too_long_for_the_line_is_still_the_paragraph_s(sheet: "Sheet") -> None:
    write(sheet, [(0, FULL), (0, FULL[:-3]), (0, "98.25%，比上年提高。")])
    assert texts(sheet) == [f"{FULL}\n{FULL[:-3]}\n98.25%，比上年提高。"]


def test_headings_of_another_size_stand_alone(sheet: "Sheet") -> None:
    sheet.text(90, 80, "一二三四五六七八九十一二三四五六七八九", 22)
    write(sheet, [(0, FULL), (0, "件。")])
    assert texts(sheet) == ["一二三四五六七八九十一二三四五六七八九", f"{FULL}\n件。"]


def test_entries_of_contents_are_paragraphs_of_their_own(sheet: "Sheet") -> None:
    entries = ["一、部门职责" + "." * 90 + "1", "二、收支情况" + "." * 90 + "12"]
    write(sheet, [(0, entry) for entry in entries])
    assert texts(sheet) == entries


def test_texts_far_apart_on_a_line_are_apart(sheet: "Sheet") -> None:
    sheet.text(72, 100, "部门：某某局")
    sheet.text(430, 100, "单位：万元")
    sheet.text(72, 140, "目")
    sheet.text(200, 140, "录")
    assert texts(sheet) == ["部门：某某局", "单位：万元", "目录"]


def test_texts_beside_each_other_that_wrap_stay_together(sheet: "Sheet") -> None:
    sheet.text(72, 112, "某某中心")
    sheet.text(240, 105, "预算年度：")
    sheet.text(240, 118, "2024")
    sheet.text(430, 112, "单位：万元")
    assert texts(sheet) == ["某某中心", "预算年度：\n2024", "单位：万元"]


def test_blanks_stand_between_latin_words_only(sheet: "Sheet") -> None:
    sheet.canvas.setFont("Helvetica", 12)
    sheet.canvas.drawString(72, 700, "Budget")
    sheet.canvas.drawString(116, 700, "2024")
    sheet.text(72, 200, "合", 12)
    sheet.text(90, 200, "计", 12)
    assert texts(sheet) == ["Budget 2024", "合计"]


def test_letters_drawn_twice_to_look_bold_count_once(sheet: "Sheet") -> None:
    sheet.text(72, 100, "部门预算 100.00")
    sheet.text(72.4, 100, "部门预算 100.00")
    assert texts(sheet) == ["部门预算 100.00"]


def test_pages_follow_each_other_and_blocks_know_theirs(sheet: "Sheet") -> None:
    sheet.text(72, 100, "第一页的文字。")
    sheet.page()
    sheet.text(72, 100, "第二页的文字。")
    reading = sheet.reading()
    assert reading.pages == 2
    assert [block.page for block in reading.blocks] == [1, 2]


def test_form_fields_are_read_with_the_page(sheet: "Sheet") -> None:
    sheet.text(72, 100, "联系人：")
    sheet.canvas.acroForm.textfield(x=130, y=735, width=120, height=20, value="Zhang San", fontSize=12)
    assert "Zhang San" in "".join(texts(sheet))


def test_radical_signs_stand_for_their_characters() -> None:
    assert [RADICALS[sign] for sign in "⽬⽉⼀⺠⻓⻔"] == list("目月一民长门")


def test_texts_that_lie_over_each_other_are_not_mixed(sheet: "Sheet") -> None:
    sheet.text(72, 100, "办公设备购置")
    sheet.text(90, 100, "1286.45")
    assert [block.text for block in sheet.reading().blocks if isinstance(block, Paragraph)] == [
        "办公设备购置1286.45"
    ]


def test_a_unit_cut_in_two_lines_beside_a_caption_is_one_text(sheet: "Sheet") -> None:
    sheet.text(500, 73, "单位：万", 9)
    sheet.text(60, 85, "部门名称：青石县人民法院", 9)
    sheet.text(500, 85, "元", 9)
    assert texts(sheet) == ["单位：万\n元", "部门名称：青石县人民法院"]
