"""Tables of plain text whose columns only stand under each other, with spaces between them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.parser.wording import half_widths, is_number

_TEXT: Final = re.compile(r"\S+(?: \S+)*")
"""What stands between two spaces or more; an ideographic space is as wide as two."""
_FEWEST_ROWS: Final = 3
_FEWEST_FIGURES: Final = 2
"""Rows of a table at least, and rows of it that end in an amount."""


@dataclass(frozen=True)
class _Piece:
    """A text of a line, and the places it takes: from `start` to before `end`, a Chinese character taking two."""

    text: str
    start: int
    end: int


def with_aligned_rows(lines: Sequence[str]) -> list[str]:
    """`lines`, rows of columns that stand under each other as cells between tabs."""
    made: list[str] = []
    run: list[str] = []
    for line in [*lines, ""]:
        if line.strip() and "\t" not in line:
            run.append(line)
            continue
        made += _aligned(run)
        made.append(line)
        run = []
    return made[:-1]


def _aligned(run: Sequence[str]) -> list[str]:
    """The lines between two blank ones, those from the first to the last row of a table as its rows."""
    pieces = [_pieces(line) for line in run]
    rows = [number for number, each in enumerate(pieces) if len(each) > 1]
    if len(rows) < _FEWEST_ROWS:
        return list(run)
    first, last = rows[0], rows[-1]
    figures = [each for each in pieces[first : last + 1] if len(each) > 1 and _is_amount(each[-1].text)]
    columns = _columns(piece for each in figures for piece in each)
    if len(figures) < _FEWEST_FIGURES or len(columns) < 2:
        return list(run)
    table = ["\t".join(_cells(each, columns)) for each in pieces[first : last + 1]]
    return [*run[:first], *table, *run[last + 1 :]]


def _is_amount(text: str) -> bool:
    """Whether `text` is a number that no page and no year is."""
    return is_number(text) and not text.isdecimal()


def _pieces(line: str) -> list[_Piece]:
    plain = line.rstrip().replace("\u3000", "  ")
    widths = [half_widths(character) for character in plain]
    return [
        _Piece(match[0], sum(widths[: match.start()]), sum(widths[: match.end()]))
        for match in _TEXT.finditer(plain)
    ]


def _columns(pieces: Iterable[_Piece]) -> list[tuple[int, int]]:
    """The places that `pieces` take together, a pair for each column, from left to right."""
    columns: list[tuple[int, int]] = []
    for piece in sorted(pieces, key=lambda piece: piece.start):
        if columns and piece.start <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], piece.end))
        else:
            columns.append((piece.start, piece.end))
    return columns


def _cells(pieces: Sequence[_Piece], columns: Sequence[tuple[int, int]]) -> list[str]:
    """The texts of a line by column: each in the one that it shares most places with, else the nearest."""
    cells = [""] * len(columns)
    for piece in pieces:
        near = max(range(len(columns)), key=lambda each: _shared(piece, columns[each]))
        cells[near] = f"{cells[near]} {piece.text}".strip()
    return cells


def _shared(piece: _Piece, column: tuple[int, int]) -> int:
    """How many places `piece` shares with `column`; less than none where they lie apart."""
    return min(piece.end, column[1]) - max(piece.start, column[0])
