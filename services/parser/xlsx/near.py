"""Sheets that reach far for few cells: what stands far away drawn near, since a reader makes room for all between.

Of blank rows and columns between two filled ones one is kept, so that what they part stays apart.
"""

import io
import re
import struct
import zipfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import olefile
from lxml import etree

from services.parser.office_xml import local
from shared.errors import Corrupt

ONE_CELL: Final = (0x0203, 0x027E, 0x0006, 0x00FD, 0x0204, 0x00D6, 0x0205)
"""Records of one cell with a value ([MS-XLS] 2.4): number, packed number, formula, texts, truth or error."""
ROW_OF_CELLS: Final = 0x00BD
"""A record of packed numbers beside each other, the last one's column at its end."""
DIMENSIONS: Final = 0x0200
_END: Final = 0x000A
_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass(frozen=True)
class Kept:
    """Numbers of the rows and columns of a sheet that are read, in order."""

    rows: Sequence[int]
    columns: Sequence[int]

    @classmethod
    def of(cls, rows: Iterable[int], columns: Iterable[int]) -> "Kept":
        """Those that are filled, and one of each gap between them."""
        return cls(_with_gaps(rows), _with_gaps(columns))

    @property
    def places(self) -> int:
        """How many places the sheet has then."""
        return len(self.rows) * len(self.columns)

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Where the cell stands then, or would."""
        return bisect_left(self.rows, row), bisect_left(self.columns, column)


def _with_gaps(numbers: Iterable[int]) -> list[int]:
    kept: list[int] = []
    for number in sorted(numbers):
        if number and (not kept or number - kept[-1] > 1):
            kept.append(number - 1)
        kept.append(number)
    return kept


def near_xlsx(data: bytes, far: Mapping[str, Kept]) -> bytes:
    """The workbook with the sheets at these paths of its package drawn near; each part has been read before."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            kept = far.get(entry.filename.replace("\\", "/"))
            content = old.read(entry)
            new.writestr(entry.filename, content if kept is None else _near_sheet(content, kept))
    return file.getvalue()


def _near_sheet(content: bytes, kept: Kept) -> bytes:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    rows, columns = set(kept.rows), set(kept.columns)
    for element in list(root.iter("{*}row", "{*}c", "{*}dimension")):
        parent, kind = element.getparent(), local(element)
        row, column = address(element.get("r", "")) if kind == "c" else (int(element.get("r", "1")) - 1, None)
        if kind == "dimension" or row not in rows or (column is not None and column not in columns):
            if parent is not None:
                parent.remove(element)
        elif column is None:
            element.set("r", str(kept.place(row, 0)[0] + 1))
        else:
            row, column = kept.place(row, column)
            element.set("r", f"{letters(column)}{row + 1}")
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def near_xls(data: bytes, name: str, stream: bytes, far: Mapping[int, Kept]) -> bytes:
    """The workbook whose stream `name` holds `stream`, with the sheets at these places of it drawn near."""
    moved = bytearray(stream)
    for offset, kept in far.items():
        for kind, at, size in records(stream, offset):
            if kind == DIMENSIONS:
                moved[at : at + size] = bytes(size)
            elif kind in ONE_CELL or kind == ROW_OF_CELLS:
                row, column = struct.unpack_from("<HH", stream, at)
                struct.pack_into("<HH", moved, at, *kept.place(row, column))
                if kind == ROW_OF_CELLS:
                    last = struct.unpack_from("<H", stream, at + size - 2)[0]
                    struct.pack_into("<H", moved, at + size - 2, kept.place(row, last)[1])
    file = io.BytesIO(data)
    with olefile.OleFileIO(file, write_mode=True) as compound:
        compound.write_stream(name, bytes(moved))
        return file.getvalue()


def records(stream: bytes, offset: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of the records of a workbook's stream from `offset` to the end of their part."""
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, offset)
        if kind == _END:
            return
        yield kind, offset + 4, size
        offset += 4 + size


def address(text: str) -> tuple[int, int]:
    """Row and column, counted from 0, of a cell's address; raises Corrupt for what is none."""
    match = _ADDRESS.fullmatch(text)
    if not match:
        raise Corrupt(f"A cell of the workbook has the address {text[:20]}, which is none.")
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match.group(2)) - 1, column - 1


def letters(column: int) -> str:
    """The name of a column, counted from 0: A, Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
