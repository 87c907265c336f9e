"""Workbooks before Excel 2007: numbers as they are printed; a damaged file is an error with a name."""

import contextlib
import io
from pathlib import Path

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.reading import Limits
from services.parser.xlsx.near import ONE_CELL, ROW_OF_CELLS, records
from services.parser.xlsx.old_formats import old_printings
from services.parser.xlsx.reader import read
from shared.errors import Corrupt, PermanentError, TooLarge
from shared.schemas.document import Block, Paragraph, Table

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
