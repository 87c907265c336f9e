"""How the cells of an Excel workbook are printed: their number formats, and what is hidden."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from services.parser.office_xml import (
    Element,
    attribute,
    child,
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
from services.parser.xlsx.near import Kept, address, near_xlsx
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
    unvalued: set[tuple[int, int]] = field(default_factory=set)
    """Formulas whose result the workbook does not hold, or holds as an error."""
    filled: tuple[set[int], set[int]] = field(default_factory=lambda: (set(), set()))
    """Rows and columns that hold a value."""
    kept: Kept | None = None
    """What is read of a sheet that reaches far, drawn near; None: all."""

    def keep(self, limits: Limits) -> int:
        """Draw the sheet near if it reaches too far for its few cells; returns how many places are read.

        Raises TooLarge when they are too many even then.
        """
        rows, columns = self.filled
        places = (max(rows, default=-1) + 1) * (max(columns, default=-1) + 1)
        if places > limits.cells:
            self.kept = Kept.of(rows, columns)
            places = self.kept.places
        if places > FAR * limits.cells:
            raise TooLarge("A sheet of the workbook reaches too far for its few cells.")
        return places

    def hides_column(self, column: int) -> bool:
        """Whether the column is hidden."""
        return any(column in columns for columns in self.columns)


_ACCOUNTS: Final = '_ * #,##0{0}_ ;_ * \\-#,##0{0}_ ;_ * "-"{1}_ ;_ @_ '
BUILT_IN: Final = (
    {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}
    | dict.fromkeys((37, 38), "#,##0;-#,##0")
    | dict.fromkeys((39, 40), "#,##0.00;-#,##0.00")
    | dict.fromkeys((41, 42), _ACCOUNTS.format("", ""))
    | dict.fromkeys((43, 44), _ACCOUNTS.format(".00", "??"))
    | dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"')
    | dict.fromkeys((28, 29, 51, 54, 58), 'm"月"d"日"')
    | {11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 31: 'yyyy"年"m"月"d"日"', 48: "##0.0E+0", 49: "@"}
)
"""Number of a format that no workbook states → its code (ECMA-376 part 1, 18.8.30; Chinese where they differ)."""
FAR: Final = 8
"""How many times the places that a disclosure's tables may have a sheet may reach over."""
_SHEETS: Final = 32
"""How many times the places that a disclosure's tables may have all sheets of a workbook may reach over."""
_LONG: Final = 10_000
"""Bytes of shared texts that can do no harm."""


def printings(data: bytes, limits: Limits) -> tuple[dict[str, Printing], bytes]:
    """Sheet name → how it is printed, and the workbook with far cells drawn near; raises Corrupt, TooLarge.

    Reads every sheet within bounds, so that what follows may trust the sizes.
    """
    with open_package(data) as package:
        total = sum(entry.file_size for entry in package.infolist())
        if total > limits.file_bytes:
            raise TooLarge(f"The workbook would unpack to {total} bytes.")
        workbook = main_part(package, "xl/workbook.xml", limits)
        styles = _styles(package, workbook, limits)
        longest = _longest_text(package, workbook, limits)
        sheets: dict[str, Printing] = {}
        far: dict[str, Kept] = {}
        places = 0
        for name, path in _paths(package, workbook, limits):
            sheets[name], texts = _sheet(package, path, styles, limits)
            places += sheets[name].keep(limits)
            if (kept := sheets[name].kept) is not None:
                far[path] = kept
            if places > _SHEETS * limits.cells:
                raise TooLarge("The sheets of the workbook reach too far for their few cells.")
            if longest * texts > limits.file_bytes:
                raise TooLarge("The workbook repeats long texts too often.")
        return sheets, near_xlsx(data, far) if far else data


def _paths(package: zipfile.ZipFile, workbook: str, limits: Limits) -> list[tuple[str, str]]:
    content = part(package, workbook, limits)
    if content is None or not workbook.endswith(".xml"):
        return []
    paths = targets(package, workbook, limits)
    sheets = under(parse(content, limits), "sheet")
    return [(attribute(sheet, "name") or "", paths.get(attribute(sheet, "id") or "", "")) for sheet in sheets]


def _styles(package: zipfile.ZipFile, workbook: str, limits: Limits) -> list[str]:
    """The code of each cell style's number format; empty for none."""
    content = part(package, sibling(workbook, "styles.xml"), limits)
    if content is None:
        return []
    root = parse(content, limits)
    codes = dict(BUILT_IN)
    for each in under(root, "numFmt"):
        codes[number(each, "numFmtId") or 0] = attribute(each, "formatCode") or ""
    styles = child(root, "cellXfs")
    if styles is None:
        return []
    return [codes.get(number(style, "numFmtId") or 0, "") for style in styles]


def _longest_text(package: zipfile.ZipFile, workbook: str, limits: Limits) -> int:
    """Bytes of the longest text that cells share."""
    content = part(package, sibling(workbook, "sharedStrings.xml"), limits)
    if content is None or len(content) < _LONG:
        return 0
    return max(map(len, re.split(rb"<(?:\w+:)?si\b", content)))


def _sheet(package: zipfile.ZipFile, path: str, styles: list[str], limits: Limits) -> tuple[Printing, int]:
    """How the sheet is printed, and how many cells with shared texts it has."""
    content = part(package, path, limits) if path else None
    printing = Printing()
    if content is None:
        return printing, 0
    tags = ("{*}c", "{*}row", "{*}col", "{*}sheetView")
    try:
        for _, element in etree.iterparse(
            io.BytesIO(content), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
        ):
            kind = local(element)
            if kind == "c":
                _take_cell(element, styles, printing)
                continue
            if kind == "row":
                _take_row(element, printing)
                element.clear()
            elif kind == "sheetView":
                printing.zeros = attribute(element, "showZeros") not in ("0", "false")
            elif _is_hidden(element, "width"):
                first, end = number(element, "min") or 1, number(element, "max") or 0
                printing.columns.append(range(first - 1, end))
    except etree.XMLSyntaxError as error:
        raise Corrupt("A sheet of the workbook is damaged.") from error
    return printing, content.count(b't="s"')


def _take_cell(element: Element, styles: Sequence[str], printing: Printing) -> None:
    text = attribute(element, "r")
    if text is None:
        return
    place = address(text)
    style = number(element, "s") or 0
    if style < len(styles) and styles[style]:
        printing.codes[place] = styles[style]
    has_value = any(local(each) in ("v", "is") and (each.text or len(each)) for each in element)
    if has_value:
        printing.filled[0].add(place[0])
        printing.filled[1].add(place[1])
    if attribute(element, "t") == "e" or (child(element, "f") is not None and not has_value):
        printing.unvalued.add(place)


def _take_row(element: Element, printing: Printing) -> None:
    row = number(element, "r")
    if row and _is_hidden(element, "ht"):
        printing.rows.add(row - 1)


def _is_hidden(element: Element, size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width."""
    return attribute(element, "hidden") in ("1", "true") or attribute(element, size) in ("0", "0.0")
