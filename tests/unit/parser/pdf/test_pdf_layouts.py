"""Upright text, lines round the header only, columns on the next page, what lies over a page or in the file."""

import io
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from services.parser.contents import NamedBytes
from services.parser.pdf.reader import read
from services.parser.reading import Limits
from services.parser.stage import read_document
from shared.schemas.document import Paragraph, Table
from tests.unit.parser.test_parser_docx import p, package

if TYPE_CHECKING:
    from tests.unit.parser.pdf.conftest import Sheet

HEADER = ("编码", "名称", "合计", "支出")
COLUMNS = (72, 130, 300, 390, 480)


def rows(table: Table) -> list[list[str]]:
    return [[cell.text for cell in table.cells if cell.row == row] for row in range(table.row_count)]


def document(sheet: "Sheet") -> list[list[list[str]] | str]:
    found = read_document([NamedBytes("a.pdf", sheet.data())]).blocks
    return [block.text if isinstance(block, Paragraph) else rows(block) for block in found]


@pytest.mark.parametrize("text", ["满意度指标", "效益指标", "社会效益指标"])
@pytest.mark.parametrize("high", [2, 3])
def test_upright_columns_are_read_from_right_to_left(sheet: "Sheet", text: str, high: int) -> None:
    sheet.grid((72, 110, 200), (100, 160))
    for number, character in enumerate(text):
        column, row = divmod(number, high)
        sheet.text(98 - 11 * column, 113 + 12 * row, character)
    sheet.text(120, 113, "1.00")
    assert "".join(sheet.table().cells[0].text.split()) == text


def test_short_lines_of_single_characters_are_read_across(sheet: "Sheet") -> None:
    sheet.grid((72, 110, 200), (100, 160))
    for number, character in enumerate("产出指标"):
        row, column = divmod(number, 2)
        sheet.text(75 + 18 * column, 113 + 12 * row, character)
    sheet.text(120, 113, "1.00")
    assert "".join(sheet.table().cells[0].text.split()) == "产出指标"


@pytest.mark.parametrize("under", [18.0, 22.0, 30.0])
def test_rows_under_a_ruled_header_are_its_tables(sheet: "Sheet", under: float) -> None:
    body = [("", "合计", "12.00", "12.00"), ("208", "社会保障", "5.00", "5.00"), ("213", "农林水", "7.00", "")]
    sheet.text(72, 80, "支出总表")
    sheet.grid(COLUMNS, (100, 120))
    sheet.fill(COLUMNS, [100, *(104 + under * row for row in range(1, 4))], [HEADER, *body])
    sheet.text(72, 300, "第二部分说明本部门预算的编制情况与上年相比的变化。")
    assert document(sheet) == [
        "支出总表",
        [list(HEADER), *map(list, body)],
        "第二部分说明本部门预算的编制情况与上年相比的变化。",
    ]


def test_prose_under_a_table_stays_prose(sheet: "Sheet") -> None:
    sheet.grid(COLUMNS, (100, 120, 140))
    sheet.fill(COLUMNS, (100, 120), [HEADER, ("208", "社会保障", "5.00", "5.00")])
    sheet.text(72, 160, "2024年支出预算5.00万元，其中基本支出5.00万元，项目支出0.00万元，较上年增加。")
    sheet.text(72, 180, "其中机关运行经费1.00万元，用于办公、会议、差旅和物业等各项支出，较上年增加。")
    assert [isinstance(each, str) for each in document(sheet)] == [False, True]


def wide(sheet: "Sheet", left: list[list[str]], right: list[list[str]], over: str) -> list[list[list[str]] | str]:
    """What is read of a sheet whose last columns are printed on a second page, under `over`."""
    for columns, texts, title in (((72, 130, 300), left, "支出总表"), ((72, 160, 250), right, over)):
        tops = [100 + 20 * row for row in range(len(texts) + 1)]
        sheet.text(72, 80, title)
        sheet.grid(columns, tops)
        sheet.fill(columns, tops, texts)
        sheet.page()
    return document(sheet)


NAMES = [["编码", "名称"], ["", "合计"], ["208", "社会保障"], ["213", "农林水"]]
FIGURES = [["合计", "支出"], ["12.00", "12.00"], ["5.00", ""], ["7.00", "7.00"]]


@pytest.mark.parametrize(("over", "before"), [("支出总表", []), ("单位：万元", ["单位：万元"])])
def test_columns_on_the_next_page_stand_beside_their_rows(sheet: "Sheet", over: str, before: list[str]) -> None:
    whole = [names + figures for names, figures in zip(NAMES, FIGURES, strict=True)]
    assert wide(sheet, NAMES, FIGURES, over) == ["支出总表", *before, whole]


@pytest.mark.parametrize(
    "right",
    [
        [*FIGURES[:-1]],
        [["项目", "支出"], *FIGURES[1:-1], ["绿化", "7.00"]],
        [["编码", "名称"], *FIGURES[1:]],
    ],
)
def test_another_table_on_the_next_page_stays_another(sheet: "Sheet", right: list[list[str]]) -> None:
    found = wide(sheet, NAMES, right, "收入总表")
    assert [len(each[0]) for each in found if isinstance(each, list)] == [2, 2]


def test_a_half_seen_character_does_not_take_the_next_text_along(sheet: "Sheet") -> None:
    """A cell ends in the middle of a character, and the next one begins right there."""
    rows_at, columns = (100, 120, 140), (72, 140, 260)
    sheet.grid(columns, rows_at)
    sheet.fill((72, 140), (100,), [("收入", "支出")])
    sheet.text(73.5, 133, "二、政府性基金")
    sheet.text(144, 133, "二、农林水")
    assert [cell.text for cell in sheet.table().cells][2:] == ["二、政府性基金", "二、农林水"]


def carrying(sheet: "Sheet", files: dict[str, bytes]) -> bytes:
    with pypdfium2.PdfDocument(sheet.data()) as found:
        for name, data in files.items():
            found.new_attachment(name).set_data(data)
        out = io.BytesIO()
        found.save(out)
    return out.getvalue()


def test_the_files_that_a_pdf_carries_are_read_and_named_when_they_can_not_be(sheet: "Sheet") -> None:
    sheet.text(72, 100, "请打开所附文件")
    data = carrying(sheet, {"预算.docx": package(p("附件正文")), "旧.mp3": b"ID3\x04"})
    found = read_document([NamedBytes("a.pdf", data)])
    assert [block.text for block in found.blocks if isinstance(block, Paragraph)] == ["请打开所附文件", "附件正文"]
    assert [(file.name, file.within) for file in found.files][1:] == [("预算.docx", found.files[0].sha256)]
    assert [note.name for note in found.unread] == ["旧.mp3"]


def over_page(sheet: "Sheet", annotation: bytes) -> bytes:
    """The file of `sheet` with an annotation that draws 13.00 over x 100 to 160, y 700 to 720."""
    with pypdfium2.PdfDocument(sheet.data()) as found:
        out = io.BytesIO()
        found.save(out)
    look = b"BT /F 12 Tf 2 5 Td (13.00) Tj ET"
    objects = (
        b"900 0 obj\n<</Type/Annot/Rect[100 700 160 720]/F 4/AP<</N 901 0 R>>" + annotation + b">>\nendobj\n"
        b"901 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 60 20]/Resources<</Font<</F<</Type/Font/Subtype/Type1"
        b"/BaseFont/Helvetica>>>>>>/Length %d>>stream\n" % len(look) + look + b"\nendstream\nendobj\n"
    )
    plain = out.getvalue().replace(b"/Type/Page/", b"/Annots[900 0 R]/Type/Page/", 1)
    plain = plain.replace(b"/Type/Page>>", b"/Annots[900 0 R]/Type/Page>>", 1)
    return plain.replace(b"1 0 obj", objects + b"1 0 obj", 1)


@pytest.mark.parametrize(
    ("annotation", "is_read"),
    [
        (b"/Subtype/Widget/FT/Tx", True),
        (b"/Subtype/FreeText", True),
        (b"/Subtype/Widget/FT/Sig", False),
        (b"/Subtype/Stamp", False),
    ],
)
def test_fields_and_notes_are_text_of_the_page_and_signatures_are_not(
    sheet: "Sheet", annotation: bytes, is_read: bool
) -> None:
    sheet.text(72, 300, "本年收入")
    found = read(over_page(sheet, annotation), Limits()).blocks
    assert ("13.00" in [block.text for block in found if isinstance(block, Paragraph)]) == is_read
