"""A file that only prints another file's tables again (a PDF beside its Word original) is read once."""

import re
from collections.abc import Iterable
from typing import Final

from services.normalizer.language.money import number
from services.normalizer.language.text import label, squeezed
from shared.schemas.document import Document, Paragraph, Table

Rows = tuple[tuple[str, ...], ...]
_TELLING: Final = 20
"""Characters from which on a paragraph says enough to be compared."""
_NUMBER: Final = re.compile(r"^\d{1,3}[.、]")
_CAPTION: Final = ("部门:", "单位:", "编制部门:", "公开部门:")


def restated_files(document: Document) -> dict[int, int]:
    """File → the earlier file that has all its tables and nearly all its long paragraphs."""
    if len(document.files) < 2:
        return {}
    tables = [{rows for each in _tables(document, file) if (rows := _rows(each))} for file in _files(document)]
    found: dict[int, int] = {}
    for file in _files(document):
        for earlier in range(file):
            if tables[file] and tables[file] <= tables[earlier] and _says_nothing_new(document, file, earlier):
                found[file] = earlier
                break
    return found


def without(document: Document, files: Iterable[int]) -> Document:
    """`document` with the blocks of `files` blank; every other block keeps its index."""
    left_out = set(files)
    if not left_out:
        return document
    blocks = tuple(
        Paragraph(file=block.file, text="") if block.file in left_out else block for block in document.blocks
    )
    return document.model_copy(update={"blocks": blocks})


def _files(document: Document) -> range:
    return range(len(document.files))


def _tables(document: Document, file: int) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table) and block.file == file]


def _rows(table: Table) -> Rows:
    """What the rows of `table` say, without layout: those with two texts or more, numbers by their value."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.text.strip():
            value = number(cell.text)
            rows.setdefault(cell.row, []).append(label(cell.text) if value is None else f"{value.normalize():f}")
    return tuple(tuple(texts) for texts in rows.values() if len(texts) > 1 and not texts[0].startswith(_CAPTION))


def _says_nothing_new(document: Document, file: int, earlier: int) -> bool:
    """Whether nearly all telling paragraphs of `file` stand in `earlier`, whole or as part of a longer one."""
    theirs = "\n".join(_paragraphs(document, earlier))
    own = {text for text in _paragraphs(document, file) if len(text) >= _TELLING}
    return sum(_NUMBER.sub("", text) not in theirs for text in own) * 10 <= len(own)


def _paragraphs(document: Document, file: int) -> list[str]:
    return [
        squeezed(block.text) for block in document.blocks if isinstance(block, Paragraph) and block.file == file
    ]
