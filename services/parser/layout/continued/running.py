"""What a page repeats of itself: page numbers, running heads, captions printed again over a table's next part."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from services.parser.wording import is_number_at_edge, is_page_number, is_title_of_table, squeezed
from shared.schemas.document import Block, Paragraph

AGAIN: Final = re.compile(r"[（(]?续表?[一二三四五六七八九十\d]*[)）]?$|^续表?[:：]?")
"""The mark of a title printed again over a table's next part."""
_PAGE_OF: Final = re.compile(r"[第共]\s{0,3}\d{1,4}\s{0,3}页|[-—–－]\s{0,3}\d{1,4}\s{0,3}[-—–－]|\d{1,4}/\d{1,4}")
_LABELLED: Final = re.compile("[：:]")
_TOKENS: Final = re.compile(r"\s+|(?<=[：:])")
_EDGE: Final = 2
"""Blocks from a page's top or bottom in which running heads stand."""
_MOST_PAGES: Final = 0.8
_FEWEST_PAGES: Final = 4
_LONGEST_HEAD: Final = 60
_LISTED: Final = 3
"""Titles of tables one after the other that are a list of contents and one title."""


def tokens(text: str) -> set[str]:
    """The words of a caption, however it was broken over lines; a mark of continuation is none."""
    words = (AGAIN.sub("", word) for word in _TOKENS.split(text.strip()))
    return {word for word in words if word}


def caption(texts: Iterable[str]) -> set[str]:
    """The words of the paragraphs over a table, and each paragraph as a whole.

    Of titles that a list of contents over the first table has, only the last is that table's own.
    """
    over = list(texts)
    titles = [index for index, text in enumerate(over) if is_title_of_table(text)]
    listed = titles[:-1] if len(titles) >= _LISTED else []
    words: set[str] = set()
    for text in (text for index, text in enumerate(over) if index not in listed):
        words |= tokens(text) | {AGAIN.sub("", squeezed(text))}
    return words


def is_repeated(text: str, over: set[str]) -> bool:
    """Whether `text` says nothing that the caption `over` does not, or is a page's number."""
    return is_page_number(text) or squeezed(text) in over or tokens(text) <= over


def without_heads(blocks: Sequence[Block]) -> list[int]:
    """The indexes of `blocks` less page numbers and running heads, of which the first stays.

    Without pages only numbers between dashes are page numbers. What stands alone on its page is no head of it.
    """
    edges = _edges(blocks)
    pages = {block.page for block in blocks if block.page}
    found = Counter(key for key, _ in {(_key(blocks[index]), blocks[index].page) for index in edges})
    heads = {key for key, count in found.items() if key and count >= max(_FEWEST_PAGES, _MOST_PAGES * len(pages))}
    filled = {block.page for block in blocks if _key(block) not in heads and not _is_page_number(block)}
    kept, met = [], set()
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            if is_page_number(block.text) or (index in edges and is_number_at_edge(block.text)):
                continue
            key = _key(block)
            if index in edges and key in heads and block.page in filled:
                if key in met:
                    continue
                met.add(key)
        kept.append(index)
    return kept


def _is_page_number(block: Block) -> bool:
    return isinstance(block, Paragraph) and is_number_at_edge(block.text)


def _edges(blocks: Sequence[Block]) -> set[int]:
    """The indexes of blocks at the top or bottom of their page."""
    of_page: dict[int, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if block.page:
            of_page[block.page].append(index)
    return {index for indexes in of_page.values() for index in (*indexes[:_EDGE], *indexes[-_EDGE:])}


def _key(block: Block) -> str:
    """What makes a running head the same on every page; empty for what is none.

    A labelled value (单位：万元) belongs to the table under it, on however many pages.
    """
    if not isinstance(block, Paragraph) or len(block.text) > _LONGEST_HEAD or _LABELLED.search(block.text):
        return ""
    return squeezed(_PAGE_OF.sub("", block.text))
