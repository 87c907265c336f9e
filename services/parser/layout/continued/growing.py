"""A table that may go on after a page break, and the test whether the next one is its continuation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from services.parser.grid import with_blanks
from services.parser.layout.continued.columns import (
    Columns,
    at_break,
    by_edges,
    by_header,
    by_labels,
    same,
    together,
)
from services.parser.layout.continued.cut_cells import (
    header_goes_on,
    label_goes_on,
    label_stands_beside,
    labels_that_go_on,
    values_under_labels,
)
from services.parser.layout.continued.cut_rows import Rows, covering, goes_on, joined
from services.parser.layout.continued.running import AGAIN
from services.parser.wording import is_number, is_table_title, names_total, squeezed
from shared.schemas.document import Cell, Table

_LABEL: Final = 40
_TOP: Final = 4
"""Rows from a table's top in which any header row may stand; further down only a full one."""
_NEAR: Final = 20
"""Rows before a page break whose values tell what stands in a column."""
_ALIKE: Final = 0.8
_FEW_LETTERS: Final = 8
_MANY_LETTERS: Final = 400
"""Characters of header rows between which one may be known again although a word was read wrongly."""
_LABELLED: Final = re.compile("[^：:]{1,8}[：:]")
_DASHES: Final = "-—–－*"


@dataclass(frozen=True)
class _Match:
    """Where a piece repeats the header of the table, over how many rows, and the joint grid.

    Where it repeats none, `start` is the first of the rows at the table's end that the piece goes on with.
    """

    start: int
    count: int
    columns: Columns


@dataclass
class Growing:
    """A table with what was joined to it so far."""

    table: Table
    edges: tuple[float, ...] | None
    rows: Rows = field(init=False)
    columns: int = field(init=False)
    last_page: int | None = field(init=False)
    body: int = field(init=False, default=0)
    """The row after the header rows that a continuation repeated."""
    _heads: list[int] = field(init=False)
    """Rows of the first part that may be of its header."""
    _grown: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.rows = _closed(rows_of(self.table))
        self.columns = self.table.column_count
        self.last_page = _last_page(self.table)
        self._heads = [row for row in range(len(self.rows)) if self._may_be_header(row)]

    def take(self, piece: Table, edges: tuple[float, ...] | None, cut: bool) -> bool:
        """Join `piece`, which nothing but running heads separates from this table; False when it is another table.

        `cut` says that a page may have cut the table without a word: else only a repeated header or a row number
        that counts on shows it.
        """
        if self.last_page and piece.page and piece.page != self.last_page + 1:
            return False
        rows = _closed(rows_of(piece))
        match = self._match(piece, rows, edges, cut)
        if match is None:
            return False
        body = [match.columns.moved(row) for row in rows[match.count :]]
        own = self.rows[match.start + match.count :] if match.count else self.rows
        if own and body and len(_texts(body[0])) > 1 and _texts(own[0]) == _texts(body[0]):
            body = _without_total(own, body)
        if not body:
            return False
        if not match.count and not self._same_kind(body[0], match.columns):
            return False
        self._adopt(match)
        self._append(body)
        self._grown = True
        self.last_page = _last_page(piece) or self.last_page
        return True

    def finished(self) -> Table:
        """The whole table; the very one it was when nothing was joined to it."""
        if not self._grown:
            return self.table
        cells = [cell.model_copy(update={"row": row}) for row, line in enumerate(self.rows) for cell in line]
        whole = with_blanks(cells, len(self.rows), self.columns)
        return self.table.model_copy(
            update={"cells": whole, "row_count": len(self.rows), "column_count": self.columns}
        )

    def _match(self, piece: Table, rows: Rows, edges: tuple[float, ...] | None, cut: bool) -> _Match | None:
        """How `piece` fits to this table; None when nothing speaks for it."""
        start, count = self._header(rows)
        if not count:
            for row in self._heads:
                by_label = by_labels(self.rows[row], rows[0], self.columns)
                if by_label is not None:
                    return _Match(row, 1, by_label)
            if self._has_title(rows[0]) or not (cut or self._counts_on(rows[0])):
                return None
        columns: Columns | None = None
        if self.edges and edges:
            columns = by_edges(self.edges, edges, loose=bool(count))
            if columns is None and at_break(self.edges, self.rows[-1], edges, rows[0]):
                start, columns = self._last_table(self.edges), together(self.edges, edges)
        elif piece.column_count == self.columns:
            columns = same(self.columns)
        elif count:
            columns = by_header(self.rows[start], rows, self.columns)
        return _Match(start, count, columns) if columns is not None else None

    def _last_table(self, edges: tuple[float, ...]) -> int:
        """The first of the rows at the end with the last one's borders: tables without a gap are read as one."""
        rows = self.rows
        return next(
            (at + 1 for at in range(len(rows) - 2, -1, -1) if not at_break(edges, rows[at], edges, rows[-1])), 0
        )

    def _header(self, rows: Rows) -> tuple[int, int]:
        """(row of this table, count) of the header rows that `rows` repeat at their top; count 0 for none."""
        best = (0, 0)
        for start in self._heads:
            count = 0
            while (
                count < min(len(rows), _TOP)
                and start + count < len(self.rows)
                and _is_labels(rows[count])
                and _alike(_texts(self.rows[start + count]), _texts(rows[count]))
            ):
                count += 1
            if count > best[1] and any(len(_texts(row)) > 1 for row in rows[:count]):
                best = (start, count)
        return best

    def _has_title(self, row: Sequence[Cell]) -> bool:
        """Whether `row` is a title: one over all columns, as this table has one, or one that names a table.

        What stands between a title and its header, `单位：万元`, is none.
        """
        over_all = all(len(line) == 1 and line[0].text.strip() for line in (self.rows[0], row))
        return (over_all and not _LABELLED.match(squeezed(row[0].text))) or is_table_title(
            [cell.text.strip() for cell in row]
        )

    def _may_be_header(self, row: int) -> bool:
        filled = sum(cell.column_span for cell in self.rows[row] if cell.text.strip())
        full = filled >= self.columns - 1 and len(_texts(self.rows[row])) >= _TOP
        return _is_labels(self.rows[row]) and (row < _TOP or full)

    def _adopt(self, match: _Match) -> None:
        """Move to the joint grid, and remember where the header that was repeated ends."""
        columns = match.columns
        if columns.own is not None:
            self.rows = [columns.moved_own(row) for row in self.rows]
        self.rows[match.start].extend(columns.added)
        self.columns, self.edges = columns.count, columns.edges
        self.body = max(self.body, match.start + match.count)

    def _append(self, body: Rows) -> None:
        before = self.rows[self.body :] or self.rows[-1:]
        is_cut = len(self.rows) > self.body and self._is_cut(before, body)
        if is_cut:
            joined(self.rows, body[0])
            body = body[1:]
        elif not self.body and (ends := labels_that_go_on(before, body[0])):
            joined(self.rows, [cell.model_copy(update={"row_span": cell.row_span + 1}) for cell in ends])
            body = [[cell for cell in body[0] if cell not in ends], *body[1:]]
        if body and (label_goes_on(before, body) or label_stands_beside(before, body)):
            label, *values = body[0]
            joined(self.rows, [label.model_copy(update={"row_span": label.row_span + 1})])
            body = [values, *body[1:]]
        elif not is_cut:
            body = [self._extended(body[0]), *body[1:]]
        self.rows.extend(body)

    def _is_cut(self, before: Rows, body: Rows) -> bool:
        """Whether the first row of `body` is the rest of the last row of `before`."""
        if not self.body and header_goes_on(before, body[0]):
            return True
        if _is_over(before[-1], body) or values_under_labels(before[-1], body[0]):
            return False
        return goes_on(before, body)

    def _extended(self, row: list[Cell]) -> list[Cell]:
        """`row` less the blank rests of merged cells, which the cells above the break cover instead."""
        kept = []
        for cell in row:
            place = covering(self.rows, len(self.rows) - 1, cell.column)
            above = self.rows[place[0]][place[1]] if place else None
            if (
                above is not None
                and place is not None
                and cell.row_span > 1
                and not cell.text.strip()
                and (above.column, above.column_span) == (cell.column, cell.column_span)
            ):
                span = above.row_span + cell.row_span
                self.rows[place[0]][place[1]] = above.model_copy(update={"row_span": span})
            else:
                kept.append(cell)
        return kept

    def _counts_on(self, row: Sequence[Cell]) -> bool:
        """Whether `row` bears the number after the last row's."""
        last, first = self.rows[-1], row
        numbers = [squeezed(line[0].text) if line and line[0].column == 0 else "" for line in (last, first)]
        return all(number.isdecimal() for number in numbers) and int(numbers[1]) == int(numbers[0]) + 1

    def _same_kind(self, row: Sequence[Cell], columns: Columns) -> bool:
        """Whether `row` has no label where this table has numbers; one over several columns is a row's name."""
        lines = [columns.moved_own(line) if columns.own else line for line in self.rows[-_NEAR:]]
        for cell in row:
            own = [squeezed(each.text) for line in lines for each in line if each.column == cell.column]
            values = [text for text in own if text]
            numbers = sum(is_number(text) for text in values)
            text = squeezed(cell.text)
            is_label = bool(text.strip(_DASHES)) and not is_number(text) and not names_total(text)
            if is_label and cell.column_span == 1 and len(values) > 2 and numbers >= _ALIKE * len(values):
                return False
        return True


def rows_of(table: Table) -> Rows:
    """The table's cells by the row they begin in."""
    rows: Rows = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        rows[cell.row].append(cell)
    return rows


def _closed(rows: Rows) -> Rows:
    """`rows` less what lines at a table's sides enclose between its last row and the page's end."""
    is_open = len(rows) > 1 and len(rows[-1]) == 1 and not _texts(rows[-1])
    return rows[:-1] if is_open else rows


def _without_total(own: Rows, body: Rows) -> Rows:
    """`body` less the total that a print repeats below the header; none where all is printed again."""
    is_total = any(map(names_total, _texts(body[0])))
    goes_on_otherwise = len(own) > 1 and len(body) > 1 and _texts(own[1]) != _texts(body[1])
    return body[1:] if is_total and goes_on_otherwise else []


def _is_over(row: Sequence[Cell], body: Rows) -> bool:
    """Whether `row` is the header over `body`: column numbers, or labels where `body` has numbers."""
    if _counts_columns(_texts(row)):
        return True
    for cell in row:
        values = [each.text for line in body[:_TOP] for each in line if each.column == cell.column and each.text]
        text = squeezed(cell.text)
        if len(values) > 1 and all(map(is_number, values)) and text.strip(_DASHES) and not is_number(text):
            return True
    return False


def _counts_columns(texts: Sequence[str]) -> bool:
    """Whether a row's texts are a label and column numbers: 栏次, 1, 2, 3; one of many may be spoilt."""
    right = sum(text == str(number) for number, text in enumerate(texts[1:], 1))
    return right > 1 and right >= _ALIKE * (len(texts) - 1)


def _texts(row: Sequence[Cell]) -> list[str]:
    return [text for text in (squeezed(cell.text) for cell in row) if text]


def _is_labels(row: Sequence[Cell]) -> bool:
    """Whether `row` has labels or column numbers only."""
    texts = _texts(row)
    if any(map(is_number, texts)):
        return _counts_columns(texts)
    return bool(texts) and all(len(text) <= _LABEL for text in texts)


def _alike(one: Sequence[str], two: Sequence[str]) -> bool:
    """Whether two rows are the same header row, one word read wrongly or broken elsewhere at most."""
    if len(one) < 2 or not two:
        return [AGAIN.sub("", text) for text in one] == [AGAIN.sub("", text) for text in two]
    if _counts_columns(one) and _counts_columns(two):
        return len(one) == len(two)
    if len(one) == len(two):
        same_texts = sum(left == right for left, right in zip(one, two, strict=True))
        if same_texts >= _ALIKE * len(one):
            return True
    left, right = "".join(one), "".join(two)
    fewer, more = sorted((len(left), len(right)))
    if fewer < _FEW_LETTERS or more > _MANY_LETTERS or any(text.isdecimal() for text in two):
        return False
    return SequenceMatcher(None, left, right, autojunk=False).ratio() >= 0.9


def _last_page(table: Table) -> int | None:
    pages = [cell.page for cell in table.cells if cell.page]
    return max(pages) if pages else table.page
