"""CHECKS 15: figures and tables that only a factor 10,000 keeps from agreeing with their neighbours."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.outcome import OffScale, Outcome
from services.normalizer.checks.wording import TABLE_TITLES, amount_of, money
from shared.schemas.names import Metric, Severity, TableName
from shared.schemas.records import BudgetLine, Fact

_FACTOR = Decimal(10_000)


def check_unit_mismatch(book: Book, outcome: Outcome) -> None:
    """No single figure is 10,000 times off what it must equal: 46.28元 beside 46.28万元.

    What a table of doubtful unit is compared with is told by `unit_conflict`.
    """
    alone = _one_figure(book.off_scale)
    outcome.tried(len(book.off_scale))
    if alone is not None:
        figure, right = alone
        subject = next(
            (each.equation.subject for each in book.off_scale if each.equation.total.key == figure.key),
            amount_of(figure.record),
        )
        others = [other for each in book.off_scale for other in each.equation.figures]
        _tell(outcome, subject, (figure, *others), right)
        return
    told: set[tuple[object, ...]] = set()
    doubtful = {table for pair in book.off_scale if _between_tables(pair) for table in _tables(pair)}
    columns = Counter(_column(pair.choices[0][0]) for pair in book.off_scale if len(pair.choices) == 1)
    for pair in book.off_scale:
        figure = pair.choices[0][0]
        keys = {_where(figure), *(other.key for other in pair.equation.figures)}
        if not (_tables(pair) & doubtful or keys & told):
            told |= {_where(figure), figure.key or ()}
            _tell_of(outcome, pair, columns[_column(figure)] > 1)
    agency = book.fact(Metric.AGENCY_OPERATING_FUNDS)
    public = book.fact(Metric.EXPENDITURE_PUBLIC_USE)
    if agency is None or public is None:
        return
    outcome.tried()
    ratios = {agency.amount * _FACTOR, agency.amount / _FACTOR}
    if agency.amount and public.amount in ratios and _where(agency) not in told:
        _tell(outcome, "机关运行经费", (agency, public), public.amount)


def _one_figure(pairs: Sequence[OffScale]) -> tuple[Figure, Decimal] | None:
    """The one figure all `pairs` need changed, and what it should be: a table in such a unit agrees in itself."""
    if len(pairs) < 2 or all(map(_between_tables, pairs)):
        return None
    shared = set.intersection(*({figure.key for figure, _ in pair.choices} for pair in pairs))
    if len(shared) != 1 or None in shared:
        return None
    return next(choice for choice in pairs[0].choices if choice[0].key in shared)


def _where(figure: Figure) -> tuple[object, ...]:
    """A stated figure stands for itself; the rows of one table have one unit, and one finding."""
    record = figure.record
    if isinstance(record, Fact) or record.provenance.block is None:
        return (record.id,)
    return (type(record), record.provenance.document, record.provenance.block)


def _column(figure: Figure) -> tuple[int | None, int | None] | None:
    """The column of a table a figure stands in."""
    place = figure.record.provenance
    return (place.block, place.column) if place.column is not None else None


def _tell_of(outcome: Outcome, pair: OffScale, of_a_column: bool) -> None:
    """Tell of one comparison: the figure that alone mends it; where each of two would, that they are apart.

    Where more of its column is off, the column may state a unit of its own that was not read.
    """
    equation = pair.equation
    severity = Severity.WARNING if of_a_column else None
    if len(pair.choices) == 1:
        figure, right = pair.choices[0]
        subject = equation.subject if figure.key == equation.total.key else amount_of(figure.record)
        _tell(outcome, subject, (figure, *equation.figures), right, severity)
        return
    outcome.breaks(
        f"{equation.subject}公布为{money(equation.total.amount)}，与{equation.basis}{money(equation.expected)}"
        "相差一万倍，至少一处的单位有误。",
        [figure.record for figure in equation.figures],
        (equation.expected, equation.total.amount),
        severity=severity,
    )


def _tell(
    outcome: Outcome, subject: str, figures: Sequence[Figure], right: Decimal, severity: Severity | None = None
) -> None:
    wrong = figures[0].amount
    outcome.breaks(
        f"{subject}公布为{money(wrong)}，按相关数字应为{money(right)}，有数字的单位错了一万倍。",
        [figure.record for figure in figures],
        (right, wrong),
        severity=severity,
    )


def _tables(pair: OffScale) -> set[TableName]:
    return {figure.record.table for figure in pair.equation.figures if isinstance(figure.record, BudgetLine)}


def _between_tables(pair: OffScale) -> bool:
    ours = pair.equation.total.record
    theirs = [figure.record for figure in pair.equation.parts]
    return isinstance(ours, BudgetLine) and any(
        isinstance(other, BudgetLine) and other.table is not ours.table for other in theirs
    )


def check_unit_conflict(book: Book, outcome: Outcome) -> None:
    """No table is 10,000 times off another: then one of their 单位 is wrong, and that is told once."""
    told: set[tuple[str, str]] = set()
    single = _one_figure(book.off_scale) is not None
    for pair in book.off_scale:
        outcome.tried()
        if single or not _between_tables(pair):
            continue
        equation = pair.equation
        ours = equation.total.record
        theirs = [figure.record for figure in equation.parts if isinstance(figure.record, BudgetLine)]
        assert isinstance(ours, BudgetLine)
        names = sorted({ours.table, theirs[0].table})
        if (names[0], names[-1]) in told:
            continue
        told.add((names[0], names[-1]))
        outcome.breaks(
            f"{TABLE_TITLES[ours.table]}与{TABLE_TITLES[theirs[0].table]}的金额相差一万倍"
            f"（{money(equation.total.amount)}与{money(equation.expected)}），至少一张表的金额单位有误。",
            (ours, *theirs),
            (equation.expected, equation.total.amount),
        )
    if book.volumes:
        outcome.tried(len(book.volumes))
