"""Prose → statements: each figure with what the words of its clause say it is, and the rates beside figures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.money import UNITS, number
from services.normalizer.language.text import without_marker
from services.normalizer.prose.phrases import FIGURE, Phrase, phrase, without_asides
from services.normalizer.prose.stated import TOTALS, Rate, RateKind, Role, Statement, Subject
from services.normalizer.prose.subjects import Discourse, Setting, fund_of, named, topic_in, topic_of
from shared.schemas.names import Metric

_SENTENCE: Final = re.compile(r"[^。！？!?]+[。！？!?]?")
_CLAUSE: Final = re.compile(r"[,;:()]")
_YEAR: Final = re.compile(r"(?<![较比与同和由从])(20\d\d)年")
_THAN: Final = re.compile(r"[较比与同和由从](20\d\d)年|[较比与同](?:年初|全年|调整)?(预算)")
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
_COMPLETES: Final = re.compile("完成(?:年初|全年|调整|年度|当年)?预算数?$")
"""What says before a figure that it is the plan: `完成全年预算5万元的84%`."""
_WITH_MORE: Final = re.compile(r"\((?:其中)?(?:包?含|包括)[^()]{0,20}?(?:会议费|培训费)")
"""What says after a figure of “三公” funds that it holds other costs too."""
_LONGEST_CLAUSE: Final = 100
_GOES_ON: Final = re.compile(
    r"[较比与同和](?:20\d\d年度?|上一?年度?|去年)(?:预算数?|同期)?(?:相比|对比|比较)?,?(?:[增减]|下降|上升)"
)
"""How a paragraph begins that only says by how much what the one before is about rose or fell."""
_LISTS_INCOME: Final = re.compile("收入(?:预算|决算|来源|构成|情况|包括|为)*:")
"""What opens a list of income that gives no total: `收入预算：一般公共预算拨款…`."""
_VEHICLE: Final = re.compile("公务用车|公车|公务车")
_NEVER_IN_BRACKETS: Final = TOTALS | {
    Metric.THREE_PUBLIC_TOTAL,
    Metric.AGENCY_OPERATING_FUNDS,
    Metric.PROCUREMENT_TOTAL,
}


@dataclass
class _Sentence:
    """A sentence while its figures are read."""

    text: str
    number: int
    start: int = 0
    last: Statement | None = None
    joined: bool = False
    """Whether 、 joined the last figure to the one before it, of one total."""
    first_year: int | None = None
    found: list[Statement | Rate] = field(default_factory=list)


def statements(text: str, setting: Setting) -> Iterator[Statement | Rate]:
    """What the `plain` text of a paragraph states, figure by figure, in order."""
    context = Discourse(setting, fund_of(setting.sections), topic_of(setting), setting.income)
    if setting.spoken_of and _GOES_ON.match(text):
        context.before = context.main = setting.spoken_of
    position = -1
    for text_of in _SENTENCE.findall(text):
        goes_on = text_of.startswith("其中")
        line = without_marker(text_of)
        position += 0 if goes_on else 1
        context.led = (context.led or context.sentence) if goes_on else None
        context.before, context.main, context.sentence = context.main or context.before, None, None
        context.listing = setting.income or (goes_on and context.listing)
        context.reason = context.planned = False
        context.detailed = goes_on and context.detailed
        context.funds = context.funds if goes_on else frozenset()
        context.topic = topic_in(line, context.fund) or context.topic
        yield from _read(_Sentence(line, position), context, goes_on)


def _read(sentence: _Sentence, context: Discourse, goes_on: bool) -> Iterator[Statement | Rate]:
    context.depth = 0
    for match in FIGURE.finditer(sentence.text):
        words = _without_counted_aside(sentence.text, sentence.start, match.start())
        between = sentence.text[sentence.start : match.start()]
        if not context.depth and "(" in between:
            context.source = _source_before(between, sentence.last)
        context.depth += between.count("(") - between.count(")")
        _follow_reason(words, context)
        context.listing = context.listing or bool(_LISTS_INCOME.search(words))
        context.detailed = context.detailed or "其中" in between
        value = number(match[1])
        assert value is not None
        places = len(match[1].partition(".")[2])
        if match[3]:
            yield _rate(words, value, places, sentence)
        else:
            scale = UNITS[match[2]]
            made = _statement(words, (value * scale, scale.scaleb(-places)), context, sentence, goes_on)
            if Metric.THREE_PUBLIC_TOTAL in made.subject.metrics and _WITH_MORE.match(sentence.text, match.end()):
                made = replace(made, role=Role.OTHER)
            sentence.last = made
            sentence.joined = words.startswith("、") and context.of_whole
            yield made
        sentence.start = match.end()


def _without_counted_aside(text: str, start: int, end: int) -> str:
    """The words before a figure, those before an aside with a figure too: `收入预算(含上年结转12万元)3012万元`."""
    words = text[start:end]
    opened = text.rfind("(", 0, start)
    if not words.startswith(")") or opened < 0:
        return words
    before = max((match.end() for match in FIGURE.finditer(text, 0, opened)), default=0)
    return words if ")" in text[opened:start] else text[before:opened] + words[1:]


def _source_before(words: str, last: Statement | None) -> str | None:
    """The source of income behind which a bracket opens in `words`: money carried over in it is that source's."""
    name = phrase(_CLAUSE.split(words.partition("(")[0])[-1].strip("、和及"))
    if name.names:
        return name.name if name.fund and name.income and not name.expenditure else None
    if last is None or last.role is not Role.LEVEL or TOTALS & set(last.subject.metrics):
        return None
    is_source = any(metric.startswith("income_") for metric in last.subject.metrics)
    return last.subject.scope or last.subject.name if is_source else None


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
    words: str, figure: tuple[Decimal, Decimal], context: Discourse, sentence: _Sentence, goes_on: bool
) -> Statement:
    """What the figure after `words` is."""
    amount, unit = figure
    said = _clause(words)
    subject, role = named(said, context)
    if context.depth > 0 and context.source and subject.metrics == (Metric.INCOME_CARRYOVER,):
        subject = replace(subject, scope=subject.scope or context.source)
    if role is Role.CHANGE and _is_of_the_list(sentence, words, said, amount):
        subject = context.main or subject
    if role is not Role.CHANGE and said.text:
        context.planned = _is_planned(said, context)
    if role is Role.LEVEL and context.planned:
        role = Role.PLANNED
    beside = role is Role.CHANGE and words.startswith("(")
    if context.reason or (context.depth > 0 and not beside and set(subject.metrics) & _NEVER_IN_BRACKETS):
        role = Role.OTHER
    year = _year(said, role, subject, sentence.text[: sentence.start + len(words)], context, goes_on)
    if role is Role.CHANGE:
        amount = amount * said.direction if amount else amount
        if not _of_the_year_before(words, year) or _against_plan(sentence.last, words, year):
            role = Role.OTHER
    if role is not Role.PRIOR:
        context.before_year = year
    kind = next((kind for kind, pattern in _KINDS if pattern.search(said.text)), "")
    label = next(iter(sorted(said.words("planned") or said.words("spent"), key=len, reverse=True)), "")
    return Statement(subject, role, year, amount, unit, kind, label, sentence.number)


def _is_of_the_list(sentence: _Sentence, words: str, said: Phrase, amount: Decimal) -> bool:
    """Whether a change that names nothing is of what a list opened with, not of its last part.

    So where it rose by more than the part is, and where 、 joins the sources or kinds of a total before the comma.
    """
    part = sentence.last
    if part is None or part.role is not Role.LEVEL or said.names or not words.startswith(","):
        return False
    if said.direction > 0 and amount > part.amount:
        return True
    return sentence.joined


def _clause(words: str) -> Phrase:
    """The last clause of `words`, or the one before where the last only says when, planned or spent."""
    clauses = [each.strip("、和及") for each in _CLAUSE.split(_brackets_kept(words)) if each.strip("、和及")]
    clauses = [each.replace("\x00", "(").replace("\x01", ")") for each in clauses]
    if not clauses or len(clauses[-1]) > _LONGEST_CLAUSE:
        return phrase("")
    last = phrase(_enumerations().sub("", clauses[-1]))
    if last.has("brief") and not last.has("strong") and any(map(_VEHICLE.search, clauses[:-1])):
        return phrase(f"公务用车{clauses[-1]}")
    if last.bare and not last.expenditure and len(clauses) > 1 and len(clauses[-2]) <= _LONGEST_CLAUSE:
        earlier = phrase(clauses[-2])
        opens = earlier.bare and earlier.expenditure and len(clauses) == 2 and last.year is not None
        understood = earlier.has("strong") or not earlier.unknown
        if understood and not (earlier.trailing or earlier.direction or (earlier.bare and not opens)):
            return phrase(clauses[-2] + clauses[-1])
    return last


@cache
def _enumerations() -> re.Pattern[str]:
    """What a kind of expenditure consists of, before its name: `基本工资、津贴补贴等人员经费`."""
    weak = vocabulary.metrics().weak
    names = (*weak[Metric.EXPENDITURE_PERSONNEL], *weak[Metric.EXPENDITURE_PUBLIC_USE])
    return re.compile(f"^.*等(?={'|'.join(names)})")


def _brackets_kept(words: str) -> str:
    """`words` less its asides, the brackets that are kept out of the way of clauses."""
    return re.sub(r"\(([^()]{1,60})\)", "\x00\\1\x01", without_asides(words))


def _is_planned(said: Phrase, context: Discourse) -> bool:
    """In final accounts, whether the figure is of the plan: it says so, or what it is a part of was."""
    if not context.setting.final or (said.has("spent") and not _COMPLETES.search(said.text)):
        return False
    return said.has("planned") or (context.planned and not said.expenditure)


def _year(
    said: Phrase, role: Role, subject: Subject, sentence: str, context: Discourse, goes_on: bool
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


def _against_plan(before: Statement | None, words: str, year: int | None) -> bool:
    """Whether a change is against the figure before it, of the same year: `比2024年年初预算20万元减少1.8万元`."""
    if before is None or before.role is not Role.PRIOR or _CLAUSE.search(words):
        return False
    return year is not None and before.year == year


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


def _follow_reason(words: str, context: Discourse) -> None:
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
