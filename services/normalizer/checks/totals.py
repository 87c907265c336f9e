"""CHECKS 1 and 2: the totals of 收支总表, and the rows of 收入总表 and 支出总表."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from services.normalizer.checks.book import Book
from services.normalizer.checks.classes import class_code
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.identities import check_rows
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.sheets import Row, Sheet
from services.normalizer.language.totals import is_partial, is_total
from shared.schemas.names import ColumnName, TableName

_DETAILS = (
    TableName.PROJECT_EXPENDITURE,
    TableName.DEPARTMENT_ECONOMIC_EXPENDITURE,
    TableName.GOVERNMENT_ECONOMIC_EXPENDITURE,
)
_HEADING = re.compile(r"本年(收入|支出)")
_YEAR = re.compile("本年|当年")
_WHOSE = re.compile("本年|当年|收入|支出")
_BALANCING = re.compile(r"结转|结余|弥补|动用|调入|结存|转贷|上解|下年|还本")


@dataclass(frozen=True)
class Side:
    """One side of a balance table: the lines over 本年合计, that line, those between it and 总计, that line.

    `borrowed`: the totals stand in another group of columns, which splits the same money otherwise.
    """

    sources: list[Row]
    current: Row | None
    between: list[Row]
    whole: Row | None
    borrowed: bool = False

    @property
    def bottom(self) -> Row | None:
        """The last total printed: 总计, or 本年合计 where there is no other."""
        return self.whole or self.current


def side_of(sheet: Sheet, side: str) -> Side:
    """One side of a balance table, of several groups of columns the one that lists classes of spending."""
    return _listing(_sides_of(sheet, side))


def _listing(groups: Sequence[Side]) -> Side:
    groups = groups or [_split([])]
    return max(groups, key=lambda group: sum(bool(class_code(row.name)) for row in group.sources))


def _sides_of(sheet: Sheet, side: str) -> list[Side]:
    """The groups of columns of one side; the totals may stand in one alone, and are those of the others too."""
    groups = [_split(rows) for rows in sheet.side(side)]
    totals = [group for group in groups if group.bottom is not None]
    if len(totals) != 1:
        return groups
    return [
        group if group.bottom else replace(totals[0], sources=group.sources, borrowed=True) for group in groups
    ]


def _split(rows: list[Row]) -> Side:
    """Split one side of a balance table at its total lines.

    本年合计 stands under its lines, or as a heading over them (一、本年收入; （一）…; 二、上年结转).
    """
    totals = [place for place, row in enumerate(rows) if row.is_grand or _is_subtotal(row)]
    whole = totals[-1] if totals and (len(totals) > 1 or not _YEAR.search(rows[totals[-1]].name)) else None
    ofyear = [place for place in totals if place != whole]
    current = next((place for place in ofyear if _YEAR.search(rows[place].name)), ofyear[0] if ofyear else None)
    end = len(rows) if whole is None else whole
    bottom = None if whole is None else rows[whole]
    if current is not None:
        return Side(rows[:current], rows[current], rows[current + 1 : end], bottom)
    heading = next((place for place, row in enumerate(rows) if _HEADING.fullmatch(row.name)), None)
    if heading is None:
        return Side(rows[:end], None, [], bottom)
    rest = [
        place for place in range(heading + 1, end) if rows[place].is_top or _BALANCING.search(rows[place].name)
    ]
    cut = rest[0] if rest else end
    return Side(rows[heading + 1 : cut], rows[heading], rows[cut:end], bottom)


def _is_subtotal(row: Row) -> bool:
    """Whether a 小计 is that of the whole side: 本年收入小计, 当年支出小计."""
    return is_partial(row.name) and is_total(row.name) and bool(_WHOSE.search(row.name))


def side_column(side: Side) -> ColumnName:
    """The column of a side's whole figures: 预算数, or 合计 where the side is split by fund."""
    rows = [row for row in (side.bottom, *side.sources) if row is not None]
    return ColumnName.BUDGET if any(ColumnName.BUDGET in row.cells for row in rows) else ColumnName.TOTAL


def figures(rows: Sequence[Row], column: ColumnName) -> list[Figure]:
    """The figures that `rows` print in `column`."""
    return [row.cells[column] for row in rows if column in row.cells]


def readings(rows: Sequence[Row], column: ColumnName) -> list[list[Figure]]:
    """The ways to tell lines from their parts (其中): by codes, marks, class names or figures, or all lines alike.

    Levels are never added: where rows bear codes, those under another row's code are its parts.
    """
    tops = _uncovered(rows)
    marked = [row for row in tops if row.is_top]
    whole = [row for row in tops if not row.is_part]
    classes = [row for row in tops if class_code(row.name)]
    ways = [figures(way, column) for way in (marked, whole, classes, tops, _summing(tops, column)) if way]
    return [way for way in ways if way]


def _uncovered(rows: Sequence[Row]) -> list[Row]:
    """`rows` less those whose code begins with the code of another: 类, not 款 and 项."""
    codes = {row.code for row in rows if row.code}
    return [row for row in rows if not any(row.code[:end] in codes for end in range(1, len(row.code)))]


def _summing(rows: Sequence[Row], column: ColumnName) -> list[Row]:
    """`rows` less those that follow another and add up to it: 财政拨款, then its funds without marks."""
    paid = [row for row in rows if column in row.cells]
    found: list[Row] = []
    at = 0
    while at < len(paid):
        found.append(paid[at])
        at += 1 + _parts_after(paid, at, column)
    return found


def _parts_after(rows: Sequence[Row], at: int, column: ColumnName) -> int:
    """How many of the rows after that at `at` add up to it; 0 where none do."""
    whole = rows[at].cells[column].amount
    rest = whole
    for count, row in enumerate(rows[at + 1 :], 1):
        rest -= row.cells[column].amount
        if rest <= 0:
            return count if rest == 0 and whole else 0
    return 0


def check_balance(book: Book, outcome: Outcome) -> None:
    """收支总表: 本年合计 = its lines; 总计 = 本年合计 + 结转结余; 收入总计 = 支出总计."""
    for volume, (sheet,) in book.sheets_or_reason(outcome, TableName.BALANCE):
        income, expenditure = _sides_of(sheet, "income"), _sides_of(sheet, "expenditure")
        for side in (*income, *expenditure):
            _check_side(outcome, sheet, side)
        check_rows(outcome, sheet)
        sides = _listing(income), _listing(expenditure)
        bottoms = [figure for side in sides if (figure := bottom_figure(side)) is not None]
        if len(bottoms) == 2:
            doubt = volume.doubt
            outcome.agrees(f"{sheet.title}支出总计", bottoms[1], bottoms[0], "收入总计", doubt)
        else:
            outcome.lacks(f"{sheet.title}缺少收入总计或支出总计")


def bottom_figure(side: Side) -> Figure | None:
    """The figure of a side's last total."""
    return side.bottom.cells.get(side_column(side)) if side.bottom else None


def _check_side(outcome: Outcome, sheet: Sheet, side: Side) -> None:
    total = side.current or side.whole
    if total is None or side_column(side) not in total.cells:
        outcome.lacks(f"{sheet.title}缺少合计行")
        return
    if not readings(side.sources, side_column(side)):
        outcome.lacks(f"{sheet.title}“{total.line.name}”没有构成项")
        return
    for column in total.cells:
        check_lines(outcome, sheet, side, column)
        if side.current and side.whole and column in side.whole.cells and not side.borrowed:
            check_whole(outcome, sheet, side, column)


def check_lines(outcome: Outcome, sheet: Sheet, side: Side, column: ColumnName) -> None:
    """本年合计 = the lines over it; 总计 = all lines where there is no 本年合计."""
    total = side.current or side.whole
    ways = readings(side.sources, column)
    if total is not None and column in total.cells and ways:
        outcome.adds_up_some_way(sheet.subject(total, column), total.cells[column], ways, "各项之和")


def check_whole(outcome: Outcome, sheet: Sheet, side: Side, column: ColumnName) -> None:
    """总计 = 本年合计 + the lines between them: 结转结余, 使用非财政拨款结余, 上级补助, 债务转贷 and their like.

    They may list their parts by fund; a line that is not known makes a failed sum insufficient.
    """
    assert side.current is not None
    assert side.whole is not None
    named = [row for row in side.between if _BALANCING.search(row.name)]
    others = [row for row in side.between if row not in named]
    plain = [row for row in side.between if not row.is_part]
    ways = [named, [row for row in named if not row.is_part], named[:1], plain, side.between]
    if not figures(named, column):
        ways = [others, plain]
    basis = f"{side.current.line.name}与{'、'.join(row.line.name for row in named) or '结转结余'}之和"
    strange = next((row for row in others if column in row.cells and not row.is_part), None)
    outcome.adds_up_some_way(
        sheet.subject(side.whole, column),
        side.whole.cells[column],
        [[side.current.cells[column], *figures(way, column)] for way in ways],
        basis,
        None if strange is None else f"{sheet.title}“{strange.line.name}”是否计入总计不能确定",
    )
    parts = [row for row in others if row.is_part]
    if len(named) == 1 and column in named[0].cells and figures(parts, column):
        outcome.adds_up(
            sheet.subject(named[0], column), named[0].cells[column], figures(parts, column), "各项之和"
        )


def check_income_rows(book: Book, outcome: Outcome) -> None:
    """收入总表: in each row 合计 = 本年收入小计 + 上年结转, 小计 = its sources; down, where these are rows."""
    for _, (sheet,) in book.sheets_or_reason(outcome, TableName.INCOME):
        check_rows(outcome, sheet)
        if len(sheet.columns) == 1 and not any(row.code for row in sheet.rows):
            _check_source_rows(outcome, sheet, sheet.columns[0])


def _check_source_rows(outcome: Outcome, sheet: Sheet, column: ColumnName) -> None:
    """The total = the 小计 of each kind of money and what is carried over, each 小计 = the sources under it."""
    starts = [place for place, row in enumerate(sheet.rows) if _is_kind_of_money(row)]
    grand = sheet.grand()
    if not starts or grand is None or column not in grand.cells or sheet.rows[0] is not grand or starts[0] != 1:
        return
    subtotals = [sheet.rows[start] for start in starts]
    outcome.adds_up(sheet.subject(grand, column), grand.cells[column], figures(subtotals, column), "各小计之和")
    for start, end in pairwise((*starts, len(sheet.rows))):
        ways = readings(sheet.rows[start + 1 : end], column)
        if ways and column in sheet.rows[start].cells:
            whole = sheet.rows[start]
            outcome.adds_up_some_way(sheet.subject(whole, column), whole.cells[column], ways, "各项之和")


def _is_kind_of_money(row: Row) -> bool:
    return (is_partial(row.name) or bool(_BALANCING.search(row.name))) and not row.is_part


def check_expenditure_rows(book: Book, outcome: Outcome) -> None:
    """支出总表: in each row 合计 = 基本 + 项目 + 经营 + 上解 + 对附属补助, those that it prints.

    The tables of 项目支出 and by economic classes, which print the same spending otherwise, add up as well.
    """
    for _, (sheet,) in book.sheets_or_reason(outcome, TableName.EXPENDITURE):
        check_rows(outcome, sheet)
    for name in _DETAILS:
        for sheet in book.sheets(name):
            check_rows(outcome, sheet)
