"""Tables whose every column is a field of their records: header labels → columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.normalizer.language import vocabulary
from services.normalizer.language.money import Unit, is_blank, number, unit_in, yuan
from services.normalizer.language.text import joined
from services.normalizer.tables.recognise import KnownTable
from services.normalizer.tables.spec import specs
from shared.schemas.document import Cell


@dataclass(frozen=True)
class Fields:
    """Where the fields of `table` stand; `others` are the filled columns that are none."""

    table: KnownTable
    columns: dict[str, int]
    others: tuple[int, ...]

    def cell(self, row: int, field: str) -> Cell | None:
        """The cell of `field` in `row`, also where it covers `row` from above; None where the field has no column.

        A cell that begins in another column (a total's label over several) is not the field's.
        """
        column = self.columns.get(field)
        cell = None if column is None else self.table.grid.at(row, column)
        return cell if cell is not None and cell.column == column else None

    def text(self, row: int, field: str) -> str | None:
        """The field's text on one line; None where it is blank or a dash."""
        cell = self.cell(row, field)
        text = joined(cell.text) if cell else ""
        return text if text and not is_blank(text) else None

    def number(self, row: int, field: str) -> Decimal | None:
        """The field's number; None where it is blank, a dash or text."""
        cell = self.cell(row, field)
        return number(cell.text) if cell else None

    def yuan(self, row: int, field: str) -> Decimal | None:
        """The field's money, in the unit of its cell, its header or the table's caption."""
        cell = self.cell(row, field)
        return yuan(cell.text, self.unit(field)) if cell else None

    def unit(self, field: str) -> Unit | None:
        """The unit the header of `field` states, else the caption's."""
        path = self.table.paths[self.columns[field]] if field in self.columns else ()
        return next((unit for text in reversed(path) if (unit := unit_in(text))), None) or self.table.caption.unit

    def label(self, row: int) -> str:
        """The first filled text of `row` but its number, on one line: what a total row calls itself."""
        cells = self.table.grid.filled(row)
        said = (cell for cell in cells if not (_counts_rows(self.table, cell.column) and number(cell.text)))
        return next((joined(cell.text) for cell in said), "")


def fields_of(table: KnownTable) -> Fields:
    """The fields of `table` by its header; the first column that fits a field is the field's."""
    columns: dict[str, int] = {}
    others: list[int] = []
    for column in range(table.grid.column_count):
        field = next((name for name in _fitting(table, column) if name not in columns), None)
        if field:
            columns[field] = column
        elif _says_something(table, column):
            others.append(column)
    return Fields(table, columns, tuple(others))


def _fitting(table: KnownTable, column: int) -> Iterator[str]:
    labels = table.frame.labels[column]
    if labels:
        for field, phrases in specs()[table.kind].fields.items():
            if labels[-1] in phrases:
                yield field


def _counts_rows(table: KnownTable, column: int) -> bool:
    labels = table.frame.labels[column]
    return bool(labels) and labels[-1] in vocabulary.columns().line_no


def _says_something(table: KnownTable, column: int) -> bool:
    if _counts_rows(table, column):
        return False
    return any((cell := table.grid.own(row, column)) and cell.text.strip() for row in table.body)
