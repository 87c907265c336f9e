"""How the cells of an Excel workbook are printed: what its number formats say of decimals and per cent signs."""

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from services.parser.office_xml import attribute, child, local, main_part, number, parse, sibling, under
from services.parser.packages import open_package, part
from services.parser.reading import Limits
from shared.errors import Corrupt, TooLarge


@dataclass(frozen=True)
class NumberFormat:
    """Decimals printed, and whether as per cent."""

    decimals: int
    percent: bool = False


Formats = Mapping[tuple[int, int], NumberFormat]
"""(row, column), 0-based in the sheet → its number format, where that fixes the decimals."""

BUILT_IN: Final = (
    {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}
    | dict.fromkeys((37, 38), "#,##0")
    | dict.fromkeys((39, 40, 43, 44), "#,##0.00")
)
"""Number of a format that no workbook states → its code."""
_PLAIN: Final = re.compile(r"[#0,]*0(?:\.(0+))?(%?)")
_DECORATION: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|[¥￥$ ()+-]')
_LONGEST_CODE: Final = 200
_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def printed_formats(data: bytes, limits: Limits) -> dict[str, Formats]:
    """Sheet name → the formats of its cells; raises Corrupt, TooLarge.

    Reads every sheet within bounds, so that what follows may trust the sizes.
    """
    with open_package(data) as package:
        total = sum(entry.file_size for entry in package.infolist())
        if total > limits.file_bytes:
            raise TooLarge(f"The workbook would unpack to {total} bytes.")
        workbook = main_part(package, "xl/workbook.xml", limits)
        styles = _styles(package, workbook, limits)
        return {name: _sheet(package, path, styles, limits) for name, path in _paths(package, workbook, limits)}


def _paths(package: zipfile.ZipFile, workbook: str, limits: Limits) -> list[tuple[str, str]]:
    content = part(package, workbook, limits)
    if content is None or not workbook.endswith(".xml"):
        return []
    folder, file = posixpath.split(workbook)
    relationships = part(package, f"{folder}/_rels/{file}.rels", limits)
    targets = {}
    if relationships is not None:
        for each in parse(relationships, limits):
            target = str(each.get("Target", ""))
            path = target if target.startswith("/") else f"{folder}/{target}"
            targets[each.get("Id")] = posixpath.normpath(path).lstrip("/")
    sheets = under(parse(content, limits), "sheet")
    return [(attribute(sheet, "name") or "", targets.get(attribute(sheet, "id"), "")) for sheet in sheets]


def _styles(package: zipfile.ZipFile, workbook: str, limits: Limits) -> list[NumberFormat | None]:
    """The number format of each cell style."""
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
    return [number_format(codes.get(number(style, "numFmtId") or 0, "")) for style in styles]


def number_format(code: str) -> NumberFormat | None:
    """What a format code fixes; None for General, text, dates and codes that scale."""
    if len(code) > _LONGEST_CODE:
        return None
    match = _PLAIN.fullmatch(_DECORATION.sub("", code.split(";", 1)[0]))
    if match is None or code.startswith("@"):
        return None
    return NumberFormat(len(match.group(1) or ""), bool(match.group(2)))


def _sheet(package: zipfile.ZipFile, path: str, styles: list[NumberFormat | None], limits: Limits) -> Formats:
    content = part(package, path, limits) if path else None
    if content is None:
        return {}
    formats: dict[tuple[int, int], NumberFormat] = {}
    last_row = last_column = 0
    try:
        for _, element in etree.iterparse(
            io.BytesIO(content), tag="{*}c", resolve_entities=False, no_network=True, load_dtd=False
        ):
            match = _ADDRESS.fullmatch(attribute(element, "r") or "")
            style = number(element, "s") or 0
            if match:
                row, column = int(match.group(2)) - 1, _column(match.group(1))
                last_row, last_column = max(last_row, row), max(last_column, column)
                found = styles[style] if style < len(styles) else None
                if found is not None:
                    formats[row, column] = found
            parent = element.getparent()
            element.clear()
            if parent is not None and local(parent) == "row":
                parent.remove(element)
    except etree.XMLSyntaxError as error:
        raise Corrupt("A sheet of the workbook is damaged.") from error
    if (last_row + 1) * (last_column + 1) > 8 * limits.cells:
        raise TooLarge("A sheet of the workbook reaches too far for its few cells.")
    return formats


def _column(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value * 26 + ord(letter) - ord("A") + 1
    return value - 1
