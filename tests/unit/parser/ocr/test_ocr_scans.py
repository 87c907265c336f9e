"""Scans are read as what was printed is: the same tables, each figure with how certain it is."""

import io
import os
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from docx.shared import Inches
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from services.normalizer.checks.policy import CERTAIN
from services.parser.contents import NamedBytes
from services.parser.ocr import scans
from services.parser.ofd.reader import read as read_ofd
from services.parser.pdf.reader import read
from services.parser.reading import Limits, Reading
from services.parser.stage import read_document
from services.sample_portals.content import Content, Grid, GridCell, Prose
from services.sample_portals.render import pdf
from services.sample_portals.sample import sample
from shared.errors import Unsupported
from shared.schemas.document import NO_TEXT, RECOGNISED, SCAN, TOO_MANY_SCANS, Paragraph, Table

if TYPE_CHECKING:
    from tests.unit.parser.ocr.conftest import Scanned

LIMITS = Limits()


def grid(*rows: tuple[str, ...]) -> Grid:
    lines = tuple(tuple(GridCell(text) for text in row) for row in rows)
    return Grid(lines[:1], lines[1:], tuple(3 for _ in rows[0]), ("收支总表", "单位：万元"))


SHEET: list[Content] = [
    Prose("青石县水利局2026年部门预算公开说明。"),
    grid(("项目", "预算数"), ("本年收入合计", "1286.45"), ("上年结转", "7.00"), ("收入总计", "1293.45")),
]


def amounts(reading: Reading) -> Counter[str]:
    return Counter(
        cell.text
        for block in reading.blocks
        if isinstance(block, Table)
        for cell in block.cells
        if "." in cell.text and cell.text.replace(".", "").replace(",", "").lstrip("-").isdecimal()
    )


def causes(reading: Reading) -> list[tuple[str, str]]:
    return [(note.name, note.cause) for note in reading.unread]


def test_amounts_of_a_scanned_disclosure_are_those_printed(scanned: "Scanned", font: Path) -> None:
    content = sample(5, 3).written.content[3:6]
    reading = read(scanned(content), LIMITS)
    printed, found = amounts(read(pdf.render(content, font), LIMITS)), amounts(reading)
    assert printed.total() > 30
    assert (printed & found).total() >= 0.97 * printed.total()
    certain = [
        cell.text
        for block in reading.blocks
        if isinstance(block, Table)
        for cell in block.cells
        if cell.text in found and (cell.confidence or 0) >= CERTAIN
    ]
    assert not Counter(certain) - printed
    assert [cause for _, cause in causes(reading)] == [RECOGNISED]


def test_a_scan_has_the_grid_and_the_places_of_its_table(scanned: "Scanned", font: Path) -> None:
    reading, printed = (read(data, LIMITS) for data in (scanned(SHEET), pdf.render(SHEET, font)))
    (table,), (same,) = (
        [block for block in each.blocks if isinstance(block, Table)] for each in (reading, printed)
    )
    assert [cell.text for cell in table.cells] == [cell.text for cell in same.cells]
    for cell, twin in zip(table.cells, same.cells, strict=True):
        assert cell.box == pytest.approx(twin.box, abs=1.5)
        assert cell.confidence is not None
        assert twin.confidence is None


def test_a_scan_that_lies_aslant_is_set_straight(scanned: "Scanned") -> None:
    turned = io.BytesIO()
    canvas = Canvas(turned, pagesize=(842, 595))
    canvas.drawImage(ImageReader(first_page(scanned(SHEET)).rotate(1.1, fillcolor="white")), 0, 0, 842, 595)
    canvas.save()
    assert amounts(read(turned.getvalue(), LIMITS)) == Counter(("1286.45", "7.00", "1293.45"))


def test_a_picture_of_a_table_beside_text_is_read(scanned: "Scanned") -> None:
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.drawImage(ImageReader(first_page(scanned(SHEET[1:]))), 100, 500, 421, 297)
    canvas.drawString(100, 450, "Words of the page itself, which go on so long that it has text of its own.")
    canvas.save()
    reading = read(page.getvalue(), LIMITS)
    assert amounts(reading) == Counter(("1286.45", "7.00", "1293.45"))
    (own,) = (block for block in reading.blocks if isinstance(block, Paragraph) and block.text.startswith("Words"))
    assert own.confidence is None
    assert causes(reading) == [("page 1", RECOGNISED)]


def test_a_page_with_text_is_not_recognised(font: Path) -> None:
    reading = read(pdf.render(SHEET, font), LIMITS)
    assert reading.scans == 0
    (table,) = (block for block in reading.blocks if isinstance(block, Table))
    assert {cell.confidence for cell in table.cells} == {None}


def test_without_the_extra_the_pages_are_named(scanned: "Scanned", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: False)
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.drawString(100, 450, "Words")
    canvas.showPage()
    for _ in range(2):
        canvas.drawImage(ImageReader(Image.new("L", (60, 84), 255)), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    assert causes(read(page.getvalue(), LIMITS)) == [("pages 2-3", SCAN)]
    with pytest.raises(Unsupported, match="ocr"):
        read(scanned(SHEET), LIMITS)


def test_pages_beyond_the_limit_are_named(scanned: "Scanned") -> None:
    one = pictures(scanned(SHEET), 3)
    assert causes(read(one, Limits(scans=1))) == [("pages 2-3", TOO_MANY_SCANS), ("page 1", RECOGNISED)]


@pytest.mark.usefixtures("scanned")
def test_a_picture_in_which_there_is_no_text_is_named() -> None:
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.drawImage(ImageReader(Image.new("L", (60, 84), 220)), 0, 0, 595, 842)
    canvas.save()
    assert causes(read(page.getvalue(), LIMITS)) == [("page 1", NO_TEXT)]


def test_text_that_lies_behind_a_scan_is_marked_as_recognised(font: Path) -> None:
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.drawImage(ImageReader(Image.new("L", (60, 84), 255)), 0, 0, 595, 842)
    text = canvas.beginText(72, 700)
    text.setFont("Helvetica", 10.5)
    text.setTextRenderMode(3)
    text.textOut("Total revenue of the department in the year 2026: 1286.45")
    canvas.drawText(text)
    canvas.save()
    reading = read(page.getvalue(), LIMITS)
    (block,) = reading.blocks
    assert isinstance(block, Paragraph)
    assert block.text.endswith("1286.45")
    assert block.confidence is not None
    assert block.confidence < CERTAIN
    assert causes(reading) == [("page 1", RECOGNISED)]
    assert reading.scans == 0


def test_a_picture_in_a_file_of_its_own_is_read(scanned: "Scanned") -> None:
    picture = io.BytesIO()
    first_page(scanned(SHEET)).save(picture, "PNG")
    document = read_document([NamedBytes("预算.png", picture.getvalue())])
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    assert [cell.text for cell in table.cells][:4] == ["项目", "预算数", "本年收入合计", "1286.45"]
    assert document.files[0].format == "picture"


def test_a_picture_of_a_table_in_a_word_document_is_read_where_it_stands(scanned: "Scanned") -> None:
    picture = io.BytesIO()
    first_page(scanned(SHEET[1:])).save(picture, "JPEG", quality=85)
    word = docx.Document()
    word.add_paragraph("部门收支总表")
    word.add_picture(picture, Inches(6))
    word.add_paragraph("以上为收支总表。")
    file = io.BytesIO()
    word.save(file)
    document = read_document([NamedBytes("预算.docx", file.getvalue())])
    first, *_, last = document.blocks
    assert [getattr(block, "text", "") for block in (first, last)] == ["部门收支总表", "以上为收支总表。"]
    assert [type(block) for block in document.blocks].count(Table) == 1
    assert [note.cause for note in document.unread] == [RECOGNISED]


def test_an_ofd_page_that_is_a_picture_is_read(scanned: "Scanned") -> None:
    picture = io.BytesIO()
    first_page(scanned(SHEET)).save(picture, "PNG")
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    parts: dict[str, str | bytes] = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody>"
        "</ofd:OFD>",
        "D/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 297 210"
        "</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>Res.xml</ofd:DocumentRes></ofd:CommonData>"
        '<ofd:Pages><ofd:Page ID="1" BaseLoc="P/Content.xml"/></ofd:Pages></ofd:Document>',
        "D/Res.xml": f'<ofd:Res {space} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="9" Type="Image">'
        "<ofd:MediaFile>scan.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
        "D/P/Content.xml": f'<ofd:Page {space}><ofd:Content><ofd:Layer ID="2"><ofd:ImageObject ID="4"'
        ' ResourceID="9" Boundary="0 0 297 210"/></ofd:Layer></ofd:Content></ofd:Page>',
        "D/Res/scan.png": picture.getvalue(),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    assert amounts(read_ofd(file.getvalue(), LIMITS)) == Counter(("1286.45", "7.00", "1293.45"))


def test_the_runtime_reports_to_nobody(scanned: "Scanned", tmp_path: Path) -> None:
    """It would write an identity of the machine beside its own database when it is imported."""
    program = "from services.parser.ocr.networks import networks; networks()"
    home = os.environ | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], env=home, check=True, timeout=120)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def first_page(data: bytes) -> Image.Image:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        page: Image.Image = document[0].render(scale=200 / 72).to_pil().convert("L")
    return page


def pictures(data: bytes, count: int) -> bytes:
    """The first page, so often."""
    out = io.BytesIO()
    canvas, picture = Canvas(out, pagesize=(842, 595)), ImageReader(first_page(data))
    for _ in range(count):
        canvas.drawImage(picture, 0, 0, 842, 595)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
