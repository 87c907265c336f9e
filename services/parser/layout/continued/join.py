"""Joins what a page break cut: tables, their rows, and paragraphs; and sentences that are broken into lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.parser.layout.continued.beside import join_beside
from services.parser.layout.continued.growing import Growing
from services.parser.layout.continued.lines import join_lines
from services.parser.layout.continued.running import caption, is_repeated, without_heads
from services.parser.reading import Reading, Setting, less_certain
from services.parser.wording import LONG_ENOUGH, breaks_off, ends, has_marker, is_heading, squeezed
from shared.schemas.document import Block, Paragraph, Table

_BETWEEN: Final = 8
"""Paragraphs that may stand between two parts of a table as running heads."""
_TITLE: Final = 24
"""Longest second line of a title, characters."""
_CAPTIONS: Final = 4
"""Blocks after a title within which its table comes."""
_INDENT: Final = 0.8
"""Ems by which a paragraph's first line is indented at least."""
_SIZE: Final = 0.12
"""Share by which the size of the characters may differ within a paragraph."""
_WIDE: Final = 30
"""Characters of a paragraph that fills a line at least."""


def join(reading: Reading) -> list[Block]:
    """The blocks of `reading`, those that a page break cut joined again, the pieces with line breaks between.

    Two tables are one when the grid is the same and nothing but the first's caption stands between, with its
    header below; or, where pages may have cut them, nothing at all. What is repeated goes. A paragraph goes on
    where pages may have cut the text, or where its lines are broken in mid sentence.
    """
    kept = without_heads(reading.blocks)
    cut = reading.cut or reading.pages is not None
    blocks, origins = _join_tables(reading, kept, cut)
    if reading.pages is None:
        blocks = join_lines(blocks)
        origins = list(range(len(blocks)))
    return join_beside(_join_paragraphs(reading, blocks, origins)) if cut else blocks


def continued(before: Block, after: Block) -> Table | None:
    """The table that `before` and `after` are, on two pages of one article; None when they are not one table."""
    if not isinstance(before, Table) or not isinstance(after, Table):
        return None
    table = Growing(before, None)
    return table.finished() if table.take(after, None, cut=True) else None


@dataclass
class _Joining:
    """The blocks so far, the last table among them and the paragraphs after it."""

    blocks: list[Block | Growing] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    """Index of each block, or of its first part, in what was read."""
    last: Growing | None = None
    over: set[str] = field(default_factory=set)
    since: list[str] = field(default_factory=list)

    def repeats(self) -> bool:
        """Whether the paragraphs since the last table only say its caption again."""
        return len(self.since) <= _BETWEEN and all(is_repeated(text, self.over) for text in self.since)


def _join_tables(reading: Reading, kept: Sequence[int], cut: bool) -> tuple[list[Block], list[int]]:
    """The blocks with their tables joined, and the index of each in `reading`."""
    state = _Joining()
    for index in kept:
        block = reading.blocks[index]
        if isinstance(block, Paragraph):
            state.blocks.append(block)
            state.origins.append(index)
            state.since.append(block.text)
            continue
        edges = reading.edges.get(index)
        if state.last and state.repeats() and state.last.take(block, edges, cut and not state.since):
            if state.since:
                del state.blocks[-len(state.since) :], state.origins[-len(state.since) :]
        else:
            state.last = Growing(block, edges)
            state.over = caption(state.since[-_BETWEEN:])
            state.blocks.append(state.last)
            state.origins.append(index)
        state.since = []
    blocks = [block.finished() if isinstance(block, Growing) else block for block in state.blocks]
    return blocks, state.origins


def _join_paragraphs(reading: Reading, blocks: Sequence[Block], origins: Sequence[int]) -> list[Block]:
    joined: list[Block] = []
    end = -1  # of the last block's last part
    for index, (block, origin) in enumerate(zip(blocks, origins, strict=True)):
        before = joined[-1] if joined else None
        if isinstance(before, Paragraph) and isinstance(block, Paragraph) and _at_break(before, block):
            is_cut = _is_cut(before, reading.settings.get(end), block, reading.settings.get(origin))
            follows = blocks[index + 1 : index + 1 + _CAPTIONS]
            if is_cut or _goes_on(before, block) or _is_rest_of_title(before, block, follows):
                certain = less_certain(before.confidence, block.confidence)
                text = f"{before.text}\n{block.text}"
                joined[-1] = before.model_copy(update={"text": text, "confidence": certain})
                end = origin
                continue
        joined.append(block)
        end = origin
    return joined


def _at_break(before: Paragraph, after: Paragraph) -> bool:
    """Whether a page break may lie between: between pages, or anywhere when pages are not known."""
    return before.page is None or after.page is None or after.page > before.page


def _is_cut(before: Paragraph, above: Setting | None, after: Paragraph, below: Setting | None) -> bool:
    """Whether two paragraphs' places on their pages show that they are one.

    The first has no end, is indented and full or long, and the second begins without the indent.
    """
    if above is None or below is None or ends(before.text) or has_marker(after.text):
        return False
    if abs(above.em - below.em) > _SIZE * above.em or below.left >= above.left - _INDENT * above.em:
        return False
    return above.is_full or (len(before.text) >= LONG_ENOUGH and not has_marker(before.text))


def _goes_on(before: Paragraph, after: Paragraph) -> bool:
    if has_marker(after.text) or before.heading or after.heading:
        return False
    if breaks_off(before.text):
        return True
    between_pages = before.page is not None and len(before.text) >= _WIDE
    return between_pages and not has_marker(before.text) and before.text.rstrip()[-1:].isalnum()


def _is_rest_of_title(before: Paragraph, after: Paragraph, follows: Sequence[Block]) -> bool:
    """Whether a table's title that fills more than a line goes on."""
    rest = squeezed(after.text)
    return (
        is_heading(before.text)
        and not squeezed(before.text).endswith("表")
        and rest.endswith("表")
        and len(rest) <= _TITLE
        and not has_marker(after.text)
        and _over_table(follows)
    )


def _over_table(blocks: Sequence[Block]) -> bool:
    """Whether a table comes first in `blocks`, but for captions over it."""
    for block in blocks:
        if isinstance(block, Table):
            return True
        if not has_marker(block.text):
            return False
    return False
