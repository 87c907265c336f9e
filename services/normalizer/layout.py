"""A document laid out once for every reader and check: its tables recognised, the sections its blocks stand in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from services.normalizer.prose.sections import paths
from services.normalizer.tables.grid import Grid
from services.normalizer.tables.recognise import KnownTable, recognised
from shared.schemas.document import Document, Table


@dataclass(frozen=True)
class Layout:
    """A document's tables, seen and recognised.

    `grids`: of each block that is a table; `tables`: those of a known kind, in order; `sections`: the titles a
    block stands under, from the outside.
    """

    document: Document
    grids: Mapping[int, Grid]
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
    grids = {number: Grid(block) for number, block in enumerate(document.blocks) if isinstance(block, Table)}
    return Layout(document, grids, tuple(recognised(document, grids)), paths(document))
