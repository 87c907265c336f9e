"""The workbooks and documents that a Word document embeds ([MS-DOC] 2.1.6), as files of their own."""

import struct
from collections.abc import Sequence
from typing import Final

from services.parser import compound
from services.parser.reading import Limits

_POOL: Final = "ObjectPool"
_WHOLE: Final = "Package"
"""Stream of an object that is a file as it is."""
_WORKBOOKS: Final = ("Workbook", "Book")
"""Streams of an object that is a workbook before Excel 2007."""
_SECTOR: Final = 512
_LEAST: Final = 4096
"""Bytes of a stream at least that is kept in sectors ([MS-CFB] 2.2)."""
_END, _FREE, _TABLE, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_STREAM, _ROOT = 2, 5
"""Kinds of an entry of a compound file's directory ([MS-CFB] 2.6.1)."""
_HEAD_ENTRIES: Final = 109
"""Sectors of the table of sectors that a file's head has room for."""


def embedded_files(data: bytes, limits: Limits) -> dict[int, bytes | None]:
    """Number of an object of the document in `data` → its file; None where that is of no kind known here."""
    files: dict[int, bytes | None] = {}
    try:
        with compound.opened(data) as file:
            for _, name, *streams in (path for path in file.listdir(streams=True) if path[0] == _POOL):
                number = int(name[1:]) if name[1:].isdecimal() else 0
                files.setdefault(number, None)
                if streams == [_WHOLE]:
                    files[number] = file.openstream([_POOL, name, _WHOLE]).read(limits.file_bytes)
                elif len(streams) == 1 and streams[0] in _WORKBOOKS:
                    content = file.openstream([_POOL, name, streams[0]]).read(limits.file_bytes)
                    files[number] = as_file(streams[0], content)
    except compound.DAMAGED:
        return files
    return files


def as_file(name: str, content: bytes) -> bytes | None:
    """A compound file of one stream ([MS-CFB]); None for one that is too long."""
    size = max(len(content), _LEAST)
    data = -(-size // _SECTOR)
    tables = -(-(data + 2) // (_SECTOR // 4 - 1))
    if tables > _HEAD_ENTRIES:
        return None
    chain = [*range(1, data), _END, _END, *[_TABLE] * tables]
    chain += [_FREE] * (tables * _SECTOR // 4 - len(chain))
    first_table = data + 1
    head = struct.pack("<8s16xHHHHH6xIIIIIIIII", compound.MAGIC, 0x3E, 3, 0xFFFE, 9, 6, 0, tables, data, 0, _LEAST,
                       _END, 0, _END, 0)  # fmt: skip
    entries = [*range(first_table, first_table + tables), *[_FREE] * (_HEAD_ENTRIES - tables)]
    directory = _entry("Root Entry", _ROOT, 1, _END, 0) + _entry(name, _STREAM, _NONE, 0, size) + bytes(256)
    parts: Sequence[bytes] = (
        head,
        struct.pack(f"<{_HEAD_ENTRIES}I", *entries),
        content.ljust(data * _SECTOR, b"\0"),
        directory,
        struct.pack(f"<{len(chain)}I", *chain),
    )
    return b"".join(parts)


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    """An entry of the directory: no siblings, `child` beneath it, its stream from the sector `first` on."""
    text = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII36xIQ", text, len(text), kind, 1, _NONE, _NONE, child, first, size)
