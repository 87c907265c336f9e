"""CHECKS 9: tables that are declared empty, or left empty, and the money that they or other places print."""

import re
from collections import defaultdict
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.sheets import Volume
from services.normalizer.checks.totals import side_of
from services.normalizer.checks.wording import TABLE_TITLES, money
from services.normalizer.language.text import label
from shared.schemas.document import Paragraph
from shared.schemas.names import ColumnName as Column
from shared.schemas.names import Metric, Severity, TableName
from shared.schemas.records import BudgetLine

_EMPTY = re.compile(r"空表列示|空表公开|本表为空|此表为空|本表无数据")
_THIS_IS_EMPTY = re.compile("(本|此|该)表(格)?(为|系|是)空表?")
_AMOUNT = re.compile(r"\d(万|亿)?元")
_FUNDS = (
    (re.compile(r"政府性基金"), Column.GOVERNMENT_FUND, TableName.GOVERNMENT_FUND_EXPENDITURE),
    (re.compile(r"国有资本经营"), Column.STATE_CAPITAL, TableName.STATE_CAPITAL_EXPENDITURE),
)
_FUND_METRICS = {
    Column.GOVERNMENT_FUND: Metric.INCOME_GOVERNMENT_FUND,
    Column.STATE_CAPITAL: Metric.INCOME_STATE_CAPITAL,
}


def check_empty_tables(book: Book, outcome: Outcome) -> None:
    """A table declared empty (空表列示) has no money anywhere; one left empty without a word none elsewhere."""
    noted = _noted_empty(book)
    for note, name, figures in noted:
        outcome.tried()
        outcome.breaks(
            f"{TABLE_TITLES[name]}列有金额（如{money(figures[0].amount)}），表注却说“{note}”。",
            [figure.record for figure in figures],
            (Decimal(0), figures[0].amount),
            severity=Severity.WARNING,
        )
    declared = _declared_empty(book)
    silent = [pair for pair in _left_empty(book) if pair not in declared]
    if not declared and not silent and not noted:
        outcome.absent = "没有空表"
        return
    for how, pairs in (("声明为空表", declared), ("没有填列", silent)):
        for column, name in pairs:
            if len(book.volumes) > 1:
                outcome.lacks("文件含多套预算表，空表的归属不能确定")
                continue
            _check_empty(book, outcome, (column, name), how)


def _check_empty(book: Book, outcome: Outcome, fund: tuple[Column, TableName], how: str) -> None:
    column, name = fund
    told = [
        (place, figure)
        for place, figure in _money_of(book, book.volumes[0] if book.volumes else Volume(), column, name)
        if figure.amount
    ]
    outcome.tried()
    if told:
        places = "、".join(f"{place}为{money(figure.amount)}" for place, figure in told)
        outcome.breaks(
            f"{TABLE_TITLES[name]}{how}，但{places}。",
            [figure.record for _, figure in told],
            (told[0][1].amount * 0, told[0][1].amount),
        )


def _left_empty(book: Book) -> list[tuple[Column, TableName]]:
    """The fund tables that are there and hold no amount; none where a table was not read, which may be theirs."""
    return [
        (column, name)
        for _, column, name in _FUNDS
        if book.layout.of(name) and not book.prints_figures(name) and not book.sheets(name) and book.all_read
    ]


def _declared_empty(book: Book) -> list[tuple[Column, TableName]]:
    """The fund tables some note says are published empty."""
    found: list[tuple[Column, TableName]] = []
    for number, block in enumerate(book.document.blocks):
        if isinstance(block, Paragraph):
            whole = label(block.text) if "表" in block.text else ""
        else:
            whole = book.layout.grids[number].every_label
        telling = (text for text in whole.split("\n") if _EMPTY.search(text)) if _EMPTY.search(whole) else ()
        for clause in (clause for text in telling for clause in re.split(r"[。；;]", text)):
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


def _noted_empty(book: Book) -> list[tuple[str, TableName, list[Figure]]]:
    """The tables with figures under which a note calls them empty: the note, the table, its figures."""
    found = []
    lines_of: defaultdict[int | None, list[BudgetLine]] = defaultdict(list)
    for line in book.lines:
        lines_of[line.provenance.block].append(line)
    for table in book.layout.tables:
        note = _note_under(book, table.block)
        lines = lines_of[table.block]
        printed = [figure for line in lines if (figure := book.figure(line)) is not None and figure.amount]
        if note is None or not printed:
            continue
        name = lines[0].table
        others = [word for word, _, fund in _FUNDS if fund is not name]
        if not any(word.search(note) for word in others):
            found.append((note, name, printed))
    return found


def _note_under(book: Book, block: int) -> str | None:
    """The sentence right under a table that calls it an empty one."""
    after = book.block(block + 1)
    if not isinstance(after, Paragraph):
        return None
    text = label(after.text)
    return text if _THIS_IS_EMPTY.search(text) and not _AMOUNT.search(text) else None
