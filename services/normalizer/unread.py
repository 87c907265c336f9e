"""What was left unread: a table, a column, a cell, a file, money without a unit; each becomes a finding."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from services.normalizer.language.money import is_amount
from services.normalizer.language.text import joined, squeezed
from services.normalizer.layout import Layout
from services.normalizer.recorder import Left, LeftKind, Recorder
from services.normalizer.tables.captions import lines_before
from services.normalizer.tables.grid import Grid
from services.normalizer.tables.recognise import OTHER, KnownTable
from shared.errors import Corrupt, OutOfMemory, TimedOut, TooLarge, Unsupported
from shared.schemas.document import HIDDEN, Cell, Document, Table, Unread
from shared.schemas.names import Severity
from shared.schemas.records import Finding

WARNED: Final = (LeftKind.FILE, LeftKind.TABLE, LeftKind.CELL, LeftKind.PROJECT_NAME, LeftKind.UNIT)
"""What is warned of."""
_SHOWN: Final = 5
"""How many of many unread things a message names."""
_LONGEST: Final = 40
_CAUSES: Final = {
    Unsupported.cause: "不支持这种格式或内容",
    Corrupt.cause: "文件已损坏",
    TooLarge.cause: "超过大小限制",
    TimedOut.cause: "超过时间限制",
    OutOfMemory.cause: "超过内存限制",
}
_UNKNOWN: Final = "无法读取"


def findings(lefts: Iterable[Left], recorder: Recorder) -> list[Finding]:
    """A finding for each thing that was left."""
    return [
        recorder.make(
            Finding,
            left.provenance,
            check=left.kind.value,
            severity=left.severity,
            message=left.message,
            expected=None,
            actual=None,
            difference=None,
            subjects=left.subjects,
        )
        for left in lefts
    ]


def tables_and_files(layout: Layout, recorder: Recorder, taken: frozenset[int]) -> list[Left]:
    """Every table that no reader took, and every file or part the parser could not read."""
    others = {table.block for table in layout.of(OTHER)}
    found = [
        left
        for number, block in enumerate(layout.document.blocks)
        if isinstance(block, Table) and number not in taken
        for left in _unread_table(recorder, number, block, number in others)
    ]
    return found + [_unread_part(recorder, unread) for unread in layout.document.unread]


def _unread_part(recorder: Recorder, unread: Unread) -> Left:
    place = recorder.at_document(unread.message)
    if unread.cause == HIDDEN:
        message = f"“{unread.name}”中有不显示的内容，没有读入。"
        return Left(LeftKind.HIDDEN, Severity.INFO, message, place)
    message = f"“{unread.name}”没有读入：{_CAUSES.get(unread.cause, _UNKNOWN)}。"
    return Left(LeftKind.FILE, Severity.WARNING, message, place)


def _unread_table(recorder: Recorder, block: int, table: Table, other: bool) -> Iterator[Left]:
    """Tell of `table`; `other` says that it is known, but of a kind that has no records."""
    filled = [cell for cell in table.cells if cell.text.strip()]
    if not filled:
        return
    figures = not _is_contents(table) and any(is_amount(cell.text) for cell in filled)
    size = f"{table.row_count}行{table.column_count}列"
    state = "没有对应的记录" if other else "未能识别"
    title = next(
        (line for line in reversed(lines_before(recorder.document, block)) if "表" in line), filled[0].text
    )
    yield Left(
        LeftKind.TABLE,
        Severity.WARNING if figures and not other else Severity.INFO,
        f"第{table.index + 1}个表格“{_short(title)}”（{size}）{state}，没有读入。",
        recorder.at_row(block, filled[0].row),
    )


def _is_contents(table: Table) -> bool:
    """Whether `table` is a table of contents: titles and their page numbers."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.text.strip():
            rows.setdefault(cell.row, []).append(squeezed(cell.text))
    numbered = [texts for texts in rows.values() if len(texts) == 2 and texts[1].isdigit() and len(texts[1]) < 5]
    return len(numbered) > 2 and len(numbered) * 4 > 3 * len(rows)


def restated(document: Document, recorder: Recorder, files: Mapping[int, int]) -> list[Left]:
    """The files of `document` that say what an earlier one says."""
    found = []
    for file, earlier in files.items():
        tables = [n for n, block in enumerate(document.blocks) if block.file == file and isinstance(block, Table)]
        names = f"文件“{document.files[file].name}”的{len(tables)}个表格与文件“{document.files[earlier].name}”"
        place = recorder.at_row(tables[0], 0)
        found.append(Left(LeftKind.REPEATED, Severity.INFO, f"{names}相同，不再读入。", place))
    return found


def unread_columns(recorder: Recorder, table: KnownTable, columns: Sequence[int]) -> list[Left]:
    """The money columns of `table` that no record has a name for; one finding a table."""
    if not columns:
        return []
    names = "、".join("“" + _short("/".join(table.paths[column])) + "”" for column in columns[:_SHOWN])
    more = f"等{len(columns)}列" if len(columns) > _SHOWN else ""
    return [
        Left(
            LeftKind.COLUMN,
            Severity.INFO,
            f"{_of(table)}的{names}{more}没有对应的记录项，没有读入。",
            recorder.at_row(table.block, table.top),
        )
    ]


def unread_cells(recorder: Recorder, table: KnownTable, cells: Sequence[Cell]) -> list[Left]:
    """The cells of `table` that hold no amount where one should stand; one finding a table."""
    if not cells:
        return []
    texts = "、".join(f"第{cell.row + 1}行“{_short(cell.text)}”" for cell in cells[:_SHOWN])
    more = f"等{len(cells)}处" if len(cells) > _SHOWN else ""
    return [
        Left(
            LeftKind.CELL,
            Severity.WARNING,
            f"{_of(table)}的{texts}{more}不是金额，没有读入。",
            recorder.at_cell(table.block, cells[0]),
        )
    ]


def unread_rows(recorder: Recorder, table: KnownTable, rows: Sequence[int]) -> list[Left]:
    """The rows of `table` that no record has a name for; one finding a table."""
    if not rows:
        return []
    names = "、".join(f"“{_short(table.grid.filled(row)[0].text)}”" for row in rows[:_SHOWN])
    return [
        Left(
            LeftKind.ROW,
            Severity.INFO,
            f"{_of(table)}的{names}{f'等{len(rows)}行' if len(rows) > _SHOWN else ''}没有对应的记录项，没有读入。",
            recorder.at_row(table.block, rows[0]),
        )
    ]


def unit_missing(recorder: Recorder, table: KnownTable, subjects: Sequence[str]) -> list[Left]:
    """That nothing states the unit of the money in `table`; `subjects` are its records."""
    if not subjects:
        return []
    return [
        Left(
            LeftKind.UNIT,
            Severity.WARNING,
            f"{_of(table)}没有注明金额单位，{len(subjects)}条记录的金额无法换算。",
            recorder.at_row(table.block, table.top),
            tuple(subjects[:_SHOWN]),
        )
    ]


def _of(table: KnownTable) -> str:
    grid: Grid = table.grid
    return f"《{_short(table.title)}》" if table.title else f"第{grid.table.index + 1}个表格"


def _short(text: str) -> str:
    line = joined(text)
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
