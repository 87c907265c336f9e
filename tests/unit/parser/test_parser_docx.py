"""Word documents: what Word shows comes out, merged cells stay spans, hostile files are refused."""

import io
import zipfile
from pathlib import Path

import pytest

from services.parser.contents import NamedBytes
from services.parser.docx.reader import read
from services.parser.reading import Limits
from services.parser.stage import read_document, read_file
from shared.errors import Corrupt, TooLarge
from shared.schemas.document import Block, Paragraph, Table

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def package(body: str, namespace: str = TRANSITIONAL, prolog: str = "", **parts: str) -> bytes:
    """A Word document with `body`; `parts` are styles and numbering."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as document:
        root = f'{prolog}<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'
        document.writestr("word/document.xml", root)
        for name, part in parts.items():
            document.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{namespace}">{part}</w:{name}>')
    return out.getvalue()


def blocks(body: str, namespace: str = TRANSITIONAL, **parts: str) -> tuple[Block, ...]:
    return read(package(body, namespace, **parts), Limits()).blocks


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for block in blocks(body, **parts) if isinstance(block, Paragraph)]


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tbl(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def shape(each: Block) -> list[tuple[int, int, int, int, str]]:
    assert isinstance(each, Table)
    return [(cell.row, cell.column, cell.row_span, cell.column_span, cell.text) for cell in each.cells]


@pytest.mark.parametrize("namespace", [TRANSITIONAL, STRICT])
def test_merged_cells_of_both_kinds(namespace: str) -> None:
    down, more = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    found = blocks(
        p("表")
        + tbl(
            tc("序号", down) + tc("科目", '<w:gridSpan w:val="2"/>'),
            tc("", more) + tc("编码") + tc("名称"),
            tc("1") + tc("201") + tc(""),
        ),
        namespace,
    )
    assert shape(found[1]) == [
        (0, 0, 2, 1, "序号"), (0, 1, 1, 2, "科目"), (1, 1, 1, 1, "编码"), (1, 2, 1, 1, "名称"),
        (2, 0, 1, 1, "1"), (2, 1, 1, 1, "201"), (2, 2, 1, 1, ""),
    ]  # fmt: skip


def test_rows_that_begin_late_and_old_horizontal_merges() -> None:
    late = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    (found,) = blocks(
        tbl(
            tc("甲") + tc("乙") + tc("丙"),
            late + tc("2") + tc("3"),
            tc("宽", '<w:hMerge w:val="restart"/>') + tc("", "<w:hMerge/>") + tc("尾"),
        )
    )
    assert shape(found)[3:] == [
        (1, 0, 1, 1, ""), (1, 1, 1, 1, "2"), (1, 2, 1, 1, "3"), (2, 0, 1, 2, "宽"), (2, 2, 1, 1, "尾"),
    ]  # fmt: skip


def test_fields_keep_their_result_and_lose_their_code() -> None:
    code = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    body = (
        "<w:p>" + code("begin") + "<w:r><w:instrText> PAGEREF _Toc1 \\h </w:instrText></w:r>" + code("separate")
        + "<w:r><w:t>51</w:t></w:r>" + code("end") + "<w:r><w:t>页</w:t></w:r></w:p>"
        '<w:p><w:fldSimple w:instr=" TC x "><w:r><w:t>结果</w:t></w:r></w:fldSimple></w:p>'
        "<w:p><w:r><w:t>[bookmark: _GoBack]一、职责</w:t></w:r></w:p>"
    )  # fmt: skip
    assert texts(body) == ["51页", "结果", "一、职责"]


def test_insertions_stay_and_deletions_and_hidden_text_go() -> None:
    body = (
        "<w:p><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>见</w:t></w:r></w:p>"
    )
    assert texts(body) == ["新见"]


def test_tabs_breaks_and_page_breaks() -> None:
    runs = "<w:t>甲</w:t><w:tab/><w:t>1</w:t><w:br/><w:t>乙</w:t><w:br w:type='page'/>"
    assert texts(f"<w:p><w:r>{runs}</w:r></w:p>") == ["甲\t1", "乙"]


def test_text_boxes_come_once_after_their_paragraph() -> None:
    box = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    alternatives = (
        '<mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice>'
        + box
        + "</mc:Choice><mc:Fallback>"
        + box
        + "</mc:Fallback></mc:AlternateContent>"
    )
    assert texts(f"<w:p><w:r><w:t>正文</w:t>{alternatives}</w:r></w:p>{p('之后')}") == ["正文", "框内", "之后"]


def test_content_controls_are_read_through() -> None:
    control = "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>".format
    row = "<w:tr>" + control(tc("甲")) + tc("乙") + "</w:tr>"
    found = blocks(control(p("一、职责")) + "<w:tbl>" + control(row) + f"<w:tr>{tc('1')}{tc('2')}</w:tr></w:tbl>")
    assert isinstance(found[0], Paragraph)
    assert [text for *_, text in shape(found[1])] == ["甲", "乙", "1", "2"]


def test_headings_by_style_and_by_outline_level() -> None:
    styles = (
        '<w:style w:styleId="a1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="a2"><w:name w:val="x"/><w:basedOn w:val="a1"/></w:style>'
        '<w:style w:styleId="a3"><w:name w:val="y"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
    )
    body = (
        p("甲", '<w:pStyle w:val="a2"/>')
        + p("乙", '<w:pStyle w:val="a3"/>')
        + p("丙", '<w:outlineLvl w:val="0"/>')
        + p("丁")
    )
    found = [block.heading for block in blocks(body, styles=styles) if isinstance(block, Paragraph)]
    assert found == [1, 3, 1, None]


def test_the_numbers_word_prints_before_list_paragraphs() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="9"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="（%2）"/></w:lvl>'
        '<w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="*"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>'
    )
    item = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="3"/></w:numPr>'.format
    body = (
        p("国有资产", item(0))
        + p("甲", item(1))
        + p("乙", item(1))
        + p("点", item(2))
        + p("名词", item(0))
        + p("丙", item(1))
    )
    assert texts(body, numbering=numbering) == ["九、国有资产", "（1）甲", "（2）乙", "点", "十、名词", "（1）丙"]


def test_notes_come_at_the_end() -> None:
    notes = f"<w:footnote w:id='0'><w:p/></w:footnote><w:footnote w:id='1'>{p('注：含上年结转')}</w:footnote>"
    assert texts(p("合计"), footnotes=notes) == ["合计", "注：含上年结转"]


def test_frames_are_no_tables_and_tables_in_frames_are_found() -> None:
    inner = tbl(tc("项目") + tc("金额"), tc("合计") + tc("1.00"))
    found = blocks(tbl("<w:tc>" + p("框") + inner + "</w:tc>"))
    assert [block.kind for block in found] == ["paragraph", "table"]


def test_a_table_in_a_cell_is_text_of_the_cell() -> None:
    (found,) = blocks(
        tbl(tc("甲") + "<w:tc>" + tbl(tc("a") + tc("b"), tc("c") + tc("d")) + p("") + "</w:tc>", tc("1") + tc("2"))
    )
    assert shape(found)[1] == (0, 1, 1, 1, "a b\nc d")


def test_a_truncated_document_is_corrupt() -> None:
    data = package(p("正文") * 200)
    for cut in (10, len(data) // 2, len(data) - 30):
        with pytest.raises(Corrupt):
            read_document([NamedBytes("a.docx", data[:cut])])


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_are_refused(prolog: str) -> None:
    with pytest.raises(Corrupt):
        read(package(p("&amp;"), prolog=prolog), Limits())


def test_billion_laughs_stay_small() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    with pytest.raises(Corrupt):
        read(package(p("&e11;"), prolog=f'<!DOCTYPE d [<!ENTITY e0 "ha">{levels}]>'), Limits())


def test_deep_nesting_ends_as_an_error_of_ours() -> None:
    for depth in (60, 5000):
        body = "<w:sdt><w:sdtContent>" * depth + p("正文") + "</w:sdtContent></w:sdt>" * depth
        with pytest.raises((TooLarge, Corrupt)):
            read(package(body), Limits())


def test_a_part_that_unpacks_to_gigabytes_is_refused() -> None:
    with pytest.raises(TooLarge):
        read(package("<w:p/>" * 4_000_000), Limits())


def test_the_sample_document_has_the_same_blocks_as_its_text(seeds: Path, portals_folder: Path) -> None:
    best = 0
    for archive in (portals_folder / "site").rglob("*.zip"):
        for seed in seeds.glob("*.txt"):
            mine, theirs = read_file(archive), read_file(seed)
            same = [words(one) == words(two) for one, two in zip(mine.blocks, theirs.blocks, strict=False)]
            if len(mine.blocks) == len(theirs.blocks) and all(same):
                best = len(same)
    assert best > 90


def words(block: Block) -> list[list[str]]:
    if isinstance(block, Paragraph):
        return [["".join(block.text.split())]]
    rows: list[list[str]] = [[] for _ in range(block.row_count)]
    for cell in block.cells:
        if cell.text.strip():
            rows[cell.row].append("".join(cell.text.split()))
    return rows
