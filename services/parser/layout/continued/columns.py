"""Brings the columns of a table's two parts onto one grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.parser.wording import squeezed
from shared.schemas.document import Cell

_NEAR: Final = 4.0
"""Points by which one border may lie apart on two pages."""
_SHARED: Final = 0.75
"""Share of the labels that two parts of a table have in common when one of them lost a column."""
_FEWEST: Final = 4


@dataclass(frozen=True)
class Columns:
    """The joint grid: how many columns, and where each border of either part lies in it."""

    count: int
    piece: Mapping[int, int]
    """Column border of the part that follows → border of the joint grid."""
    own: Mapping[int, int] | None = None
    """The same for the part before; None when nothing moves there."""
    edges: tuple[float, ...] | None = None
    added: tuple[Cell, ...] = ()
    """Labels of columns that only the part that follows has, at their places in the header row."""

    def moved(self, row: Sequence[Cell]) -> list[Cell]:
        """A row of the part that follows on the joint grid."""
        return [_moved(cell, self.piece) for cell in row if cell.column in self.piece]

    def moved_own(self, row: Sequence[Cell]) -> list[Cell]:
        """A row of the part before on the joint grid."""
        return [_moved(cell, self.own or {}) for cell in row]


def _moved(cell: Cell, borders: Mapping[int, int]) -> Cell:
    left = borders.get(cell.column, cell.column)
    last = borders.get(cell.column + cell.column_span - 1, left)
    right = borders.get(cell.column + cell.column_span, last + 1)
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
    return _joint(own, piece, only_piece)


def at_break(
    own: tuple[float, ...], above: Sequence[Cell], piece: tuple[float, ...], below: Sequence[Cell]
) -> bool:
    """Whether two rows lie between the same borders, but for blank cells beside them."""
    ours, theirs = _borders(own, above), _borders(piece, below)
    said, goes_on = _borders(own, _said(above)), _borders(piece, _said(below))
    return (
        bool(said and goes_on) and all(_among(x, theirs) for x in said) and all(_among(x, ours) for x in goes_on)
    )


def together(own: tuple[float, ...], piece: tuple[float, ...]) -> Columns:
    """The joint grid of all borders of both parts, whose other rows may be of other tables."""
    return _joint(own, piece, [x for x in piece if not _among(x, own)])


def _joint(own: tuple[float, ...], piece: tuple[float, ...], new: Sequence[float]) -> Columns:
    edges = tuple(sorted([*own, *new]))
    return Columns(
        count=len(edges) - 1,
        piece={number: _nearest(x, edges) for number, x in enumerate(piece)},
        own={number: _nearest(x, edges) for number, x in enumerate(own)} if new else None,
        edges=edges,
    )


def _borders(edges: Sequence[float], row: Sequence[Cell]) -> list[float]:
    """Where the borders of a row's cells lie."""
    return sorted({edges[place] for cell in row for place in (cell.column, cell.column + cell.column_span)})


def _said(row: Sequence[Cell]) -> Sequence[Cell]:
    """A row's cells from the first with a text to the last."""
    filled = [number for number, cell in enumerate(row) if cell.text.strip()]
    return row[filled[0] : filled[-1] + 1] if filled else ()


def _among(x: float, edges: Sequence[float]) -> bool:
    return any(abs(x - edge) <= _NEAR for edge in edges)


def _nearest(x: float, edges: Sequence[float]) -> int:
    return min(range(len(edges)), key=lambda number: abs(edges[number] - x))


def by_header(own: Sequence[Cell], rows: Sequence[Sequence[Cell]], count: int) -> Columns | None:
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
    return Columns(count, piece)


def by_labels(own: Sequence[Cell], theirs: Sequence[Cell], count: int) -> Columns | None:
    """The joint grid when the header rows share most labels in the same order, though not in the same columns.

    What only the following part has, to the right of the rest, becomes new columns.
    """
    places = {squeezed(cell.text): cell.column for cell in own if squeezed(cell.text)}
    labels = [cell for cell in theirs if squeezed(cell.text)]
    shared = [cell for cell in labels if squeezed(cell.text) in places]
    if len(shared) < max(_FEWEST, _SHARED * len(labels)) or any(cell.column_span > 1 for cell in theirs):
        return None
    piece = {cell.column: places[squeezed(cell.text)] for cell in shared}
    order = [piece[column] for column in sorted(piece)]
    rest = [cell for cell in theirs if cell.column not in piece]
    if order != sorted(set(order)) or any(cell.column < max(piece) for cell in rest):
        return None
    added = tuple(cell.model_copy(update={"column": count + number}) for number, cell in enumerate(rest))
    piece |= {cell.column: count + number for number, cell in enumerate(rest)}
    return Columns(count + len(rest), piece, added=added)
