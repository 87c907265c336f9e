"""Workbooks before Excel 2007: numbers as they are printed; a damaged file is an error with a name."""

import contextlib
import io
import struct
from collections.abc import Sequence
from pathlib import Path

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.formats import detect
from services.parser.reading import Limits
from services.parser.xlsx.near import ONE_CELL, ROW_OF_CELLS, records
from services.parser.xlsx.old_formats import old_printings
from services.parser.xlsx.old_texts import rich_texts
from services.parser.xlsx.reader import read
from shared.errors import Corrupt, PermanentError, TooLarge
from shared.schemas.document import HIDDEN, Block, Paragraph, Table

COUNTY = (Path(__file__).parent / "county.xls").read_bytes()
"""A workbook of a county that does not exist: per cent signs, thousands, two sheets."""


def rows(block: Block) -> list[list[str]]:
    assert isinstance(block, Table)
    return [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]


def test_numbers_come_as_their_formats_print_them() -> None:
    blocks = read(COUNTY, Limits()).blocks
    assert [block.kind for block in blocks] == ["paragraph", "paragraph", "table", "paragraph", "table"]
    assert rows(blocks[2]) == [
        ["资金支出计划", "6月底", "12月底"],
        ["", "50%", "100%"],
        ["预算数", "2,288.80", "12.00万元"],
        ["一季度", "12.5%", ""],
    ]
    assert rows(blocks[4]) == [["项目", "金额"], ["合计", "3.00"]]


def test_limits_hold() -> None:
    with pytest.raises(TooLarge):
        read(COUNTY, Limits(file_bytes=500))
    with pytest.raises(TooLarge):
        read(COUNTY, Limits(elements=20))


def with_last_row_moved(at_record: int, to: bytes) -> bytes:
    """The workbook with the cells of 一季度, in row 4 of its first sheet, moved: two bytes of their records."""
    file = io.BytesIO(COUNTY)
    with olefile.OleFileIO(file, write_mode=True) as compound:
        stream = bytearray(compound.openstream("Workbook").read())
        sheets = [stream[at : at + 4] for kind, at, _ in records(bytes(stream), 0) if kind == 0x85]
        for kind, at, _ in records(bytes(stream), int.from_bytes(sheets[0], "little")):
            if kind in (*ONE_CELL, ROW_OF_CELLS) and stream[at : at + 2] == b"\x04\x00":
                stream[at + at_record : at + at_record + 2] = to
        compound.write_stream("Workbook", bytes(stream))
    return file.getvalue()


def test_a_cell_in_a_column_that_there_is_not_is_damage() -> None:
    with pytest.raises(Corrupt):
        read(with_last_row_moved(2, b"\xff\xff"), Limits())


def test_a_cell_at_the_far_corner_costs_nothing_of_the_rest() -> None:
    blocks = read(with_last_row_moved(0, b"\xff\xff"), Limits(cells=100)).blocks
    told = [text for block in blocks if isinstance(block, Table) for line in rows(block) for text in line]
    told += [block.text for block in blocks if isinstance(block, Paragraph)]
    assert {"预算数", "2,288.80", "12.00万元", "一季度", "12.5%", "合计", "3.00"} <= set(told)


def test_a_file_cut_short_is_corrupt() -> None:
    with pytest.raises(Corrupt):
        read(COUNTY[: len(COUNTY) // 2], Limits())


@given(at=st.integers(0, len(COUNTY) - 1), byte=st.integers(0, 255))
def test_formats_of_a_damaged_file_are_read_or_are_an_error_with_a_name(at: int, byte: int) -> None:
    with contextlib.suppress(PermanentError):
        old_printings(COUNTY[:at] + bytes([byte]) + COUNTY[at + 1 :], Limits())


def entry(name: str) -> bytes:
    """How the directory of a compound file names a stream."""
    return name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2)


def test_a_stream_is_found_whatever_the_case_of_its_name() -> None:
    renamed = COUNTY.replace(entry("Workbook"), entry("WORKBOOK"))
    assert renamed != COUNTY
    assert detect(renamed) == "xls"
    assert read(renamed, Limits()).blocks == read(COUNTY, Limits()).blocks


def excel_95(parts: Sequence[tuple[int, bytes]], name: str, rows: Sequence[tuple[int, bytes]]) -> bytes:
    """A workbook of before Excel 97 with `parts` and a sheet."""

    def stream(offset: int) -> bytes:
        sheet = struct.pack("<IHB", offset, 0, len(name)) + name.encode()
        head = [(0x0809, struct.pack("<HHHH", 0x0500, 5, 0, 0)), (0x0042, struct.pack("<H", 1252)), *parts]
        return joined([*head, (0x0085, sheet), (0x000A, b"")])

    def joined(records: Sequence[tuple[int, bytes]]) -> bytes:
        return b"".join(struct.pack("<HH", kind, len(content)) + content for kind, content in records)

    end = [(0x0809, struct.pack("<HHHH", 0x0500, 0x10, 0, 0)), *rows, (0x000A, b"")]
    whole = stream(len(stream(0))) + joined(end)
    file = io.BytesIO(COUNTY.replace(entry("Workbook"), entry("Book")))
    with olefile.OleFileIO(file, write_mode=True) as compound:
        compound.write_stream("Book", whole.ljust(compound.get_size("Book"), b"\0"))
    return file.getvalue()


def test_a_workbook_before_excel_97_comes_as_it_is_printed() -> None:
    styles = [(0x041E, struct.pack("<HB", 164, 7) + b"0!.0000"), (0x00E0, struct.pack("<HH", 0, 164) + bytes(12))]
    hidden = struct.pack("<HHHHHHHH", 1, 0, 2, 0, 0, 0, 0x20, 0)
    cells = [(0x0203, struct.pack("<HHHd", row, 0, 0, 10000.0 * row + 1286)) for row in range(3)]
    file = excel_95(styles, "Sheet1", [(0x0208, hidden), *cells])
    texts = [block.text for block in read(file, Limits()).blocks if isinstance(block, Paragraph)]
    assert texts == ["Sheet1", "0.1286", "2.1286"]


def test_marks_and_what_is_struck_out_or_white_are_no_figures() -> None:
    """A workbook whose sheet has all of them: in whole cells, and in parts of their texts."""
    reading = read((Path(__file__).parent / "marked.xls").read_bytes(), Limits())
    assert rows(reading.blocks[-1]) == [
        ["项目", "预算数", "", "x"],
        ["人员", "486.45", "", ""],
        ["", "", "", ""],
        ["合计", "1286.45", "", ""],
        ["旧新", "280.00", "", ""],
    ]
    assert [(note.cause, note.name) for note in reading.unread] == [(HIDDEN, "表: C1, C2, A3, B3, C4")]


@pytest.mark.parametrize("cut", [*range(2, 20, 2), *range(20, 34)])
def test_a_shared_text_is_read_on_wherever_a_record_parts_it(cut: int) -> None:
    """The header of a text is in one record; what follows says anew how wide its characters are."""
    text = "合计1286.45①"
    runs = struct.pack("<HHHH", 2, 5, 9, 7)
    wide = text.encode("utf-16-le")
    whole = (
        struct.pack("<IIHBHI", 2, 2, len(text), 0x0D, 2, 3)
        + wide
        + runs
        + b"abc"
        + struct.pack("<HB", 1, 0)
        + b"x"
    )
    at = 17 + cut
    parts = [whole[:at], (b"\x01" if cut < len(wide) else b"") + whole[at:]]
    assert rich_texts(parts) == {0: [("合计", None), ("1286.45", 5), ("①", 7)]}
