"""OpenDocument texts and sheets, packaged and in one file: what they show, with their tables' merged cells."""

import io
import time
import zipfile

import pytest

from services.parser.formats import detect, reader_of
from services.parser.reading import Limits, Reading
from shared.errors import Corrupt, Encrypted, TooLarge, Unsupported
from shared.schemas.document import HIDDEN, Block, Paragraph, Table

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "style", "fo", "draw")
)
TYPE = "application/vnd.oasis.opendocument."


def odf(kind: str, body: str, styles: str = "", heads: str = "") -> bytes:
    """A package of the kind `text` or `spreadsheet`."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("mimetype", TYPE + kind)
        content = f"<office:automatic-styles>{styles}</office:automatic-styles>"
        content += f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
        package.writestr("content.xml", f"<office:document-content {NAMES}>{content}</office:document-content>")
        package.writestr(
            "styles.xml",
            f"<office:document-styles {NAMES}><office:master-styles><style:master-page>{heads}</style:master-page>"
            "</office:master-styles></office:document-styles>",
        )
    return file.getvalue()


def read(data: bytes, limits: Limits | None = None) -> Reading:
    return reader_of(detect(data))(data, limits or Limits())


def said(block: Block) -> str | list[list[str]]:
    if isinstance(block, Paragraph):
        return block.text
    return [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]


def cell(text: str = "", attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{f'<text:p>{text}</text:p>' if text else ''}</table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def table(*rows: str, attributes: str = "", columns: str = "") -> str:
    return f"<table:table {attributes}>{columns}{''.join(rows)}</table:table>"


COVERED = "<table:covered-table-cell/>"


def test_headings_lists_and_a_table_with_merged_cells() -> None:
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" '
        'style:num-format="一, 二, 三, ..." style:num-suffix="、"/></text:list-style>'
    )
    body = (
        '<text:h text:outline-level="1">第一部分</text:h>'
        '<text:list text:style-name="L1"><text:list-item><text:p>职责</text:p></text:list-item>'
        "<text:list-item><text:p>机构</text:p></text:list-item></text:list>"
        + table(
            row(
                cell("项目", 'table:number-rows-spanned="2"'),
                cell("预算数", 'table:number-columns-spanned="2"'),
                COVERED,
            ),
            row(COVERED, cell("基本"), cell("项目")),
            row(cell("合计"), cell("486.45"), cell("800.00")),
        )
    )
    found = read(odf("text", body, styles)).blocks
    assert [said(block) for block in found] == [
        "第一部分",
        "一、职责",
        "二、机构",
        [["项目", "预算数"], ["基本", "项目"], ["合计", "486.45", "800.00"]],
    ]
    assert isinstance(found[0], Paragraph)
    assert found[0].heading == 1
    assert isinstance(found[3], Table)
    assert [(each.row_span, each.column_span) for each in found[3].cells[:2]] == [(2, 1), (1, 2)]


def test_blanks_tabs_boxes_notes_and_page_heads() -> None:
    body = (
        "<text:p>单位：<text:s text:c='2'/>万元<text:tab/>2024年"
        "<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>注：含结转。</text:p></text:note-body></text:note>\n"
        "<draw:frame><draw:text-box><text:p>框内文字</text:p></draw:text-box></draw:frame></text:p>"
    )
    heads = "<style:header><text:p>临江区水务局</text:p><text:p>3</text:p></style:header>"
    texts = [said(block) for block in read(odf("text", body, heads=heads)).blocks]
    assert texts == ["临江区水务局", "单位：  万元\t2024年", "框内文字", "注：含结转。"]


@pytest.mark.parametrize(
    "properties",
    ['text:display="none"', 'style:text-line-through-style="solid"', 'style:text-line-through-type="single"'],
)
def test_hidden_and_struck_out_text_is_not_read(properties: str) -> None:
    styles = (
        f'<style:style style:name="T0" style:family="text"><style:text-properties {properties}/></style:style>'
        '<style:style style:name="T1" style:family="text" style:parent-style-name="T0"/>'
        '<style:style style:name="T2" style:family="text"><style:text-properties '
        'style:text-position="super 58%"/></style:style>'
    )
    body = (
        '<text:p>合计1286.45<text:span text:style-name="T2">[1]</text:span>'
        '<text:span text:style-name="T1">999</text:span>万元</text:p>'
    )
    assert [said(block) for block in read(odf("text", body, styles)).blocks] == ["合计1286.45万元"]


def test_what_is_deleted_and_what_is_commented_is_not_read() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>旧</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>新<office:annotation><text:p>批注</text:p></office:annotation>数</text:p>"
    )
    assert [said(block) for block in read(odf("text", body)).blocks] == ["新数"]


def test_sheets_say_what_they_print_and_leave_out_what_they_hide() -> None:
    hidden = '<style:table-properties table:display="false"/>'
    styles = f'<style:style style:name="ta2" style:family="table">{hidden}</style:style>'
    columns = (
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
    )
    body = table(
        row(cell("部门收支总表", 'table:number-columns-spanned="2"'), COVERED),
        row(cell("项目"), cell("预算数"), cell("元")),
        row(cell("合计"), cell("1,286.45", 'office:value-type="float" office:value="12864500"'), cell("12864500")),
        row(cell("旧数"), cell("9"), attributes='table:visibility="filter"'),
        row(cell("", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048000"'),
        attributes='table:name="收支"',
        columns=columns,
    ) + table(row(cell("代码")), attributes='table:name="代码" table:style-name="ta2"')
    reading = read(odf("spreadsheet", body, styles))
    assert [said(block) for block in reading.blocks] == [
        "收支",
        "部门收支总表",
        [["项目", "预算数"], ["合计", "1,286.45"]],
    ]
    assert [(note.name, note.cause) for note in reading.unread] == [("收支", "hidden"), ("代码", "hidden")]


def test_a_document_in_one_file() -> None:
    data = (
        f'<?xml version="1.0"?><office:document {NAMES} office:mimetype="{TYPE}text"><office:body><office:text>'
        "<text:p>一、部门职责</text:p></office:text></office:body></office:document>"
    ).encode()
    assert [said(block) for block in read(data).blocks] == ["一、部门职责"]


def test_damage_passwords_and_limits_have_names() -> None:
    with pytest.raises(Unsupported):
        read(odf("presentation", ""))
    with pytest.raises(TooLarge):
        read(
            odf("spreadsheet", table(row(cell("1", 'table:number-columns-repeated="16000"')) * 30)),
            Limits(cells=9),
        )
    file = io.BytesIO(odf("text", "<text:p>密</text:p>"))
    with zipfile.ZipFile(file, "a") as package:
        package.writestr("META-INF/manifest.xml", "<manifest><encryption-data/></manifest>")
    with pytest.raises(Encrypted):
        read(file.getvalue())
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as package:
        package.writestr("mimetype", TYPE + "text")
        package.writestr("content.xml", "<office")
    with pytest.raises(Corrupt):
        read(broken.getvalue())


def style(name: str, family: str, properties: str) -> str:
    return f'<style:style style:name="{name}" style:family="{family}">{properties}</style:style>'


WHITE = style("white", "table-cell", '<style:text-properties fo:color="#ffffff"/>')


@pytest.mark.parametrize(
    ("attributes", "columns"),
    [
        ('table:style-name="white"', ""),
        ("", ('<table:table-column table:number-columns-repeated="2"/>'
         '<table:table-column table:default-cell-style-name="white"/>')),
    ],
    ids=["of the cell", "of its column"],
)  # fmt: skip
def test_white_cells_of_a_sheet_are_left_out_and_told(attributes: str, columns: str) -> None:
    figures = row(cell("合计"), cell("1286.45"), cell("12864500", attributes))
    reading = read(odf("spreadsheet", table(row(cell("项目"), cell("预算数")), figures, columns=columns), WHITE))
    assert said(reading.blocks[-1]) == [["项目", "预算数"], ["合计", "1286.45"]]
    assert [note.cause for note in reading.unread] == [HIDDEN]


def test_white_text_on_colour_is_shown() -> None:
    coloured = style(
        "head",
        "table-cell",
        '<style:table-cell-properties fo:background-color="#4472c4"/><style:text-properties fo:color="#ffffff"/>',
    )
    reading = read(
        odf("spreadsheet", table(row(cell("项目", 'table:style-name="head"'), cell("预算数"))), coloured)
    )
    assert said(reading.blocks[-1]) == [["项目", "预算数"]]
    assert reading.unread == ()


@pytest.mark.parametrize("place", ["super 58%", "33% 58%"])
def test_a_mark_above_the_line_is_no_digit(place: str) -> None:
    mark = style("T1", "text", f'<style:text-properties style:text-position="{place}"/>')
    figures = row(cell("合计"), cell('280.00<text:span text:style-name="T1">2</text:span>'))
    reading = read(odf("text", table(row(cell("项目"), cell("预算数")), figures), mark))
    assert said(reading.blocks[-1]) == [["项目", "预算数"], ["合计", "280.00"]]


def test_of_a_struck_out_cell_the_part_that_is_not_is_shown() -> None:
    struck, kept = (
        f'<style:text-properties style:text-line-through-style="{line}"/>' for line in ("solid", "none")
    )
    styles = style("old", "table-cell", struck) + style("T1", "text", struck) + style("T2", "text", kept)
    text = '<text:span text:style-name="T1">260.00</text:span><text:span text:style-name="T2">280.00</text:span>'
    sheet = table(row(cell("项目"), cell("预算数")), row(cell("合计"), cell(text, 'table:style-name="old"')))
    assert said(read(odf("spreadsheet", sheet, styles)).blocks[-1]) == [["项目", "预算数"], ["合计", "280.00"]]


def test_a_package_that_lost_its_first_member_is_known_by_its_manifest() -> None:
    file = io.BytesIO()
    whole = io.BytesIO(odf("text", "<text:p>部门职责</text:p>"))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(file, "w") as new:
        for name in ("content.xml", "styles.xml"):
            new.writestr(name, old.read(name))
        new.writestr("META-INF/manifest.xml", f'<file-entry full-path="/" media-type="{TYPE}text"/>')
    assert [said(block) for block in read(file.getvalue()).blocks] == ["部门职责"]


def with_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return file.getvalue()


def framed(inner: str, size: str = "16cm") -> str:
    space = 'xmlns:svg="s" xmlns:xlink="x"'
    return f'<text:p><draw:frame {space} svg:width="{size}" svg:height="90mm">{inner}</draw:frame></text:p>'


def test_a_sheet_or_chart_that_a_text_embeds_is_read() -> None:
    head, total = row(cell("项目"), cell("预算数")), row(cell("合计"), cell("486.45"))
    bodies = {
        "Object 1": f"<office:spreadsheet>{table(head, total)}</office:spreadsheet>",
        "Object 2": "<office:chart><draw:title><text:p>支出结构图</text:p></draw:title></office:chart>",
    }
    parts = {
        f"{name}/content.xml": (
            f"<office:document-content {NAMES}><office:body>{body}</office:body></office:document-content>"
        ).encode()
        for name, body in bodies.items()
    }
    text = "".join(framed(f'<draw:object xlink:href="./{name}"/>') for name in bodies)
    found = read(with_parts(odf("text", text), parts)).blocks
    assert [said(block) for block in found] == [[["项目", "预算数"], ["合计", "486.45"]], "支出结构图"]


@pytest.mark.parametrize(("size", "count"), [("16cm", 1), ("1cm", 0)])
def test_a_picture_as_large_as_a_table_is_told_where_it_cannot_be_read(size: str, count: int) -> None:
    text = "<text:p>部门职责</text:p>" + framed('<draw:image xlink:href="Pictures/1.png"/>', size)
    reading = read(with_parts(odf("text", text), {"Pictures/1.png": b"\x89PNG"}))
    assert [note.name for note in reading.unread] == ["1.png"] * count


def test_text_boxes_of_a_sheet_are_none_of_its_cells() -> None:
    box = "<draw:frame><draw:text-box><text:p>单位：万元</text:p></draw:text-box></draw:frame>"
    total = f"<table:table-row>{cell('合计')}<table:table-cell>{box}<text:p>486.45</text:p></table:table-cell>"
    sheet = table(
        f"<table:shapes>{box}</table:shapes>", row(cell("项目"), cell("预算数")), f"{total}</table:table-row>"
    )
    found = read(odf("spreadsheet", sheet)).blocks
    assert [said(block) for block in found[1:]] == [
        [["项目", "预算数"], ["合计", "486.45"]],
        "单位：万元",
        "单位：万元",
    ]


def test_a_section_that_is_not_shown_is_left_out_and_told() -> None:
    body = '<text:section text:display="none"><text:p>内部底稿</text:p></text:section><text:p>部门职责</text:p>'
    reading = read(odf("text", body))
    assert [said(block) for block in reading.blocks] == ["部门职责"]
    assert [note.cause for note in reading.unread] == [HIDDEN]


def test_a_cell_that_says_it_covers_millions_of_places_costs_no_more_than_its_table() -> None:
    wide = 'table:number-columns-spanned="99999999" table:number-rows-spanned="99999999"'
    began = time.process_time()
    blocks = read(odf("spreadsheet", table(row(cell("合计", wide)), row(cell("项目"), cell("486.45"))))).blocks
    assert time.process_time() - began < 2
    assert "合计" in str(said(blocks[1]))
