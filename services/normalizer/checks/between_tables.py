"""CHECKS 4 to 7: the same money in two tables, whole, by class and by fund."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from services.normalizer.checks.book import Book
from services.normalizer.checks.classes import class_code
from services.normalizer.checks.equations import Equation, Figure, same_tolerance, sum_tolerance
from services.normalizer.checks.hierarchy import PERSONNEL_CLASSES, parts_of_basic, plant, world
from services.normalizer.checks.identities import check_rows, zero_where_blank
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.sheets import Row, Sheet, Volume
from services.normalizer.checks.totals import (
    Side,
    bottom_figure,
    check_lines,
    check_whole,
    figures,
    side_column,
    side_of,
)
from services.normalizer.checks.wording import COLUMN_TITLES
from shared.schemas.names import ColumnName as Column
from shared.schemas.names import TableName

_FUND_TABLES = (
    (Column.GENERAL_PUBLIC_BUDGET, TableName.GENERAL_BUDGET_EXPENDITURE),
    (Column.GOVERNMENT_FUND, TableName.GOVERNMENT_FUND_EXPENDITURE),
    (Column.STATE_CAPITAL, TableName.STATE_CAPITAL_EXPENDITURE),
)
_KINDS = (Column.TOTAL, Column.BASIC, Column.PROJECT)
_NATURE = (Column.PERSONNEL, Column.PUBLIC_USE)
_FUND_WORDS = ("一般公共预算", "政府性基金", "国有资本经营")


def _grand_cell(sheet: Sheet, column: Column = Column.TOTAL) -> Figure | None:
    grand = sheet.grand()
    return grand.cells.get(column) if grand else None


def _classes(sheet: Sheet, column: Column) -> dict[str, tuple[Row, Figure]]:
    """The functional classes of a coded table, by code."""
    rows = [row for row in sheet.rows if len(row.code) == 3 and world(row) == "functional"]
    return {row.code: (row, row.cells[column]) for row in rows if column in row.cells}


def _named_classes(rows: list[Row], column: Column) -> dict[str, tuple[Row, Figure]]:
    """The functional classes of a balance table, by the code their name stands for."""
    found = {}
    for row in rows:
        code = class_code(row.name)
        if code is not None and column in row.cells:
            found[code] = (row, row.cells[column])
    return found


def check_income_balance(book: Book, outcome: Outcome) -> None:
    """收入总表 合计 = 收支总表 收入总计, or 本年收入合计 where the table prints nothing carried over."""
    for volume, (income, balance) in book.sheets_or_reason(outcome, TableName.INCOME, TableName.BALANCE):
        side = side_of(balance, "income")
        bottoms = [side.bottom] if _grand_cell(income, Column.CARRYOVER) else [side.bottom, side.current]
        theirs = (balance, [row for row in bottoms if row is not None], side_column(side))
        _agree_with_one(outcome, (income, _grand_cell(income)), theirs, volume.doubt)


def check_expenditure_balance(book: Book, outcome: Outcome) -> None:
    """支出总表 合计 = 收支总表 支出总计 less what is carried over to the next year, and class by class."""
    names = (TableName.EXPENDITURE, TableName.BALANCE)
    for volume, (expenditure, balance) in book.sheets_or_reason(outcome, *names):
        side = side_of(balance, "expenditure")
        doubt = volume.doubt
        whole = _grand_cell(expenditure)
        bottoms = [row for row in (side.current, side.whole) if row is not None]
        column = side_column(side)
        _agree_with_one(outcome, (expenditure, whole), (balance, bottoms, column), doubt)
        theirs = _named_classes(side.sources, column)
        _agree_by_class(outcome, (expenditure, _classes(expenditure, Column.TOTAL)), (balance, theirs), doubt)


def check_codes(book: Book, outcome: Outcome) -> None:
    """收入总表 and 支出总表 give each code the same amount where nothing is carried over to the next year."""
    for volume, (income, expenditure) in book.sheets_or_reason(outcome, TableName.INCOME, TableName.EXPENDITURE):
        wholes = [_grand_cell(sheet) for sheet in (income, expenditure)]
        if wholes[0] is None or wholes[1] is None or not _same(wholes[0], wholes[1]):
            outcome.lacks("收入总表与支出总表合计不等，不逐项核对")
            continue
        trees = [plant(sheet) for sheet in (income, expenditure)]
        if any(tree.repeated for tree in trees):
            outcome.lacks("科目编码出现多次，不逐项核对")
            continue
        doubt = volume.doubt
        trial = Outcome()
        for code, row in trees[1].rows.items():
            other = trees[0].rows.get(code)
            if other is not None and Column.TOTAL in row.cells and Column.TOTAL in other.cells:
                subject = expenditure.subject(row, Column.TOTAL)
                trial.agrees(subject, row.cells[Column.TOTAL], other.cells[Column.TOTAL], income.title, doubt)
        outcome.absorb(trial, f"{income.title}与{expenditure.title}")


def _same(one: Figure, other: Figure) -> bool:
    return abs(one.amount - other.amount) <= same_tolerance(one, other)


def _agree_with_one(
    outcome: Outcome,
    ours: tuple[Sheet, Figure | None],
    theirs: tuple[Sheet, list[Row], Column],
    doubt: str | None,
) -> None:
    """Compare a table's 合计 with 本年合计 or 总计 of a balance table, whichever of them it is meant to be."""
    sheet, whole = ours
    balance, rows, column = theirs
    choices = [(row, row.cells[column]) for row in rows if column in row.cells]
    if whole is None or not choices:
        outcome.lacks(f"{sheet.title}或{balance.title}没有合计")
        return
    same = [choice for choice in choices if _same(choice[1], whole)]
    (row, figure), *more = same or choices
    others = [other for _, other in more]
    outcome.agrees(f"{sheet.title}合计", whole, figure, balance.subject(row, column), doubt, others)


def _agree_by_class(
    outcome: Outcome,
    ours: tuple[Sheet, dict[str, tuple[Row, Figure]]],
    theirs: tuple[Sheet, dict[str, tuple[Row, Figure]]],
    doubt: str | None,
) -> None:
    sheet, mine = ours
    balance, others = theirs
    trial = Outcome()
    for code, (row, figure) in mine.items():
        if code in others:
            subject = sheet.subject(row, Column.TOTAL)
            trial.agrees(subject, figure, others[code][1], f"{balance.title}同类支出", doubt)
    outcome.absorb(trial, f"{sheet.title}与{balance.title}")


def check_appropriation_rows(book: Book, outcome: Outcome) -> None:
    """财政拨款收支总表: in each row of its spending 合计 = 一般公共预算 + 政府性基金 + 国有资本经营."""
    for _, (sheet,) in book.sheets_or_reason(outcome, TableName.APPROPRIATION_BALANCE):
        check_rows(outcome, sheet)


def check_appropriation_balance(book: Book, outcome: Outcome) -> None:
    """财政拨款收支总表: both sides add up, 收入总计 = 支出总计, and the three 拨款 are those of 收支总表."""
    for volume, (sheet,) in book.sheets_or_reason(outcome, TableName.APPROPRIATION_BALANCE):
        income, expenditure = side_of(sheet, "income"), side_of(sheet, "expenditure")
        for side in (income, expenditure):
            _check_fund_side(outcome, sheet, side)
        bottoms = [figure for side in (income, expenditure) if (figure := bottom_figure(side)) is not None]
        if len(bottoms) == 2:
            outcome.agrees(f"{sheet.title}支出总计", bottoms[1], bottoms[0], "收入总计")
        balance = volume.get(TableName.BALANCE)
        if balance is not None:
            _compare_funds(outcome, volume, (sheet, income), (balance, side_of(balance, "income")))


def _check_fund_side(outcome: Outcome, sheet: Sheet, side: Side) -> None:
    """本年合计 of every column = its lines; 总计 = 本年合计 + 结转结余, or all lines."""
    columns = [side_column(side), *(column for column, _ in _FUND_TABLES if column in sheet.columns)]
    for column in columns:
        check_lines(outcome, sheet, side, column)
        _check_carried(outcome, sheet, side, column)
        current, whole = side.current, side.whole
        if current and whole and column in current.cells and column in whole.cells:
            check_whole(outcome, sheet, side, column)


def _check_carried(outcome: Outcome, sheet: Sheet, side: Side, column: Column) -> None:
    """What is carried over = the lines of the funds printed right under it."""
    for place, row in enumerate(side.between):
        below = takewhile(lambda each: any(word in each.name for word in _FUND_WORDS), side.between[place + 1 :])
        parts = figures(list(below), column)
        if "结转" in row.name and column in row.cells and parts:
            outcome.adds_up(sheet.subject(row, column), row.cells[column], parts, "所列各项拨款之和")


def _compare_funds(outcome: Outcome, volume: Volume, ours: tuple[Sheet, Side], theirs: tuple[Sheet, Side]) -> None:
    sheet, side = ours
    balance, other_side = theirs
    column, other_column = side_column(side), side_column(other_side)
    for word in _FUND_WORDS:
        mine = [row for row in side.sources if word in row.name and column in row.cells]
        other = [row for row in other_side.sources if word in row.name and other_column in row.cells]
        if len(mine) == 1 and len(other) == 1:
            outcome.agrees(
                sheet.subject(mine[0], column),
                mine[0].cells[column],
                other[0].cells[other_column],
                balance.title,
                volume.doubt,
            )


def check_fund_columns(book: Book, outcome: Outcome) -> None:
    """Each fund column of 财政拨款收支总表 = that fund's own expenditure table, whole and class by class.

    合计 likewise is that of 财政拨款支出表, where there is one.
    """
    tables: list[tuple[Column | None, TableName]] = [*_FUND_TABLES]
    if book.sheets(TableName.APPROPRIATION_EXPENDITURE):
        tables.append((None, TableName.APPROPRIATION_EXPENDITURE))
    for fund, name in tables:
        names = (name, TableName.APPROPRIATION_BALANCE)
        for volume, (table, balance) in book.sheets_or_reason(outcome, *names):
            side = side_of(balance, "expenditure")
            column = fund or side_column(side)
            doubt = volume.doubt
            bottoms = [row for row in (side.current, side.whole) if row is not None]
            _agree_with_one(outcome, (table, _grand_cell(table)), (balance, bottoms, column), doubt)
            theirs = _named_classes(side.sources, column)
            _agree_by_class(outcome, (table, _classes(table, Column.TOTAL)), (balance, theirs), doubt)


def check_fund_rows(book: Book, outcome: Outcome) -> None:
    """The expenditure tables by fund and of all 财政拨款: in each row 合计 = 基本支出 + 项目支出."""
    for _, name in _FUND_TABLES:
        for _, (sheet,) in book.sheets_or_reason(outcome, name):
            check_rows(outcome, sheet)
    for sheet in book.sheets(TableName.APPROPRIATION_EXPENDITURE):
        check_rows(outcome, sheet)


def check_fund_split(book: Book, outcome: Outcome) -> None:
    """一般 + 基金 + 国资 = 支出总表 row by row, where all spending is from appropriations."""
    names = (TableName.EXPENDITURE, TableName.GENERAL_BUDGET_EXPENDITURE)
    for volume, (expenditure, general) in book.sheets_or_reason(outcome, *names):
        funds = [general, *(sheet for _, name in _FUND_TABLES[1:] if (sheet := volume.get(name)) is not None)]
        wholes = [figure for sheet in funds if (figure := _grand_cell(sheet)) is not None]
        total = _grand_cell(expenditure)
        if total is None or not Equation("", total, tuple(wholes), "", sum_tolerance((total, *wholes))).holds:
            outcome.lacks("支出总表合计与三项财政拨款支出合计不等，不逐项核对")
            continue
        trees = [plant(sheet) for sheet in (expenditure, *funds)]
        if any(tree.repeated for tree in trees):
            outcome.lacks("科目编码出现多次，不逐项核对")
            continue
        trial = Outcome()
        doubt = volume.doubt
        _compare_split(trial, (expenditure, expenditure.grand()), [(each, each.grand()) for each in funds], doubt)
        for code, row in trees[0].rows.items():
            theirs = [(sheet, tree.rows.get(code)) for sheet, tree in zip(funds, trees[1:], strict=True)]
            _compare_split(trial, (expenditure, row), theirs, doubt)
        outcome.absorb(trial, f"{expenditure.title}与三项财政拨款支出表")


def _compare_split(
    outcome: Outcome, ours: tuple[Sheet, Row | None], theirs: Sequence[tuple[Sheet, Row | None]], doubt: str | None
) -> None:
    """合计, and 基本支出 and 项目支出 where the row prints no kind of spending that a fund's table lacks."""
    sheet, row = ours
    if row is None:
        return
    further = any(figure.amount for column, figure in row.cells.items() if column not in _KINDS)
    rows = [(of, other) for of, other in theirs if other is not None]
    for column in _KINDS[:1] if further else _KINDS:
        parts = [other.cells[column] for _, other in rows if column in other.cells]
        if column in row.cells and parts:
            blank = next((of for of, other in rows if _is_unknown(of, other, column)), None)
            reason = doubt or (f"{blank.title}同一行没有填列{COLUMN_TITLES[column]}" if blank else None)
            outcome.adds_up(sheet.subject(row, column), row.cells[column], parts, "各类财政拨款支出之和", reason)


def _is_unknown(sheet: Sheet, row: Row, column: Column) -> bool:
    """Whether a row says nothing of a column, and no sum of its own shows that it has nothing there."""
    if column in row.cells:
        return False
    kinds = [other for other in _KINDS[1:] if other in row.cells]
    return not kinds or zero_where_blank(sheet, row, column) is None


def check_basic_rows(book: Book, outcome: Outcome) -> None:
    """基本支出表: in each row 合计 = 人员经费 + 公用经费."""
    for _, (sheet,) in book.sheets_or_reason(outcome, TableName.GENERAL_BUDGET_BASIC_EXPENDITURE):
        check_rows(outcome, sheet)
    for sheet in book.sheets(TableName.APPROPRIATION_BASIC_EXPENDITURE):
        check_rows(outcome, sheet)


def check_basic_total(book: Book, outcome: Outcome) -> None:
    """基本支出表 合计, or 人员经费合计 and 公用经费合计, = 基本支出 of 一般公共预算财政拨款支出表."""
    for volume, (basic, general) in _basic_and_whole(book, outcome):
        ours, theirs = _grand_cell(basic), _grand_cell(general, Column.BASIC)
        parts = _whole_cells([row for row, _ in parts_of_basic(basic, ())])
        if ours is None and len(parts) < 2:
            parts = _whole_cells(plant(basic).tops.get("economic", []))
        if theirs is None or (ours is None and not parts):
            outcome.lacks("基本支出表或一般公共预算支出表没有合计")
            continue
        if ours is not None:
            basis = f"{general.title}基本支出合计"
            outcome.agrees(f"{basic.title}合计", ours, theirs, basis, volume.doubt)
        if len(parts) > 1:
            subject = f"{basic.title}合计" if ours else f"{general.title}基本支出合计"
            outcome.adds_up(subject, ours or theirs, parts, f"{basic.title}人员经费与公用经费之和", volume.doubt)


def _basic_and_whole(book: Book, outcome: Outcome) -> Iterator[tuple[Volume, list[Sheet]]]:
    """Each 基本支出表 with the expenditure table of the same funds: of 一般公共预算, and of all 财政拨款."""
    yield from book.sheets_or_reason(
        outcome, TableName.GENERAL_BUDGET_BASIC_EXPENDITURE, TableName.GENERAL_BUDGET_EXPENDITURE
    )
    of_all = (TableName.APPROPRIATION_BASIC_EXPENDITURE, TableName.APPROPRIATION_EXPENDITURE)
    if all(map(book.sheets, of_all)):
        yield from book.sheets_or_reason(outcome, *of_all)


def _whole_cells(rows: Sequence[Row]) -> list[Figure]:
    """Of each row its 合计, or what it has of 人员经费 and 公用经费 where the table prints them apart."""
    found: list[Figure] = []
    for row in rows:
        columns = (Column.TOTAL,) if Column.TOTAL in row.cells else _NATURE
        found += [row.cells[column] for column in columns if column in row.cells]
    return found


def check_basic_classes(book: Book, outcome: Outcome) -> None:
    """基本支出表: 301 and 303 are personnel, 302, 310 and the rest are public use."""
    for _, (sheet,) in book.sheets_or_reason(outcome, TableName.GENERAL_BUDGET_BASIC_EXPENDITURE):
        for row in sheet.rows:
            if len(row.code) != 3 or world(row) != "economic":
                continue
            personnel = row.code in PERSONNEL_CLASSES
            wrong = row.cells.get(Column.PUBLIC_USE if personnel else Column.PERSONNEL)
            outcome.tried()
            if wrong is not None and wrong.amount:
                right = "人员经费" if personnel else "公用经费"
                column = Column.PUBLIC_USE if personnel else Column.PERSONNEL
                outcome.breaks(f"{sheet.subject(row, column)}有金额，按经济分类应列{right}。", (wrong.record,))
