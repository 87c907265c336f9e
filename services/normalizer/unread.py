"""What was left unread: a table, a column, a cell, a file, money without a unit; each becomes a finding."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from services.normalizer.language.money import UNITS, Unit, is_amount, number
from services.normalizer.language.text import joined, squeezed
from services.normalizer.layout import Layout
from services.normalizer.recorder import Left, LeftKind, ReaderResult, Recorder
from services.normalizer.tables.captions import lines_before
from services.normalizer.tables.contents import is_contents
from services.normalizer.tables.grid import Grid
from services.normalizer.tables.recognise import KnownTable
from services.normalizer.tables.spec import OTHER
from shared.errors import (
    AddressRefused,
    Corrupt,
    EmptyFile,
    Encrypted,
    Gone,
    OutOfMemory,
    PortalUnavailable,
    Refused,
    TimedOut,
    TooLarge,
    Unsupported,
)
from shared.schemas.document import (
    HIDDEN,
    NO_TEXT,
    RECOGNISED,
    SCAN,
    TOO_MANY_SCANS,
    UNVALUED,
    Cell,
    Document,
    Paragraph,
    Table,
    Unread,
)
from shared.schemas.names import Severity, TableName
from shared.schemas.records import Finding

WARNED: Final = (LeftKind.FILE, LeftKind.SCAN, LeftKind.TABLE, LeftKind.CELL, LeftKind.PROJECT_NAME, LeftKind.UNIT)
"""What is warned of."""
_NEVER_EMPTY: Final = (
    TableName.BALANCE,
    TableName.INCOME,
    TableName.EXPENDITURE,
    TableName.APPROPRIATION_BALANCE,
    TableName.GENERAL_BUDGET_EXPENDITURE,
)
"""The tables in which every department has money."""
_FEW_ROWS: Final = 2
_NOTES_AFTER: Final = 3
_SAYS_EMPTY: Final = re.compile("空表|无数据|[无没未]有?.{0,12}(?:支出|收入|收支|预算|拨款|安排)")
_LONE_AMOUNT: Final = re.compile(r"-?\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?|-?\d{1,16}\.\d{1,6}")
_CELLS_BETWEEN: Final = 8
"""Lines between two amounts of a table of which each cell became a line."""
_LONGEST_NAME: Final = 24
_NO_CELL: Final = re.compile("[。；：:，]|表$|^[一二三四五六七八九十]{1,3}、|^第.{1,3}部分|^表")
_FEWEST_ALONE: Final = 6
"""Amounts on lines of their own from which on they are a table's, not those of a text."""
_SHOWN: Final = 5
"""How many of many unread things a message names."""
_LONGEST: Final = 40
_CAUSES: Final = {
    Unsupported.cause: "不支持这种格式或内容",
    Encrypted.cause: "文件有密码保护",
    EmptyFile.cause: "空文件",
    Corrupt.cause: "文件已损坏",
    TooLarge.cause: "超过大小限制",
    TimedOut.cause: "超过时间限制",
    OutOfMemory.cause: "超过内存限制",
    Gone.cause: "网站上没有这个文件",
    PortalUnavailable.cause: "网站没有给出这个文件",
    AddressRefused.cause: "它在别的网站上，没有下载",
    Refused.cause: "网站不许下载",
}
_SCANS: Final = {SCAN: "没有安装文字识别", TOO_MANY_SCANS: "需要识别的图片太多", NO_TEXT: "没有识别出文字"}
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


def tables_and_files(layout: Layout, recorder: Recorder, read: ReaderResult) -> list[Left]:
    """Every table or row that no reader took, and every file or part the parser could not read."""
    taken = read.taken
    others = {table.block for table in layout.of(OTHER)}
    found = [
        left
        for number, block in enumerate(layout.document.blocks)
        if isinstance(block, Table) and number not in taken
        for left in _unread_table(recorder, number, block, number in others)
    ]
    found += [_without_figures(recorder, table) for table in layout.tables if _lost_its_figures(layout, table)]
    found += _figures_without_table(layout.document, recorder, taken)
    found += _rows_behind(layout, recorder, taken)
    found += [_unread_rows_above(layout, recorder, *each) for each in rows_above(layout, read).items()]
    parts = layout.document.unread
    found += [_unread_part(recorder, part) for part in parts if part.cause != UNVALUED]
    return found + _without_value(recorder, [part.name for part in parts if part.cause == UNVALUED])


def _figures_without_table(document: Document, recorder: Recorder, taken: frozenset[int]) -> list[Left]:
    """Amounts that stand on lines of their own, as the cells of a table do where the table itself is lost."""
    runs: list[dict[int, str]] = []
    for place, block in enumerate(document.blocks):
        text = squeezed(block.text) if isinstance(block, Paragraph) and place not in taken else ""
        if _LONE_AMOUNT.fullmatch(text):
            if not runs or place - max(runs[-1]) > _CELLS_BETWEEN:
                runs.append({})
            runs[-1][place] = text
    found = []
    for run in runs:
        if len(run) >= _FEWEST_ALONE:
            said = "、".join(f"“{text}”" for text in list(run.values())[:_SHOWN])
            message = f"{said}等{len(run)}个金额各占一行，不在表格中，没有读入。"
            found.append(Left(LeftKind.TABLE, Severity.INFO, message, recorder.at_paragraph(min(run))))
    return found


def amounts_behind(document: Document, table: int) -> list[int]:
    """The lines right behind table `table` that are an amount each: a row of it whose cells became lines.

    Short lines may stand between, the names of rows; a title, a sentence or another table ends them.
    """
    found: list[int] = []
    for place, block in enumerate(document.blocks[table + 1 : table + 1 + _CELLS_BETWEEN], table + 1):
        if not isinstance(block, Paragraph) or block.file != document.blocks[table].file:
            break
        text = squeezed(block.text)
        if _LONE_AMOUNT.fullmatch(text):
            found.append(place)
        elif len(text) > _LONGEST_NAME or _NO_CELL.search(text):
            break
    return found


def _rows_behind(layout: Layout, recorder: Recorder, taken: frozenset[int]) -> Iterator[Left]:
    for table in layout.tables:
        places = amounts_behind(layout.document, table.block) if table.block in taken else []
        if 0 < len(places) < _FEWEST_ALONE:
            said = "、".join(f"“{squeezed(_text(layout.document, place))}”" for place in places)
            message = f"{_of(table)}之后{said}各占一行，可能是表中的一行，没有读入。"
            yield Left(LeftKind.ROW, Severity.WARNING, message, recorder.at_paragraph(places[0]))


def rows_above(layout: Layout, read: ReaderResult) -> dict[int, list[int]]:
    """Block → its rows that print money above the first table of money known in it and that no reader took.

    Where a page or an article was cut they are the rest of the table before.
    """
    tops: dict[int, int] = {}
    for table in (each for each in layout.tables if each.columns.parts):
        tops[table.block] = min(tops.get(table.block, table.top), *table.header, *table.body, table.top)
    said = {(record.provenance.block, record.provenance.row) for record in read.records}
    found = {
        block: [
            row
            for row in range(top)
            if (block, row) not in said and any(map(_is_lone, layout.grids[block].filled(row)))
        ]
        for block, top in tops.items()
        if block in read.taken
    }
    return {block: rows for block, rows in found.items() if rows}


def _is_lone(cell: Cell) -> bool:
    return _LONE_AMOUNT.fullmatch(squeezed(cell.text)) is not None


def _unread_rows_above(layout: Layout, recorder: Recorder, block: int, rows: Sequence[int]) -> Left:
    cells = layout.grids[block].filled(rows[0])
    message = f"表格上部“{_short(cells[0].text)}”等{len(rows)}行不属于其下的表，可能是前一张表的续表，没有读入。"
    return Left(LeftKind.TABLE, Severity.WARNING, message, recorder.at_row(block, rows[0]))


def _text(document: Document, place: int) -> str:
    block = document.blocks[place]
    return block.text if isinstance(block, Paragraph) else ""


def _lost_its_figures(layout: Layout, table: KnownTable) -> bool:
    """Whether a table in which money must stand has rows and no amount, and no note says that it is empty."""
    if table.kind not in _NEVER_EMPTY or len(table.body) < _FEW_ROWS:
        return False
    cells = [cell for row in table.body for cell in table.grid.filled(row)]
    money = {amount.column for part in table.columns.parts for amount in part.amounts}
    after = layout.document.blocks[table.block + 1 : table.block + 1 + _NOTES_AFTER]
    notes = [block.text for block in after if isinstance(block, Paragraph)] + [cell.text for cell in cells]
    lost = bool(money) and not any(cell.column in money and is_amount(cell.text) for cell in cells)
    return lost and not any(_SAYS_EMPTY.search(note) for note in notes)


def _without_figures(recorder: Recorder, table: KnownTable) -> Left:
    message = f"{_of(table)}有{len(table.body)}行而没有金额，可能未能读出。"
    return Left(LeftKind.TABLE, Severity.WARNING, message, recorder.at_row(table.block, table.top))


def _without_value(recorder: Recorder, places: Sequence[str]) -> list[Left]:
    """The cells of all sheets in which a formula failed: what the publisher left there is no figure."""
    if not places:
        return []
    names = "、".join(f"“{_short(place)}”" for place in places[:_SHOWN])
    more = f"等{len(places)}张工作表" if len(places) > _SHOWN else ""
    message = f"{names}{more}的单元格只有错误值（如#REF!）或没有结果的公式，没有读入。"
    return [Left(LeftKind.FILE, Severity.WARNING, message, recorder.at_document())]


def _unread_part(recorder: Recorder, unread: Unread) -> Left:
    place = recorder.at_document(unread.message)
    if unread.cause == HIDDEN:
        message = f"“{unread.name}”中有不显示的内容，没有读入。"
        return Left(LeftKind.HIDDEN, Severity.INFO, message, place)
    if unread.cause == RECOGNISED:
        message = f"“{unread.name}”是图片，文字由程序识别，可能有错字。"
        return Left(LeftKind.RECOGNISED, Severity.INFO, message, place)
    if unread.cause in _SCANS:
        message = f"“{unread.name}”是图片，没有读入：{_SCANS[unread.cause]}。"
        severity = Severity.INFO if unread.cause == NO_TEXT else Severity.WARNING
        return Left(LeftKind.SCAN, severity, message, place)
    message = f"“{unread.name}”没有读入：{_CAUSES.get(unread.cause, _UNKNOWN)}。"
    return Left(LeftKind.FILE, Severity.WARNING, message, place)


def _unread_table(recorder: Recorder, block: int, table: Table, other: bool) -> Iterator[Left]:
    """Tell of `table`, unless it lists contents; `other` says that it is known, of a kind that has no records."""
    filled = [cell for cell in table.cells if cell.text.strip()]
    if not filled or is_contents(table):
        return
    figures = prints_figures(table)
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


def prints_figures(table: Table) -> bool:
    """Whether `table` prints amounts; a list of contents prints only the numbers of pages."""
    return not is_contents(table) and _has_figures([cell for cell in table.cells if cell.text.strip()])


def _has_figures(cells: Sequence[Cell]) -> bool:
    """Whether `cells` print amounts, other than the numbers of rows in a column of their own."""
    columns: dict[int, list[str]] = {}
    for cell in cells:
        if is_amount(cell.text):
            columns.setdefault(cell.column, []).append(squeezed(cell.text))
    return any(texts != [str(number) for number in range(1, len(texts) + 1)] for texts in columns.values())


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
    """The money columns of `table` that are not understood; one finding a table."""
    return _columns(recorder, table, columns, Severity.WARNING)


def columns_set_aside(recorder: Recorder, table: KnownTable, columns: Sequence[int]) -> list[Left]:
    """The columns of `table` known to be of another year or only to compare; one finding a table."""
    return _columns(recorder, table, columns, Severity.INFO)


def columns_of_another(recorder: Recorder, table: KnownTable, columns: Sequence[int]) -> list[Left]:
    """The columns of `table` that are no part of it and were read as those of another; one finding a table."""
    return _columns(recorder, table, columns, Severity.INFO, "不属于本表，另作一表读入")


def _columns(
    recorder: Recorder,
    table: KnownTable,
    columns: Sequence[int],
    severity: Severity,
    state: str = "没有对应的记录项，没有读入",
) -> list[Left]:
    if not columns:
        return []
    names = "、".join(
        f"“{_short('/'.join(table.paths[column]) or f'第{column + 1}列')}”" for column in columns[:_SHOWN]
    )
    more = f"等{len(columns)}列" if len(columns) > _SHOWN else ""
    return [
        Left(
            LeftKind.COLUMN,
            severity,
            f"{_of(table)}的{names}{more}{state}。",
            recorder.at_row(table.block, table.top),
        )
    ]


def unread_cells(recorder: Recorder, table: KnownTable, cells: Sequence[Cell]) -> list[Left]:
    """The cells of `table` that hold no amount where one should stand, one of no name, or those of several rows.

    A zero without a name says nothing.
    """
    fused = [cell for cell in cells if _is_fused(cell)]
    nameless = [cell for cell in cells if not _is_fused(cell) and is_amount(cell.text)]
    odd = [cell for cell in cells if not is_amount(cell.text) and not _is_fused(cell)]
    return [
        *_cells(recorder, table, odd, "不是金额，没有读入"),
        *_cells(recorder, table, [cell for cell in nameless if number(cell.text)], "没有名称，没有读入"),
        *_cells(recorder, table, fused, "是并在一格的几行金额，没有读入"),
    ]


def _is_fused(cell: Cell) -> bool:
    lines = [line for line in cell.text.split("\n") if line.strip()]
    return len(lines) > 1 and all(is_amount(line) for line in lines)


def _in_lines(cell: Cell) -> str:
    return "、".join(cell.text.split("\n")) if _is_fused(cell) else cell.text


def _cells(recorder: Recorder, table: KnownTable, cells: Sequence[Cell], state: str) -> list[Left]:
    if not cells:
        return []
    texts = "、".join(f"第{cell.row + 1}行“{_short(_in_lines(cell))}”" for cell in cells[:_SHOWN])
    more = f"等{len(cells)}处" if len(cells) > _SHOWN else ""
    return [
        Left(
            LeftKind.CELL,
            Severity.WARNING,
            f"{_of(table)}的{texts}{more}{state}。",
            recorder.at_cell(table.block, cells[0]),
        )
    ]


def unread_rows(recorder: Recorder, table: KnownTable, rows: Sequence[int]) -> list[Left]:
    """The rows of `table` that no record has a name for; one finding a table."""
    if not rows:
        return []
    names = "、".join(f"“{_short(_name(table, row))}”" for row in rows[:_SHOWN])
    return [
        Left(
            LeftKind.ROW,
            Severity.INFO,
            f"{_of(table)}的{names}{f'等{len(rows)}行' if len(rows) > _SHOWN else ''}没有对应的记录项，没有读入。",
            recorder.at_row(table.block, rows[0]),
        )
    ]


def rows_of_several(recorder: Recorder, table: KnownTable, rows: Sequence[int]) -> list[Left]:
    """The rows of `table` in which the names of several rows stand in one cell; a finding each."""
    return [
        Left(
            LeftKind.ROW,
            Severity.WARNING,
            f"{_of(table)}第{row + 1}行“{_short(_name(table, row))}”是并在一格的几行名称，金额归属不能确定。",
            recorder.at_row(table.block, row),
        )
        for row in rows
    ]


def rows_in_one_cell(recorder: Recorder, table: KnownTable) -> list[Left]:
    """The rows of `table` whose name and amounts stand in one cell over its columns; a finding each."""
    found = []
    for row in table.body:
        cells = table.grid.filled(row)
        words = cells[0].text.split() if len(cells) == 1 and cells[0].column_span > 1 else []
        if len(words) > 1 and _LONE_AMOUNT.fullmatch(words[-1]):
            message = f"{_of(table)}第{row + 1}行“{_short(cells[0].text)}”的名称和金额并在一格，没有读入。"
            found.append(Left(LeftKind.ROW, Severity.WARNING, message, recorder.at_row(table.block, row)))
    return found


def _name(table: KnownTable, row: int) -> str:
    """What `row` calls itself: its first text that is no code."""
    cells = table.grid.filled(row)
    return next((cell.text for cell in cells if table.grid.held(cell) == "text"), cells[0].text)


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


def unit_inferred(recorder: Recorder, table: KnownTable, unit: Unit | None) -> list[Left]:
    """That the unit of `table` is not stated in it but taken from the tables around it, with which it agrees."""
    name = next((name for name, worth in UNITS.items() if worth == unit), "")
    return [
        Left(
            LeftKind.UNIT_INFERRED,
            Severity.INFO,
            f"{_of(table)}没有注明金额单位，其合计与相邻各表相符，按{name}读入。",
            recorder.at_row(table.block, table.top),
        )
    ]


def _of(table: KnownTable) -> str:
    grid: Grid = table.grid
    return f"《{_short(table.title)}》" if table.title else f"第{grid.table.index + 1}个表格"


def _short(text: str) -> str:
    line = joined(text)
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
