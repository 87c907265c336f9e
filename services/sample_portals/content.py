"""What a disclosure is made of before it takes a format: headings, paragraphs and grids with spans."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the document's title."""

    text: str
    level: int


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class GridCell:
    """A cell at its top left place; the places its spans cover are not listed."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Grid:
    """A table: `header` rows are printed again where a page break cuts the table."""

    header: tuple[tuple[GridCell, ...], ...]
    body: tuple[tuple[GridCell, ...], ...]
    widths: tuple[int, ...]
    caption: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        return len(self.widths)

    @property
    def rows(self) -> tuple[tuple[GridCell, ...], ...]:
        return self.header + self.body


Content = Heading | Prose | Grid


def row(*texts: str) -> tuple[GridCell, ...]:
    """A row of plain cells."""
    return tuple(GridCell(text) for text in texts)


def placed(rows: tuple[tuple[GridCell, ...], ...], columns: int) -> list[list[GridCell | None]]:
    """The grid as rows × columns; None where a cell above or to the left covers the place."""
    places: list[list[GridCell | None]] = [[None] * columns for _ in rows]
    covered: set[tuple[int, int]] = set()
    for at, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (at, column) in covered:
                column += 1
            places[at][column] = cell
            covered |= {(at + down, column + right) for down in range(cell.rows) for right in range(cell.columns)}
    return places
