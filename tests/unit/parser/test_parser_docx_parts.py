"""What a Word document shows of other parts of its package, and which of its tables only arrange others."""

import io
import time
import zipfile

import openpyxl
import pytest

from services.parser.contents import NamedBytes
from services.parser.docx.reader import read
from services.parser.reading import Limits, Reading
from services.parser.stage import read_document
from shared.schemas.document import HIDDEN, Paragraph, Table
from tests.unit.parser.test_parser_docx import p, tbl, tc

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def document(body: str, parts: dict[str, bytes] | None = None, main: str = "word/document.xml") -> bytes:
    """A Word document; `parts` by their path under word/, each with the id `r` and its number."""
    out = io.BytesIO()
    folder, name = main.split("/")
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(
            "_rels/.rels",
            f'<Relationships><Relationship Id="m" Type="{_R}/officeDocument" Target="{main}"/></Relationships>',
        )
        targets = "".join(f'<Relationship Id="r{n}" Target="{path}"/>' for n, path in enumerate(parts or {}))
        package.writestr(f"{folder}/_rels/{name}.rels", f"<Relationships>{targets}</Relationships>")
        package.writestr(
            main,
            f'<w:document xmlns:w="{_W}" xmlns:r="{_R}" xmlns:o="o" xmlns:wp="wp" xmlns:a="a">'
            f"<w:body>{body}</w:body></w:document>",
        )
        for path, data in (parts or {}).items():
            package.writestr(f"{folder}/{path}", data)
    return out.getvalue()


def reading(body: str, parts: dict[str, bytes] | None = None) -> Reading:
    return read(document(body, parts), Limits())


def outline(found: Reading) -> list[object]:
    """Paragraphs as texts, tables as their rows."""
    return [
        block.text
        if isinstance(block, Paragraph)
        else [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]
        for block in found.blocks
    ]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["项目", "金额"], ["合计", "9.50"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ROWS = [["项目", "金额"], ["合计", "9.50"]]
PAGE = "<table><tr><td>项目</td><td>金额</td></tr><tr><td>合计</td><td>9.50</td></tr></table>".encode()


def test_a_chunk_of_a_page_is_read_at_its_place() -> None:
    body = p("支出总表") + '<w:altChunk r:id="r0"/>' + p("说明")
    assert outline(reading(body, {"chunk.htm": PAGE})) == ["支出总表", ROWS, "说明"]


def test_a_chunk_that_is_a_document_is_read_and_one_in_itself_ends() -> None:
    inner = document(tbl(tc("项目") + tc("金额"), tc("合计") + tc("9.50")))
    assert outline(reading('<w:altChunk r:id="r0"/>', {"inner.docx": inner})) == [ROWS]
    for _ in range(6):
        inner = document('<w:altChunk r:id="r0"/>', {"inner.docx": inner})
    assert [note.cause for note in read(inner, Limits()).unread] == ["too_large"]


@pytest.mark.parametrize("name", ["embeddings/book.xlsx", "embeddings/Book 1.XLSX"])
def test_an_embedded_workbook_is_a_table_without_the_name_of_its_sheet(name: str) -> None:
    body = p("支出总表") + '<w:p><w:r><w:object><o:OLEObject r:id="r0"/></w:object></w:r></w:p>'
    assert outline(reading(body, {name: workbook()})) == ["支出总表", ROWS]


def test_what_is_embedded_and_can_not_be_read_is_named() -> None:
    found = reading(p("支出总表") + '<w:altChunk r:id="r0"/>', {"chunk.mp3": b"ID3\x04"})
    assert [(note.name, note.cause) for note in found.unread] == [("chunk.mp3", "unsupported")]


def test_the_main_part_may_have_any_name_and_case_and_slashes_do_not_count() -> None:
    for main in ("word/document2.xml", "word/Main.xml"):
        data = document(p("正文"), main=main)
        assert [
            block.text
            for block in read_document([NamedBytes("a.docx", data)]).blocks
            if isinstance(block, Paragraph)
        ] == ["正文"]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document(p("正文")))) as package, zipfile.ZipFile(out, "w") as changed:
        for name in package.namelist():
            changed.writestr(name.replace("word/document.xml", "WORD\\document.xml"), package.read(name))
    assert outline(read(out.getvalue(), Limits())) == ["正文"]


def test_a_page_head_stands_over_its_sections_first_block_once() -> None:
    head = f'<w:hdr xmlns:w="{_W}">{p("部门支出总表")}{p("单位：万元")}{p("12")}</w:hdr>'.encode()
    section = '<w:sectPr><w:headerReference w:type="default" r:id="{}"/></w:sectPr>'.format
    body = p("甲") + f"<w:p><w:pPr>{section('r0')}</w:pPr></w:p>" + p("乙") + section("r1")
    same = outline(reading(body, {"header1.xml": head, "header2.xml": head}))
    assert same == ["部门支出总表", "单位：万元", "甲", "乙"]
    other = f'<w:hdr xmlns:w="{_W}">{p("收入总表")}</w:hdr>'.encode()
    assert outline(reading(body, {"header1.xml": head, "header2.xml": other}))[2:] == ["甲", "收入总表", "乙"]


def test_tables_in_the_cells_of_a_form_are_tables() -> None:
    inner = tbl(tc("项目") + tc("金额"), tc("合计") + tc("9.50"))
    form = tbl(tc("收支情况") + f"<w:tc>{p('支出总表')}{inner}</w:tc>", tc("备注") + tc(""))
    assert outline(reading(form)) == ["收支情况", "支出总表", ROWS, "备注"]


def test_a_picture_as_large_as_a_table_is_named_beside_any_prose() -> None:
    picture = (
        '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="{}" cy="{}"/><a:blip/></wp:inline></w:drawing></w:r></w:p>'
    ).format
    prose = p("贯彻执行水利工作方针政策，负责全县水资源管理。" * 20)
    assert [note.name for note in reading(prose + picture(5_760_000, 2_880_000)).unread] == ["pictures"]
    for width, height in ((1_500_000, 1_500_000), (5_760_000, 300_000)):  # a seal, a line
        assert not reading(prose + picture(width, height)).unread


@pytest.mark.parametrize(
    ("properties", "text"),
    [("<w:strike/>", "280.00"), ("<w:dstrike/>", "280.00"), ('<w:strike w:val="0"/>', "260.00280.00")],
)
def test_what_is_struck_out_does_not_count(properties: str, text: str) -> None:
    old = f"<w:r><w:rPr>{properties}</w:rPr><w:t>260.00</w:t></w:r>"
    cell = f"<w:tc><w:p>{old}<w:r><w:t>280.00</w:t></w:r></w:p></w:tc>"
    assert outline(reading(tbl(tc("防汛") + cell))) == [[["防汛", text]]]


@pytest.mark.parametrize(
    ("before", "mark", "text"),
    [("1286.45", "1", "1286.45"), ("1286.45", "[2]", "1286.45"), ("面积m", "2", "面积m²"), ("合计", "①", "合计①")],
)
def test_a_raised_mark_is_no_digit(before: str, mark: str, text: str) -> None:
    raised = f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{mark}</w:t></w:r>'
    cell = f"<w:tc><w:p><w:r><w:t>{before}</w:t></w:r>{raised}</w:p></w:tc>"
    assert outline(reading(tbl(tc("甲") + cell))) == [[["甲", text]]]


def test_a_table_in_two_formats_is_taken_once() -> None:
    rows = [["项目", "金额"], *([f"项目{n}", f"{n}.50"] for n in range(5))]
    word = document(p("支出总表") + tbl(*(tc(a) + tc(b) for a, b in rows)))
    page = "<p>支出总表</p><table>" + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows) + "</table>"
    sources = [NamedBytes("a.docx", word), NamedBytes("b.html", (page + "<p>此外无其他说明的事项。</p>").encode())]
    both = read_document(sources).blocks
    assert [isinstance(block, Table) for block in both] == [False, True, False]
    again = read_document(
        [sources[0], NamedBytes("c.docx", document(p("下属单位") + tbl(*(tc(a) + tc(b) for a, b in rows))))]
    )
    assert sum(isinstance(block, Table) for block in again.blocks) == 2


def test_hidden_elements_of_a_chunk_are_told_by_its_name() -> None:
    page = "<p>支出总表</p><p hidden>草稿1300.00</p>".encode()
    found = reading('<w:altChunk r:id="r0"/>', {"chunk.htm": page})
    assert [(note.name, note.cause) for note in found.unread] == [("chunk.htm: page", HIDDEN)]


@pytest.mark.parametrize(
    ("printed", "line"), [("0", "支出：基本支出，项目支出"), ("1", "支出：基本支出 486.45，项目支出 800.00")]
)
def test_a_chart_says_its_title_names_and_the_values_that_it_prints(printed: str, line: str) -> None:
    points = '<c:pt idx="{}"><c:v>{}</c:v></c:pt>'.format
    names = f"<c:strRef><c:strCache>{points(0, '基本支出')}{points(1, '项目支出')}</c:strCache></c:strRef>"
    values = f"<c:formatCode>0.00</c:formatCode>{points(0, '486.45')}{points(1, '800')}"
    series = (
        f"<c:ser><c:tx>{points(0, '支出')}</c:tx><c:dLbls><c:showVal val='{printed}'/></c:dLbls>"
        f"<c:cat>{names}</c:cat>"
        f"<c:val><c:numRef><c:numCache>{values}</c:numCache></c:numRef></c:val></c:ser>"
    )
    title = "<c:title><c:tx><c:rich><a:p><a:r><a:t>支出结构图</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    root = (
        '<c:chartSpace xmlns:c="urn:chart" xmlns:a="urn:drawing"><c:chart>'
        f"{title}<c:pieChart>{series}</c:pieChart></c:chart></c:chartSpace>"
    )
    body = '<w:p><w:r><w:drawing><c:chart xmlns:c="urn:chart" r:id="r0"/></w:drawing></w:r></w:p>'
    assert outline(reading(body, {"charts/chart1.xml": root.encode()})) == ["支出结构图", line]


def test_a_paragraph_of_very_many_runs_is_read_in_time() -> None:
    began = time.process_time()
    found = reading("<w:p>" + "<w:r><w:t>一</w:t></w:r>" * 30_000 + "</w:p>")
    assert time.process_time() - began < 5
    assert outline(found) == ["一" * 30_000]
