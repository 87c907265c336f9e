"""CHECKS 8 and 9: the “三公” table, and tables declared empty."""

import re

from services.normalizer.checks.book import Book
from services.normalizer.checks.identities import check_rows
from services.normalizer.checks.outcome import Figure, Outcome
from services.normalizer.checks.sheets import Row, Sheet, Volume
from services.normalizer.checks.totals import side_of
from services.normalizer.checks.wording import TABLE_TITLES, money
from services.normalizer.language.text import label
from shared.schemas.document import Paragraph
from shared.schemas.names import ColumnName as Column
from shared.schemas.names import Metric, TableName

LINES = {
    "overseas": re.compile(r"因公出国"),
    "vehicle": re.compile(r"公务用车购置(费)?(及|和|与)"),
    "purchase": re.compile(r"公务用车购置(费|经费|支出)?$"),
    "operation": re.compile(r"公务用车(运行|运维|运行维护)"),
    "reception": re.compile(r"公务接待"),
}
"""How the lines of the “三公” table are named, whatever the list mark."""

_SUBTOTAL = re.compile(r"[“\"”]?三公[”\"“]?经费(小计|合计|支出)?")
_BOUNDS = (("30212", "overseas"), ("30231", "operation"), ("30217", "reception"))
_EMPTY = re.compile(r"空表列示|空表公开|本表为空|此表为空|本表无数据")
_AMOUNT = re.compile(r"\d(万|亿)?元")
_FUNDS = (
    (re.compile(r"政府性基金"), Column.GOVERNMENT_FUND, TableName.GOVERNMENT_FUND_EXPENDITURE),
    (re.compile(r"国有资本经营"), Column.STATE_CAPITAL, TableName.STATE_CAPITAL_EXPENDITURE),
)
_FUND_METRICS = {
    Column.GOVERNMENT_FUND: Metric.INCOME_GOVERNMENT_FUND,
    Column.STATE_CAPITAL: Metric.INCOME_STATE_CAPITAL,
}


def lines_of(sheet: Sheet) -> dict[str, Row]:
    """The rows of a “三公” table by what they are; of several 因公出国 lines the first, which is their sum."""
    found: dict[str, Row] = {}
    for row in sheet.rows:
        for key, pattern in LINES.items():
            if pattern.search(row.name):
                found.setdefault(key, row)
                break
    return found


def check_three_public(book: Book, outcome: Outcome) -> None:
    """合计 = 出国 + 公务用车 + 接待; 公务用车 = 购置 + 运行维护, in every fund column."""
    for _, (sheet,) in book.sheets_or_reason(outcome, TableName.THREE_PUBLIC):
        lines = lines_of(sheet)
        subtotal = next((row for row in sheet.rows if _SUBTOTAL.fullmatch(row.name)), None)
        total = subtotal or sheet.grand()
        if total is None:
            outcome.lacks(f"{sheet.title}没有合计")
            continue
        known = {id(row) for row in (*lines.values(), total, sheet.grand())}
        extra = [] if subtotal else [row for row in sheet.rows if id(row) not in known and not row.is_part]
        for column in sheet.columns:
            parts = _cells(lines, ("overseas", "vehicle", "reception"), column)
            if "vehicle" not in lines:
                parts += _cells(lines, ("purchase", "operation"), column)
            more = [row.cells[column] for row in extra if column in row.cells]
            if column in total.cells and parts:
                subject = sheet.subject(total, column)
                ways = [parts, [*parts, *more]]
                outcome.adds_up_some_way(subject, total.cells[column], ways, "三项经费之和", sheet.doubt)
            _check_vehicle(outcome, sheet, lines, column)


def _check_vehicle(outcome: Outcome, sheet: Sheet, lines: dict[str, Row], column: Column) -> None:
    vehicle = lines.get("vehicle")
    parts = _cells(lines, ("purchase", "operation"), column)
    if vehicle is not None and column in vehicle.cells and parts:
        subject = sheet.subject(vehicle, column)
        outcome.adds_up(subject, vehicle.cells[column], parts, "购置费与运行维护费之和", sheet.doubt)


def _cells(lines: dict[str, Row], keys: tuple[str, ...], column: Column) -> list[Figure]:
    return [lines[key].cells[column] for key in keys if key in lines and column in lines[key].cells]


def check_three_public_rows(book: Book, outcome: Outcome) -> None:
    """In each row of the “三公” table 合计 = its fund columns."""
    for _, (sheet,) in book.sheets_or_reason(outcome, TableName.THREE_PUBLIC):
        check_rows(outcome, sheet)


def check_three_public_bounds(book: Book, outcome: Outcome) -> None:
    """Lines 30212, 30231 and 30217 of basic expenditure stay within 出国, 运行维护 and 接待."""
    names = (TableName.THREE_PUBLIC, TableName.GENERAL_BUDGET_BASIC_EXPENDITURE)
    for volume, (sheet, basic) in book.sheets_or_reason(outcome, *names):
        lines = lines_of(sheet)
        for code, key in _BOUNDS:
            row = next((row for row in basic.rows if row.code == code), None)
            if row is None or key not in lines:
                continue
            part, bound = row.cells.get(Column.TOTAL), lines[key].cells.get(Column.TOTAL)
            if part is not None and bound is not None:
                basis = f"{sheet.title}“{lines[key].line.name}”"
                subject = basic.subject(row, Column.TOTAL)
                outcome.at_most(subject, part, bound, basis, volume.doubt_of(sheet, basic))


def check_empty_tables(book: Book, outcome: Outcome) -> None:
    """A table declared empty (空表列示) has no money anywhere else."""
    declared = _declared_empty(book)
    if not declared:
        outcome.absent = "没有声明空表列示的表"
        return
    for column, name in declared:
        if len(book.volumes) > 1:
            outcome.lacks("文件含多套预算表，空表的归属不能确定")
            continue
        for place, figure in _money_of(book, book.volumes[0] if book.volumes else Volume(), column, name):
            outcome.tried()
            if figure.amount:
                outcome.breaks(
                    f"{TABLE_TITLES[name]}声明为空表，但{place}为{money(figure.amount)}。",
                    (figure.record,),
                    (figure.amount * 0, figure.amount),
                )


def _declared_empty(book: Book) -> list[tuple[Column, TableName]]:
    """The fund tables some note says are published empty."""
    found: list[tuple[Column, TableName]] = []
    for block in book.document.blocks:
        texts = [block.text] if isinstance(block, Paragraph) else [cell.text for cell in block.cells]
        for clause in (clause for text in texts for clause in re.split(r"[。；;]", label(text))):
            if _EMPTY.search(clause) and not _AMOUNT.search(clause):
                found.extend((column, name) for word, column, name in _FUNDS if word.search(clause))
    return list(dict.fromkeys(found))


def _money_of(book: Book, volume: Volume, column: Column, name: TableName) -> list[tuple[str, Figure]]:
    """Every whole figure of that fund: its own table, 财政拨款收支总表, prose."""
    places: list[tuple[str, Figure]] = []
    own, balance = volume.get(name), volume.get(TableName.APPROPRIATION_BALANCE)
    grand = own.grand() if own else None
    if grand is not None and Column.TOTAL in grand.cells:
        places.append((f"{TABLE_TITLES[name]}合计", grand.cells[Column.TOTAL]))
    bottom = side_of(balance, "expenditure").bottom if balance else None
    if balance is not None and bottom is not None and column in bottom.cells:
        places.append((balance.subject(bottom, column), bottom.cells[column]))
    places.extend(("正文中该项收入", figure) for figure in book.facts_of(_FUND_METRICS[column]))
    return places
