"""A document laid out once for every reader and check: its tables recognised, the sections its blocks stand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from services.normalizer.prose.sections import paths
from services.normalizer.tables.recognise import KnownTable, recognised
from shared.schemas.document import Document


@dataclass(frozen=True)
class Layout:
    """`tables`: those of a known kind, in order; `sections`: the titles a block stands under, from the outside."""

    document: Document
    tables: tuple[KnownTable, ...]
    sections: Sequence[tuple[str, ...]]

    def of(self, *kinds: str) -> list[KnownTable]:
        """The tables of `kinds`, in order."""
        return [table for table in self.tables if table.kind in kinds]

    def table_at(self, block: int) -> KnownTable | None:
        """The known table that block `block` is."""
        return self._by_block.get(block)

    @cached_property
    def _by_block(self) -> dict[int, KnownTable]:
        return {table.block: table for table in self.tables}


def layout_of(document: Document) -> Layout:
    """Recognise the tables and sections of `document`."""
    return Layout(document, tuple(recognised(document)), paths(document))
