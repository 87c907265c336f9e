"""Prose → statements: each figure with what the words of its clause say it is, and the rates beside figures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.money import UNIT_WORDS, UNITS, number
from services.normalizer.language.text import without_marker
from services.normalizer.prose.phrases import Phrase, phrase, plain, without_asides
from shared.schemas.names import Metric

FIGURE: Final = re.compile(
    rf"(?<![\dA-Za-z.])(-?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|-?\d{{1,16}}(?:\.\d{{1,8}})?)(?:({UNIT_WORDS})(?![/每])|(%))"
)
_SENTENCE: Final = re.compile(r"[^。！？!?]+[。！？!?]?")
_CLAUSE: Final = re.compile(r"[,;:()]")
_YEAR: Final = re.compile(r"(?<![较比与同和])(20\d\d)年")
_THAN: Final = re.compile(r"[较比与同和](20\d\d)年|[较比与同](?:年初|全年|调整)?(预算)")
_YEAR_END: Final = re.compile(r"截[至止].{0,6}?(20\d\d)年|(20\d\d)年(?:年)?(?:末|底|12月31日)")
_KINDS: Final = (
    ("grand", re.compile("总计|收支|收、支")),
    ("current", re.compile("本年|当年")),
    ("sum", re.compile("合计")),
)
_OF_A_SHARE: Final = re.compile(r"占(?!比)(.{1,40}?)的?(?:比[重例]|百分比)?为?$")
_COMPLETED: Final = re.compile(
    r"完成(.{0,8}?)预算|(?:预算|计划)的?(?:完成|执行)率|执行率|(?:为|占)(.{0,6})预算数?的"
)
_LONGEST_CLAUSE: Final = 100

TOTALS: Final = frozenset({Metric.INCOME_TOTAL, Metric.EXPENDITURE_TOTAL})
OF_EXPENDITURE: Final = frozenset(
    {
        Metric.EXPENDITURE_BASIC,
        Metric.EXPENDITURE_PERSONNEL,
        Metric.EXPENDITURE_PUBLIC_USE,
        Metric.EXPENDITURE_PROJECT,
    }
)
"""Kinds of expenditure, which one fund has as the whole department has them."""
_CHANGE_OF: Final = {
    Metric.INCOME_TOTAL: Metric.CHANGE_TOTAL,
    Metric.EXPENDITURE_TOTAL: Metric.CHANGE_TOTAL,
    Metric.EXPENDITURE_BASIC: Metric.CHANGE_BASIC,
    Metric.EXPENDITURE_PROJECT: Metric.CHANGE_PROJECT,
    Metric.THREE_PUBLIC_TOTAL: Metric.THREE_PUBLIC_CHANGE,
}
_NEVER_IN_BRACKETS: Final = TOTALS | {
    Metric.THREE_PUBLIC_TOTAL,
    Metric.AGENCY_OPERATING_FUNDS,
    Metric.PROCUREMENT_TOTAL,
}


class Role(StrEnum):
    """What a figure is of its subject: its amount, the planned one, the year before's, the change; or none."""

    LEVEL = "level"
    PLANNED = "planned"
    PRIOR = "prior"
    CHANGE = "change"
    OTHER = "other"


class RateKind(StrEnum):
    """What a percentage is of: a whole (占), the plan (完成), the year before (增长)."""

    SHARE = "share"
    COMPLETION = "completion"
    GROWTH = "growth"


@dataclass(frozen=True)
class Subject:
    """What figures are of: `metrics` (none if nothing known), `scope` of a part, `name` as printed."""

    metrics: tuple[Metric, ...] = ()
    scope: str | None = None
    name: str = ""

    def changed(self) -> tuple[tuple[Metric, str | None], ...]:
        """The metric of a change of it, and its scope."""
        if self.scope is None and (known := _CHANGE_OF.get(self.metrics[0]) if self.metrics else None):
            return ((known, None),)
        of_a_fund = self.scope is not None and OF_EXPENDITURE & set(self.metrics) and self.scope not in self.name
        scope = f"{self.scope}{self.name}" if of_a_fund else self.scope or self.name
        return ((Metric.CHANGE_PART, scope),) if self.metrics else ()


@dataclass(frozen=True)
class Statement:
    """A figure in yuan, what one unit of its last printed place is worth, and what it is.

    `kind` tells a total's kinds apart: grand (总计), current (本年…), sum (合计). `label` is the word for a plan;
    `sentence` counts sentences, one that begins with 其中 with the one before.
    """

    subject: Subject
    role: Role
    year: int | None
    amount: Decimal
    unit: Decimal
    kind: str = ""
    label: str = ""
    sentence: int = 0


@dataclass(frozen=True)
class Rate:
    """A percentage and half of what its last place is worth; `whole` is what it divides by, as named.

    `of` is the statement before it, `sign` that of a growth.
    """

    kind: RateKind
    value: Decimal
    half: Decimal
    sign: int
    of: Statement | None
    whole: str = ""
    sentence: int = 0


@dataclass(frozen=True)
class Setting:
    """Where the prose stands: the fiscal year, whether in final accounts, the titles of its sections."""

    fiscal: int | None
    final: bool
    sections: tuple[str, ...] = ()
    before: str = ""
    """The paragraph before it, where it names something and gives no figure."""

    @property
    def income(self) -> bool:
        """Whether it lists income."""
        return bool(self.sections) and "收入" in self.sections[-1] and "支出" not in self.sections[-1]


@dataclass
class _Context:
    """What the text speaks of: in the sentence so far, and before it; `listing` while it lists income."""

    setting: Setting
    fund: str | None
    topic: Subject | None
    listing: bool
    sentence: Subject | None = None
    main: Subject | None = None
    before: Subject | None = None
    before_year: int | None = None
    reason: bool = False
    planned: bool = False
    depth: int = 0

    @property
    def spoken_of(self) -> Subject | None:
        """What a clause that names nothing goes on about."""
        return self.sentence or self.before

    def turn_to(self, subject: Subject) -> None:
        """`subject` was just named; the sentence's main one is the first."""
        self.sentence = subject
        self.main = self.main or subject
        first = subject.metrics[:1]
        self.listing = (self.listing or first == (Metric.INCOME_TOTAL,)) and first != (Metric.EXPENDITURE_TOTAL,)


@dataclass
class _Sentence:
    """A sentence while its figures are read."""

    text: str
    number: int
    start: int = 0
    last: Statement | None = None
    first_year: int | None = None
    found: list[Statement | Rate] = field(default_factory=list)


def statements(text: str, setting: Setting) -> Iterator[Statement | Rate]:
    """What the `plain` text of a paragraph states, figure by figure, in order."""
    context = _Context(setting, _fund_of(setting.sections), _topic_of(setting), setting.income)
    position = -1
    for text_of in _SENTENCE.findall(text):
        goes_on = text_of.startswith("其中")
        line = without_marker(text_of)
        position += 0 if goes_on else 1
        context.before, context.main, context.sentence = context.main or context.before, None, None
        context.listing = setting.income or (goes_on and context.listing)
        context.reason = context.planned = False
        context.topic = _topic(line) or context.topic
        yield from _read(_Sentence(line, position), context, goes_on)


def _read(sentence: _Sentence, context: _Context, goes_on: bool) -> Iterator[Statement | Rate]:
    context.depth = 0
    for match in FIGURE.finditer(sentence.text):
        words = sentence.text[sentence.start : match.start()]
        context.depth += words.count("(") - words.count(")")
        _follow_reason(words, context)
        value = number(match[1])
        assert value is not None
        places = len(match[1].partition(".")[2])
        if match[3]:
            yield _rate(words, value, places, sentence)
        else:
            scale = UNITS[match[2]]
            made = _statement(words, (value * scale, scale.scaleb(-places)), context, sentence, goes_on)
            sentence.last = made
            yield made
        sentence.start = match.end()


def _rate(words: str, value: Decimal, places: int, sentence: _Sentence) -> Rate:
    clause = _CLAUSE.split(words)[-1]
    share, completed = _OF_A_SHARE.search(clause), _COMPLETED.search(clause)
    sign = phrase(clause).direction
    if completed:
        kind, whole = RateKind.COMPLETION, completed[1] or completed[2] or ""
    elif "占" in clause:
        kind, whole = RateKind.SHARE, share[1] if share else ""
    else:
        kind, whole = RateKind.GROWTH, ""
        sign = sign if sign and len(_CLAUSE.split(words)) <= 2 else 0
    return Rate(kind, value, Decimal("0.5").scaleb(-places), sign, sentence.last, whole, sentence.number)


def _statement(
    words: str, figure: tuple[Decimal, Decimal], context: _Context, sentence: _Sentence, goes_on: bool
) -> Statement:
    """What the figure after `words` is."""
    amount, unit = figure
    said = _clause(words)
    subject, role = _named(said, context)
    if role is not Role.CHANGE and said.text:
        context.planned = _is_planned(said, context)
    if role is Role.LEVEL and context.planned:
        role = Role.PLANNED
    if context.reason or (context.depth > 0 and set(subject.metrics) & _NEVER_IN_BRACKETS):
        role = Role.OTHER
    year = _year(said, role, subject, sentence.text[: sentence.start + len(words)], context, goes_on)
    if role is Role.CHANGE:
        amount = amount * said.direction if amount else amount
        if not _of_the_year_before(words, year):
            role = Role.OTHER
    context.before_year = year
    kind = next((kind for kind, pattern in _KINDS if pattern.search(said.text)), "")
    label = next(iter(sorted(said.words("planned"), key=len, reverse=True)), "")
    return Statement(subject, role, year, amount, unit, kind, label, sentence.number)


def _clause(words: str) -> Phrase:
    """The last clause of `words`, or the one before where the last only says when, planned or spent."""
    clauses = [each.strip("、和及") for each in _CLAUSE.split(_brackets_kept(words)) if each.strip("、和及")]
    clauses = [each.replace("\x00", "(").replace("\x01", ")") for each in clauses]
    if not clauses or len(clauses[-1]) > _LONGEST_CLAUSE:
        return phrase("")
    last = phrase(clauses[-1])
    if last.bare and not last.expenditure and len(clauses) > 1 and len(clauses[-2]) <= _LONGEST_CLAUSE:
        earlier = phrase(clauses[-2])
        if not earlier.unknown and not earlier.trailing and not earlier.bare and not earlier.direction:
            return phrase(clauses[-2] + clauses[-1])
    return last


def _brackets_kept(words: str) -> str:
    """`words` less its asides, the brackets that are kept out of the way of clauses."""
    return re.sub(r"\(([^()]{1,60})\)", "\x00\\1\x01", without_asides(words))


def _named(said: Phrase, context: _Context) -> tuple[Subject, Role]:
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
    if said.has("against"):
        return context.spoken_of or Subject(), Role.OTHER
    if said.has("compared") and not said.unknown and context.spoken_of:
        return context.spoken_of, Role.PRIOR
    known = _gone_on_with(said, context) if said.bare else None
    subject = known or _subject(said, context)
    context.turn_to(subject)
    return subject, Role.LEVEL if subject.metrics else Role.OTHER


def _gone_on_with(said: Phrase, context: _Context) -> Subject | None:
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


def _subject(said: Phrase, context: _Context) -> Subject:
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


def _procured(said: Phrase, context: _Context) -> Subject | None:
    """A class of procurement, where procurement is spoken of."""
    before = context.spoken_of.metrics if context.spoken_of else ()
    about = {Metric.PROCUREMENT_TOTAL, Metric.PROCUREMENT_PART} & {*before, *said.nouns[:-1], *said.nouns[1:]}
    if not (about or "采购" in said.text) or said.unknown or said.trailing:
        return None
    name = said.words("class")[0]
    return Subject((Metric.PROCUREMENT_PART,), name, name)


def _strong(said: Phrase, context: _Context) -> Subject | None:
    if said.trailing:
        return None
    if not said.has("strong"):
        whole = context.spoken_of
        if said.unknown or not whole or not any("vehicle" in metric for metric in whole.metrics):
            return None
    metric = said.vehicle if said.nouns == [] or "vehicle" in said.nouns[-1] else said.nouns[-1]
    if metric is Metric.FIXED_ASSETS_YEAR_END and (said.has("purchases") or "购置" in said.text):
        metric = Metric.FIXED_ASSETS_PLANNED if said.has("intends") else None
    return Subject((metric,), None, said.name) if metric else None


def _weak(said: Phrase, metric: Metric, context: _Context) -> Subject | None:
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
    return Subject((metric,), None, said.name)


def _fund_spoken_of(context: _Context) -> str | None:
    """The fund whose expenditure the sentence, the one before or the section is about."""
    whole = context.spoken_of
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


def _general(said: Phrase, context: _Context) -> Subject | None:
    """Income, expenditure or both: of the whole, a fund, or an office that a sentence on the whole goes on to.

    A fund alone is its income in a list of income.
    """
    both = said.income and said.expenditure
    metric, scope = said.fund or (None, context.fund)
    if said.office and context.sentence:
        metric, scope = None, said.office
    if said.fund and not said.expenditure and (said.income or context.listing):
        return Subject((metric or Metric.INCOME_PART,), None if metric else scope, said.name)
    if not (said.income or said.expenditure) or (said.alone and not context.sentence):
        return None
    if scope:
        parts = (Metric.INCOME_PART, Metric.EXPENDITURE_PART)
        return Subject(parts if both else parts[1:] if said.expenditure else parts[:1], scope, said.name)
    totals = (Metric.INCOME_TOTAL, Metric.EXPENDITURE_TOTAL)
    return Subject(totals if both else totals[1:] if said.expenditure else totals[:1], None, said.name)


def _is_planned(said: Phrase, context: _Context) -> bool:
    """In final accounts, whether the figure is of the plan: it says so, or what it is a part of was."""
    if not context.setting.final or said.has("spent"):
        return False
    return said.has("planned") or (context.planned and not said.expenditure)


def _year(
    said: Phrase, role: Role, subject: Subject, sentence: str, context: _Context, goes_on: bool
) -> int | None:
    """The year stated in the clause, else the sentence's first, unless only compared with, else the fiscal year.

    Assets are dated by the year's end they are of: the one stated, else the last before a budget, else that of the
    accounts. A sentence that begins with 其中 goes on with the year before it.
    """
    fiscal = context.setting.fiscal
    stated = [int(year) for year in _YEAR.findall(_without_reasons(sentence))]
    if role is Role.PRIOR:
        than = [int(year) for year, _ in _THAN.findall(said.text) if year]
        return than[-1] if than else fiscal - 1 if fiscal else None
    if stated and role is Role.CHANGE:
        year: int | None = max(stated)
    else:
        year = said.year or (stated[0] if stated else None)
    if year is None:
        year = context.before_year if goes_on or fiscal is None else fiscal
        year = year or fiscal
    if Metric.FIXED_ASSETS_YEAR_END not in subject.metrics:
        return year
    if ends := _YEAR_END.findall(sentence):
        return int(ends[-1][0] or ends[-1][1])
    if year is not None and year == fiscal and ("上年" in sentence or not context.setting.final):
        return year - 1
    return year


def _of_the_year_before(words: str, year: int | None) -> bool:
    """Whether a change is against the year before, as far as the words say: not the plan, nor an older year."""
    than = _THAN.findall(words)
    if not than:
        return True
    stated, plan = than[-1]
    return not plan and (year is None or int(stated) == year - 1)


@cache
def _turns() -> tuple[re.Pattern[str], frozenset[str], re.Pattern[str]]:
    """The words that open a reason and those that contain such, which of them open one, and the ordinals."""
    words = vocabulary.metrics()
    known = {*words.reasons, *(word for word in words.passing if "主要" in word)}
    longest = "|".join(sorted(map(re.escape, known), key=lambda word: (-len(word), word)))
    return re.compile(longest), frozenset(words.reasons), re.compile("|".join(words.ordinals))


def _follow_reason(words: str, context: _Context) -> None:
    """Note whether the text is in a reason or purpose after `words`."""
    pattern, reasons, ordinals = _turns()
    opened = [match.end() for match in pattern.finditer(words) if match[0] in reasons]
    if opened:
        context.reason = True
    rest = words[opened[-1] :] if opened else words
    after = rest.rpartition(";")[2] if ";" in rest else None
    if "其中" in rest or (after is not None and not ordinals.match(after.lstrip("、,"))):
        context.reason = False


def _without_reasons(sentence: str) -> str:
    """`sentence` less its reasons and purposes, each up to the next semicolon."""
    pattern, reasons, _ = _turns()
    kept = []
    for part in sentence.split(";"):
        opened = next((match.start() for match in pattern.finditer(part) if match[0] in reasons), None)
        kept.append(part if opened is None else part[:opened])
    return ";".join(kept)


def _topic(sentence: str) -> Subject | None:
    """What a line without figures names and says no more."""
    line = without_asides(sentence).strip("。:;,")
    if len(line) > _LONGEST_CLAUSE or FIGURE.search(line) or re.search("[,;:]", line):
        return None
    said = phrase(line)
    if said.account:
        return Subject((Metric.EXPENDITURE_PART,), said.account, said.account)
    if said.trailing or (said.unknown and not said.has("strong")) or not said.nouns:
        return None
    subject = _subject(said, _Context(Setting(None, False), None, None, True))
    return subject if subject.metrics else None


def _topic_of(setting: Setting) -> Subject | None:
    """What the line before, or the title of the section, names."""
    for line in (setting.before, *setting.sections[-1:]):
        if line and (topic := _topic(without_marker(plain(line)))):
            return topic
    return None


def _fund_of(sections: tuple[str, ...]) -> str | None:
    """The fund whose expenditure the innermost section that names one is about."""
    for title in reversed(sections):
        said = phrase(plain(title)[:_LONGEST_CLAUSE])
        spent = said.expenditure or set(said.nouns) & OF_EXPENDITURE
        if said.fund and spent and not said.has("strong"):
            return said.fund[1]
    return None
