"""The rows of a performance table: filled cells in column order, each with the word it may be."""

from collections.abc import Iterator

from services.normalizer.readers.performance.vocabulary import key, label_kind
from services.normalizer.tables.grid import Grid
from shared.schemas.document import Cell, Table

_TELLING = ("指标", "目标", "支出计划", "使用计划", "支出进度", "得分", "自评")
"""Some of these stand in every table about performance."""


_LONGEST_NUMBER = 12
"""Characters that a column's number has at most."""


class FormCell:
    """A cell with the word that it may be as a label or header (empty for content), and what label that is."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.text = cell.text
        self.column = cell.column
        self.end = cell.column + cell.column_span
        self.word = key(cell.text)
        self.label = label_kind(self.word)
        """The kind of value it is a label for, or null."""

    def reaches(self, other: "FormCell") -> bool:
        """Whether it stands in some column of `other`."""
        return self.column < other.end and other.column < self.end


class FormRow:
    """A table row: the filled cells that begin in it, and those of rows above that reach down into it.

    `counts_columns`: whether it only numbers the columns.
    """

    def __init__(
        self,
        place: tuple[int, int],
        cells: tuple[FormCell, ...],
        over: tuple[FormCell, ...],
        counts_columns: bool,
    ) -> None:
        self.block, self.index = place
        self.cells = cells
        self.over = over
        self.counts_columns = counts_columns
        self.first = cells[0]
        """Its leftmost cell."""
        self.words = tuple([cell.word for cell in cells])
        """The cells as header or label words."""
        self.page = next((cell.cell.page for cell in cells if cell.cell.page), None)
        """The page it begins on; null where the format has no pages."""


def may_concern(table: Table) -> bool:
    """Whether some word of performance stands in `table`, wherever its cells are broken."""
    text = "".join("".join(cell.text for cell in table.cells).split())
    return any(word in text for word in _TELLING)


def rows_of(block: int, grid: Grid) -> Iterator[FormRow]:
    """The rows of the table in which any text begins."""
    open_cells: list[FormCell] = []
    for index in grid.rows():
        cells = tuple(map(FormCell, grid.filled(index)))
        open_cells = [cell for cell in open_cells if cell.cell.row + cell.cell.row_span > index]
        if cells:
            over = tuple(sorted(open_cells, key=lambda cell: cell.column))
            short = all(len(cell.text) <= _LONGEST_NUMBER for cell in cells)
            yield FormRow((block, index), cells, over, short and grid.is_column_numbers(index))
            open_cells.extend(cell for cell in cells if cell.cell.row_span > 1)
