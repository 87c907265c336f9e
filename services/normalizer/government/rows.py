"""What the rows of a panel are called: number, code and name, from whichever columns hold them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from services.normalizer.government import terms
from services.normalizer.government.frames import MoneyTable, Panel
from services.normalizer.language.text import code, name
from services.normalizer.language.totals import ends_in_total, is_total, without_total
from shared.schemas.names import LineClassification

CODE: Final = re.compile(r"[\[(（]?(\d{3}(?:\d{2}){0,4})[\])）]?")
"""A code of a classification, in brackets or not."""
_DIGITS: Final = re.compile(r"[\[(（]?\d{2,11}[\])）]?")
_WHOLE_CODE: Final = 3
"""Digits from which on a code needs none of the columns before it."""
_FUSED: Final = re.compile(r"[\[(（]?(\d{3}(?:\d{2}){0,4})[\])）]?[-—_. ]?(?=[^\d.,年月日、])(.+)")


@dataclass(frozen=True)
class RowLabel:
    """What a row is called, as far as it says; `name` is empty where nothing does."""

    line_no: int | None
    code: str | None
    name: str


@dataclass(frozen=True)
class PanelRows:
    """The rows of `panel` by their labels."""

    table: MoneyTable
    panel: Panel
    classification: LineClassification | None

    def read(self, row: int) -> RowLabel:
        """Number, code and name of a row; of a project no code that stands in its name."""
        found, own = self._codes.get(row), self._own(row)
        of_project = self.classification is LineClassification.PROJECT
        fused = _FUSED.fullmatch(terms.plain(own)) if found is None and not of_project else None
        if fused:
            return RowLabel(self._line_no(row), fused[1], name(fused[2]))
        return RowLabel(self._line_no(row), found, name(own))

    def label(self, row: int) -> str:
        """The name of a row as printed, with its marker."""
        texts = [self.table.grid.text(row, column) for column in self.panel.names]
        return terms.plain(texts[-1]) if texts else ""

    def _line_no(self, row: int) -> int | None:
        texts = (terms.plain(self.table.grid.text(row, column)) for column in self.panel.counters)
        return next((int(text) for text in texts if text.isdigit() and len(text) < 6), None)

    def _own(self, row: int) -> str:
        """The text that names a row, the group before it where it only says that it is a total."""
        grid, panel = self.table.grid, self.panel
        columns = panel.names or (*panel.areas, *panel.bonds)
        texts = list(dict.fromkeys(text for each in columns if (text := grid.text(row, each)).strip()))
        if not texts:
            spare = (
                grid.text(row, column) for column in (*panel.areas, *panel.bonds, *panel.counters, *panel.codes)
            )
            own = next((text for text in spare if text.strip() and not terms.plain(text).isdigit()), "")
            return own or self._total_beside(row)
        alone = len(texts) > 1 and is_total(texts[-1]) and not without_total(texts[-1])
        return texts[-2] + texts[-1] if alone else texts[-1]

    def _total_beside(self, row: int) -> str:
        """The word for a total that stands in a column of no names before the figures."""
        at = self.table.panels.index(self.panel)
        start = self.table.panels[at - 1].last + 1 if at else 0
        texts = (self.table.grid.text(row, column) for column in range(start, self.panel.money[0]))
        return next((text for text in texts if ends_in_total(text)), "")

    @cached_property
    def _codes(self) -> Mapping[int, str]:
        """The code of each row: in one column, or 类, 款, 项 in columns of their own, the upper once."""
        found: dict[int, str] = {}
        above: dict[int, str] = {}
        for row in self.table.body:
            pieces = {column: _piece(self.table.grid.text(row, column)) for column in self.panel.codes}
            last = max((column for column, piece in pieces.items() if _DIGITS.fullmatch(piece)), default=None)
            whole = ""
            for column, piece in pieces.items():
                if _DIGITS.fullmatch(piece):
                    above[column] = piece
                elif last is not None and column < last and len(pieces[last]) < _WHOLE_CODE:
                    piece = above.get(column, "")
                whole = piece if whole and piece.startswith(whole) else whole + piece
            if match := CODE.fullmatch(whole):
                found[row] = match[1]
        return found


def _piece(text: str) -> str:
    """What a cell holds of a code; a number that lost its first zero has it again."""
    found = code(text)
    return found.zfill(2) if found.isdigit() else found
