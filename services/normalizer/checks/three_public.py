"""CHECKS 8 and 26: the “三公” table of budgets and of final accounts."""

import re

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.identities import check_rows
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.sheets import Row, Sheet
from services.normalizer.language.text import label
from services.normalizer.language.totals import holds_more, is_total, without_total
from services.normalizer.tables.spec import three_public_item
from shared.schemas.document import Paragraph
from shared.schemas.names import Basis, DisclosureKind, TableName
from shared.schemas.names import ColumnName as Column
from shared.schemas.records import BudgetLine

_ITEMS = ("overseas", "vehicle", "vehicle_purchase", "vehicle_operation", "reception")
_QUOTES = re.compile('[“”"]')
_THREE = ("三公经费", "三公经费支出")
_BOUNDS = (("30212", "overseas"), ("30231", "vehicle_operation"), ("30217", "reception"))
_REASON = re.compile(r"原因|由于|因为|主要是|主要系|系因?(?!统)|致使|导致")


def lines_of(sheet: Sheet) -> dict[str, Row]:
    """The rows of a “三公” table by what they are; of several 因公出国 lines the first, which is their sum."""
    found: dict[str, Row] = {}
    for row in sheet.rows:
        item = None if is_total(row.name) else three_public_item(row.name)
        if item in _ITEMS:
            found.setdefault(item, row)
    return found


def check_three_public(book: Book, outcome: Outcome) -> None:
    """合计 = 出国 + 公务用车 + 接待; 公务用车 = 购置 + 运行维护, in every fund column."""
    for _, (sheet,) in book.sheets_or_reason(outcome, TableName.THREE_PUBLIC):
        _check_sums(outcome, sheet)


def check_three_public_budget(book: Book, outcome: Outcome) -> None:
    """“三公” table of final accounts: its 预算数 add up as its 决算数 do."""
    sheets = book.sheets(TableName.THREE_PUBLIC, Basis.BUDGET)
    for sheet in sheets:
        _check_sums(outcome, sheet, "预算数")
    if not sheets:
        _explain_no_budget(book, outcome)


def check_three_public_over(book: Book, outcome: Outcome) -> None:
    """“三公” table of final accounts: where 决算数 is over 预算数, the prose gives a reason."""
    pairs = [
        (planned, spent)
        for volume in book.volumes
        if (planned := volume.get(TableName.THREE_PUBLIC, Basis.BUDGET)) is not None
        and (spent := volume.get(TableName.THREE_PUBLIC)) is not None
    ]
    reasoned = any(_gives_reason(block.text) for block in book.document.blocks if isinstance(block, Paragraph))
    for planned, spent in pairs:
        plan, account = _whole(planned), _whole(spent)
        if plan is None or account is None:
            outcome.lacks(f"{spent.title}没有合计")
        elif reasoned:
            outcome.tried()
        else:
            outcome.at_most(f"{spent.title}合计的决算数没有说明原因，", account, plan, "预算数")
    if not pairs:
        _explain_no_budget(book, outcome)


def _explain_no_budget(book: Book, outcome: Outcome) -> None:
    if book.disclosure is None or book.disclosure.kind is not DisclosureKind.FINAL_ACCOUNTS:
        outcome.absent = "不是部门决算"
    else:
        outcome.lacks("没有读出“三公”经费的预算数与决算数")


def _gives_reason(text: str) -> bool:
    """Whether a paragraph on the “三公” funds says why more was spent than planned."""
    return "三公" in text and bool(_REASON.search(label(text)))


def whole_row(sheet: Sheet) -> Row | None:
    """The line of the “三公” funds together: their 小计, where further costs stand beside them, or 合计."""
    return _subtotal(sheet) or sheet.grand()


def _whole(sheet: Sheet) -> Figure | None:
    whole = whole_row(sheet)
    return whole.cells.get(Column.TOTAL) if whole else None


def _subtotal(sheet: Sheet) -> Row | None:
    """The line of the three together, where the table has further lines (会议费, 培训费) and a 合计 of all."""
    return next((row for row in sheet.rows if _QUOTES.sub("", without_total(row.name)) in _THREE), None)


def _check_sums(outcome: Outcome, sheet: Sheet, what: str = "") -> None:
    lines, total = lines_of(sheet), whole_row(sheet)
    if total is None:
        outcome.lacks(f"{sheet.title}没有合计")
        return
    outer = _outer(sheet)
    known = {id(row) for row in (*lines.values(), total, sheet.grand(), outer)}
    further = [row for row in sheet.rows if id(row) not in known and not row.is_part and not is_total(row.name)]
    for column in sheet.columns:
        parts = _cells(lines, ("overseas", "vehicle", "reception"), column)
        if "vehicle" not in lines:
            parts += _cells(lines, ("vehicle_purchase", "vehicle_operation"), column)
        more = [row.cells[column] for row in further if column in row.cells]
        whole, all_of = total.cells.get(column), outer.cells.get(column) if outer else None
        if whole and parts:
            subject = sheet.subject(total, column) + what
            _check_total(outcome, sheet, subject, (whole, parts, [] if outer else more), "三项经费之和")
        if outer and all_of and whole:
            subject = sheet.subject(outer, column) + what
            _check_total(outcome, sheet, subject, (all_of, [whole], more), "“三公”经费与其余各项之和")
        _check_vehicle(outcome, sheet, lines, column)


def _outer(sheet: Sheet) -> Row | None:
    """The total of the “三公” funds and what stands beside them: 合计（含会议费…）, or 合计 over their 小计."""
    named = next((row for row in sheet.rows if holds_more(row.name)), None)
    return named or (sheet.grand() if _subtotal(sheet) else None)


def _check_total(
    outcome: Outcome, sheet: Sheet, subject: str, sums: tuple[Figure, list[Figure], list[Figure]], basis: str
) -> None:
    """A total = its parts, with the further lines where it names them (含会议费), else with or without."""
    total, parts, more = sums
    if isinstance(total.record, BudgetLine) and holds_more(total.record.name):
        outcome.adds_up(subject, total, [*parts, *more], basis)
        return
    strange = next((figure.record for figure in more if figure.amount), None)
    doubt = f"{sheet.title}“{strange.name}”是否计入合计不能确定" if isinstance(strange, BudgetLine) else None
    outcome.adds_up_some_way(subject, total, [parts, [*parts, *more]], basis, doubt)


def _check_vehicle(outcome: Outcome, sheet: Sheet, lines: dict[str, Row], column: Column) -> None:
    vehicle = lines.get("vehicle")
    parts = _cells(lines, ("vehicle_purchase", "vehicle_operation"), column)
    if vehicle is not None and column in vehicle.cells and parts:
        subject = sheet.subject(vehicle, column)
        outcome.adds_up(subject, vehicle.cells[column], parts, "购置费与运行维护费之和")


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
                outcome.at_most(subject, part, bound, basis, volume.doubt)
