"""CHECKS 15: figures and tables that only a factor 10,000 keeps from agreeing with their neighbours."""

from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import OffScale, Outcome
from services.normalizer.checks.wording import TABLE_TITLES, money
from shared.schemas.names import Metric, TableName
from shared.schemas.records import BudgetLine, Fact

_FACTOR = Decimal(10_000)


def check_unit_mismatch(book: Book, outcome: Outcome) -> None:
    """No single figure is 10,000 times off what it must equal: 46.28元 beside 46.28万元.

    What a table of doubtful unit is compared with is told by `unit_conflict`.
    """
    told: set[tuple[object, ...]] = set()
    doubtful = {table for pair in book.off_scale if _between_tables(pair) for table in _tables(pair)}
    for pair in book.off_scale:
        outcome.tried()
        key = _where(pair)
        if not (_tables(pair) & doubtful) and key not in told:
            told.add(key)
            _tell(outcome, pair)
    agency = book.fact(Metric.AGENCY_OPERATING_FUNDS)
    public = book.fact(Metric.EXPENDITURE_PUBLIC_USE)
    if agency is None or public is None:
        return
    outcome.tried()
    pair = OffScale("机关运行经费", agency, public.amount, (public,))
    ratios = {agency.amount * _FACTOR, agency.amount / _FACTOR}
    if agency.amount and public.amount in ratios and _where(pair) not in told:
        _tell(outcome, pair)


def _where(pair: OffScale) -> tuple[object, ...]:
    """A stated figure stands for itself; the rows of one table have one unit, and one finding."""
    record = pair.actual.record
    if isinstance(record, Fact) or record.provenance.block is None:
        return (record.id,)
    return (type(record), record.provenance.document, record.provenance.block)


def _tell(outcome: Outcome, pair: OffScale) -> None:
    outcome.breaks(
        f"{pair.subject}公布为{money(pair.actual.amount)}，按相关数字应为{money(pair.expected)}，有数字的单位错了一万倍。",
        (pair.actual.record, *(figure.record for figure in pair.others)),
        (pair.expected, pair.actual.amount),
    )


def _tables(pair: OffScale) -> set[TableName]:
    records = [pair.actual.record, *(figure.record for figure in pair.others)]
    return {record.table for record in records if isinstance(record, BudgetLine)}


def _between_tables(pair: OffScale) -> bool:
    ours = pair.actual.record
    theirs = [figure.record for figure in pair.others]
    return isinstance(ours, BudgetLine) and any(
        isinstance(other, BudgetLine) and other.table is not ours.table for other in theirs
    )


def check_unit_conflict(book: Book, outcome: Outcome) -> None:
    """No table is 10,000 times off another: then one of their 单位 is wrong, and that is told once."""
    told: set[tuple[str, str]] = set()
    for pair in book.off_scale:
        outcome.tried()
        if not _between_tables(pair):
            continue
        ours = pair.actual.record
        theirs = [figure.record for figure in pair.others if isinstance(figure.record, BudgetLine)]
        assert isinstance(ours, BudgetLine)
        names = sorted({ours.table, theirs[0].table})
        if (names[0], names[-1]) in told:
            continue
        told.add((names[0], names[-1]))
        outcome.breaks(
            f"{TABLE_TITLES[ours.table]}与{TABLE_TITLES[theirs[0].table]}的金额相差一万倍"
            f"（{money(pair.actual.amount)}与{money(pair.expected)}），至少一张表的金额单位有误。",
            (ours, *theirs),
            (pair.expected, pair.actual.amount),
        )
    if book.volumes:
        outcome.tried(len(book.volumes))
