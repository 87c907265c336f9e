"""A view of a table as a grid: what stands at a place, what stands above a column, which rows are body."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

from services.normalizer.language.money import is_amount, is_blank
from services.normalizer.language.text import label, remembered
from shared.schemas.document import Cell, Table

_COUNTER_LABEL: Final = re.compile(r"栏次|档次|行次|列次|栏目|行列|列")
_SMALL: Final = re.compile(r"\d{1,2}(?:=[\d+\-*/()]{1,40})?")
_LETTER: Final = re.compile(r"[A-Za-z甲乙丙丁戊\d]{1,2}")
_NUMBERING: Final = re.compile("|".join((_COUNTER_LABEL.pattern, _SMALL.pattern, _LETTER.pattern, r"\d{3}|\*\*?")))
"""What the first cell of a row that numbers the columns holds."""
_DIGITS: Final = re.compile(r"[\[(]?\d{1,12}[\])]?")

_CLASS: Final = re.compile(r"[35]\d\d")
"""The code of a class of spending by economic nature."""
_CODE_PARTS: Final = frozenset("类款项目")

Place = tuple[int, int]
"""The row and column where a cell begins."""
Held = Literal["blank", "digits", "amount", "text"]
"""What a cell holds; `digits` may be a code or an amount without a point."""


@remembered
def _held(unaltered: str) -> Held:
    text = label(unaltered)
    if not text or is_blank(text):
        return "blank"
    if _DIGITS.fullmatch(text):
        return "digits"
    return "amount" if is_amount(text) else "text"


@remembered
def _pays(unaltered: str) -> bool:
    return _held(unaltered) in ("amount", "digits") and is_amount(label(unaltered))


class Grid:
    """A table whose spans are resolved: every place has the cell that covers it."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.row_count = table.row_count
        self.column_count = table.column_count
        self._filled: dict[int, list[Cell]] = {}
        self._labels: dict[int, list[str]] = {}
        self._numbering: dict[int, bool] = {}

    def label(self, cell: Cell) -> str:
        """The text of `cell` ready for comparison."""
        return label(cell.text)

    def held(self, cell: Cell) -> Held:
        """What `cell` holds."""
        return _held(cell.text)

    def pays(self, cell: Cell) -> bool:
        """Whether `cell` prints an amount, with or without a point."""
        return _pays(cell.text)

    @cached_property
    def texts(self) -> frozenset[str]:
        """The labels of its cells, each once."""
        return frozenset([label(cell.text) for cell in self.table.cells])

    @cached_property
    def every_label(self) -> str:
        """The labels of its cells, a line each: where a word is looked for that few tables have."""
        return "\n".join([label(cell.text) for cell in self.table.cells])

    @cached_property
    def _covering(self) -> dict[tuple[int, int], Cell]:
        covering: dict[tuple[int, int], Cell] = {}
        for cell in self.table.cells:
            if cell.row_span == cell.column_span == 1:
                if cell.row < self.row_count and cell.column < self.column_count:
                    covering.setdefault((cell.row, cell.column), cell)
                continue
            for row in range(cell.row, min(cell.row + cell.row_span, self.row_count)):
                for column in range(cell.column, min(cell.column + cell.column_span, self.column_count)):
                    covering.setdefault((row, column), cell)
        return covering

    @cached_property
    def starting(self) -> dict[Place, Cell]:
        """Every cell by the place where it begins."""
        return {(cell.row, cell.column): cell for cell in self.table.cells}

    @cached_property
    def _rows(self) -> dict[int, list[Cell]]:
        rows: dict[int, list[Cell]] = {}
        for cell in self.table.cells:
            rows.setdefault(cell.row, []).append(cell)
        return rows

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers the place, wherever it starts."""
        return self._covering.get((row, column))

    def own(self, row: int, column: int) -> Cell | None:
        """The cell at the place, unless it starts in a row above (then the row says nothing new there)."""
        cell = self._covering.get((row, column))
        return cell if cell is not None and cell.row == row else None

    def text(self, row: int, column: int) -> str:
        """The unaltered text of the covering cell; empty where there is none."""
        cell = self.at(row, column)
        return cell.text if cell else ""

    def cells(self, row: int) -> list[Cell]:
        """The cells that start in `row`, from left to right."""
        return self._rows.get(row, [])

    def filled(self, row: int) -> list[Cell]:
        """The cells that start in `row` and hold text."""
        found = self._filled.get(row)
        if found is None:
            found = self._filled[row] = [cell for cell in self.cells(row) if cell.text and label(cell.text)]
        return found

    def labels(self, row: int) -> list[str]:
        """The labels of the filled cells that start in `row`."""
        found = self._labels.get(row)
        if found is None:
            found = self._labels[row] = [label(cell.text) for cell in self.filled(row)]
        return found

    def has_amounts(self, row: int) -> bool:
        """Whether a cell that starts in `row` prints an amount."""
        return any(self.pays(cell) for cell in self.filled(row))

    def rows(self, start: int = 0) -> Iterator[int]:
        """The row numbers from `start` on."""
        return iter(range(start, self.row_count))

    def is_column_numbers(self, row: int) -> bool:
        """Whether `row` numbers the columns: `栏次 1 2`, `1 2=3+4`, `类 款 项 栏次 1`, `301 302`, `** A B`."""
        found = self._numbering.get(row)
        if found is None:
            found = self._numbering[row] = _are_column_numbers(self.labels(row))
        return found

    def header_paths(self, rows: Sequence[int], others: frozenset[Place] = frozenset()) -> list[tuple[str, ...]]:
        """For each column the labels above it in the header `rows`, from the top, each once.

        `others` are the places of cells in these rows that are no labels.

        Spans are respected; where the source gave none, a blank in any header row but the last continues the
        label to its left, as long as both stand under the same label of the row above.
        """
        paths: list[list[str]] = [[] for _ in range(self.column_count)]
        for number, row in enumerate(rows):
            last = number == len(rows) - 1
            before = [tuple(path) for path in paths]
            carried, above = "", None
            for column in range(self.column_count):
                cell = self.at(row, column)
                text = self.label(cell) if cell and (cell.row, cell.column) not in others else ""
                inherited = cell is not None and cell.row < row
                if text or inherited or above != before[column]:
                    carried = "" if inherited else text
                if (text or (not last and carried)) and paths[column][-1:] != [text or carried]:
                    paths[column].append(text or carried)
                above = before[column]
        return [tuple(path) for path in paths]

    def repeats(self, row: int, rows: Sequence[int]) -> bool:
        """Whether `row` prints one of the header `rows` again."""
        texts = self.labels(row)
        return len(texts) > 1 and any(texts == self.labels(header) for header in rows if header != row)


def _are_column_numbers(labels: Sequence[str]) -> bool:
    texts = [text for text in labels if text not in _CODE_PARTS]
    if not texts or not _NUMBERING.fullmatch(texts[0]):
        return False
    if len(set(texts)) == len(texts) > 1 and all(_CLASS.fullmatch(text) for text in texts):
        return True
    if _COUNTER_LABEL.fullmatch(texts[0]):
        others = [text for text in texts if not _COUNTER_LABEL.fullmatch(text)]
        return bool(others) and all(_SMALL.fullmatch(text) for text in others)
    counts: list[int] = []
    for text in texts:
        if _SMALL.fullmatch(text):
            counts.append(int(text.split("=")[0]))
        elif text not in {"**", "*"} and not _LETTER.fullmatch(text):
            return False
    return len(counts) > 1 and all(b == a + 1 for a, b in pairwise(counts)) and counts[0] <= 2
