"""Brings the columns of a table's two parts onto one grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.parser.wording import squeezed
from shared.schemas.document import Cell

_NEAR: Final = 4.0
"""Points by which one border may lie apart on two pages."""


@dataclass(frozen=True)
class Columns:
    """The joint grid: how many columns, and where each border of either part lies in it."""

    count: int
    piece: Mapping[int, int]
    """Column border of the part that follows → border of the joint grid."""
    own: Mapping[int, int] | None = None
    """The same for the part before; None when nothing moves there."""
    edges: tuple[float, ...] | None = None

    def moved(self, row: Sequence[Cell]) -> list[Cell]:
        """A row of the part that follows on the joint grid."""
        return [_moved(cell, self.piece) for cell in row if cell.column in self.piece]

    def moved_own(self, row: Sequence[Cell]) -> list[Cell]:
        """A row of the part before on the joint grid."""
        return [_moved(cell, self.own or {}) for cell in row]


def _moved(cell: Cell, borders: Mapping[int, int]) -> Cell:
    left = borders.get(cell.column, cell.column)
    right = borders.get(cell.column + cell.column_span, left + cell.column_span)
    return cell.model_copy(update={"column": left, "column_span": max(1, right - left)})


def same(count: int) -> Columns:
    """Both parts have the same `count` columns."""
    return Columns(count, {border: border for border in range(count + 1)})


def by_edges(own: tuple[float, ...], piece: tuple[float, ...], loose: bool) -> Columns | None:
    """The joint grid of both parts' borders on the page; None when they are not one table's.

    The outer borders must agree. Of the inner ones one part's must be among the other's, unless a repeated header
    (`loose`) shows that the parts belong together.
    """
    if abs(own[0] - piece[0]) > 2 * _NEAR or abs(own[-1] - piece[-1]) > 2 * _NEAR:
        return None
    only_own = [x for x in own[1:-1] if not _among(x, piece)]
    only_piece = [x for x in piece[1:-1] if not _among(x, own)]
    if only_own and only_piece and not loose:
        return None
    union = tuple(sorted([*own, *only_piece]))
    return Columns(
        count=len(union) - 1,
        piece={number: _nearest(x, union) for number, x in enumerate(piece)},
        own={number: _nearest(x, union) for number, x in enumerate(own)} if only_piece else None,
        edges=union,
    )


def _among(x: float, edges: Sequence[float]) -> bool:
    return any(abs(x - edge) <= _NEAR for edge in edges)


def _nearest(x: float, edges: Sequence[float]) -> int:
    return min(range(len(edges)), key=lambda number: abs(edges[number] - x))


def by_header(own: Sequence[Cell], rows: Sequence[Sequence[Cell]], count: int, piece_count: int) -> Columns | None:
    """The joint grid when the header row `own` and the first of `rows` have the same labels in other columns.

    A column of the following part that has no label must be blank all the way down.
    """
    labels = [cell for cell in own if squeezed(cell.text)]
    repeated = [cell for cell in rows[0] if squeezed(cell.text)]
    if len(labels) != len(repeated) or any(cell.column_span > 1 for cell in repeated):
        return None
    piece = {theirs.column: ours.column for ours, theirs in zip(labels, repeated, strict=True)}
    if any(squeezed(cell.text) and cell.column not in piece for row in rows for cell in row):
        return None
    for number in range(1, piece_count + 1):
        if number not in piece:
            piece_end = piece.get(number - 1)
            if piece_end is not None:
                piece.setdefault(number, piece_end + 1)
    return Columns(count, piece)
