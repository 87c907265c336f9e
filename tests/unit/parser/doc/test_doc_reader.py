"""Word 97 documents: what they show, and nothing of what they hide."""

import io
import struct
from pathlib import Path

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.doc.objects import as_file
from services.parser.doc.reader import read
from services.parser.reading import Limits
from shared.errors import Corrupt, Encrypted, TooLarge, Unsupported
from shared.schemas.document import Paragraph, Table

LIMITS = Limits()
HIDDEN, WHITE = b"\x3c\x08\x01", b"\x42\x2a\x08"  # changes of characters ([MS-DOC] 2.6.1)
FONTS = b"\x4f\x4a\x04\0\x51\x4a\x04\0"
"""How the changes of characters in the county's tables begin."""
NO_SHADE, SHADE = b"\0\0\0\xff\0\0\0\xff\0\0", b"\0\0\0\xff\x80\0\0\0\0\0"


def texts(data: bytes) -> list[str]:
    return [block.text for block in read(data, LIMITS).blocks if isinstance(block, Paragraph)]


def tables(data: bytes) -> list[Table]:
    return [block for block in read(data, LIMITS).blocks if isinstance(block, Table)]


def changed(data: bytes, header: bytes) -> bytes:
    """`data` with the beginning of its text stream replaced."""
    at = data.index(b"\xec\xa5")
    return data[:at] + header + data[at + len(header) :]


def test_paragraphs_come_as_shown(county: bytes) -> None:
    assert texts(county) == [
        "第一部分 部门概况",
        "某某县应急管理局负责全县应急管理工作，经费由县财政保障。",
        "一、收支说明",
        "联系网址：县政府网站",
        "预算收入1200.50万元。",
        "第一行",
        "第二行",
        "1.列出的第一项",
        "2.列出的第二项",
        "表后的话。",
        "新的一页𠀋字。",
        "框里的第一段",
        "框里的第二段",
        "Budget 2024 – “end”",
    ]


def test_white_text_on_the_paper_is_not_shown(county: bytes) -> None:
    assert texts(county.replace(HIDDEN, WHITE)) == texts(county)


def test_white_text_on_a_shaded_cell_is_shown(county: bytes) -> None:
    white = county.replace(FONTS, WHITE + b"\0\xea\0\0\0")
    assert "合计" in {cell.text for table in tables(county) for cell in table.cells}
    assert "合计" not in {cell.text for table in tables(white) for cell in table.cells}
    assert tables(white.replace(NO_SHADE, SHADE)) == tables(county)


def test_headings_know_their_level(county: bytes) -> None:
    blocks = read(county, LIMITS).blocks
    levels = {block.text: block.heading for block in blocks if isinstance(block, Paragraph) and block.heading}
    assert levels == {"第一部分 部门概况": 1, "一、收支说明": 2}


def test_merged_cells_are_spans(county: bytes) -> None:
    table = tables(county)[0]
    assert (table.row_count, table.column_count) == (4, 4)
    spans = {cell.text: (cell.row, cell.column, cell.row_span, cell.column_span) for cell in table.cells}
    assert spans["科目"] == (0, 0, 2, 1)
    assert spans["本年支出"] == (0, 1, 1, 2)
    assert spans["结转"] == (0, 3, 2, 1)
    assert spans["基本支出"] == (1, 1, 1, 1)
    assert spans["≥95%"] == (3, 2, 1, 1)


def test_lines_of_a_cell_and_blank_cells_are_kept(county: bytes) -> None:
    cells = {(cell.row, cell.column): cell.text for cell in tables(county)[0].cells}
    assert cells[2, 0] == "行政运行\n（款）"
    assert cells[2, 2] == cells[3, 3] == ""


def test_a_table_within_a_cell_is_its_text_a_line_a_row(county: bytes) -> None:
    assert [cell.text for cell in tables(county)[1].cells] == ["绩效目标", "目标如下\n指标 数值\n数量 40\n以上。"]


def test_a_table_of_one_column_only_frames_its_text(county: bytes) -> None:
    assert len(tables(county)) == 2
    assert "框里的第一段" in texts(county)


def test_an_encrypted_document_is_told_as_such(county: bytes) -> None:
    flags = struct.unpack_from("<H", county, county.index(b"\xec\xa5") + 10)[0]
    header = county[county.index(b"\xec\xa5") :][:10] + struct.pack("<H", flags | 0x0100)
    with pytest.raises(Encrypted):
        read(changed(county, header), LIMITS)


def test_a_document_older_than_word_97_is_unsupported(county: bytes) -> None:
    with pytest.raises(Unsupported, match="Word 95"):
        read(changed(county, b"\xec\xa5\x65\x00"), LIMITS)


def test_limits_hold(county: bytes) -> None:
    with pytest.raises(TooLarge):
        read(county, Limits(cells=10))
    with pytest.raises(TooLarge):
        read(county, Limits(blocks=5))
    with pytest.raises(TooLarge):
        read(county, Limits(depth=1))
    with pytest.raises(TooLarge):
        read(county, Limits(file_bytes=1000))


@pytest.mark.parametrize("size", [0, 100, 511, 512, 2000, 9000, 20000])
def test_a_document_cut_short_is_corrupt(county: bytes, size: int) -> None:
    with pytest.raises(Corrupt):
        read(county[:size], LIMITS)


def test_heads_of_pages_and_marks_above_the_line() -> None:
    """A document of three sections: the first two have heads of their own, the third keeps the last."""
    data = (Path(__file__).parent / "heads.doc").read_bytes()
    heads = ["部门收支总表", "单位：万元"]
    assert texts(data) == [*heads, "表一", "见注²。", "三公经费表", "表二", "表三"]
    assert [cell.text for cell in tables(data)[0].cells] == ["项目", "预算数", "人员", "486.45", "合计", "1286.45"]


def test_an_embedded_workbook_stands_where_the_document_shows_it() -> None:
    data = (Path(__file__).parent / "object.doc").read_bytes()
    found = read(data, LIMITS)
    assert [block.text if isinstance(block, Paragraph) else "—" for block in found.blocks] == [
        "部门收支总表",
        "—",
        "部门职责",
    ]
    assert [cell.text for cell in tables(data)[0].cells] == [
        "项目",
        "预算数",
        "人员经费",
        "486.45",
        "合计",
        "1286.45",
    ]
    assert found.unread == ()


def test_an_embedded_object_of_no_known_form_is_told() -> None:
    data = (Path(__file__).parent / "object.doc").read_bytes()
    other = data.replace("Workbook".encode("utf-16-le"), "Formulas".encode("utf-16-le"))
    found = read(other, LIMITS)
    assert [block.text for block in found.blocks if isinstance(block, Paragraph)] == ["部门收支总表", "部门职责"]
    assert [note.cause for note in found.unread] == ["unsupported"]


@given(st.binary(min_size=1, max_size=9000))
def test_a_stream_is_whole_in_the_file_made_of_it(content: bytes) -> None:
    made = as_file("Workbook", content)
    assert made is not None
    with olefile.OleFileIO(io.BytesIO(made)) as compound:
        assert compound.openstream("Workbook").read().rstrip(b"\0") == content.rstrip(b"\0")
