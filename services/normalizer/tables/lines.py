"""A row of a budget table: what each part of it says it is, and which cell stands in which money column."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from services.normalizer.language import money, vocabulary
from services.normalizer.language import text as wording
from services.normalizer.language.totals import ends_in_total, is_partial, is_total, names_several
from services.normalizer.tables.columns import Part
from services.normalizer.tables.recognise import KnownTable
from shared.schemas.document import Cell

_CODE: Final = re.compile(r"[\[(（]?([A-Z]?\d{2,14})[\])）]?")
_FUSED: Final = re.compile(r"[\[(（]?(\d{3}(?:\d{2}){0,4})[\])）]?[-—_. ]?(?=[^\d.,年月日、])(.+)")
_TWO_CODES: Final = re.compile(r"([235])\d{4}\1\d{4}|([235])\d{6}\2\d{6}")
_NAMELESS: Final = "合计"
"""What the only row of a table without names is of."""
_LONGEST_LINE_NO: Final = 100_000
_CLASS, _ITEM = 3, 7
"""Digits of a 类 and of a 项 printed whole."""
_SEEN: Final = 60
"""Rows that show how a table prints its codes."""
_PIECE: Final = 2
"""Digits of a 款 or 项 that stands alone."""


@dataclass(frozen=True)
class Line:
    """What a row says of itself on one side: its number, code and name.

    `across` says that it is a total of all the parts side by side, its label drawn over those before;
    `several` that the names of several rows stand in one cell.
    """

    line_no: int | None
    code: str | None
    name: str
    across: bool = False
    several: bool = False

    @property
    def counts(self) -> bool:
        """Whether it counts things, not money: `公务用车保有量（辆）`, `国内公务接待批次`."""
        return _counts(self.name)


@wording.remembered
def _counts(name: str) -> bool:
    return bool(_counted().search(wording.label(name)))


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(f"(?:{vocabulary.words().pattern('counted')})+$")


class Said(NamedTuple):
    """One part of a row: what it says it is (None where nothing does), and its cells by money column."""

    row: int
    part: Part
    line: Line | None
    cells: Mapping[int, Cell]


def said_in(table: KnownTable) -> Iterator[Said]:
    """What each part of each row says."""
    above: dict[int, tuple[str, ...]] = {}
    for row in table.body:
        yield from _slid(table, row) or _reaching(list(_said(table, row, above)))


def _reaching(said: Sequence[Said]) -> Iterator[Said]:
    """`said`, a total that pays nothing itself reaching over the nameless parts up to its figure.

    So a total of several groups side by side stands where the source keeps no spans: `公用经费合计 … … 20.00`.
    """
    total: Line | None = None
    for each in said:
        paid = any(not money.is_blank(cell.text) for cell in each.cells.values())
        if each.line is None and paid and total:
            yield Said(each.row, each.part, replace(total, across=is_total(total.name)), each.cells)
        else:
            yield each
        if each.line is not None or paid:
            total = each.line if each.line and not paid and ends_in_total(each.line.name) else None


def _said(table: KnownTable, row: int, above: dict[int, tuple[str, ...]]) -> Iterator[Said]:
    """What each part of `row` says; `above` holds by the number of a part the pieces of the code it had last."""
    for number, part in enumerate(table.columns.parts):
        cells = {
            amount.column: cell
            for amount in part.amounts
            if (cell := table.frame.own(row, amount.column)) is not None and cell.column == amount.column
        }
        pieces, rest = _code(table, part, row)
        last = above.get(number, ())
        above[number] = pieces = _filled(_whole(table, part, pieces, last), last)
        yield Said(row, part, _line(table, part, row, (_joined(pieces) or None, rest)), cells)


def _slid(table: KnownTable, row: int) -> list[Said] | None:
    """A total's row whose figures stand left of their columns; None where `row` is none.

    A total's label is drawn over the columns of codes and names. Where the source keeps the order of cells only (a
    text of one cell a line, a page that begins with this row), what follows the label moved left by as many.
    """
    cells_of_row = table.grid.cells(row)
    if not any(ends_in_total(cell.text) for cell in cells_of_row):
        return None
    groups: list[tuple[Cell, list[Cell]]] = []
    for cell in cells_of_row:
        if table.grid.held(cell) == "text":
            groups.append((cell, []))
        elif groups:
            groups[-1][1].append(cell)
    parts = table.columns.parts
    if not groups or len(groups) > len(parts) or not any(_is_slid(table, parts, each) for each in groups):
        return None
    if len(groups) == len(parts):
        placed = list(zip(parts, groups, strict=True))
    else:
        placed = [*zip(parts, groups[:-1], strict=False), (parts[-1], groups[-1])]
    said = []
    for part, (title, cells) in placed:
        if any(cell.text.strip() for cell in cells[len(part.paying) :]):
            return None
        by_column = dict(zip(part.paying, cells, strict=False))
        own = {amount.column: by_column[amount.column] for amount in part.amounts if amount.column in by_column}
        said.append(Said(row, part, Line(None, None, wording.name(title.text)), own))
    return said


def _is_slid(table: KnownTable, parts: Sequence[Part], group: tuple[Cell, Sequence[Cell]]) -> bool:
    """Whether the label is a total and a figure after it stands where numbers, codes or names should."""
    title, cells = group
    if not ends_in_total(title.text):
        return False
    labelling = {column for part in parts for column in part.labelling}
    return any(cell.column in labelling and table.grid.pays(cell) for cell in cells)


def _line(table: KnownTable, part: Part, row: int, coded: tuple[str | None, str]) -> Line | None:
    """What `row` says it is; `coded` is its code, and what else stands where codes do."""
    line_no = _integer(table, row, part.line_no)
    code, rest = coded
    if part.name is None:
        nameless = not part.labelling and len(table.body) == 1
        return Line(line_no, code, rest or _NAMELESS) if rest or nameless else None
    cell = table.frame.own(row, part.name)
    name = wording.name(cell.text) if cell else rest
    if cell and code is None and (fused := _FUSED.fullmatch(wording.joined(cell.text))):
        code, name = fused[1], wording.name(fused[2])
    name = name or rest or _total(table, part, row) or (_other_name(table, part, row) if code is None else "")
    if is_partial(name) and is_total(name):
        name = _of_group(table, part, row) + name
    across = cell is not None and cell.column < part.columns[0] and is_total(name)
    several = names_several(cell.text if cell else name) or bool(_TWO_CODES.fullmatch(code or ""))
    return Line(line_no, code, name, across, several) if name else None


def _total(table: KnownTable, part: Part, row: int) -> str:
    """What a total calls itself where it stands beside the name, in the column of a unit's code or the like."""
    start = 0 if part is table.columns.parts[0] else part.columns[0]
    cells = (table.frame.own(row, column) for column in range(start, min(part.paying)))
    return next((wording.name(cell.text) for cell in cells if cell and ends_in_total(cell.text)), "")


def _other_name(table: KnownTable, part: Part, row: int) -> str:
    """The unit or group a row is the sum of, where these have columns of their own beside the accounts."""
    cells = (table.frame.own(row, column) for column in part.others)
    return next((wording.name(cell.text) for cell in cells if cell and cell.text.strip()), "")


def _of_group(table: KnownTable, part: Part, row: int) -> str:
    """The group that a 小计 is of, where groups have a column of their own left of it."""
    names = (wording.name(table.grid.text(row, column)) for column in part.others if column != part.name)
    return next((name for name in names if name and not ends_in_total(name)), "")


def _integer(table: KnownTable, row: int, column: int | None) -> int | None:
    if column is None:
        return None
    value: Decimal | None = money.number(table.grid.text(row, column))
    whole = value is not None and value == value.to_integral_value() and value < _LONGEST_LINE_NO
    return int(value) if value is not None and whole else None


def _code(table: KnownTable, part: Part, row: int) -> tuple[tuple[str, ...], str]:
    """The pieces of the code of `row`, and what else stands in the code columns (`合计`)."""
    pieces = ["" for _ in part.codes]
    words = ""
    for number, column in enumerate(part.codes):
        cell = table.frame.own(row, column)
        if cell is None or cell.column != column or cell.column == part.name:
            continue
        text = wording.code(cell.text)
        if match := _CODE.fullmatch(text):
            pieces[number] = match[1]
        elif number and text.isdigit():
            pieces[number] = text.zfill(2)
        elif not money.is_blank(text):
            words = wording.name(cell.text)
    return tuple(pieces), words


def _whole(table: KnownTable, part: Part, pieces: tuple[str, ...], above: tuple[str, ...]) -> tuple[str, ...]:
    """The code of a 款 printed as two digits under its 类, in one column whose 项 are printed whole."""
    last = "".join(above)
    if len(part.codes) != 1 or len(pieces[0]) != _PIECE or len(last) < _CLASS or not _has_items(table, part):
        return pieces
    return (last[:_CLASS] + pieces[0],)


def _has_items(table: KnownTable, part: Part) -> bool:
    cells = (table.frame.own(row, part.codes[0]) for row in table.body[:_SEEN])
    return any(cell is not None and len(wording.code(cell.text)) == _ITEM for cell in cells)


def _filled(pieces: tuple[str, ...], above: tuple[str, ...]) -> tuple[str, ...]:
    """`pieces` with those left blank before the last as in the row above: 款 and 项 under a 类 printed once."""
    last = max((number for number, piece in enumerate(pieces) if piece), default=-1)
    if last < 1 or len(pieces[last]) > _PIECE or not above:
        return pieces
    return tuple(piece or above[number] if number < last else piece for number, piece in enumerate(pieces))


def _joined(pieces: Sequence[str]) -> str:
    """The code of 类, 款, 项 in columns of their own, whether each prints its own digits or the code so far."""
    whole = ""
    for piece in pieces:
        whole = piece if whole and piece.startswith(whole) else whole + piece
    return whole
