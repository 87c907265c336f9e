"""The identities inside a row: which columns add up to which, and when a blank cell means zero."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache

from services.normalizer.checks.equations import Figure, sum_tolerance
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.sheets import Row, Sheet
from services.normalizer.checks.wording import COLUMN_TITLES
from services.normalizer.tables.spec import specs
from shared.schemas.names import ColumnName as Column
from shared.schemas.names import TableName

Sums = Mapping[Column, tuple[tuple[Column, ...], ...]]
"""Of a kind of table each total and the parts it may be the sum of, of which it prints some."""
Identity = tuple[Column, tuple[Column, ...]]


def sums_of(name: TableName) -> Sums:
    """The sums of a kind of table, as its file in the vocabulary states them."""
    return specs()[name].sums


def identities(sheet: Sheet) -> list[Identity]:
    """The sums that hold in the rows of `sheet`, of the columns that it prints.

    Of several ways to make up a total every one that most rows bear out is an identity (合计 = 小计 + 结转 = all
    sources), but none that fails in several rows beside one that holds in all. Where none is borne out, the one of
    the most columns, never one column alone: that is a part of which the rest is not printed (其中).
    """
    if sheet.identities is None:
        sheet.identities = list(_identities(sheet))
    return sheet.identities


def _identities(sheet: Sheet) -> Iterator[Identity]:
    printed = set(sheet.columns)
    for total, ways in sums_of(sheet.name).items():
        if total not in printed:
            continue
        present = dict.fromkeys(_without_details(sheet, total, way, printed) for way in ways)
        whole = [way for way in present if way and not any(set(way) < set(other) for other in present)]
        whole = [way for way in whole if len(way) > 1 or not _is_of_a_part(sheet, total, way[0])]
        shares = {way: _share(sheet, total, way) for way in whole}
        proved = 1 in shares.values()
        borne_out = [
            way for way, share in shares.items() if 2 * share > 1 and not (proved and _differs(sheet, total, way))
        ]
        if borne_out:
            yield from ((total, way) for way in borne_out)
        elif several := [way for way in whole if len(way) > 1]:
            yield total, max(several, key=lambda way: (shares[way], len(way)))


def _without_details(
    sheet: Sheet, total: Column, way: tuple[Column, ...], printed: set[Column]
) -> tuple[Column, ...]:
    """The printed columns of `way` less those that another is the sum of: 单位资金 and its 事业收入."""
    present = tuple(column for column in way if column in printed)
    details: set[Column] = set()
    for inner, ways in sums_of(sheet.name).items():
        for parts in ways if inner is not total and inner in present else ():
            own = tuple(column for column in parts if column in present)
            if own and 2 * _share(sheet, inner, own) > 1:
                details.update(own)
    return tuple(column for column in present if column not in details)


def _share(sheet: Sheet, total: Column, parts: tuple[Column, ...]) -> Decimal:
    """In how many of the rows that are tried the sum holds."""
    tried = list(_tried(sheet, total, parts))
    return Decimal(sum(tried)) / len(tried) if tried else Decimal(0)


def _differs(sheet: Sheet, total: Column, parts: tuple[Column, ...]) -> bool:
    """Whether the sum fails in more rows than one, which no slip does."""
    return list(_tried(sheet, total, parts)).count(False) > 1


def _is_of_a_part(sheet: Sheet, total: Column, part: Column) -> bool:
    """Whether rows print `part` alone otherwise than `total`, others leave it blank: the rest is not printed."""
    blank = any(total in row.cells and row.cells[total].amount and part not in row.cells for row in sheet.rows)
    return blank and not all(_tried(sheet, total, (part,)))


def _tried(sheet: Sheet, total: Column, parts: tuple[Column, ...]) -> Iterator[bool]:
    """For each row that prints the total and a part, whether the sum holds."""
    for row in sheet.rows:
        printed = [row.cells[part] for part in parts if part in row.cells]
        if total in row.cells and printed:
            apart = row.cells[total].amount - sum((figure.amount for figure in printed), Decimal(0))
            yield abs(apart) <= sum_tolerance((row.cells[total], *printed))


def check_rows(outcome: Outcome, sheet: Sheet) -> None:
    """Compare, in every row, each total column with the columns it is made of."""
    for total, parts in identities(sheet):
        trial = Outcome()
        for row in sheet.rows:
            _check_row(trial, sheet, row, (total, parts))
        outcome.absorb(trial, f"{sheet.title}的{COLUMN_TITLES[total]}")


def _check_row(outcome: Outcome, sheet: Sheet, row: Row, identity: Identity) -> None:
    """Compare a total with its parts; a further column of the row that makes the sum hold belongs to it."""
    total, parts = identity
    printed = [row.cells[column] for column in parts if column in row.cells]
    whole = row.cells.get(total) or zero_where_blank(sheet, row, total)
    subject = sheet.subject(row, total)
    if whole is None:
        if printed:
            outcome.lacks(f"{subject}没有填列")
        return
    if not printed:
        if total in row.cells and whole.amount:
            outcome.lacks(f"{subject}的各栏没有填列")
        return
    missing = [column for column in parts if column not in row.cells]
    unsure = any(_contradicts_zero(sheet, row, column) for column in missing)
    doubt = f"{subject}所在行有空白，不能作零处理" if unsure else None
    if (strange := _unplaced(sheet, row)) is not None:
        doubt = doubt or f"{sheet.title}的{COLUMN_TITLES[strange]}是否计入合计不能确定"
    basis = "、".join(COLUMN_TITLES[column] for column in parts) + "之和"
    beside = [figure for column, figure in row.cells.items() if column not in (total, *parts) and figure.amount]
    ways = [printed, *([*printed, further] for further in beside)]
    outcome.adds_up_some_way(subject, whole, ways, basis, doubt)


def _unplaced(sheet: Sheet, row: Row) -> Column | None:
    """A column filled in this row that is neither a total nor a part in any sum of the table."""
    placed = _placed(sheet.name)
    return next((column for column, figure in row.cells.items() if figure.amount and column not in placed), None)


@cache
def _placed(name: TableName) -> frozenset[Column]:
    """The columns of a kind of table that take part in its sums, or tell a part of another."""
    sums = sums_of(name)
    return frozenset(
        (*sums, *specs()[name].memo, *(column for ways in sums.values() for way in ways for column in way))
    )


def zero_where_blank(sheet: Sheet, row: Row, column: Column) -> Figure | None:
    """Zero for a blank cell if the row's other identities hold with it; None if they don't or say nothing."""
    if not row.cells or column is Column.TOTAL:
        return None
    unit = min(figure.unit for figure in row.cells.values())
    for total, parts in identities(sheet):
        if column not in (total, *parts) or total not in row.cells:
            continue
        printed = [row.cells[part] for part in parts if part in row.cells]
        rest = row.cells[total].amount - sum((figure.amount for figure in printed), Decimal(0))
        if abs(rest) > (len(printed) + 1) * unit / 2:
            return None
    if _contradicts_zero(sheet, row, column):
        return None
    return Figure(Decimal(0), unit, row.line)


def _contradicts_zero(sheet: Sheet, row: Row, column: Column) -> bool:
    """Whether a blank total stands over parts that are not zero."""
    for total, parts in identities(sheet):
        if total is column and any(row.cells[part].amount for part in parts if part in row.cells):
            return True
    return False
