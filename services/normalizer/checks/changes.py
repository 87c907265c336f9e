"""CHECKS 13: the change against the year before, its parts, and the year before itself."""

import re
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Figure, Outcome
from services.normalizer.checks.places import numbers
from services.normalizer.checks.wording import money
from services.normalizer.language.money import UNIT_WORDS, UNITS
from services.normalizer.language.text import label
from shared.schemas.document import Paragraph
from shared.schemas.names import Metric

_PAIRS = (
    (Metric.CHANGE_TOTAL, Metric.EXPENDITURE_TOTAL, "预算收支"),
    (Metric.CHANGE_BASIC, Metric.EXPENDITURE_BASIC, "基本支出"),
    (Metric.CHANGE_PROJECT, Metric.EXPENDITURE_PROJECT, "项目支出"),
)

_STATED = re.compile(rf"(?:为|是|经费|预算|预算数|安排|共计)(\d{{1,12}}(?:\.\d{{1,6}})?)({UNIT_WORDS})")
_CLAUSE_END = r"(?=\d{4}年|本年|今年|其中|因公|公务|主要|原因|[(){}。；;]|$)"


def _signed(amount: Decimal) -> str:
    return f"{'减少' if amount < 0 else '增加'}{money(abs(amount))}"


def _compare(outcome: Outcome, subject: str, change: Figure, parts: list[Figure], expected: Decimal) -> None:
    """Compare a stated change with what the other figures give, in words of increase and decrease."""
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
    outcome.tried()
    outcome.breaks(
        f"{subject}应{_signed(expected)}，与公布的{_signed(change.amount)}不符，"
        f"相差{money(abs(change.amount - expected))}。",
        (change.record, *(part.record for part in parts)),
        (expected, change.amount),
    )


def check_change_sum(book: Book, outcome: Outcome) -> None:
    """The total change = the change of 基本支出 + the change of 项目支出, signed."""
    change = book.fact(Metric.CHANGE_TOTAL)
    basic, project = book.fact(Metric.CHANGE_BASIC), book.fact(Metric.CHANGE_PROJECT)
    if change is None or basic is None or project is None:
        outcome.lacks("正文没有说明比上年增减的总额及构成")
        return
    rest = abs(change.amount - basic.amount - project.amount)
    if rest in _other_amounts(book, change):
        outcome.lacks("增减额的构成不止基本支出与项目支出")
        return
    before = f"与{book.year - 1}年相比" if book.year else "与上年相比"
    subject = f"{before}，基本支出{_signed(basic.amount)}、项目支出{_signed(project.amount)}，合计"
    _compare(outcome, subject, change, [basic, project], basic.amount + project.amount)


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


def check_three_public_change(book: Book, outcome: Outcome) -> None:
    """The change of the “三公” funds = this year's less the year before's, of all units the sentence names."""
    _compare_years(book, outcome, ((Metric.THREE_PUBLIC_CHANGE, Metric.THREE_PUBLIC_TOTAL, "“三公”经费预算"),))


def _compare_years(book: Book, outcome: Outcome, pairs: tuple[tuple[Metric, Metric, str], ...]) -> None:
    for change_metric, metric, title in pairs:
        change, now = book.fact(change_metric), book.fact(metric)
        if change is None or now is None or book.year is None:
            continue
        before = book.facts_of(metric, book.year - 1)[:1]
        if metric is Metric.THREE_PUBLIC_TOTAL:
            before = _in_sentence(book, change, book.year - 1) or before
        if not before:
            continue
        prior = sum((figure.amount for figure in before), Decimal(0))
        subject = f"{title}本年{money(now.amount)}、上年{'与'.join(money(one.amount) for one in before)}，比上年"
        _compare(outcome, subject, change, [now, *before], now.amount - prior)
    if not outcome.comparisons and not outcome.drafts:
        outcome.lacks("正文没有同时公布上年数与增减额")


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
