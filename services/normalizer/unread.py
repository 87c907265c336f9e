"""What was not read becomes a finding: a table no reader took, a column, a cell, a file, money without a unit."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.normalizer.captions import lines_before
from services.normalizer.collector import Collector
from services.normalizer.grid import Grid
from services.normalizer.money import is_amount
from services.normalizer.recognise import OTHER, Known, known_tables
from services.normalizer.wording import joined, squeezed
from shared.errors import Corrupt, OutOfMemory, TimedOut, TooLarge, Unsupported
from shared.schemas.document import Cell, Table
from shared.schemas.names import Severity
from shared.schemas.records import Finding, Provenance

WARNED: Final = ("unread_file", "unread_table", "unread_cell", "unread_project_name", "unit_missing")
"""The checks that warn of what was not read."""
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


def account(collector: Collector) -> None:
    """Add a finding for every table that no reader took and every file or part the parser could not read."""
    others = {table.block for table in known_tables(collector.document) if table.kind == OTHER}
    for number, block in enumerate(collector.document.blocks):
        if isinstance(block, Table) and number not in collector.taken:
            _unread_table(collector, number, block, number in others)
    for unread in collector.document.unread:
        _report(
            collector,
            "unread_file",
            Severity.WARNING,
            f"“{unread.name}”没有读入：{_CAUSES.get(unread.cause, _UNKNOWN)}。",
            collector.at_document(unread.message),
        )


def _unread_table(collector: Collector, block: int, table: Table, other: bool) -> None:
    """Report `table`; `other` says that it is known, but of a kind that has no records."""
    filled = [cell for cell in table.cells if cell.text.strip()]
    if not filled:
        return
    figures = not _is_contents(table) and any(is_amount(cell.text) for cell in filled)
    size = f"{table.row_count}行{table.column_count}列"
    state = "没有对应的记录" if other else "未能识别"
    title = next(
        (line for line in reversed(lines_before(collector.document, block)) if "表" in line), filled[0].text
    )
    _report(
        collector,
        "unread_table",
        Severity.WARNING if figures and not other else Severity.INFO,
        f"第{table.index + 1}个表格“{_short(title)}”（{size}）{state}，没有读入。",
        collector.at_row(block, filled[0].row),
    )


def _is_contents(table: Table) -> bool:
    """Whether `table` is a table of contents: titles and their page numbers."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.text.strip():
            rows.setdefault(cell.row, []).append(squeezed(cell.text))
    numbered = [texts for texts in rows.values() if len(texts) == 2 and texts[1].isdigit() and len(texts[1]) < 5]
    return len(numbered) > 2 and len(numbered) * 4 > 3 * len(rows)


def restated(collector: Collector, files: Mapping[int, int]) -> None:
    """Report the files that say what an earlier one says, and take their tables."""
    document = collector.document
    for file, earlier in files.items():
        tables = [n for n, block in enumerate(document.blocks) if block.file == file and isinstance(block, Table)]
        collector.taken.update(tables)
        _report(
            collector,
            "unread_repeated",
            Severity.INFO,
            f"文件“{document.files[file].name}”的{len(tables)}个表格与文件“{document.files[earlier].name}”相同，不再读入。",
            collector.at_row(tables[0], 0),
        )


def unread_columns(collector: Collector, table: Known, columns: Sequence[int]) -> None:
    """Report the money columns of `table` that no record has a name for; one finding a table."""
    if columns:
        names = "、".join("“" + _short("/".join(table.paths[column])) + "”" for column in columns[:_SHOWN])
        more = f"等{len(columns)}列" if len(columns) > _SHOWN else ""
        _report(
            collector,
            "unread_column",
            Severity.INFO,
            f"{_of(table)}的{names}{more}没有对应的记录项，没有读入。",
            collector.at_row(table.block, table.top),
        )


def unread_cells(collector: Collector, table: Known, cells: Sequence[Cell]) -> None:
    """Report the cells of `table` that hold no amount where one should stand; one finding a table."""
    if cells:
        texts = "、".join(f"第{cell.row + 1}行“{_short(cell.text)}”" for cell in cells[:_SHOWN])
        more = f"等{len(cells)}处" if len(cells) > _SHOWN else ""
        _report(
            collector,
            "unread_cell",
            Severity.WARNING,
            f"{_of(table)}的{texts}{more}不是金额，没有读入。",
            collector.at_cell(table.block, cells[0]),
        )


def unread_rows(collector: Collector, table: Known, rows: Sequence[int]) -> None:
    """Report the rows of `table` that no record has a name for; one finding a table."""
    if rows:
        names = "、".join(f"“{_short(table.grid.filled(row)[0].text)}”" for row in rows[:_SHOWN])
        _report(
            collector,
            "unread_row",
            Severity.INFO,
            f"{_of(table)}的{names}{f'等{len(rows)}行' if len(rows) > _SHOWN else ''}没有对应的记录项，没有读入。",
            collector.at_row(table.block, rows[0]),
        )


def unit_missing(collector: Collector, table: Known, subjects: Sequence[str]) -> None:
    """Report that nothing states the unit of the money in `table`; `subjects` are its records."""
    if subjects:
        _report(
            collector,
            "unit_missing",
            Severity.WARNING,
            f"{_of(table)}没有注明金额单位，{len(subjects)}条记录的金额无法换算。",
            collector.at_row(table.block, table.top),
            tuple(subjects[:_SHOWN]),
        )


def _of(table: Known) -> str:
    grid: Grid = table.grid
    return f"《{_short(table.title)}》" if table.title else f"第{grid.table.index + 1}个表格"


def _short(text: str) -> str:
    line = joined(text)
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def _report(
    collector: Collector,
    check: str,
    severity: Severity,
    message: str,
    provenance: Provenance,
    subjects: tuple[str, ...] = (),
) -> None:
    collector.add(
        Finding,
        provenance,
        check=check,
        severity=severity,
        message=message,
        expected=None,
        actual=None,
        difference=None,
        subjects=subjects,
    )
