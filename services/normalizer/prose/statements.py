"""Prose → statements: each figure with what the words of its clause say it is, never over a sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.money import UNIT_WORDS, yuan
from services.normalizer.language.text import without_marker
from services.normalizer.prose.phrases import phrases, plain
from shared.schemas.names import Metric

FIGURE: Final = re.compile(
    rf"(?<![\dA-Za-z.])(-?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|-?\d{{1,16}}(?:\.\d{{1,8}})?)({UNIT_WORDS})(?![/每])"
)
_SENTENCE: Final = re.compile(r"[^。！？!?]+[。！？!?]?")
_CLAUSE: Final = re.compile(r"[，,；;：:（()）]")
_YEAR: Final = re.compile(r"(?<![较比与同和])(20\d\d)年")
_YEAR_END: Final = re.compile(r"截[至止].{0,6}?(20\d\d)年|(20\d\d)年(?:年)?(?:末|底|12月31日)")
_GRAND: Final = re.compile("总计|收支|收、支")
_CURRENT: Final = re.compile("本年|当年")
_SUM: Final = re.compile("合计")
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
TOTALS: Final = frozenset({Metric.INCOME_TOTAL, Metric.EXPENDITURE_TOTAL})
_OF_EXPENDITURE: Final = frozenset(
    {
        Metric.EXPENDITURE_BASIC,
        Metric.EXPENDITURE_PERSONNEL,
        Metric.EXPENDITURE_PUBLIC_USE,
        Metric.EXPENDITURE_PROJECT,
    }
)
_NEVER_IN_BRACKETS: Final = TOTALS | {
    Metric.THREE_PUBLIC_TOTAL,
    Metric.AGENCY_OPERATING_FUNDS,
    Metric.PROCUREMENT_TOTAL,
}


@dataclass(frozen=True)
class Statement:
    """A figure and what it is; `scope` tells a total's kinds: grand (总计), current (本年…), sum (合计).

    It is part where basic or project expenditure is that of one fund.
    """

    metric: Metric
    year: int | None
    amount: Decimal
    scope: str


@dataclass(frozen=True)
class Setting:
    """Where the prose stands: the fiscal year, whether in final accounts, the title of its section."""

    fiscal: int | None
    final: bool
    section: str = ""
    partial: bool = False
    """Whether the section is about the expenditure of one fund."""

    @property
    def income(self) -> bool:
        return "收入" in self.section and "支出" not in self.section


@dataclass
class _Subject:
    """What the text speaks of: in the sentence so far, and in its paragraph; `income` while it lists income.

    `topic` is what a heading or a sentence without figure named as a whole.
    """

    income: bool
    topic: Metric | None = None
    sentence: Metric | None = None
    paragraph: Metric | None = None

    def turn_to(self, metric: Metric) -> None:
        """`metric` was just named; the paragraph's subject is the first."""
        self.sentence = metric
        self.paragraph = self.paragraph or metric
        self.income = self.income or metric is Metric.INCOME_TOTAL


def statements(text: str, setting: Setting) -> Iterator[Statement]:
    """What the `plain` text states, figure by figure; a figure that no phrase names gives nothing."""
    subject = _Subject(setting.income, _topic(setting.section))
    for sentence in _SENTENCE.findall(text):
        subject.sentence, subject.income = None, setting.income
        subject.topic = _topic(sentence) or subject.topic
        start = 0
        for match in FIGURE.finditer(sentence):
            amount = yuan(match[1] + match[2], None)
            assert amount is not None
            clause = _Clause(sentence[start : match.start()], sentence[: match.start()])
            for metric, sign in _named(clause, subject, setting):
                if not (clause.bracketed and metric in _NEVER_IN_BRACKETS):
                    yield Statement(
                        metric, clause.year(metric, setting), amount * sign, _scope(clause, metric, setting)
                    )
            start = match.end()


@dataclass(frozen=True)
class _Clause:
    """The words between the figure before and this one, and the sentence up to this one."""

    words: str
    sentence: str

    @property
    def bracketed(self) -> bool:
        return self.sentence.count("(") > self.sentence.count(")")

    @property
    def scope(self) -> str:
        last = _CLAUSE.split(self.words)[-1]
        kinds = (("grand", _GRAND), ("current", _CURRENT), ("sum", _SUM))
        return next((kind for kind, pattern in kinds if pattern.search(last)), "")

    def candidates(self) -> Iterator[str]:
        """The last clause before the figure, then the last two joined, then three; blank ones are passed over."""
        ends = [match.end() for match in _CLAUSE.finditer(self.words)]
        for start in [*reversed(ends), 0][:_CLAUSES]:
            clause = self.words[start:].strip("、和及;)")
            if clause.strip(",:(") and len(clause) <= _LONGEST_CLAUSE:
                yield clause

    def year(self, metric: Metric, setting: Setting) -> int | None:
        """The year stated in the clause itself, else the sentence's first, unless only compared with.

        Where the sentence states none it is the fiscal year. Assets are dated by the year's end they are of: the
        one stated, else the last before a budget, else that of the accounts.
        """
        own = _YEAR.findall(_CLAUSE.split(self.words)[-1])
        stated = _YEAR.findall(self.sentence)
        found = own[-1:] or ([max(stated)] if stated and metric in vocabulary.metrics().subjects else stated[:1])
        year = int(found[0]) if found else setting.fiscal
        if metric is not Metric.FIXED_ASSETS_YEAR_END:
            return year
        ends = _YEAR_END.findall(self.sentence)
        if ends:
            return int(ends[-1][0] or ends[-1][1])
        if year is not None and year == setting.fiscal and ("上年" in self.sentence or not setting.final):
            return year - 1
        return year


def _scope(clause: _Clause, metric: Metric, setting: Setting) -> str:
    if metric not in _OF_EXPENDITURE:
        return clause.scope
    return "part" if setting.partial or vocabulary.metrics().partial.search(clause.sentence) else ""


def _named(clause: _Clause, subject: _Subject, setting: Setting) -> list[tuple[Metric, int]]:
    """What the figure after `clause` is, if anything: a metric, both totals, or a change of one with its sign."""
    for words in clause.candidates():
        change = _change(words, subject)
        if change:
            metric, sign = change
            return [(metric, sign)] if metric else []
        if setting.final and subject.sentence and phrases().outturn.fullmatch(words):
            return [(subject.sentence, 1)]
        metrics = _metrics(words, subject.income)
        if metrics and _is_of_something_else(words, clause.sentence, metrics[0]):
            return []
        if metrics:
            subject.turn_to(metrics[0])
            only_planned = setting.final and vocabulary.metrics().planned.search(words)
            return [] if only_planned else [(metric, 1) for metric in metrics]
        if known := _again(words, subject) or _part(words, subject) or _of_topic(words, subject):
            return [(known, 1)]
    return []


def _again(words: str, subject: _Subject) -> Metric | None:
    """What the sentence spoke of, where `words` only name another year."""
    return subject.sentence if vocabulary.metrics().of_year.fullmatch(words) else None


def _of_topic(words: str, subject: _Subject) -> Metric | None:
    """What the heading or the sentence before named, where `words` only say that it is planned."""
    if not subject.topic or subject.sentence or not phrases().bare.fullmatch(words):
        return None
    subject.turn_to(subject.topic)
    return subject.topic


def _part(words: str, subject: _Subject) -> Metric | None:
    """The part of what the sentence spoke of that `words` call in brief."""
    parts = phrases().parts
    whole = subject.sentence or subject.paragraph
    known = next((parts[each] for each in parts if whole in {each, *parts[each]}), {})
    return next((metric for metric, pattern in known.items() if pattern.fullmatch(words)), None)


def _topic(text: str) -> Metric | None:
    """The metric that `text` names and says no more."""
    metrics = _metrics(plain(without_marker(text)).strip("。:"), income=True)
    return metrics[0] if len(metrics) == 1 else None


def _is_of_something_else(words: str, sentence: str, metric: Metric) -> bool:
    """Whether a bare `支出决算` continues a sentence about part of the expenditure."""
    before = sentence[: len(sentence) - len(words)]
    of_part = vocabulary.metrics().other_subjects.search(before)
    return metric in TOTALS and not _YEAR.search(words) and bool(of_part)


def _metrics(clause: str, income: bool) -> list[Metric]:
    if phrases().both_totals.fullmatch(clause):
        return [Metric.INCOME_TOTAL, Metric.EXPENDITURE_TOTAL]
    for metric, pattern in phrases().metrics.items():
        if pattern.fullmatch(clause):
            part_of_income = metric.startswith("income_") and metric is not Metric.INCOME_TOTAL
            return [metric] if not part_of_income or "收入" in clause or income else []
    return []


def _change(clause: str, subject: _Subject) -> tuple[Metric | None, int] | None:
    """The change metric a clause like `基本支出比上年减少` speaks of, and its sign; None where it is no change.

    The metric is None where no metric names what changed.
    """
    for metric, sign, pattern in phrases().named_changes:
        if pattern.fullmatch(clause):
            subject.sentence = metric
            return metric, sign
    for sign, pattern in phrases().changes:
        if pattern.fullmatch(clause):
            return _change_of(subject.sentence or subject.paragraph), sign
    return (None, 0) if phrases().other_changes.fullmatch(clause) else None


def _change_of(subject: Metric | None) -> Metric | None:
    if subject is None or subject in vocabulary.metrics().subjects:
        return subject
    return _CHANGE_OF.get(subject)
