"""What a clause of prose is about: named in it, or by the sentence, the paragraph or the section before it."""

import re
from dataclasses import dataclass
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.text import without_marker
from services.normalizer.prose.phrases import FIGURE, Phrase, phrase, plain, without_asides
from services.normalizer.prose.stated import OF_EXPENDITURE, TOTALS, Role, Subject
from shared.schemas.names import Metric

_LONGEST_TITLE: Final = 100
_OF_ALL: Final = re.compile("总|合计|收支|收、支")
_ITSELF: Final = re.compile("(?:局|委|办|厅|会|部|部门|机关)本级(?![及和与、])")
"""The department itself without its units."""
_OF_A_PROJECT: Final = re.compile("其中[^,;:。]{2,20}项目(?:经费|资金|支出)?(?:安排|中|列支|用于)")
"""What says whose a figure is that a project pays: `其中河道治理项目安排公务用车运行费`."""
_SEVERAL: Final = re.compile("[及和与、]|等|所有|全部")


@dataclass(frozen=True)
class Setting:
    """Where the prose stands: the fiscal year, whether in final accounts, the titles of its sections."""

    fiscal: int | None
    final: bool
    sections: tuple[str, ...] = ()
    before: str = ""
    """The paragraph before it, where it names something and gives no figure."""
    department: str = ""
    """Whose units have figures of their own; empty where the document is of one unit."""
    listed: bool = False
    """Whether it goes on with a list of income that a paragraph before it opened."""

    spoken_of: Subject | None = None
    """What the last sentence of the paragraph before it is about."""

    @property
    def income(self) -> bool:
        """Whether it lists income."""
        if self.listed:
            return True
        return bool(self.sections) and "收入" in self.sections[-1] and "支出" not in self.sections[-1]


@dataclass
class Discourse:
    """What the text speaks of: in the sentence so far, and before it; `listing` while it lists income."""

    setting: Setting
    fund: str | None
    topic: Subject | None
    listing: bool
    sentence: Subject | None = None
    main: Subject | None = None
    before: Subject | None = None
    led: Subject | None = None
    """What a sentence that begins with 其中 goes on with: what the one before named last."""
    before_year: int | None = None
    reason: bool = False
    planned: bool = False
    depth: int = 0
    detailed: bool = False
    """Whether the sentence went on with 其中."""
    unit: str | None = None
    """The unit of the department that the text speaks of."""
    funds: frozenset[str] = frozenset()
    """The funds named in the sentence so far."""
    source: str | None = None
    """The source of income behind which the bracket stands that the text is in."""

    @property
    def spoken_of(self) -> Subject | None:
        """What a clause that names nothing goes on about."""
        return self.sentence or self.before

    @property
    def of_whole(self) -> bool:
        """Whether the sentence is about all income or expenditure."""
        return self.main is not None and bool(TOTALS & set(self.main.metrics))

    @property
    def sentence_fund(self) -> str | None:
        """The one fund that a sentence is about which does not begin with the whole."""
        return next(iter(self.funds)) if len(self.funds) == 1 and not self.of_whole else None

    def turn_to(self, subject: Subject) -> None:
        """`subject` was just named; the sentence's main one is the first."""
        self.sentence = subject
        self.main = self.main or subject
        first = subject.metrics[:1]
        self.listing = (self.listing or first == (Metric.INCOME_TOTAL,)) and first != (Metric.EXPENDITURE_TOTAL,)


def named(said: Phrase, context: Discourse) -> tuple[Subject, Role]:
    """The subject of the figure after a clause, and what it is of it."""
    if said.direction:
        names_other = said.unknown or said.has("elsewhere")
        whole = context.spoken_of
        of_it = whole and (
            said.compared_with_own or (said.generic and whole.metrics and not set(whole.metrics) & TOTALS)
        )
        if said.names and not of_it:
            subject = _subject(said, context)
            context.turn_to(subject)
        else:
            subject = Subject(name=said.text) if names_other else context.spoken_of or Subject()
        return subject, Role.CHANGE if subject.metrics else Role.OTHER
    if said.has("reaching") and not said.names:
        subject = context.spoken_of or Subject()
        return subject, Role.LEVEL if subject.metrics else Role.OTHER
    if said.has("against"):
        return context.spoken_of or Subject(), Role.OTHER
    if said.has("compared") and not said.unknown:
        subject = context.spoken_of or _subject(said, context)
        if not context.spoken_of and subject.metrics:
            context.turn_to(subject)
        return subject, Role.PRIOR if subject.metrics else Role.OTHER
    known = _gone_on_with(said, context) if said.bare else None
    subject = known or _subject(said, context)
    context.turn_to(subject)
    return subject, Role.LEVEL if subject.metrics else Role.OTHER


def _gone_on_with(said: Phrase, context: Discourse) -> Subject | None:
    """What a clause that only says when, planned or spent (`支出决算为`) is about."""
    whole = bool(re.search("本年|总|合计", said.text)) or said.has("owner")
    states = said.has("spent") or said.has("planned") or "安排" in said.text
    if subject := context.sentence:
        is_income = any(metric.startswith("income_") for metric in subject.metrics)
        if said.expenditure and (whole or is_income or subject.metrics == (Metric.EXPENDITURE_TOTAL,)):
            return None
        goes_on = (context.setting.final and states) or (said.year and not said.expenditure)
        return subject if goes_on else Subject(name=said.text)
    if said.expenditure and whole:
        return None
    topic = context.topic or (context.before if context.setting.final else None)
    return topic if topic and states else None if said.expenditure else Subject(name=said.text)


def _subject(said: Phrase, context: Discourse) -> Subject:
    """What a clause names, of the department or of the unit the text speaks of."""
    if said.owner or said.has("owner"):
        context.unit = _unit(said, context.setting.department)
    subject = _of_department(said, context)
    context.funds |= {said.fund[1]} if said.fund else set()
    if context.unit is None or subject.scope is not None or not subject.metrics:
        return subject
    return Subject(tuple(_PART_OF.get(metric, metric) for metric in subject.metrics), context.unit, subject.name)


_PART_OF: Final = {Metric.INCOME_TOTAL: Metric.INCOME_PART, Metric.EXPENDITURE_TOTAL: Metric.EXPENDITURE_PART}


def _unit(said: Phrase, department: str) -> str | None:
    """The unit of `department`, where that is none itself, whose figure it is: `水利站`, `局本级`."""
    endings = vocabulary.metrics().unit_endings
    if not department or department.endswith(endings):
        return None
    if match := _ITSELF.search(said.text):
        return match[0]
    name = said.owner or ""
    if _SEVERAL.search(name):
        return None
    return name if name.endswith(endings) and name not in department and department not in name else None


def _of_department(said: Phrase, context: Discourse) -> Subject:
    """What a clause names; a subject without metric where a word of it is not understood."""
    unknown = Subject(name=said.text)
    found: Subject | None = None
    if said.has("elsewhere"):
        return unknown
    if said.account:
        found = Subject((Metric.EXPENDITURE_PART,), said.account, said.account)
    elif said.has("class"):
        found = _procured(said, context)
    elif said.has("strong") or said.has("brief"):
        found = _strong(said, context)
    elif not (said.unknown or said.trailing):
        found = _weak(said, said.nouns[-1], context) if said.nouns else _general(said, context)
    return found or unknown


def _procured(said: Phrase, context: Discourse) -> Subject | None:
    """A class of procurement, where procurement is spoken of."""
    before = context.spoken_of.metrics if context.spoken_of else ()
    about = {Metric.PROCUREMENT_TOTAL, Metric.PROCUREMENT_PART} & {*before, *said.nouns[:-1], *said.nouns[1:]}
    if not (about or "采购" in said.text) or said.unknown or said.trailing:
        return None
    name = said.words("class")[0]
    return Subject((Metric.PROCUREMENT_PART,), name, name)


def _strong(said: Phrase, context: Discourse) -> Subject | None:
    if said.trailing or _OF_A_PROJECT.search(said.text):
        return None
    if not said.has("strong"):
        whole = context.spoken_of
        if said.unknown or not whole or not any("vehicle" in metric for metric in whole.metrics):
            return None
    metric = said.vehicle if said.nouns == [] or "vehicle" in said.nouns[-1] else said.nouns[-1]
    if metric is Metric.FIXED_ASSETS_YEAR_END and (said.has("purchases") or "购置" in said.text):
        metric = Metric.FIXED_ASSETS_PLANNED if said.has("intends") else None
    return Subject((metric,), None, said.name) if metric else None


def _weak(said: Phrase, metric: Metric, context: Discourse) -> Subject | None:
    if said.has("part"):
        name = said.words("part")[-1]
        return Subject((metric,), name, name)
    if metric in OF_EXPENDITURE:
        return Subject((metric,), said.fund[1] if said.fund else _fund_spoken_of(context), said.name)
    if (
        said.fund
        or context.fund
        or not ("收入" in said.text or context.listing or metric is Metric.INCOME_CARRYOVER)
    ):
        return None
    if (
        metric is Metric.INCOME_CARRYOVER
        and context.detailed
        and context.main
        and _is_fund(context.main.scope or "")
    ):
        return Subject((metric,), context.main.scope, said.name)
    return Subject((metric,), None, said.name)


def _fund_spoken_of(context: Discourse) -> str | None:
    """The fund whose expenditure the sentence, the one before or the section is about."""
    whole = context.led or context.spoken_of
    if (
        whole
        and whole.scope
        and set(whole.metrics) & {*OF_EXPENDITURE, Metric.EXPENDITURE_PART}
        and _is_fund(whole.scope)
    ):
        return whole.scope
    return context.fund if whole is None or not set(whole.metrics) & TOTALS else None


def _is_fund(scope: str) -> bool:
    return phrase(scope).fund is not None and "（" not in scope


def _general(said: Phrase, context: Discourse) -> Subject | None:
    """Income, expenditure or both: of the whole, a fund, or an office that a sentence on the whole goes on to.

    A fund alone is its income in a list of income.
    """
    both = said.income and said.expenditure
    of_sentence = None if _OF_ALL.search(said.text) or said.has("owner") else context.sentence_fund
    metric, scope = said.fund or (None, of_sentence or context.fund)
    if said.office and context.sentence:
        metric, scope = None, said.office
    if said.fund and not said.expenditure and (said.income or context.listing):
        return Subject((metric or Metric.INCOME_PART,), None if metric else scope, said.name)
    bought = said.has("purchases")
    if bought or not (said.income or said.expenditure) or (said.alone and not context.sentence):
        return None
    if scope:
        parts = (Metric.INCOME_PART, Metric.EXPENDITURE_PART)
        return Subject(parts if both else parts[1:] if said.expenditure else parts[:1], scope, said.name)
    totals = (Metric.INCOME_TOTAL, Metric.EXPENDITURE_TOTAL)
    return Subject(totals if both else totals[1:] if said.expenditure else totals[:1], None, said.name)


def topic_in(sentence: str, fund: str | None) -> Subject | None:
    """What a line without figures, under a title about `fund`, names and says no more."""
    line = without_asides(sentence).strip("。:;,")
    if len(line) > _LONGEST_TITLE or FIGURE.search(line) or re.search("[,;:]", line):
        return None
    said = phrase(line)
    if said.account:
        return Subject((Metric.EXPENDITURE_PART,), said.account, said.account)
    one_side = said.income != said.expenditure and said.owner is None
    if said.trailing or (said.unknown and not said.has("strong")) or not (said.nouns or one_side):
        return None
    subject = _subject(said, Discourse(Setting(None, False), fund, None, True))
    return subject if subject.metrics else None


def topic_of(setting: Setting) -> Subject | None:
    """What the line before, or the title of the section, names."""
    for line in (setting.before, *setting.sections[-1:]):
        if line and (topic := topic_in(without_marker(plain(line)), fund_of(setting.sections))):
            return topic
    return None


def fund_of(sections: tuple[str, ...]) -> str | None:
    """The fund whose expenditure the innermost section that names one is about."""
    for title in reversed(sections):
        said = phrase(plain(title)[:_LONGEST_TITLE])
        spent = said.expenditure or set(said.nouns) & OF_EXPENDITURE
        if said.fund and spent and not said.has("strong"):
            return said.fund[1]
    return None
