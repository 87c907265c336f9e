"""What the styles of an Excel workbook's cells say: the number format, and whether the cell is to be seen."""

import zipfile
from collections.abc import Iterator
from typing import Final, NamedTuple

from services.parser.office_xml import Element, attribute, child, is_on, number, parse, sibling, under
from services.parser.packages import part
from services.parser.reading import Limits

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
_WHITE: Final = {("rgb", "FFFFFFFF"), ("rgb", "00FFFFFF"), ("indexed", "9"), ("indexed", "1"), ("theme", "0")}
"""How a font's colour says that it is white."""


class CellStyle(NamedTuple):
    """How a cell is shown: the code of its number format, empty for none, and whether it is to be seen."""

    code: str = ""
    unseen: bool = False


def cell_styles(package: zipfile.ZipFile, workbook: str, limits: Limits) -> list[CellStyle]:
    """How the cells of each style are shown."""
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
    fonts, fills = (list(_listed(root, name)) for name in ("fonts", "fills"))
    struck = {number for number, font in enumerate(fonts) if is_on(child(font, "strike"))}
    white = {number for number, font in enumerate(fonts) if _is_white(child(font, "color"))}
    blank = {number for number, fill in enumerate(fills) if not _is_coloured(fill)} | {None}
    return [
        CellStyle(
            codes.get(number(style, "numFmtId") or 0, ""),
            (font := number(style, "fontId")) in struck or (font in white and number(style, "fillId") in blank),
        )
        for style in styles
    ]


def _listed(root: Element, name: str) -> Iterator[Element]:
    """What a list of the styles holds."""
    found = child(root, name)
    return iter(found if found is not None else ())


def _is_white(colour: Element | None) -> bool:
    return any((name, attribute(colour, name)) in _WHITE for name in ("rgb", "indexed", "theme"))


def _is_coloured(fill: Element) -> bool:
    """Whether a fill paints the cell in something else than white."""
    pattern = child(fill, "patternFill")
    if pattern is None:
        return len(fill) > 0
    kind = attribute(pattern, "patternType") or "none"
    return kind != "none" and not (kind == "solid" and _is_white(child(pattern, "fgColor")))
