"""What a Word document hides, strikes out, raises or sets in white, by runs and by styles, is told from text."""

import io
import zipfile

import pytest

from services.parser.docx.reader import read
from services.parser.reading import Limits, Reading
from shared.schemas.document import HIDDEN, Paragraph, Table

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STYLES = (
    '<w:style w:styleId="base"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:styleId="old"><w:basedOn w:val="base"/></w:style>'
    '<w:style w:styleId="mark"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:styleId="secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="white"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>'
)


def reading(body: str) -> Reading:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as document:
        document.writestr(
            "word/document.xml", f'<w:document xmlns:w="{SPACE}"><w:body>{body}</w:body></w:document>'
        )
        document.writestr("word/styles.xml", f'<w:styles xmlns:w="{SPACE}">{STYLES}</w:styles>')
    return read(out.getvalue(), Limits())


def run(text: str, style: str = "", direct: str = "") -> str:
    styled = f'<w:rStyle w:val="{style}"/>' if style else ""
    return f"<w:r><w:rPr>{styled}{direct}</w:rPr><w:t>{text}</w:t></w:r>"


def table(cell: str, properties: str = "", look: str = "") -> str:
    cells = f"<w:tc><w:p>{run('合计')}</w:p></w:tc><w:tc><w:tcPr>{properties}</w:tcPr><w:p>{cell}</w:p></w:tc>"
    return f"<w:tbl><w:tblPr>{look}</w:tblPr><w:tr>{cells}</w:tr></w:tbl>"


def amount(body: str) -> str:
    (found,) = (block for block in reading(body).blocks if isinstance(block, Table))
    return found.cells[1].text


@pytest.mark.parametrize("style", ["old", "secret", "white"])
def test_what_a_style_does_not_show_is_left_out_and_told(style: str) -> None:
    body = table(run("260.00", style) + run("280.00"))
    assert amount(body) == "280.00"
    assert [note.cause for note in reading(body).unread] == [HIDDEN]


def test_a_run_may_show_what_its_style_hides() -> None:
    body = table(run("280.00", "secret", '<w:vanish w:val="0"/>'))
    assert amount(body) == "280.00"
    assert reading(body).unread == ()


def test_a_paragraph_style_hides_all_its_runs() -> None:
    hidden = f'<w:p><w:pPr><w:pStyle w:val="secret"/></w:pPr>{run("内部计算")}</w:p>'
    texts = [
        block.text
        for block in reading(hidden + f"<w:p>{run('部门职责')}</w:p>").blocks
        if isinstance(block, Paragraph)
    ]
    assert texts == ["部门职责"]


def test_a_mark_that_a_style_raises_is_no_digit() -> None:
    assert amount(table(run("12.50") + run("2", "mark"))) == "12.50"


@pytest.mark.parametrize(
    ("cell", "properties", "look"),
    [
        (run("预算数", "white"), '<w:shd w:val="clear" w:fill="4472C4"/>', ""),
        (run("预算数", "white", '<w:shd w:val="clear" w:fill="4472C4"/>'), "", ""),
        (run("预算数", "white", '<w:highlight w:val="blue"/>'), "", ""),
        (run("预算数", "white"), "", '<w:tblStyle w:val="grid"/>'),
    ],
    ids=["cell", "run", "highlight", "style of the table"],
)
def test_white_text_on_colour_is_shown(cell: str, properties: str, look: str) -> None:
    assert amount(table(cell, properties, look)) == "预算数"


def test_a_fraction_of_an_equation_keeps_its_line() -> None:
    space = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    parts = "<m:num><m:r><m:t>90</m:t></m:r></m:num><m:den><m:r><m:t>120</m:t></m:r></m:den>"
    (found,) = reading(f"<w:p><m:oMath {space}><m:f>{parts}</m:f></m:oMath></w:p>").blocks
    assert isinstance(found, Paragraph)
    assert found.text == "90/120"
