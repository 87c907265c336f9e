"""Figures in prose → fact records: each figure with the words of its clause, never over a sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from services.normalizer import terms, years
from services.normalizer.collector import Collector
from services.normalizer.money import UNIT_WORDS, yuan
from services.normalizer.sections import paths
from services.normalizer.wording import joined, narrow
from shared.schemas.document import Document, Paragraph
from shared.schemas.records import Fact, Metric

_FIGURE: Final = re.compile(
    rf"(?<![\dA-Za-z.])(-?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|-?\d{{1,16}}(?:\.\d{{1,8}})?)({UNIT_WORDS})(?![/每])"
)
_SENTENCE: Final = re.compile(r"[^。！？!?]+[。！？!?]?")
_CLAUSE: Final = re.compile(r"[，,；;：:（()）]")
_YEAR: Final = re.compile(r"(?<![较比与同和])(20\d\d)年")
_QUOTES: Final = str.maketrans("", "", "“”\"‘’'「」")
_PLAIN: Final = str.maketrans("（）：，", "():,")
_LONGEST: Final = 4000
_LONGEST_CLAUSE: Final = 100
_CLAUSES: Final = 3
"""Clauses before a figure that may name it together (`与上年相比，增加`)."""

_CHANGE_OF: Final = {
    Metric.INCOME_TOTAL: Metric.CHANGE_TOTAL,
    Metric.EXPENDITURE_TOTAL: Metric.CHANGE_TOTAL,
    Metric.EXPENDITURE_BASIC: Metric.CHANGE_BASIC,
    Metric.EXPENDITURE_PROJECT: Metric.CHANGE_PROJECT,
    Metric.THREE_PUBLIC_TOTAL: Metric.THREE_PUBLIC_CHANGE,
}
_NEVER_IN_BRACKETS: Final = frozenset(
    {
        Metric.THREE_PUBLIC_TOTAL,
        Metric.AGENCY_OPERATING_FUNDS,
        Metric.PROCUREMENT_TOTAL,
        Metric.INCOME_TOTAL,
        Metric.EXPENDITURE_TOTAL,
    }
)


@dataclass
class _Subject:
    """What the text speaks of: in the sentence so far, and in its paragraph; `income` while it lists income."""

    income: bool
    sentence: Metric | None = None
    paragraph: Metric | None = None

    def turn_to(self, metric: Metric) -> None:
        """`metric` was just named; the paragraph's subject is the first."""
        self.sentence = metric
        self.paragraph = self.paragraph or metric
        self.income = self.income or metric is Metric.INCOME_TOTAL


@dataclass(frozen=True)
class _Phrases:
    """The vocabulary's phrases, each with what may stand before and after it."""

    both_totals: re.Pattern[str]
    metrics: dict[Metric, re.Pattern[str]]
    named_changes: tuple[tuple[Metric, int, re.Pattern[str]], ...]
    changes: tuple[tuple[int, re.Pattern[str]], ...]
    other_changes: re.Pattern[str]


@cache
def _phrases() -> _Phrases:
    words = terms.metrics()
    before, after, compared = words.prefix.pattern, words.suffix.pattern, words.compared.pattern
    directions = ((1, words.increase.pattern), (-1, words.decrease.pattern))
    return _Phrases(
        both_totals=_joined(before, words.both_totals.pattern, after),
        metrics={metric: _joined(before, each.pattern, after) for metric, each in words.metrics.items()},
        named_changes=tuple(
            (metric, sign, _joined(f"(?:{compared})?", before, each.pattern, after, f"(?:{compared})?", direction))
            for metric, each in words.subjects.items()
            for sign, direction in directions
        ),
        changes=tuple(
            (sign, _joined(f"(?:{before})?", f"(?:{compared})?", direction)) for sign, direction in directions
        ),
        other_changes=_joined(".*", "|".join(direction for _, direction in directions)),
    )


def _joined(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(f"(?:{part})" for part in parts))


def read(document: Document, collector: Collector) -> None:
    """Add each figure that the vocabulary names, once; a figure restated gives no second fact."""
    fiscal = years.fiscal_year(document)
    silent = terms.metrics().silent_sections
    sections = paths(document)
    seen: set[tuple[Metric, int | None, Decimal]] = set()
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph) or any(silent.search(title) for title in sections[number]):
            continue
        text = _plain(block.text)
        if len(text) > _LONGEST or not _FIGURE.search(text):
            continue
        section = sections[number][-1] if sections[number] else ""
        for fact in _facts(text, fiscal, _Subject(income="收入" in section and "支出" not in section)):
            if fact not in seen:
                seen.add(fact)
                metric, year, amount = fact
                collector.add(Fact, collector.at_paragraph(number), metric=metric, year=year, amount=amount)


def _plain(text: str) -> str:
    plain = narrow(joined(text)).translate(_QUOTES).translate(_PLAIN)
    return plain.replace("(境)", "").replace("(境外)", "")


def _facts(text: str, fiscal: int | None, subject: _Subject) -> Iterator[tuple[Metric, int | None, Decimal]]:
    income = subject.income
    for sentence in _SENTENCE.findall(text):
        subject.sentence, subject.income = None, income
        start = 0
        for match in _FIGURE.finditer(sentence):
            amount = yuan(match[1] + match[2], None)
            assert amount is not None
            before = sentence[start : match.start()]
            year = _year(before, sentence[: match.start()], fiscal)
            bracketed = _depth(sentence, match.start()) > 0
            for metric, signed in _named(before, amount, subject):
                if not (bracketed and metric in _NEVER_IN_BRACKETS):
                    yield metric, _dated(metric, year, fiscal), signed
            start = match.end()


def _named(before: str, amount: Decimal, subject: _Subject) -> list[tuple[Metric, Decimal]]:
    """What the figure after `before` is, if anything: a metric, both totals, or a change of one."""
    for clause in _clauses(before):
        change = _change(clause, subject)
        if change:
            metric, sign = change
            return [(metric, amount * sign)] if metric else []
        metrics = _metrics(clause, subject.income)
        if metrics:
            subject.turn_to(metrics[0])
            return [(metric, amount) for metric in metrics]
    return []


def _clauses(before: str) -> Iterator[str]:
    """The last clause before the figure, then the last two joined, then three; blank ones are passed over."""
    ends = [match.end() for match in _CLAUSE.finditer(before)]
    for start in [*reversed(ends), 0][:_CLAUSES]:
        clause = before[start:].strip("、和及;)")
        if clause.strip(",:(") and len(clause) <= _LONGEST_CLAUSE:
            yield clause


def _metrics(clause: str, income: bool) -> list[Metric]:
    if _phrases().both_totals.fullmatch(clause):
        return [Metric.INCOME_TOTAL, Metric.EXPENDITURE_TOTAL]
    for metric, pattern in _phrases().metrics.items():
        if pattern.fullmatch(clause):
            part_of_income = metric.startswith("income_") and metric is not Metric.INCOME_TOTAL
            return [metric] if not part_of_income or "收入" in clause or income else []
    return []


def _change(clause: str, subject: _Subject) -> tuple[Metric | None, int] | None:
    """The change metric a clause like `基本支出比上年减少` speaks of, and its sign; None where it is no change.

    The metric is None where no metric names what changed.
    """
    for metric, sign, pattern in _phrases().named_changes:
        if pattern.fullmatch(clause):
            subject.sentence = metric
            return metric, sign
    for sign, pattern in _phrases().changes:
        if pattern.fullmatch(clause):
            return _change_of(subject.sentence or subject.paragraph), sign
    return (None, 0) if _phrases().other_changes.fullmatch(clause) else None


def _change_of(subject: Metric | None) -> Metric | None:
    if subject is None or subject in terms.metrics().subjects:
        return subject
    return _CHANGE_OF.get(subject)


def _year(clause: str, before: str, fiscal: int | None) -> int | None:
    """The year stated in the figure's own clause, else the sentence's first, unless only compared with.

    Where the sentence states none it is the fiscal year.
    """
    own = _YEAR.findall(_CLAUSE.split(clause)[-1])
    found = own[-1:] or _YEAR.findall(before)[:1]
    return int(found[0]) if found else fiscal


def _dated(metric: Metric, year: int | None, fiscal: int | None) -> int | None:
    """Assets `at the end of last year` are dated the year before the budget's."""
    if metric is Metric.FIXED_ASSETS_YEAR_END and year is not None and year == fiscal:
        return year - 1
    return year


def _depth(sentence: str, end: int) -> int:
    return sentence.count("(", 0, end) - sentence.count(")", 0, end)
