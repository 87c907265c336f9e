"""The header of a table: which rows it is, the labels above each column, and the rows below it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.text import label, remembered
from services.normalizer.language.totals import ends_in_total
from services.normalizer.tables.grid import Grid, Place
from services.normalizer.tables.spec import Classification, specs
from shared.schemas.document import Cell

_TITLE_ROWS: Final = 12
"""Rows within which a table's header begins."""
_HEADER_ROWS: Final = 6
_LONGEST: Final = 40
_LABELS_BESIDE_TOTAL: Final = 2
"""More labels than so many, all known, make a row that begins with 合计 one of the header."""
_UNIT: Final = re.compile(r"\((?:金额单位[:]?|单位[:]?|金额)?(?:亿元|百万元|万元|千元|元|%)\)|[:/](?:万元|元)$")
_YEAR: Final = re.compile(r"20\d\d年(?:度)?|^(?:本|当)年(?:度)?(?=预算|决算)")
_LEAD: Final = re.compile(
    r"^(?:[35]\d{2}[-—_.]?(?=[\u4e00-\u9fff])|其中[:：]?|[一二三四五六七八九十]{1,2}、|\d{1,2}[.、](?!\d)|#)"
)
_LISTED: Final = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、](?!\d)|其中:?)+"
)
_ENUMERATED: Final = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、](?!\d))"
)
_GOVERNMENT: Final = re.compile("政府(?:预算)?(?:支出)?经济(?:分类)?")
_NOTE: Final = re.compile(r"(?:备注|注|说明|填表说明|填报说明)\s*[:：]|\*?注\d?[:：、]|注[:：]?本")
_CAPTION: Final = re.compile(r"(?:部门|单位|编制|金额)[^:]{0,6}:")
_CLASSES: Final[dict[str, Classification]] = {"2": "functional", "3": "economic", "5": "government_economic"}
_CLASSIFIED: Final = re.compile(r"[\[(]?([235])\d{2}(?:\d{2}){0,2}[\])]?[-—_.]?(?=$|[^\d.,%])")


@dataclass(frozen=True)
class Held:
    """How many cells of a column's body hold what."""

    blank: int
    digits: int
    amounts: int
    texts: int

    @property
    def pays(self) -> bool:
        """Whether it holds figures that no code is, and no words."""
        return self.amounts > 0 and not self.texts

    @property
    def codes(self) -> bool:
        """Whether most of it is codes."""
        return self.digits > 0 and self.digits * 2 > self.digits + self.amounts + self.texts and not self.amounts


@dataclass(frozen=True)
class Frame:
    """A table, or a part of one below a title of its own: its first row, its header, where it ends.

    `given`: the labels of columns where the header does not stand in it. What few tables are asked for, the rows
    below the header and the labels above each column among it, is found when it is asked for.
    """

    grid: Grid
    first: int
    header: tuple[int, ...]
    end: int
    given: tuple[tuple[str, ...], ...] | None = None

    @cached_property
    def below(self) -> range:
        """The rows below the header."""
        return range(self.header[-1] + 1 if self.header else self.first, self.end)

    @cached_property
    def body(self) -> tuple[int, ...]:
        """The rows that say something: those below the header, and a total's beside its last labels."""
        body = tuple(row for row in self.below if is_body(self.grid, row, self.header))
        return (self.header[-1], *body) if self._has_total_in_header else body

    @cached_property
    def _has_total_in_header(self) -> bool:
        return bool(self.header) and _is_beside_total(self.grid, self.header[-1])

    @cached_property
    def beside(self) -> frozenset[Place]:
        """The cells of header rows that are no labels: a total's name and figures, numbers of columns."""
        if not self.header or not (self._has_total_in_header or self.grid.is_column_numbers(self.header[-1])):
            return frozenset()
        return _no_labels(self.grid, self.header[-1])

    @cached_property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """For each column the labels above it."""
        if self.given is not None:
            return self.given
        return _in_order(self, tuple(self.grid.header_paths(self.header, self.beside)))

    @cached_property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """The paths, each label less its unit, year and marker."""
        return tuple(tuple(reduced(text) for text in path) for path in self.paths)

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """What each column holds below the header, but for rows of totals, whose label may reach over several."""
        counts = [dict.fromkeys(("blank", "digits", "amount", "text"), 0) for _ in range(self.grid.column_count)]
        plain = [row for row in self.body if not _begins_with_total(self.grid, row)]
        for row in plain or self.body:
            for cell in self.grid.cells(row):
                if cell.column < len(counts):
                    counts[cell.column][self.grid.held(cell)] += 1
        return tuple(Held(each["blank"], each["digits"], each["amount"], each["text"]) for each in counts)

    @cached_property
    def beside_classification(self) -> frozenset[int]:
        """The columns of 政府预算经济分类 that only tell again what 部门预算经济分类 beside them names.

        Where figures stand between the two, as in a balance, each has rows of its own.
        """
        parts = vocabulary.columns().code_parts
        naming = [
            column
            for column, path in enumerate(self.labels)
            if path and (_names_rows(path[-1]) or path[-1] in parts)
        ]
        government = {column for column in naming if any(_GOVERNMENT.search(text) for text in self.paths[column])}
        others = [column for column in naming if column not in government]
        if not government or not others or self.two_sided:
            return frozenset()
        between = range(min(naming), max(naming) + 1)
        paid = any(self.held[column].pays and column not in naming for column in between)
        return frozenset() if paid else frozenset(government)

    @cached_property
    def row_labels(self) -> list[str]:
        """The labels of the rows less their markers: the texts of cells without figures, but for totals."""
        return [
            _LISTED.sub("", self.grid.label(cell))
            for row in self.body
            for cell in self.grid.filled(row)
            if cell.column not in self.beside_classification
            if self.grid.held(cell) == "text" and not ends_in_total(cell.text)
        ]

    @cached_property
    def classification(self) -> Classification | None:
        """Which classification most codes in the rows are of; None where there are few or they are mixed."""
        counts = dict.fromkeys(_CLASSES, 0)
        for row in self.body:
            for cell in self.grid.filled(row):
                match = _CLASSIFIED.match(self.grid.label(cell))
                if cell.column in self.beside_classification:
                    continue
                if match and self.grid.held(cell) != "amount":
                    counts[match[1]] += 1
        best = max(counts, key=lambda first: counts[first])
        whole = sum(counts.values())
        return _CLASSES[best] if counts[best] > 1 and counts[best] * 4 >= whole * 3 else None

    @cached_property
    def two_sided(self) -> bool:
        """Whether the header has income beside expenditure, each with names of its own."""
        tops = {text for path in self.labels for text in path[:1]}
        income = any(text.endswith("收入") for text in tops)
        expenditure = any(text.endswith("支出") for text in tops)
        names = sum(path[-1] in vocabulary.columns().name for path in self.labels if path)
        return income and expenditure and names > 1

    @cached_property
    def header_labels(self) -> tuple[str, ...]:
        """The labels of all header cells."""
        return tuple(text for row in self.header for text in self.grid.labels(row))

    def own(self, row: int, column: int) -> Cell | None:
        """The cell that begins in `row` and `column`; a label of the header that stands in a total's row no."""
        cell = self.grid.own(row, column)
        if cell is None or (row in self.header and (cell.row, cell.column) not in self.beside):
            return None
        return cell


@remembered
def _reduced(plain: str) -> str:
    return _LEAD.sub("", _YEAR.sub("", _UNIT.sub("", plain)))


def reduced(text: str) -> str:
    """A header label less its unit, year and list marker: `2024年预算数(万元)` is `预算数`."""
    return _reduced(label(text))


def frame_of(grid: Grid, first: int = 0) -> Frame | None:
    """The table of `grid` from row `first` on, by its header; None where no header is found."""
    header = header_rows(grid, first)
    return Frame(grid, first, header, grid.row_count) if header else None


def _begins_with_total(grid: Grid, row: int) -> bool:
    first = next((cell for cell in grid.filled(row) if grid.held(cell) == "text"), None)
    return first is not None and ends_in_total(grid.label(first))


def is_body(grid: Grid, row: int, header: Sequence[int]) -> bool:
    """Whether `row` says something of its own: not blank, no column numbers, no header again, no note."""
    cells = grid.filled(row)
    if not cells or (len(cells) == 1 and _NOTE.match(cells[0].text.strip())):
        return False
    return not grid.is_column_numbers(row) and not grid.repeats(row, header)


def header_rows(grid: Grid, first: int = 0) -> tuple[int, ...]:
    """The rows of the header from `first` on: from the first with known labels and no amount, while they go on."""
    end = min(first + _TITLE_ROWS, grid.row_count)
    start = next((row for row in range(first, end) if _opens_header(grid, row)), None)
    if start is None:
        return ()
    while start > first and _groups_those_below(grid, start - 1):
        start -= 1
    rows = [start]
    for row in range(start + 1, min(start + _HEADER_ROWS, grid.row_count)):
        if not _goes_on(grid, row, rows):
            break
        rows.append(row)
    return tuple(rows)


def _opens_header(grid: Grid, row: int) -> bool:
    if grid.has_amounts(row):
        return False
    return len({text for text in grid.labels(row) if is_header_label(_reduced(text))}) > 1


def _groups_those_below(grid: Grid, row: int) -> bool:
    """Whether `row` holds two labels or more, each over columns of the header below, and no caption."""
    cells = grid.filled(row)
    if len(cells) < 2 or grid.has_amounts(row) or any(_CAPTION.search(grid.label(cell)) for cell in cells):
        return False
    return all(cell.column_span > 1 or cell.row_span > 1 for cell in cells)


def _goes_on(grid: Grid, row: int, header: Sequence[int]) -> bool:
    cells = grid.filled(row)
    if not cells:
        return any(
            grid.at(row, column) not in (None, grid.own(row, column)) for column in range(grid.column_count)
        )
    if grid.is_column_numbers(row):
        return any(_is_part(grid, cell) for cell in cells)
    if grid.has_amounts(row) or grid.repeats(row, header):
        return _is_beside_total(grid, row)
    return _names_columns(grid, row)


def _names_columns(grid: Grid, row: int) -> bool:
    """Whether `row`, which has no amounts, holds labels of columns and not of rows."""
    cells, texts = grid.filled(row), grid.labels(row)
    if any(_ENUMERATED.match(text) for text in texts):
        return False
    labels = [_reduced(text) for text in texts]
    known = sum(is_header_label(text) for text in labels)
    if known and len(cells) > 1 and _parts_of_groups(grid, row):
        return True
    if ends_in_total(labels[0]) and (cells[0].column == 0 or len(cells) == 1):
        return known == len(labels) > _LABELS_BESIDE_TOTAL or _is_beside_total(grid, row)
    return known * 2 > len(labels) and (len(cells) > 1 or cells[0].column > 0)


def _is_beside_total(grid: Grid, row: int) -> bool:
    """Whether `row` has labels under wider cells of the row above and, beside them, the name of a total.

    So it is where a heading reaches down beside the total of the columns around it: `类 款 项 合计 12.00 …`.
    """
    cells = grid.filled(row)
    totals = {(cell.row, cell.column) for cell in cells if ends_in_total(grid.label(cell))}
    if not totals:
        return False
    others = _no_labels(grid, row)
    return len(cells) - len(others) > 1 and not totals.isdisjoint(others)


def _no_labels(grid: Grid, row: int) -> frozenset[Place]:
    """The cells of `row` that are no labels of parts of the heading above."""
    return frozenset((cell.row, cell.column) for cell in grid.filled(row) if not _is_part(grid, cell))


def _is_part(grid: Grid, cell: Cell) -> bool:
    """Whether `cell` is a known label under a wider cell, or 类, 款 or 项 beside the numbers of columns."""
    if grid.label(cell) in vocabulary.columns().code_parts and grid.is_column_numbers(cell.row):
        return True
    above = grid.at(cell.row - 1, cell.column) if cell.row else None
    known = not grid.pays(cell) and is_header_label(_reduced(grid.label(cell)))
    return known and above is not None and above.column_span > 1 and above.column_span > cell.column_span


def _parts_of_groups(grid: Grid, row: int) -> bool:
    """Whether every filled cell of `row` stands under a wider cell of the row above."""
    above = [grid.at(row - 1, cell.column) for cell in grid.filled(row)]
    return all(group is not None and group.column_span > 1 for group in above)


@remembered
def is_header_label(text: str) -> bool:
    """Whether a `reduced` label is one the vocabulary knows for a column or a group of columns."""
    return 0 < len(text) <= _LONGEST and _column_labels().fullmatch(text) is not None


@cache
def _column_labels() -> re.Pattern[str]:
    words = vocabulary.columns()
    lists = [
        words.line_no, words.code, words.other_code, words.unit_code, words.name, words.generic, words.groups,
        words.remark, words.earlier, words.compared, *words.bases.values(), *words.columns.values(),
        *(phrases for spec in specs().values() for phrases in spec.fields.values()),
    ]  # fmt: skip
    return re.compile("|".join([*(each.expression for each in lists), *map(re.escape, words.code_parts)]))


def _in_order(frame: Frame, paths: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The `paths` of `frame`, its money columns named in order where the header's cells stand over the wrong ones.

    A text of one cell a line keeps the order of a header, not its spans: the columns of figures and one row of
    labels for figures, as many, then tell which is which.
    """
    paying = [column for column, held in enumerate(frame.held) if held.pays]
    nameless = any(_names_no_figures(tuple(map(reduced, paths[column]))) for column in paying)
    above = [_nearest(frame, column) for column in paying]
    if not nameless and len(set(above)) == len(above):
        return paths
    for row in frame.header:
        texts = [text for text in frame.grid.labels(row) if _names_figures(_reduced(text))]
        if len(texts) == len(paying):
            named = dict(zip(paying, texts, strict=True))
            return tuple(
                (named[column],) if column in named else _without_figures(path)
                for column, path in enumerate(paths)
            )
    return paths


def _nearest(frame: Frame, column: int) -> tuple[int, int] | None:
    """Where the header cell next to `column` that says something begins."""
    cells = (frame.grid.at(row, column) for row in reversed(frame.header))
    return next(((cell.row, cell.column) for cell in cells if cell is not None and frame.grid.label(cell)), None)


def _without_figures(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in path if _names_no_figures((_reduced(text),)))


def _names_no_figures(labels: Sequence[str]) -> bool:
    """Whether the label next to the column is one of numbers, codes or names, or there is none."""
    if not labels:
        return True
    words, leaf = vocabulary.columns(), labels[-1]
    return leaf in words.code_parts or any(
        leaf in phrases for phrases in (words.line_no, words.code, words.other_code, words.unit_code, words.name)
    )


def _names_rows(label_: str) -> bool:
    words = vocabulary.columns()
    return any(label_ in phrases for phrases in (words.code, words.other_code, words.name))


def _names_figures(label_: str) -> bool:
    words = vocabulary.columns()
    return label_ in words.generic or any(label_ in phrases for phrases in words.columns.values())
