"""Tells whether a row goes on from the row above it over a page break, and joins the two."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from services.parser.reading import less_certain
from services.parser.wording import is_number, is_total, names_total, squeezed
from shared.schemas.document import Cell

Rows = list[list[Cell]]
"""The cells that begin in each row; their own `row` means nothing here."""

_KEY: Final = 0.9
"""Share of rows that fill a column which no whole row leaves blank."""
_SPARSE: Final = 0.6
"""Share of its neighbour's filled cells that a row's leftover fills at most."""
_LONGEST_SPAN: Final = 2000
_NEAR: Final = 60
"""Rows before and after the break that are looked at."""
_ENDING: Final = 2
"""Characters by which a column's texts may end alike."""
_USUAL: Final = 0.8
"""Share of a column's texts that must end so."""
_LABEL_AND_TEXT: Final = 2
"""Filled cells of a form's row, in which only the text is long enough to be cut."""
_FEW: Final = 3
_ENOUGH: Final = 5
_DIGITS: Final = re.compile(r"[\d,.]+")
_AMOUNT: Final = re.compile(r"\d[\d,]*\.(\d+)")
_WHOLE: Final = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_VALUE: Final = re.compile(r"[-—–－]{1,2}|[≥≤＞＜><=＝]?\d[\d,.]*(?:[%％]|[^\W\d年月日]{1,3})?")
"""A dash for nothing, or a number with its operator and unit; dates go on over lines."""
_JOINED: Final = re.compile(r"\d[\d,]*(?:\.(\d+))?")


def goes_on(before: Rows, after: Rows) -> bool:
    """Whether the first row of `after` is the rest of the last row of `before`.

    Both are rows of values, without header rows, on one grid. A whole row fills the columns that every other row
    fills; a rest leaves one of them blank, or holds the last digits of a number. A row without any text is the
    empty end or beginning of its neighbour.
    """
    above, rest = before[-1], after[0]
    sample = [*before[-_NEAR:-1], *after[1:_NEAR]]
    columns = [_filled(before[-_NEAR:])[-1], _filled(after[:1])[0]]
    values = _values(above, rest, sample)
    parted = _parted(above, rest) or _parted(rest, above)
    if parted or not all(columns) or values is not None:
        return not parted and (not all(columns) or bool(values))
    if _ends_name(above, rest) or (_serial(sample) and 0 not in columns[1]):
        return True
    key = _key_columns(_filled(sample), [*sample, above, rest])
    slots = [_Slot(cell, rest, key) for cell in above]
    filled, kept = sum(slot.filled for slot in slots), sum(slot.kept for slot in slots)
    sparse = kept <= _SPARSE * filled
    if len(sample) < _FEW or filled <= _LABEL_AND_TEXT:
        return sparse and (filled - kept > 1 or not slots[0].kept)
    keys = [slot for slot in slots if slot.key and slot.filled]
    blank = sum(not slot.kept for slot in keys)
    if not blank:
        return False
    if not keys[0].kept:
        return sparse or len(sample) >= _ENOUGH
    completed = {_completed(slot, sample) for slot in keys if slot.kept}
    return False not in completed and (True in completed or (sparse and 2 * blank >= len(keys)))


def _parted(row: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Whether a text of `row` stands over or under several of `other`: then neither goes on in the other."""
    filled = [cell for cell in other if cell.text.strip()]
    return any(
        sum(cell.column <= each.column < cell.column + cell.column_span for each in filled) > 1
        for cell in row
        if cell.text.strip() and cell.column_span > 1
    )


@dataclass(frozen=True)
class _Slot:
    """A cell of the row above a page break, and what the row below has in its place."""

    above: Cell
    below: Sequence[Cell]
    key_columns: AbstractSet[int]

    @property
    def filled(self) -> bool:
        return bool(self.above.text.strip())

    @property
    def rest(self) -> str:
        """The text below."""
        end = self.above.column + self.above.column_span
        return "".join(squeezed(cell.text) for cell in self.below if self.above.column <= cell.column < end)

    @property
    def kept(self) -> bool:
        return bool(self.rest)

    @property
    def key(self) -> bool:
        """Whether every whole row has text here."""
        return self.key_columns >= set(range(self.above.column, self.above.column + self.above.column_span))


def _completed(slot: _Slot, sample: Sequence[Sequence[Cell]]) -> bool | None:
    """Whether the text below completes the one above to what its column's texts end with.

    False when both end so on their own; None when the column has no such ending or nothing follows from it.
    """
    texts = [squeezed(cell.text) for row in sample for cell in row if cell.column == slot.above.column]
    endings = Counter(text[-_ENDING:] for text in texts if text)
    if not endings:
        return None
    ending, count = endings.most_common(1)[0]
    if count < max(_FEW, _USUAL * endings.total()):
        return None
    head = squeezed(slot.above.text)
    if head.endswith(ending):
        return False if slot.rest.endswith(ending) else None
    return True if (head + slot.rest).endswith(ending) else None


def joined(before: Rows, rest: Sequence[Cell]) -> None:
    """Add the texts of `rest` to the cells of the last row of `before`, a line break between the pieces."""
    row = before[-1]
    for cell in rest:
        place = covering(before, len(before) - 1, cell.column)
        if place is None:
            row.append(cell.model_copy(update={"row_span": 1}))
            row.sort(key=lambda each: each.column)
            continue
        number, index = place
        whole = before[number][index]
        text = "\n".join(filter(None, (whole.text, cell.text)))
        before[number][index] = whole.model_copy(
            update={
                "text": text,
                "row_span": whole.row_span + cell.row_span - 1,
                "confidence": less_certain(whole.confidence, cell.confidence),
            }
        )


def covering(rows: Rows, row: int, column: int) -> tuple[int, int] | None:
    """(row, index in it) of the cell that covers the place, or None."""
    for number in range(row, max(-1, row - _LONGEST_SPAN), -1):
        for index, cell in enumerate(rows[number]):
            if cell.column <= column < cell.column + cell.column_span and number + cell.row_span > row:
                return number, index
    return None


def _filled(rows: Sequence[Sequence[Cell]]) -> list[set[int]]:
    """For each row the columns that a cell with text covers."""
    filled: list[set[int]] = [set() for _ in rows]
    for number, row in enumerate(rows):
        for cell in row:
            if cell.text.strip():
                for covered in filled[number : number + cell.row_span]:
                    covered.update(range(cell.column, cell.column + cell.column_span))
    return filled


def _key_columns(filled: Sequence[set[int]], rows: Sequence[Sequence[Cell]]) -> set[int]:
    """The columns that (nearly) every row fills on its own."""
    counts = Counter(column for columns in filled for column in columns)
    merged = {
        column
        for row in rows
        for cell in row
        if cell.row_span > 1
        for column in range(cell.column, cell.column + cell.column_span)
    }
    return {column for column, count in counts.items() if count >= _KEY * len(filled)} - merged


def _serial(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first column counts the rows."""
    texts = [squeezed(row[0].text) if row and row[0].column == 0 else "" for row in rows]
    numbers = list(itertools.dropwhile(lambda text: not text.isdecimal(), texts))
    if len(numbers) < _FEW or not all(number.isdecimal() for number in numbers):
        return False
    return all(int(one) < int(two) for one, two in itertools.pairwise(numbers))


def _values(above: Sequence[Cell], rest: Sequence[Cell], sample: Sequence[Sequence[Cell]]) -> bool | None:
    """True when `rest` has the last digits of a number in `above`, False when it has values of its own.

    A cell that holds a whole value does not go on in another one.
    """
    usual = _decimals(sample)
    completed = cut_code = whole = False
    texts = {cell.column: squeezed(cell.text) for cell in above}
    for cell in rest:
        head, tail = texts.get(cell.column, ""), squeezed(cell.text)
        if _DIGITS.fullmatch(head) and _DIGITS.fullmatch(tail):
            number = _JOINED.fullmatch(head + tail)
            decimals = number and number.group(1)
            if number is None or (decimals and usual and len(decimals) > usual):
                return False
            if decimals and "." in head and len(decimals) == usual:
                completed = True
            elif _is_cut_code(head, tail, cell.column, sample):
                cut_code = True
            else:
                whole = whole or not (_is_part(head) or _is_part(tail))
        else:
            whole = whole or bool(_VALUE.fullmatch(head) and _VALUE.fullmatch(tail))
    return True if completed or (cut_code and not whole) else False if whole else None


def _is_cut_code(head: str, tail: str, column: int, sample: Sequence[Sequence[Cell]]) -> bool:
    """Whether only together the digits are as long as others of the column, as codes of a few lengths are."""
    texts = (squeezed(cell.text) for row in sample for cell in row if cell.column == column)
    lengths = {len(text) for text in texts if text.isdecimal()}
    return len(head) not in lengths and len(head + tail) in lengths


def _is_part(digits: str) -> bool:
    """Whether `digits` are no whole number: a comma or a point stands at an end, or before too few digits."""
    return _WHOLE.fullmatch(digits) is None


def _ends_name(above: Sequence[Cell], rest: Sequence[Cell]) -> bool:
    """Whether `rest` is nothing but the word for a total, which the name of the figures in `above` ends with."""
    filled = [cell for cell in rest if cell.text.strip()]
    if len(filled) != 1 or not is_total(filled[0].text):
        return False
    heads = [squeezed(cell.text) for cell in above if cell.column == filled[0].column]
    figures = any(is_number(cell.text) for cell in above if cell.text.strip())
    return figures and any(head and not is_number(head) and not names_total(head) for head in heads)


def _decimals(rows: Sequence[Sequence[Cell]]) -> int | None:
    """How many decimals every amount in `rows` is printed with; None when they differ or are few."""
    amounts = [_AMOUNT.fullmatch(squeezed(cell.text)) for row in rows for cell in row]
    counts = Counter(len(amount.group(1)) for amount in amounts if amount)
    return next(iter(counts)) if len(counts) == 1 and counts.total() >= _FEW else None
