"""The two ways a text extractor writes tables down: a row a line, or a cell a line."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.parser.wording import ends, is_heading, is_page_number, is_table_title, opens_section, squeezed


@dataclass
class Rows:
    """A table's rows of cell texts; `truncated` when its last row breaks off."""

    rows: list[list[str]]
    truncated: bool = False


Piece = str | Rows
"""A paragraph, or a table."""

_CONTENTS: Final = ("目录", "目次")
_PAGE: Final = re.compile(r"\d{1,5}")
"""A page's number."""
_NEXT_CELL: Final = 12
"""Lines within which a cell's text after an empty paragraph must come to the next cell."""
_UNIFORM: Final = 0.6
"""Share of a table's rows that have the same number of cells in a table of even rows."""


def row_a_line(lines: Sequence[str]) -> Iterator[Piece]:
    """A line with tabs is a row; rows that follow each other without a line between are a table.

    A row that is a table's title begins the next one.
    """
    rows: list[list[str]] = []
    contents = False
    for line in [*lines, ""]:
        cells = [cell.strip() for cell in line.split("\t")]
        if "\t" in line and not (rows and is_table_title(cells)):
            rows.append(cells)
            continue
        if rows:
            if contents and _is_contents(rows):
                yield from ("\t".join(row) for row in rows)
            else:
                contents = False
                yield Rows(rows)
            rows = []
        if "\t" in line:
            rows.append(cells)
        elif line.strip():
            contents = squeezed(line).endswith(_CONTENTS) or (contents and not ends(line))
            yield line.strip()


def _is_contents(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the rows are lines of a table of contents: a title and a page that never goes back."""
    pages = [row[-1] for row in rows]
    if any(len(row) != 2 or not row[0] for row in rows) or not all(_PAGE.fullmatch(page) for page in pages):
        return False
    return all(int(one) <= int(two) for one, two in itertools.pairwise(pages))


def cell_a_line(lines: Sequence[str]) -> Iterator[Piece]:
    """Each cell opens a line with a tab and may go on below; a blank line ends a row.

    An empty paragraph in a cell is a blank line too, so that rows are told by their number of cells. After two
    blank lines anything but a cell ends the table, after three everything does.
    """
    table = _Cells()
    for number, line in enumerate(lines):
        if line.startswith("\t"):
            if table.blanks > 2:
                yield from table.close()
            table.open_cell(line)
        elif line == "":
            table.blanks += 1
        elif table.rows and is_page_number(line):
            continue
        elif table.rows and table.takes(line, lines[number + 1 : number + 1 + _NEXT_CELL]):
            table.add_line(line)
        else:
            yield from table.close()
            if line.strip():
                yield line.strip()
    yield from table.close()


@dataclass
class _Cells:
    """The table that is being read, as rows of cells of lines, and the blank lines since."""

    rows: list[list[list[str]]] = field(default_factory=list)
    blanks: int = 0

    def open_cell(self, line: str) -> None:
        if not self.rows or self.blanks:
            self.rows.append([])
        self.rows[-1].append([line[1:].rstrip()])
        self.blanks = 0

    def add_line(self, line: str) -> None:
        self.rows[-1][-1].append(line.rstrip())
        if line.strip():
            self.blanks = 0

    def takes(self, line: str, following: Sequence[str]) -> bool:
        """Whether `line`, which opens no cell, is still text of the last one."""
        if self.blanks > 1 or opens_section(line, self.rows[-1][-1]):
            return False
        if not self.blanks or not line.strip():
            return True
        for number, after in enumerate(following):
            if after.startswith("\t"):
                return not is_heading(line)
            if after == "" and following[number + 1 : number + 2] == [""]:
                return False
        return False

    def close(self) -> Iterator[Piece]:
        """The table that ends here, if one does: a single cell is a paragraph with a tab before it."""
        rows = [["\n".join(lines).strip() for lines in row] for row in self.rows]
        truncated = bool(rows) and not self.blanks
        self.rows, self.blanks = [], 0
        if sum(map(len, rows)) == 1:
            yield from (line for line in rows[0][0].split("\n") if line.strip())
        elif rows:
            yield Rows(_whole(rows), truncated)


def _whole(rows: list[list[str]]) -> list[list[str]]:
    """`rows` with those joined again that an empty paragraph in a cell broke apart."""
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if count < _UNIFORM * len(rows):
        return rows
    whole: list[list[str]] = []
    number, begun = 0, False
    while number < len(rows):
        end = number + 1
        begun = begun or len(rows[number]) == width
        if begun and len(rows[number]) < width:
            end = _broken(rows, number, width)
        whole.append([cell for row in rows[number:end] for cell in row])
        number = end
    return whole


def _broken(rows: Sequence[Sequence[str]], start: int, width: int) -> int:
    """The end of the run of short rows from `start` on that make up one row of `width` cells."""
    cells = 0
    for end in range(start, len(rows)):
        if len(rows[end]) >= width:
            break
        cells += len(rows[end])
        if cells == width:
            return end + 1
    return start + 1


def is_cell_a_line(lines: Sequence[str]) -> bool:
    """Whether most lines with a tab hold one cell each."""
    single = sum(line.startswith("\t") and "\t" not in line[1:] for line in lines)
    many = sum("\t" in line[1:] for line in lines)
    return single > many
