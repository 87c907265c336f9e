"""CHECKS 13: the change against the year before, its parts, and the year before itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Equation, Figure, sum_tolerance
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.places import numbers
from services.normalizer.checks.prose import name_of
from services.normalizer.checks.wording import money
from services.normalizer.language import vocabulary
from services.normalizer.language.money import UNIT_WORDS, UNITS
from services.normalizer.language.text import label
from services.normalizer.prose.stated import Role, Statement
from shared.schemas.document import Paragraph
from shared.schemas.names import DisclosureKind, Metric, Severity
from shared.schemas.records import Fact

_PAIRS = (
    (Metric.CHANGE_TOTAL, Metric.EXPENDITURE_TOTAL, "预算收支"),
    (Metric.CHANGE_BASIC, Metric.EXPENDITURE_BASIC, "基本支出"),
    (Metric.CHANGE_PROJECT, Metric.EXPENDITURE_PROJECT, "项目支出"),
)

_LESS = (Decimal(1), Decimal(-1))
_STATED = re.compile(rf"(?:为|是|经费|预算|预算数|安排|共计)(\d{{1,12}}(?:\.\d{{1,6}})?)({UNIT_WORDS})")
_CLAUSE_END = r"(?=\d{4}年|本年|今年|其中|因公|公务|主要|原因|[(){}。；;]|$)"


@dataclass(frozen=True)
class _Doubt:
    """Why a difference may be none of the publisher's; `warns` where it is likely enough to be told."""

    reason: str
    warns: bool = False


def _signed(amount: Decimal) -> str:
    return f"{'减少' if amount < 0 else '增加'}{money(abs(amount))}"


def _compare(
    outcome: Outcome,
    subject: str,
    change: Figure,
    parts: Sequence[Figure],
    factors: tuple[Decimal, ...],
    doubt: _Doubt | None = None,
) -> None:
    """Compare a stated change with what the other figures give, in words of increase and decrease.

    Each figure may be off by half a unit of its last place.
    """
    expected = sum((part.amount * factor for part, factor in zip(parts, factors, strict=True)), Decimal(0))
    off = abs(change.amount - expected)
    if off <= (change.unit + sum((part.unit for part in parts), Decimal(0))) / 2:
        outcome.tried()
        outcome.rounded += bool(off)
        return
    trial = Outcome()
    signs = [Figure(expected, min(part.unit for part in parts), change.record)]
    padding = [Figure(Decimal(0), signs[0].unit, change.record)] * (len(parts) - 1)
    trial.adds_up(subject, change, [*signs, *padding], "")
    if not trial.drafts:
        outcome.tried(trial.comparisons)
        outcome.rounded += trial.rounded
        outcome.lacking += trial.lacking
        outcome.off_scale += trial.off_scale
        return
    if doubt and not doubt.warns:
        outcome.lacks(doubt.reason)
        return
    outcome.tried()
    but = f"（{doubt.reason}）" if doubt else ""
    outcome.breaks(
        f"{subject}应{_signed(expected)}，与公布的{_signed(change.amount)}不符，相差{money(off)}{but}。",
        (change.record, *(part.record for part in parts)),
        (expected, change.amount),
        severity=Severity.WARNING if doubt else None,
        failed=Equation(subject, change, tuple(parts), "", sum_tolerance((change, *parts)), factors=factors),
    )


def check_change_sum(book: Book, outcome: Outcome) -> None:
    """The total change = the changes of 基本支出, 项目支出 and the further parts of expenditure stated, signed."""
    change = _change(book, Metric.CHANGE_TOTAL)
    basic, project = book.fact(Metric.CHANGE_BASIC), book.fact(Metric.CHANGE_PROJECT)
    if change is None or basic is None or project is None:
        outcome.lacks("正文没有说明比上年增减的总额及构成")
        return
    parts = [basic, project, *_further_parts(book)]
    expected = sum((part.amount for part in parts), Decimal(0))
    rest = abs(change.amount - expected)
    before = f"与{book.year - 1}年相比" if book.year else "与上年相比"
    names = "、".join(["基本支出", "项目支出", *(_name(part) for part in parts[2:])])
    amounts = "、".join(
        f"{name}{_signed(part.amount)}" for name, part in zip(names.split("、"), parts, strict=True)
    )
    _compare(
        outcome,
        f"{before}，{amounts}，合计",
        change,
        parts,
        (Decimal(1),) * len(parts),
        _doubt_of_parts(book, parts, change, rest),
    )


def _name(figure: Figure) -> str:
    return str(getattr(figure.record, "scope", None) or "其他")


def _change(book: Book, metric: Metric) -> Figure | None:
    """The change stated; of the totals that of expenditure, which that of income may differ from.

    The one beside the change of 基本支出 goes before others.
    """
    basic = book.fact(Metric.CHANGE_BASIC)
    found = []
    for figure in book.facts_of(metric):
        statement = book.statement_of(figure.record, figure.amount)
        if statement is None or statement.subject.metrics != (Metric.INCOME_TOTAL,):
            found.append(figure)
    beside = [one for one in found if basic and one.record.provenance.block == basic.record.provenance.block]
    return next(iter([*beside, *found]), None)


def _further_parts(book: Book) -> list[Figure]:
    """The changes of the parts of expenditure beside 基本支出 and 项目支出: 预留机动经费, 经营支出, …"""
    known = vocabulary.metrics().expenditure_parts
    found: dict[str, Figure] = {}
    for fact in book.facts:
        if fact.metric is Metric.CHANGE_PART and fact.scope in known and fact.year in {book.year, None}:
            figure = book.figure(fact)
            if figure is not None:
                found.setdefault(str(fact.scope), figure)
    return list(found.values())


def _doubt_of_parts(book: Book, parts: Sequence[Figure], change: Figure, rest: Decimal) -> _Doubt | None:
    """Why the parts may not be all of it: what is carried over changed too, they stand in several paragraphs, …"""
    if _is_with_carryover(book, change):
        return _Doubt("增减额是收支总计的，结转结余也有增减")
    if len({figure.record.provenance.block for figure in (change, *parts)}) > 1:
        return _Doubt("增减额的各项分列各段，可能不止所列各项", warns=_levels_add_up(book))
    if rest and rest in _other_amounts(book, change):
        return _Doubt("增减额的构成不止基本支出与项目支出")
    return None


def _is_with_carryover(book: Book, change: Figure) -> bool:
    """Whether a change is of 收支总计, where 本年支出 is another figure."""
    stated = book.statement_of(change.record, change.amount)
    other = book.fact(Metric.EXPENDITURE_WITH_CARRYOVER)
    return stated is not None and stated.kind == "grand" and other is not None


def _levels_add_up(book: Book) -> bool:
    """Whether this year's 基本支出, 项目支出 and further parts are all of the expenditure."""
    total, basic = book.fact(Metric.EXPENDITURE_TOTAL), book.fact(Metric.EXPENDITURE_BASIC)
    project = book.fact(Metric.EXPENDITURE_PROJECT)
    if total is None or basic is None or project is None:
        return False
    known = vocabulary.metrics().expenditure_parts
    further = {
        fact.scope: fact.amount
        for fact in book.facts
        if fact.metric is Metric.EXPENDITURE_PART
        and fact.scope in known
        and fact.year == book.year
        and fact.amount
    }
    whole = basic.amount + project.amount + sum(further.values(), Decimal(0))
    return abs(total.amount - whole) <= (3 + len(further)) * total.unit / 2


def _other_amounts(book: Book, change: Figure) -> set[Decimal]:
    """The amounts of the change's paragraph that no fact stands for: explanations, or further parts."""
    place = change.record.provenance.block
    block = book.block(place)
    known = {abs(fact.amount) for fact in book.facts if fact.provenance.block == place and fact.amount}
    text = block.text if isinstance(block, Paragraph) else ""
    return {number.value * number.scale for number in numbers(text) if number.scale} - known


def check_change_prior(book: Book, outcome: Outcome) -> None:
    """The change = this year's figure less the year before's, where prose gives both."""
    _compare_years(book, outcome, _PAIRS)
    _compare_sentences(book, outcome, of_three_public=False)
    if not outcome.comparisons and not outcome.drafts:
        outcome.lacks("正文没有同时公布上年数与增减额")


def _compare_sentences(book: Book, outcome: Outcome, *, of_three_public: bool) -> None:
    for name, level, prior, change in _triples(book, of_three_public=of_three_public):
        subject = f"{name}本年{money(level.amount)}、上年{money(prior.amount)}，比上年"
        _compare(outcome, subject, change, [level, prior], _LESS)


def _triples(book: Book, *, of_three_public: bool) -> Iterator[tuple[str, Figure, Figure, Figure]]:
    """In one sentence the figure of a subject, the year before's and the change, one of each."""
    for told in book.told:
        roles: dict[tuple[int, str], dict[Role, list[Statement]]] = {}
        for each in told.statements:
            wanted = (
                each.subject.metrics and (Metric.THREE_PUBLIC_TOTAL in each.subject.metrics) is of_three_public
            )
            if wanted and each.role in {Role.LEVEL, Role.PRIOR, Role.CHANGE}:
                key = (each.sentence, each.subject.name)
                roles.setdefault(key, {}).setdefault(each.role, []).append(each)
        for found in roles.values():
            if len(found) == 3 and all(len(statements) == 1 for statements in found.values()):
                level, prior, change = found[Role.LEVEL][0], found[Role.PRIOR][0], found[Role.CHANGE][0]
                record = book.fact_at(told.block, abs(level.amount))
                if record is not None and level.year == book.year and prior.year == (level.year or 0) - 1:
                    figures = [_stated(book, told.block, each, record) for each in (level, prior, change)]
                    yield name_of(level.subject), figures[0], figures[1], figures[2]


def _stated(book: Book, block: int, each: Statement, beside: Fact) -> Figure:
    """The figure of a statement: of its fact where it is one, else of the one beside it."""
    record = book.fact_at(block, abs(each.amount))
    return Figure(each.amount, each.unit, record or beside, "amount" if record else None)


def check_three_public_change(book: Book, outcome: Outcome) -> None:
    """The same for the “三公” total; a department may count units that the year before reported alone."""
    _compare_years(book, outcome, ((Metric.THREE_PUBLIC_CHANGE, Metric.THREE_PUBLIC_TOTAL, "“三公”经费预算"),))
    if not outcome.comparisons and not outcome.drafts:
        _compare_sentences(book, outcome, of_three_public=True)
    if not outcome.comparisons and not outcome.drafts:
        outcome.lacks("正文没有同时公布上年数与增减额")


def _compare_years(book: Book, outcome: Outcome, pairs: tuple[tuple[Metric, Metric, str], ...]) -> None:
    for change_metric, metric, title in pairs:
        change, now = _change(book, change_metric), book.fact(metric)
        if change is None or now is None or book.year is None or _is_with_carryover(book, change):
            continue
        before = [one for one in book.facts_of(metric, book.year - 1) if _is_comparable(book, one)][:1]
        if metric is Metric.THREE_PUBLIC_TOTAL:
            before = _in_sentence(book, change, book.year - 1) or before
        if not before:
            continue
        subject = f"{title}本年{money(now.amount)}、上年{'与'.join(money(one.amount) for one in before)}，比上年"
        _compare(outcome, subject, change, [now, *before], (Decimal(1), *(Decimal(-1) for _ in before)))


def _is_comparable(book: Book, prior: Figure) -> bool:
    """Whether a budget's change may be against `prior`: not against what was spent of the year before."""
    stated = book.statement_of(prior.record, prior.amount)
    budget = book.disclosure is not None and book.disclosure.kind is DisclosureKind.DEPARTMENT_BUDGET
    return not (budget and stated is not None and stated.label in vocabulary.metrics().spent)


def _in_sentence(book: Book, change: Figure, year: int) -> list[Figure]:
    """The “三公” funds of `year` that the change's own paragraph names, one a unit: 甲为3.8万元，乙为3.4万元."""
    place = change.record.provenance
    block = book.block(place.block)
    text = label(block.text if isinstance(block, Paragraph) else place.text)
    clause = re.search(rf"{year}年(.{{0,200}}?){_CLAUSE_END}", text)
    found = []
    for digits, word in _STATED.findall(clause[1]) if clause else ():
        unit = UNITS[word].scaleb(-len(digits.partition(".")[2]))
        found.append(Figure(Decimal(digits) * UNITS[word], unit, change.record))
    return found
