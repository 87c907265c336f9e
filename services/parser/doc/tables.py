"""Rows of cells as Word lists them → tables on a grid, from where each row's cell borders lie."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.parser.doc.properties import Row
from services.parser.grid import Grid
from services.parser.reading import Limits
from shared.schemas.document import Table

_NEAR: Final = 40
"""Twentieths of a point by which one border may differ between rows."""
_WIDTH: Final = 1000
"""Twentieths of a point a cell is taken to be wide whose row does not say."""


@dataclass(frozen=True)
class Line:
    """A paragraph that says something, with its outline level."""

    text: str
    heading: int | None


@dataclass
class WordCell:
    """A cell: its paragraphs and the tables within it, where it lies, and whether it continues the one above."""

    content: "list[Line | WordTable]"
    left: int = 0
    right: int = 0
    up: bool = False

    def text(self) -> str:
        """Its lines; of tables within it a line a row, the cells apart by a blank."""
        return "\n".join(line for block in self.content for line in _lines(block) if line)


@dataclass
class WordTable:
    """The rows of a table."""

    rows: list[list[WordCell]] = field(default_factory=list)

    def add_row(self, contents: "Sequence[list[Line | WordTable]]", row: Row | None) -> None:
        """Take the contents of a row's cells, of which `row` says where they lie and how they are merged."""
        borders = list(row.borders) if row else [0]
        while len(borders) <= len(contents):
            borders.append(borders[-1] + _WIDTH)
        cells: list[WordCell] = []
        for number, content in enumerate(contents):
            merge = row.cells[number] if row and number < len(row.cells) else None
            if merge and merge.left and cells:
                cells[-1].content += content
                cells[-1].right = borders[number + 1]
            else:
                cells.append(WordCell(content, borders[number], borders[number + 1], bool(merge and merge.up)))
        self.rows.append(cells)

    def is_frame(self) -> bool:
        """Whether the table only frames text or other tables: no row has a second cell."""
        return all(len(row) < 2 for row in self.rows)

    def table(self, limits: Limits) -> Table | None:
        """The table on its grid; None when it says nothing. Raises TooLarge."""
        columns = self._columns()
        spans = self._spans(columns)
        grid = Grid(len(self.rows), limits)
        for number, row in enumerate(self.rows):
            for place, cell in enumerate(row):
                span = spans[number][place]
                if span:
                    left, right = columns[cell.left], columns[cell.right]
                    grid.put(number, cell.text(), (span, max(right - left, 1)), column=left)
        table = grid.table()
        return table if table and any(cell.text for cell in table.cells) else None

    def _columns(self) -> dict[int, int]:
        """Each border's number on the grid; borders that nearly agree are one, unless that closes up a cell."""
        borders = sorted({border for row in self.rows for cell in row for border in (cell.left, cell.right)})
        near = min([_NEAR, *(cell.right - cell.left - 1 for row in self.rows for cell in row)])
        numbers: dict[int, int] = {}
        first, count = None, -1
        for border in borders:
            if first is None or border - first > near:
                first = border
                count += 1
            numbers[border] = count
        return numbers

    def _spans(self, columns: Mapping[int, int]) -> list[list[int]]:
        """How many rows each cell covers; 0 for one that continues the cell above."""
        spans = [[1] * len(row) for row in self.rows]
        above: dict[int, tuple[int, int]] = {}
        for number, row in enumerate(self.rows):
            here: dict[int, tuple[int, int]] = {}
            for place, cell in enumerate(row):
                column = columns[cell.left]
                owner = above.get(column)
                if cell.up and owner:
                    spans[number][place] = 0
                    spans[owner[0]][owner[1]] += 1
                    self.rows[owner[0]][owner[1]].content += cell.content
                    here[column] = owner
                else:
                    here[column] = (number, place)
            above = here
        return spans


def _lines(block: Line | WordTable) -> Iterator[str]:
    if isinstance(block, Line):
        yield block.text
    else:
        for row in block.rows:
            yield " ".join(filter(None, (cell.text().replace("\n", " ") for cell in row)))
