"""A list of contents laid out as a table: titles of tables with their numbers, pages or links, and no figures.

And the links by which the sheets of a workbook lead back to it.
"""

import re
from typing import Final

from services.normalizer.language.text import squeezed
from shared.schemas.document import Document, Table

_TITLE: Final = re.compile(r"表|情况|说明|报告")
_HEADING: Final = re.compile("目录|目次|索引")
_NUMBER: Final = re.compile(r"[(（]?(?:附?表|附件|公开|第)?[一二三四五六七八九十\d.\-—－、]{1,8}[)）表页]?")
_PAGE: Final = re.compile(r"[-—－第]*(\d{1,4})[-—－页]*")
_SHORT: Final = 12
"""The longest word of a link (点击查看, 返回), or name of a part of the list (一般公共预算)."""
_LONG: Final = 5
_FEWEST: Final = 3
_BACK: Final = re.compile(r"\W*(?:点击)?返回(?:[总主]?(?:目录|目次|索引|封面|首页|主页)页?|上[一级]?[页级])?\W*")


def is_contents(table: Table) -> bool:
    """Whether most rows of `table` are one title each, beside numbers, pages that never fall, words of links."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.text.strip():
            rows.setdefault(cell.row, []).append(squeezed(cell.text))
    entries = [texts for texts in rows.values() if _is_entry(texts)]
    others = sum(len(texts) > 1 for texts in rows.values() if not _is_entry(texts))
    if len(entries) < _FEWEST or others * 3 > len(entries):
        return False
    pages = [int(match[1]) for texts in entries if (match := _PAGE.fullmatch(texts[-1]))]
    named = any(_HEADING.fullmatch(text) for texts in rows.values() for text in texts)
    linked = sum(len(texts) > 1 for texts in entries) * 2 > len(entries)
    return (
        pages == sorted(pages)
        and (named or linked)
        and 2 * sum("表" in each for each in map("".join, entries)) >= len(entries)
    )


def without_links(document: Document) -> Document:
    """`document` with the cells blank that only lead back to the contents: `返回目录` beside a title."""
    blocks = tuple(
        _without_links(block)
        if isinstance(block, Table) and any("返" in cell.text for cell in block.cells) and not is_contents(block)
        else block
        for block in document.blocks
    )
    return document.model_copy(update={"blocks": blocks})


def _without_links(table: Table) -> Table:
    cells = tuple(
        cell.model_copy(update={"text": ""}) if _BACK.fullmatch(squeezed(cell.text)) else cell
        for cell in table.cells
    )
    return table.model_copy(update={"cells": cells})


def _is_entry(texts: list[str]) -> bool:
    """Whether a row is one title, beside what stands beside titles in a list."""
    long = [text for text in texts if len(text) >= _LONG and _TITLE.search(text) and not _NUMBER.fullmatch(text)]
    rest = [text for text in texts if text not in long]
    return len(long) == 1 and all(_is_beside(text) for text in rest)


def _is_beside(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or _PAGE.fullmatch(text)) or (
        len(text) <= _SHORT and not any(sign.isdigit() for sign in text)
    )
