"""What Word prints and its text lacks: numbers of rows, numbers begun anew, signs of symbol fonts."""

import io
import zipfile

from services.parser.docx.reader import read
from services.parser.reading import Limits
from shared.schemas.document import Block, Paragraph, Table

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LEVEL = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'


def blocks(body: str, numbering: str = "") -> tuple[Block, ...]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as document:
        document.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        document.writestr("word/numbering.xml", f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>')
    return read(out.getvalue(), Limits()).blocks


def p(text: str, number: int = 0) -> str:
    place = f'<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr></w:pPr>' if number else ""
    return f"<w:p>{place}<w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(style: str, text: str, *uses: str) -> str:
    """A list in that format, and the ways in which paragraphs use it, 1 and up."""
    found = f'<w:abstractNum w:abstractNumId="7">{LEVEL.format(style, text)}</w:abstractNum>'
    for number, change in enumerate(uses, 1):
        found += f'<w:num w:numId="{number}"><w:abstractNumId w:val="7"/>{change}</w:num>'
    return found


def test_a_column_of_numbers_without_text_is_read() -> None:
    rows = "".join(f"<w:tr><w:tc>{p('', 1)}</w:tc><w:tc>{p(text)}</w:tc></w:tr>" for text in ("房租", "水费"))
    (table,) = blocks(f"<w:tbl>{rows}</w:tbl>", numbered("decimal", "%1", ""))
    assert isinstance(table, Table)
    assert [cell.text for cell in table.cells] == ["1", "房租", "2", "水费"]


def test_an_empty_paragraph_between_counts_and_says_nothing() -> None:
    found = blocks(p("总则", 1) + p("", 1) + p("附则", 1), numbered("chineseCounting", "%1、", ""))
    assert [block.text for block in found if isinstance(block, Paragraph)] == ["一、总则", "三、附则"]


def test_a_use_of_a_list_begins_anew() -> None:
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    found = blocks(p("甲", 1) + p("乙", 1) + p("丙", 2), numbered("decimal", "%1.", "", again))
    assert [block.text for block in found if isinstance(block, Paragraph)] == ["1.甲", "2.乙", "1.丙"]


def test_signs_of_symbol_fonts_are_what_they_show() -> None:
    signs = '<w:sym w:font="Symbol" w:char="F0B3"/><w:t>95%</w:t><w:sym w:font="Wingdings 2" w:char="F052"/>'
    odd = '<w:sym w:font="Symbol" w:char="nonsense"/><w:sym w:font="宋体" w:char="2264"/>'
    (found,) = blocks(f"<w:p><w:r>{signs}{odd}</w:r></w:p>")
    assert isinstance(found, Paragraph)
    assert found.text == "≥95%☑≤"
