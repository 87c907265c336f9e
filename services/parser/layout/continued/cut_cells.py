"""Tells from where a cell's lines end whether its text goes on over a page break."""

from collections.abc import Sequence
from typing import Final

from services.parser.layout.continued.cut_rows import Rows
from services.parser.wording import half_widths, is_number, squeezed
from shared.schemas.document import Cell

_SHORT: Final = range(2, 7)
"""Characters of a label that fits its line with room to spare."""
_HEADER: Final = 4
"""Rows of a header that a page break may cut."""
_WRAPPED: Final = 0.5
"""Share of a header's cells that have several lines where its columns are so narrow that all are cut."""


def values_under_labels(above: Sequence[Cell], rest: Sequence[Cell]) -> bool:
    """Whether `rest`, its first column aside, is numbers that stand under short words: a row of its own."""
    labels = {cell.column: squeezed(cell.text) for cell in above}
    pairs = [
        (labels.get(cell.column, ""), squeezed(cell.text)) for cell in rest if cell.column and cell.text.strip()
    ]
    return bool(pairs) and all(
        is_number(value) and len(label) in _SHORT and label[-1].isalpha() for label, value in pairs
    )


def header_goes_on(before: Rows, rest: Sequence[Cell]) -> bool:
    """Whether a page cut the header that is all of `before`: each text that goes on in `rest` fills its line.

    Each text of the last row goes on, or those that do stand in columns so narrow that they have several lines.
    """
    if len(before) > _HEADER:
        return False
    below = {cell.column: cell for cell in rest if cell.text.strip()}
    pairs = [(cell, below[cell.column]) for cell in before[-1] if cell.text.strip() and cell.column in below]
    wrapped = sum("\n" in one.text or "\n" in two.text for one, two in pairs)
    same = all(one.column_span == two.column_span and not is_number(two.text) for one, two in pairs)
    filled = sum(bool(cell.text.strip()) for cell in before[-1])
    full = all(_ending(one) >= _widest([two]) for one, two in pairs)
    narrow = len(pairs) == len(below) and all("\n" in one.text for one, _ in pairs)
    goes_on = len(pairs) > 1 and (len(pairs) == filled or narrow)
    return goes_on and same and full and wrapped >= _WRAPPED * len(pairs)


def labels_that_go_on(before: Rows, rest: Sequence[Cell]) -> list[Cell]:
    """The labels of `rest` that are the ends of those above them, where a page cut a header of two rows.

    The other labels of `rest` are its own: each stands under one over several columns.
    """
    if len(before) > _HEADER or any(is_number(cell.text) for cell in (*before[-1], *rest)):
        return []
    above = {cell.column: cell for cell in before[-1] if cell.text.strip()}
    own = {place for cell in above.values() for place in range(cell.column, cell.column + cell.column_span)}
    more = [cell for cell in rest if cell.text.strip()]
    ends = [cell for cell in more if cell.column in above and above[cell.column].column_span == cell.column_span]
    full = all(_ending(above[cell.column]) >= _widest([cell]) for cell in ends)
    parts = all(cell.column in own for cell in more) and len(ends) < len(more)
    return ends if len(ends) > 1 and full and parts else []


def label_goes_on(before: Rows, body: Rows) -> bool:
    """Whether the label of the last row of `before` fills its line and so goes on in the first cell of `body`.

    The rest of that row is values that stand under the words beside the label.
    """
    label, more = before[-1][0], body[0][0]
    if label.column or more.column or not label.text.strip() or not more.text.strip():
        return False
    column = [cell for row in before for cell in row if not cell.column and cell.column_span == label.column_span]
    is_full = any("\n" in cell.text for cell in column) and _ending(label) >= _widest([*column, more])
    return is_full and values_under_labels(before[-1], body[0])


def label_stands_beside(before: Rows, body: Rows) -> bool:
    """Whether the label that opens `body` stands beside the last row of `before` too: a page cut the cell over it.

    There the row has no label, as no other row of the form has; a number or code is of its own row alone.
    """
    label, more = before[-1][0], body[0][0]
    alike = label.column == more.column == 0 and label.column_span == more.column_span
    if not alike or label.text.strip() or not more.text.strip() or label.row_span > 1 or is_number(more.text):
        return False
    others = [row for row in (*before[:-1], *body[1:]) if any(cell.text.strip() for cell in row)]
    under = [row[0].text.strip() for row in others if row and not row[0].column]
    return len(under) > 1 and all(under) and any(cell.text.strip() for cell in before[-1])


def _ending(cell: Cell) -> int:
    """The width of the cell's last line, in half Chinese characters."""
    return half_widths(cell.text.rstrip().rpartition("\n")[2].strip())


def _widest(cells: Sequence[Cell]) -> int:
    return max(half_widths(line.strip()) for cell in cells for line in cell.text.split("\n"))
