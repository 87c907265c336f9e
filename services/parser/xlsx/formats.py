"""How the cells of an Excel workbook are printed: their number formats, and what is hidden."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from services.parser.office_xml import (
    Element,
    attribute,
    child,
    is_on,
    local,
    main_part,
    number,
    parse,
    sibling,
    targets,
    under,
)
from services.parser.packages import open_package, part
from services.parser.reading import Limits
from services.parser.wording import raised
from services.parser.xlsx.beside import Beside, beside, head_lines
from services.parser.xlsx.near import Kept, address, near_xlsx
from services.parser.xlsx.styles import CellStyle, cell_styles
from shared.errors import Corrupt, TooLarge


@dataclass
class Printing:
    """What a sheet says of how it is printed; rows and columns are counted from 0."""

    codes: dict[tuple[int, int], str] = field(default_factory=dict)
    """(row, column) → the code of the cell's number format, where it has one of its own."""
    rows: set[int] = field(default_factory=set)
    """Hidden rows."""
    columns: list[range] = field(default_factory=list)
    """Hidden columns."""
    zeros: bool = True
    """Whether zeros are shown."""
    unseen: set[tuple[int, int]] = field(default_factory=set)
    """Cells that are struck out, or white on white."""
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    """(row, column) → what is shown of a text of which parts are struck out or raised."""
    unvalued: set[tuple[int, int]] = field(default_factory=set)
    """Formulas whose result the workbook does not hold, or holds as an error."""
    head: list[str] = field(default_factory=list)
    """What the head of its pages says."""
    drawing: str = ""
    """What refers to the part that lies over its cells; empty for none."""
    beside: Beside = field(default_factory=Beside)
    filled: tuple[set[int], set[int]] = field(default_factory=lambda: (set(), set()))
    """Rows and columns that hold a value."""
    kept: Kept | None = None
    """What is read of a sheet that reaches far, drawn near; None: all."""

    def keep(self, limits: Limits) -> int:
        """Draw the sheet near if it reaches far for its few cells; returns how many places are read.

        Raises TooLarge when they are too many even then.
        """
        rows, columns = self.filled
        places = (max(rows, default=-1) + 1) * (max(columns, default=-1) + 1)
        near = Kept.of(rows, columns) if places > _ROOMY else None
        if near is not None and (places > limits.cells or near.places * _SPARSE < places):
            self.kept, places = near, near.places
        if places > FAR * limits.cells:
            raise TooLarge("A sheet of the workbook reaches too far for its few cells.")
        return places

    def hides_column(self, column: int) -> bool:
        """Whether the column is hidden."""
        return any(column in columns for columns in self.columns)


_ROOMY: Final = 10_000
"""Places of a sheet that are read soon, however few of them are filled."""
_SPARSE: Final = 4
"""How many times the places that it fills a sheet reaches over from which on it is drawn near."""
FAR: Final = 8
"""How many times the places that a disclosure's tables may have a sheet may reach over."""
_SHEETS: Final = 32
"""How many times the places that a disclosure's tables may have all sheets of a workbook may reach over."""
_MARKED: Final = (b"strike", b"superscript")
"""What stands in texts of which a part is not shown, or is the mark of a note."""
_LONG: Final = 10_000
"""Bytes of shared texts that can do no harm."""
_DIGITS: Final = 10
"""Digits of a shared text's number at most."""


@dataclass(frozen=True)
class _Book:
    """What the cells of all sheets refer to by number."""

    styles: Sequence[CellStyle]
    texts: Mapping[int, str]
    """Of the shared texts those of which parts are not shown → what is shown of them."""


def printings(data: bytes, limits: Limits) -> tuple[dict[str, Printing], bytes]:
    """Sheet name → how it is printed, and the workbook with far cells drawn near; raises Corrupt, TooLarge.

    Reads every sheet within bounds, so that what follows may trust the sizes.
    """
    with open_package(data) as package:
        total = sum(entry.file_size for entry in package.infolist())
        if total > limits.file_bytes:
            raise TooLarge(f"The workbook would unpack to {total} bytes.")
        workbook = main_part(package, "xl/workbook.xml", limits)
        shared = part(package, sibling(workbook, "sharedStrings.xml"), limits) or b""
        book = _Book(cell_styles(package, workbook, limits), _marked_texts(shared, limits))
        longest = _longest_text(shared)
        sheets: dict[str, Printing] = {}
        far: dict[str, Kept] = {}
        places = 0
        for name, path, is_shown in _paths(package, workbook, limits):
            sheets[name], texts = _sheet(package, path, book, limits)
            if is_shown:
                first = min(sheets[name].filled[0], default=0)
                sheets[name].beside = beside(package, path, sheets[name].drawing, first, limits)
            places += sheets[name].keep(limits)
            if (kept := sheets[name].kept) is not None:
                far[path] = kept
            if places > _SHEETS * limits.cells:
                raise TooLarge("The sheets of the workbook reach too far for their few cells.")
            if longest * texts > limits.file_bytes:
                raise TooLarge("The workbook repeats long texts too often.")
        return sheets, near_xlsx(data, far) if far else data


def _paths(package: zipfile.ZipFile, workbook: str, limits: Limits) -> Iterator[tuple[str, str, bool]]:
    """Name and place of each sheet, and whether it is shown."""
    content = part(package, workbook, limits)
    if content is None or not workbook.endswith(".xml"):
        return
    paths = targets(package, workbook, limits)
    for sheet in under(parse(content, limits), "sheet"):
        is_shown = attribute(sheet, "state") in (None, "visible")
        yield attribute(sheet, "name") or "", paths.get(attribute(sheet, "id") or "", ""), is_shown


def _marked_texts(shared: bytes, limits: Limits) -> dict[int, str]:
    """Number of a shared text → what is shown of it, where parts of it are struck out or raised."""
    if not any(mark in shared for mark in _MARKED):
        return {}
    texts = enumerate(each for each in parse(shared, limits) if local(each) == "si")
    return {at: shown for at, each in texts if (shown := _shown_of(each)) is not None}


def _shown_of(text: Element) -> str | None:
    """What is shown of a text in runs; None where that is all of it, and no mark of a note."""
    pieces: list[str] = []
    changed = False
    for run in (each for each in text if local(each) == "r"):
        properties, shown = child(run, "rPr"), child(run, "t")
        piece = (shown.text or "") if shown is not None else ""
        if is_on(child(properties, "strike")):
            piece, changed = "", True
        elif attribute(child(properties, "vertAlign"), "val") == "superscript":
            piece, changed = raised(piece, "".join(pieces[-1:])), True
        pieces.append(piece)
    return "".join(pieces) if changed else None


def _longest_text(shared: bytes) -> int:
    """Bytes of the longest text that cells share."""
    return max(map(len, re.split(rb"<(?:\w+:)?si\b", shared))) if len(shared) >= _LONG else 0


def _sheet(package: zipfile.ZipFile, path: str, book: _Book, limits: Limits) -> tuple[Printing, int]:
    """How the sheet is printed, and how many cells with shared texts it has."""
    content = part(package, path, limits) if path else None
    printing = Printing()
    if content is None:
        return printing, 0
    tags = ("{*}c", "{*}row", "{*}col", "{*}sheetView", "{*}oddHeader", "{*}drawing")
    try:
        for _, element in etree.iterparse(
            io.BytesIO(content), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
        ):
            kind = local(element)
            if kind == "c":
                _take_cell(element, book, printing)
                continue
            if kind == "row":
                _take_row(element, printing)
                element.clear()
            elif kind == "sheetView":
                printing.zeros = attribute(element, "showZeros") not in ("0", "false")
            elif kind == "oddHeader":
                printing.head = head_lines(element.text or "")
            elif kind == "drawing":
                printing.drawing = attribute(element, "id") or ""
            elif _is_hidden(element, "width"):
                first, end = number(element, "min") or 1, number(element, "max") or 0
                printing.columns.append(range(first - 1, end))
    except etree.XMLSyntaxError as error:
        raise Corrupt("A sheet of the workbook is damaged.") from error
    if b"<tablePart" in content:  # a table's own style may colour what is behind its cells
        printing.unseen.clear()
    return printing, content.count(b't="s"')


def _take_cell(element: Element, book: _Book, printing: Printing) -> None:
    text = attribute(element, "r")
    if text is None:
        return
    place = address(text)
    style = number(element, "s") or 0
    shown = book.styles[style] if style < len(book.styles) else CellStyle()
    if shown.code:
        printing.codes[place] = shown.code
    if shown.unseen:
        printing.unseen.add(place)
    if (text := _marked_text(element, book.texts)) is not None:
        printing.texts[place] = text
    has_value = any(local(each) in ("v", "is") and (each.text or len(each)) for each in element)
    if has_value:
        printing.filled[0].add(place[0])
        printing.filled[1].add(place[1])
    if attribute(element, "t") == "e" or (child(element, "f") is not None and not has_value):
        printing.unvalued.add(place)


def _marked_text(cell: Element, shared: Mapping[int, str]) -> str | None:
    """What is shown of a cell's text, where parts of it are struck out or raised."""
    kind = attribute(cell, "t")
    if kind == "s" and shared:
        value = child(cell, "v")
        at = value.text if value is not None else None
        return shared.get(int(at)) if at and at.isascii() and at.isdecimal() and len(at) < _DIGITS else None
    inline = child(cell, "is") if kind == "inlineStr" else None
    return _shown_of(inline) if inline is not None else None


def _take_row(element: Element, printing: Printing) -> None:
    row = number(element, "r")
    if row and _is_hidden(element, "ht"):
        printing.rows.add(row - 1)


def _is_hidden(element: Element, size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width."""
    return attribute(element, "hidden") in ("1", "true") or attribute(element, size) in ("0", "0.0")
