"""Makes records: gives each its place, its id and what all carry; and what a reader gives back of a document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeVar

from services.normalizer.prose.stated import Told
from shared import ids
from shared.schemas.document import Cell, Document, Paragraph, Table
from shared.schemas.names import Severity
from shared.schemas.records import Provenance, RecordBase
from shared.version import VERSION

R = TypeVar("R", bound=RecordBase)


class LeftKind(StrEnum):
    """What was left unread; the names of the findings that tell of it."""

    FILE = "unread_file"
    HIDDEN = "unread_hidden"
    SCAN = "unread_scan"
    RECOGNISED = "recognised_scan"
    REPEATED = "unread_repeated"
    TABLE = "unread_table"
    COLUMN = "unread_column"
    ROW = "unread_row"
    CELL = "unread_cell"
    PROJECT_NAME = "unread_project_name"
    UNIT = "unit_missing"
    REGION = "region_differs"
    UNIT_INFERRED = "unit_inferred"


@dataclass(frozen=True)
class Left:
    """Something that was not read: what, where, and a sentence about it; `subjects` are ids of records."""

    kind: LeftKind
    severity: Severity
    message: str
    provenance: Provenance
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReaderResult:
    """What a reader read: its records, the blocks it used, what it left of them, and what prose states."""

    records: tuple[RecordBase, ...] = ()
    taken: frozenset[int] = frozenset()
    left: tuple[Left, ...] = ()
    told: tuple[Told, ...] = ()

    def of(self, model: type[R]) -> list[R]:
        """The records of `model`, in order."""
        return [record for record in self.records if isinstance(record, model)]


def merged(results: Iterable[ReaderResult]) -> ReaderResult:
    """All of `results` as one, in their order."""
    every = list(results)
    return ReaderResult(
        tuple(record for result in every for record in result.records),
        frozenset(block for result in every for block in result.taken),
        tuple(left for result in every for left in result.left),
        tuple(told for result in every for told in result.told),
    )


@cache
def _record_of(model: type[RecordBase]) -> object:
    """How the records of `model` are called."""
    return model.model_fields["record"].default


class Recorder:
    """Makes the records of one document; keeps no record, only how often a key was used.

    `context`: the region, department, year and kind that every record carries, once the disclosure is known.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.context: Mapping[str, object] = {}
        self._seen: dict[tuple[object, ...], int] = {}
        self._rows: dict[int, dict[int, list[Cell]]] = {}

    def make(self, model: type[R], provenance: Provenance, **fields: object) -> R:
        """Make a record of `model` at `provenance`; its id comes from its KEY, counted where keys repeat.

        What it states of its PARTS belongs to the key too. What has no key, the disclosure itself, has its id.
        """
        stated = [fields[name] for name in model.PARTS if fields.get(name) is not None]
        key = (_record_of(model), *[fields.get(name) for name in model.KEY], *stated)
        count = self._seen.get(key, 0)
        self._seen[key] = count + 1
        identity = key if count == 0 else (*key, count)
        own = ids.record_id(self.document.disclosure_id, *map(str, identity))
        return model(
            id=own if model.KEY else self.document.disclosure_id,
            disclosure_id=self.document.disclosure_id,
            revision_id=self.document.revision_id,
            provenance=provenance,
            version=VERSION,
            **self.context,
            **fields,
        )

    def at_document(self, text: str = "") -> Provenance:
        """The document as a whole."""
        return Provenance(document=self._file(0), text=text)

    def at_paragraph(self, block: int, text: str | None = None) -> Provenance:
        """Paragraph `block`, or the part `text` of it."""
        paragraph = self.document.blocks[block]
        assert isinstance(paragraph, Paragraph)
        return Provenance(
            document=self._file(paragraph.file),
            page=paragraph.page,
            block=block,
            text=paragraph.text if text is None else text,
            confidence=paragraph.confidence,
        )

    def at_cell(self, block: int, cell: Cell) -> Provenance:
        """One cell of table `block`."""
        table = self._table(block)
        return Provenance(
            document=self._file(table.file),
            page=cell.page or table.page,
            table=table.index,
            row=cell.row,
            column=cell.column,
            block=block,
            text=cell.text,
            confidence=cell.confidence,
        )

    def at_row(self, block: int, row: int) -> Provenance:
        """A whole row of table `block`: its cells' texts with tabs between them."""
        table = self._table(block)
        cells = self._rows_of(block).get(row, [])
        pages = [cell.page for cell in cells if cell.page]
        return Provenance(
            document=self._file(table.file),
            page=min(pages) if pages else table.page,
            table=table.index,
            row=row,
            block=block,
            text="\t".join(cell.text for cell in cells),
            confidence=min((cell.confidence for cell in cells if cell.confidence is not None), default=None),
        )

    def _rows_of(self, block: int) -> dict[int, list[Cell]]:
        if block not in self._rows:
            rows = self._rows[block] = {}
            for cell in self._table(block).cells:
                rows.setdefault(cell.row, []).append(cell)
        return self._rows[block]

    def _table(self, block: int) -> Table:
        table = self.document.blocks[block]
        assert isinstance(table, Table)
        return table

    def _file(self, index: int) -> str:
        return self.document.files[index].sha256 if self.document.files else ""
