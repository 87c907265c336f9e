"""XML Spreadsheet 2003 (urn:schemas-microsoft-com:office:spreadsheet), which report programs call .xls."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.parser.office_xml import Element, attribute, child, local, number, parse, under
from services.parser.reading import Limits, Reading, check_size, paragraph
from services.parser.xlsx.formats import Printing
from services.parser.xlsx.near import Kept
from services.parser.xlsx.shown import ShownSheet, Value
from services.parser.xlsx.tables import Merged
from shared.schemas.document import Block, Unread

_NAMED: Final = {
    "General": "",
    "General Number": "",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Currency": "#,##0.00",
    "Euro Currency": "#,##0.00",
    "Percent": "0.00%",
    "Short Date": "yyyy/m/d",
    "Long Date": 'yyyy"年"m"月"d"日"',
    "General Date": "yyyy/m/d h:mm",
}
"""Formats that are stated by a name."""


def read(data: bytes, limits: Limits) -> Reading:
    """The shown sheets' blocks; raises Corrupt, TooLarge."""
    root = parse(data, limits)
    codes = {
        attribute(style, "ID") or "": _code(attribute(child(style, "NumberFormat"), "Format") or "")
        for style in under(root, "Style")
    }
    blocks: list[Block] = []
    unread: list[Unread] = []
    for sheet in root:
        if local(sheet) != "Worksheet":
            continue
        name = (attribute(sheet, "Name") or "").strip() or "Sheet"
        visible = child(sheet, "WorksheetOptions", "Visible")
        if visible is not None and (visible.text or "").strip() != "SheetVisible":
            unread.append(Unread(name=name, cause="unsupported", message="The sheet is hidden."))
            continue
        cells = _Cells(codes, limits)
        cells.take(sheet)
        shown = ShownSheet(cells.printing)
        found = shown.blocks(*cells.placed(), limits)
        unread += shown.unread(name)
        if found:
            blocks += [paragraph(name, heading=1), *found]
    check_size(blocks, limits)
    return Reading(blocks=tuple(blocks), unread=tuple(unread))


def _code(code: str) -> str:
    return _NAMED.get(code, code)


@dataclass
class _Cells:
    """A sheet's cells by their places, counted from 0."""

    codes: dict[str, str]
    limits: Limits
    values: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: Merged = field(default_factory=dict)
    printing: Printing = field(default_factory=Printing)

    def take(self, sheet: Element) -> None:
        """Take the sheet's table; raises TooLarge."""
        table = child(sheet, "Table")
        if table is None:
            return
        columns: dict[int, str] = {}
        for column, element in _placed(table, "Column"):
            span = (number(element, "Span") or 0) + 1
            if _is_hidden(element, "Width"):
                self.printing.columns.append(range(column, column + span))
            columns |= dict.fromkeys(range(column, min(column + span, self.limits.cells)), _style(element))
        for row, element in _placed(table, "Row"):
            if _is_hidden(element, "Height"):
                self.printing.rows.update(
                    range(row, row + min(number(element, "Span") or 0, self.limits.cells) + 1)
                )
            for column, cell in _placed(element, "Cell"):
                self._take_cell((row, column), cell, _style(cell) or _style(element) or columns.get(column, ""))

    def placed(self) -> tuple[list[list[Value]], Merged]:
        """The values, row by row, and the merged ranges, drawn near where they lie far; raises TooLarge."""
        self.printing.filled = {row for row, _ in self.values}, {column for _, column in self.values}
        self.printing.keep(self.limits)
        whole = (range(max(each, default=-1) + 1) for each in self.printing.filled)
        kept = self.printing.kept or Kept(*whole)
        rows: list[list[Value]] = [[""] * len(kept.columns) for _ in kept.rows]
        for place, value in self.values.items():
            row, column = kept.place(*place)
            rows[row][column] = value
        merged: Merged = {}
        for (row, column), (high, wide) in self.merged.items():
            (top, left), (bottom, right) = kept.place(row, column), kept.place(row + high, column + wide)
            merged[top, left] = (max(bottom - top, 1), max(right - left, 1))
        return rows, merged

    def _take_cell(self, place: tuple[int, int], cell: Element, style: str) -> None:
        down, across = number(cell, "MergeDown") or 0, number(cell, "MergeAcross") or 0
        if down or across:
            self.merged[place] = (down + 1, across + 1)
        if code := self.codes.get(style, ""):
            self.printing.codes[place] = code
        data = child(cell, "Data")
        text = "".join(map(str, data.itertext())) if data is not None else ""
        kind = attribute(data, "Type")
        if kind == "Error" or (not text and attribute(cell, "Formula")):
            self.printing.unvalued.add(place)
        elif text:
            self.values[place] = _value(text, kind)


def _placed(parent: Element, name: str) -> Iterator[tuple[int, Element]]:
    """The children of that name with their places: after the last one, or where they say."""
    place = -1
    for each in parent:
        if local(each) == name:
            stated = number(each, "Index")
            place = stated - 1 if stated else place + 1
            yield place, each
            place += (number(each, "MergeAcross") or 0) if name == "Cell" else (number(each, "Span") or 0)


def _style(element: Element) -> str:
    return attribute(element, "StyleID") or ""


def _is_hidden(element: Element, size: str) -> bool:
    return attribute(element, "Hidden") == "1" or attribute(element, size) == "0"


def _value(text: str, kind: str | None) -> Value:
    """A cell's value by its type; the text where it is not what its type says."""
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.fromisoformat(text)
    except ValueError:
        return text
    return text == "1" if kind == "Boolean" else text
