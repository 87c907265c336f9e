"""A file that only prints another file's tables again (a PDF beside its Word original) is read once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
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
    contents = _contents(document)
    found: dict[int, int] = {}
    for file, own in enumerate(contents):
        if own.tables:
            tried: set[str] = set()
            for earlier, other in enumerate(contents[:file]):
                if own.tables <= other.tables and other.text not in tried:
                    if _says_nothing_new(own, other):
                        found[file] = earlier
                        break
                    tried.add(other.text)
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


@dataclass
class _Content:
    """What a file says: its tables, its paragraphs in one text, and those of them that are telling."""

    tables: set[Rows] = field(default_factory=set)
    text: str = ""
    telling: set[str] = field(default_factory=set)


def _contents(document: Document) -> list[_Content]:
    contents = [_Content() for _ in document.files]
    paragraphs: list[list[str]] = [[] for _ in document.files]
    for block in document.blocks:
        if isinstance(block, Paragraph):
            paragraphs[block.file].append(squeezed(block.text))
        elif rows := _rows(block):
            contents[block.file].tables.add(rows)
    for content, texts in zip(contents, paragraphs, strict=True):
        content.text = "\n".join(texts)
        content.telling = {text for text in texts if len(text) >= _TELLING}
    return contents


def _rows(table: Table) -> Rows:
    """What the rows of `table` say, without layout: those with two texts or more, numbers by their value."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.text.strip():
            value = number(cell.text)
            rows.setdefault(cell.row, []).append(label(cell.text) if value is None else f"{value.normalize():f}")
    return tuple(tuple(texts) for texts in rows.values() if len(texts) > 1 and not texts[0].startswith(_CAPTION))


def _says_nothing_new(own: _Content, other: _Content) -> bool:
    """Whether nearly all telling paragraphs of `own` stand in `other`, whole or as part of a longer one."""
    most = len(own.telling) // 10
    for text in own.telling:
        if _NUMBER.sub("", text) not in other.text:
            most -= 1
            if most < 0:
                return False
    return True
