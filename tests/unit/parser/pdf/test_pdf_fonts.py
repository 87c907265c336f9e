"""Fonts that a file names and does not hold: every character is read, on a machine without Chinese fonts too."""

from typing import TYPE_CHECKING

import pytest
from reportlab.pdfbase import pdfmetrics

from services.parser.pdf.reader import read
from services.parser.reading import Limits
from shared.schemas.document import Paragraph, Table

if TYPE_CHECKING:
    from tests.unit.parser.pdf.conftest import Sheet

FONT = "STSong-Light"
TEXT = "财政拨款收入为12.50万元"


def test_text_set_character_by_character_is_whole(sheet: "Sheet") -> None:
    x = 90.0
    for character in TEXT:
        sheet.text(x, 100, character, 10)
        x += pdfmetrics.stringWidth(character, FONT, 10)
    assert [block.text for block in sheet.reading().blocks if isinstance(block, Paragraph)] == [TEXT]


def test_a_cells_last_line_may_be_one_character(sheet: "Sheet") -> None:
    columns, rows = (50, 150, 250), (100, 140, 180)
    sheet.grid(columns, rows)
    sheet.fill(columns, rows, [["财政拨款收\n入", "财政专户收\n入"], ["项", "1"]])
    assert [cell.text for cell in sheet.table().cells] == ["财政拨款收\n入", "财政专户收\n入", "项", "1"]


@pytest.mark.parametrize("ascent", [b"220", b"0", b"999"])
def test_a_line_is_whole_whatever_its_font_says_of_its_height(sheet: "Sheet", ascent: bytes) -> None:
    text = "本年收入合计1,286.45万元，其中：财政拨款收入100.00万元；占“三公”经费的3.2%。"
    sheet.text(72, 100, text)
    data = (
        sheet.data()
        .replace(b"/Ascent 752 ", b"/Ascent " + ascent + b" ")
        .replace(b"/Descent -271 ", b"/Descent -36 ")
    )
    assert [block.text for block in read(data, Limits()).blocks if isinstance(block, Paragraph)] == [text]


@pytest.mark.parametrize("kind", ["CIDFontType0", "CIDFontType2"])
@pytest.mark.parametrize("ordering", ["Identity", "GB1"])
def test_a_font_whose_characters_only_the_file_tells(kind: str, ordering: str) -> None:
    blocks = read(_with_own_codes("收入合计", kind, ordering), Limits()).blocks
    assert not [block for block in blocks if isinstance(block, Table)]
    assert "".join(block.text for block in blocks if isinstance(block, Paragraph)).split() == ["收入合计"]


def _with_own_codes(text: str, kind: str, ordering: str) -> bytes:
    """A page of `text`, each character set alone, in the font SimSun, which is not in the file."""
    codes = dict(enumerate(text, start=500))
    told = "".join(f"<{code:04X}> <{ord(character):04X}> " for code, character in codes.items())
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <FFFF> "
        f"endcodespacerange {len(text)} beginbfchar {told}endbfchar endcmap end end"
    )
    drawn = " ".join(f"BT /F 10 Tf 1 0 0 1 {10 * (code - 490)} 700 Tm <{code:04X}> Tj ET" for code in codes)
    resources = "<< /Font << /F 5 0 R >> >>"
    system = f"<< /Registry (Adobe) /Ordering ({ordering}) /Supplement 0 >>"
    measures = "/FontBBox [0 -120 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80"
    encoded = "/Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 8 0 R"
    return _file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources {resources} >>",
        f"<< /Length {len(drawn)} >> stream\n{drawn}\nendstream",
        f"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun {encoded} >>",
        f"<< /Type /Font /Subtype /{kind} /BaseFont /SimSun /FontDescriptor 7 0 R /CIDSystemInfo {system} >>",
        f"<< /Type /FontDescriptor /FontName /SimSun /Flags 4 {measures} >>",
        f"<< /Length {len(to_unicode)} >> stream\n{to_unicode}\nendstream",
    )


def _file(*objects: str) -> bytes:
    file = b"%PDF-1.5\n"
    table = "0000000000 65535 f \n"
    for number, each in enumerate(objects, start=1):
        table += f"{len(file):010d} 00000 n \n"
        file += f"{number} 0 obj\n{each}\nendobj\n".encode()
    size = len(objects) + 1
    end = f"xref\n0 {size}\n{table}trailer << /Size {size} /Root 1 0 R >>\n"
    return file + f"{end}startxref\n{len(file)}\n%%EOF".encode()
