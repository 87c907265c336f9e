"""Tables that the disclosure has in another format already: a workbook beside its print, or its page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.parser.wording import ends, is_number, squeezed
from shared.schemas.document import Block, Paragraph, Table

_FEWEST: Final = 4
"""Numbers of a table at least that make it known again."""
_CAPTION: Final = 40
"""Characters of a caption over a table at most."""


@dataclass
class KnownTables:
    """What the tables of the files so far say."""

    _known: dict[frozenset[tuple[str, int]], str] = field(default_factory=dict)
    """What a table says → the format of its file."""

    def take(self, blocks: Sequence[Block], kind: str) -> list[Block]:
        """The `blocks` of a file of format `kind`, less the tables that one of another has cell by cell.

        Captions go with their table. Two files of one format are two: a department's and its only unit's figures
        are the same.
        """
        kept: list[Block] = []
        for block in blocks:
            said = _said(block) if isinstance(block, Table) else None
            if said and self._known.setdefault(said, kind) != kind:
                while kept and _is_caption(kept[-1]):
                    kept.pop()
            else:
                kept.append(block)
        return kept


def _is_caption(block: Block) -> bool:
    return isinstance(block, Paragraph) and len(block.text) <= _CAPTION and not ends(block.text.rstrip("：:"))


def _said(table: Table) -> frozenset[tuple[str, int]]:
    """How often each text stands in the cells, however broken, spaced or grouped; captions are left out.

    Empty for a table of few numbers.
    """
    texts = [squeezed(cell.text).replace(",", "") for cell in table.cells if cell.text]
    if sum(map(is_number, texts)) < _FEWEST:
        return frozenset()
    return frozenset(Counter(text for text in texts if "：" not in text).items())
