"""Excel workbooks (.xlsx, .xls): a heading and its tables for each sheet, numbers as they are printed."""

import io
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.parser.reading import Limits, Reading, check_size, paragraph
from services.parser.xlsx.formats import FAR, Printing, printings
from services.parser.xlsx.near import Kept
from services.parser.xlsx.old_formats import old_printings
from services.parser.xlsx.shown import ShownSheet, Value
from services.parser.xlsx.tables import Merged
from shared.errors import Corrupt, Encrypted, TooLarge
from shared.schemas.document import Block, Unread

_PANIC: Final = "PanicException"


def read(data: bytes, limits: Limits) -> Reading:
    """The visible sheets' blocks; hidden sheets are named in `unread`. Raises Corrupt, TooLarge, Unsupported."""
    prints, data = (printings if data.startswith(b"PK") else old_printings)(data, limits)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        blocks, unread = _sheets(workbook, prints, limits)
    except CalamineError as error:
        if "assword" in type(error).__name__:
            raise Encrypted("The workbook is protected by a password.") from error
        raise Corrupt("The workbook is damaged.") from error
    except BaseException as error:
        # The library reports some damage by a panic, which is no Exception and has no class to import.
        if type(error).__name__ != _PANIC:
            raise
        raise Corrupt("The workbook is damaged.") from error
    check_size(blocks, limits)
    scans = sum(each.beside.scans for each in prints.values())
    return Reading(blocks=tuple(blocks), unread=tuple(unread), scans=scans)


def _sheets(
    workbook: CalamineWorkbook, prints: dict[str, Printing], limits: Limits
) -> tuple[list[Block], list[Unread]]:
    blocks: list[Block] = []
    unread: list[Unread] = []
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            message = "The sheet is no table of cells."
            unread.append(Unread(name=sheet.name, cause="unsupported", message=message))
        elif sheet.visible != SheetVisibleEnum.Visible:
            unread.append(Unread(name=sheet.name, cause="unsupported", message="The sheet is hidden."))
        else:
            printing = prints.get(sheet.name, Printing())
            shown = ShownSheet(printing)
            cells = _cells(workbook.get_sheet_by_name(sheet.name), printing.kept, limits)
            drawn = printing.beside
            found = [*map(paragraph, printing.head), *drawn.over, *shown.blocks(*cells, limits), *drawn.under]
            unread += (*shown.unread(sheet.name), *drawn.unread)
            if found:
                blocks += [paragraph(sheet.name.strip() or "Sheet", heading=1), *found]
    return blocks, unread


def _cells(sheet: CalamineSheet, kept: Kept | None, limits: Limits) -> tuple[list[list[Value]], Merged]:
    """The values of a sheet and its merged ranges; raises TooLarge."""
    if sheet.total_height * sheet.total_width > FAR * limits.cells:
        raise TooLarge(f"The sheet {sheet.name} has more than {FAR * limits.cells} places.")
    merged: Merged = {}
    for first, last in sheet.merged_cell_ranges or ():
        (top, left), (bottom, right) = (kept.place(*first), kept.place(*last)) if kept else (first, last)
        merged[top, left] = (bottom - top + 1, right - left + 1)
    return sheet.to_python(skip_empty_area=False), merged
